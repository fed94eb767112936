import { TemplateType } from '@logto/connector-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { pathsOf, saidIn, toldUser } from '../test/helpers/errors.js';
import { config, generic, logtoMessage, retiredSignNames } from '../test/helpers/fixtures.js';

import { configGuard, savedConfigGuard } from './config.js';
import { readMainlandNumber, readMessage } from './message.js';

const forgotPassword = { usageType: 'ForgotPassword', templateCode: '100003' };
const bothTemplates = [forgotPassword, generic];

/** What is read of a message with a saved config, its templates being these two. */
const read = (
  changes: Record<string, unknown> = {},
  configChanges: Record<string, unknown> = {}
) => {
  const { message, origin } = readMessage(
    { ...logtoMessage, ...changes },
    savedConfigGuard.parse({ ...config, templates: bothTemplates, ...configChanges })
  );

  return { ...message, ...origin };
};

/** What reading throws. */
const refusal = (
  changes: Record<string, unknown>,
  configChanges: Record<string, unknown> = {}
): unknown => {
  try {
    return read(changes, configChanges);
  } catch (error: unknown) {
    return error;
  }
};

describe('readMainlandNumber', () => {
  it('takes exactly the numbers of the numbering plan, with 86, +86 or 0086', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('86', '+86', '0086'),
        fc.oneof(
          fc.integer({ min: 0, max: 99_999_999_999 }),
          fc.integer({ min: 13_000_000_000, max: 19_999_999_999 }),
          fc.constantFrom(12_999_999_999, 13_000_000_000, 19_999_999_999, 20_000_000_000)
        ),
        (prefix, number) => {
          const digits = String(number).padStart(11, '0');
          const isMobile = number >= 13_000_000_000 && number < 20_000_000_000;

          expect(readMainlandNumber(prefix + digits)).toBe(isMobile ? digits : undefined);
        }
      )
    );
  });

  it.each(['86013812345678', '+86013812345678', '0086013812345678'])(
    'drops the 0 behind the country code of %s',
    (to) => {
      expect(readMainlandNumber(to)).toBe('13812345678');
    }
  );

  it.each([
    '',
    '13800138000',
    // Two 0, or one in the place of a digit.
    '860013812345678',
    '+860013812345678',
    '8601381234567',
    // Hong Kong, Macao, Taiwan, America, a landline of Beijing.
    '85261234567',
    '85366123456',
    '886912345678',
    '13012345678',
    '861065529988',
    // One digit too few, one too many, something behind.
    '861380013800',
    '86138001380001',
    '8613800138000a',
    '8613800138000\n',
    // Something before.
    '+008613800138000',
    '008 8613800138000',
    ' 8613800138000',
    '18613800138000',
    // Other digits, a blank within.
    '86１3800138000',
    '86١3800138000',
    '86 13800138000',
  ])('refuses %j', (to) => {
    expect(readMainlandNumber(to)).toBeUndefined();
  });
});

describe('readMessage', () => {
  it('says all that is to be sent', () => {
    const { message, origin } = readMessage(
      { ...logtoMessage, payload: { code: '482913', locale: 'zh-CN' } },
      configGuard.parse({ ...config, codeExpirationMinutes: 5 })
    );

    expect(message).toStrictEqual({
      phoneNumber: '13800138000',
      code: '482913',
      expirationMinutes: 5,
      signName: '恒创联众',
      templateCode: '100001',
      accessKeyId: config.accessKeyId,
      accessKeySecret: config.accessKeySecret,
      endpoint: 'https://dypnsapi.aliyuncs.com',
    });
    expect(origin).toStrictEqual({
      signNameKey: 'signName',
      templateIndex: 0,
      templateUsageType: 'Generic',
      language: 'zh',
    });
  });

  it('sends to the endpoint of the config', () => {
    expect(read({}, { endpoint: 'https://example.com/aliyun' }).endpoint).toBe(
      'https://example.com/aliyun'
    );
  });

  it.each(['1234', 'aB3x', '12345678'])('takes the code %s', (code) => {
    expect(read({ payload: { code } }).code).toBe(code);
  });
});

describe('the template', () => {
  it('is that of the usage type, and it is known where in the config it stands', () => {
    expect(read({ type: TemplateType.ForgotPassword })).toMatchObject({
      templateCode: '100003',
      templateIndex: 0,
    });
  });

  it('is that of Generic for a type without an entry, and for one that no Logto has as yet', () => {
    // What a newer host may hand over.
    const newest = { ...logtoMessage, type: 'Newest' };

    for (const message of [{ type: TemplateType.BindMfa }, newest]) {
      expect(read(message)).toMatchObject({ templateCode: '100001', templateIndex: 1 });
    }
  });

  it('is the first of several, and stands where the admin sees it, behind what cannot be used', () => {
    const templates = [5, generic, forgotPassword, { ...forgotPassword, templateCode: '100001' }];

    expect(read({ type: TemplateType.ForgotPassword }, { templates })).toMatchObject({
      templateCode: '100003',
      templateIndex: 2,
    });
  });
});

describe('the signature', () => {
  it.each(retiredSignNames)('is 恒创联众 where the config has the retired %s', (signName) => {
    expect(read({}, { signName })).toMatchObject({
      signName: '恒创联众',
      signNameKey: 'signName',
    });
  });

  it('is sent as it is where the config has one that Aliyun may still take', () => {
    for (const signName of ['恒创联众', '某某科技']) {
      expect(read({}, { signName })).toMatchObject({ signName, signNameKey: 'signName' });
    }
  });

  it.each(['新签名', retiredSignNames[2]])(
    'is %s as signNameOverride says, whatever signName is',
    (signNameOverride) => {
      expect(read({}, { signNameOverride })).toMatchObject({
        signName: signNameOverride,
        signNameKey: 'signNameOverride',
      });
    }
  );
});

describe('the language', () => {
  it.each([
    ['zh-CN', 'zh'],
    ['zh', 'zh'],
    ['ZH-hant', 'zh'],
    ['en', 'en'],
    ['fr', 'en'],
    ['tzh', 'en'],
    // Console's test and the Management API say none.
    [undefined, undefined],
    [null, undefined],
    ['', undefined],
    [['zh'], undefined],
  ])('of the locale %j is %s', (locale, language) => {
    expect(read({ payload: { code: '482913', locale } }).language).toBe(language);
  });
});

describe('a message that cannot be sent', () => {
  const missing = 'insufficient_request_parameters';
  const wrong = 'invalid_request_parameters';
  const withoutGeneric = { templates: [forgotPassword] };

  it.each([
    [{ payload: undefined }, missing],
    [{ payload: null }, missing],
    [{ payload: {} }, missing],
    [{ payload: { code: '' } }, missing],
    [{ payload: { code: 482_913 } }, missing],
    [{ payload: { code: ['482913'] } }, missing],
    [{ payload: { code: '123' } }, wrong],
    [{ payload: { code: '123456789' } }, wrong],
    [{ payload: { code: '12 34' } }, wrong],
    [{ payload: { code: '１２３４' } }, wrong],
    [{ payload: { code: '12-34' } }, wrong],
    [{ payload: { code: '1234\n' } }, wrong],
    [{ payload: { code: '验证码一' } }, wrong],
    [{ payload: { code: '{{code}}' } }, wrong],
  ])('has no code that Logto made: %j is %s', (changes, code) => {
    const error = refusal(changes);

    expect(error).toMatchObject({ code });
    expect(pathsOf(error)).toEqual(['payload.code']);
    expect(saidIn(error)).toMatch(
      code === missing ? /没有验证码.*\nLogto.*no/ : /4 到 8.*\n.*4 to 8/
    );
    expect(saidIn(error)).not.toMatch(/1234|１２３４|一|{{/);
  });

  it.each(['85261234567', '+86138', '', '8612800138000', '12125550123', '1380013800'])(
    'goes to %j, which is no mobile number of mainland China',
    (to) => {
      const error = refusal({ to });

      expect(error).toMatchObject({ code: wrong });
      expect(pathsOf(error)).toEqual(['to']);
      expect(saidIn(error)).toMatch(/\+86 加 11 位.*13–19.*\n.*\+86 and 11 digits.*13 to 19/);
      expect(saidIn(error)).not.toMatch(/\d{4}/);
    }
  );

  it('goes to a mainland number whose +86 was forgotten, and is told just that', () => {
    for (const to of ['13012345678', '19900000000']) {
      const error = refusal({ to });

      expect(error).toMatchObject({ code: wrong });
      expect(pathsOf(error)).toEqual(['to']);
      expect(saidIn(error)).toMatch(/^请在号码前加 \+86。.*\nWrite \+86 before the number\./);
      expect(saidIn(error)).not.toMatch(/\d{4}/);
    }
  });

  it('has no template of its type nor of Generic', () => {
    for (const templates of [[], [forgotPassword], [{ templateCode: '100001' }]]) {
      const error = refusal({}, { templates });

      expect(error).toMatchObject({ code: 'template_not_found' });
      expect(pathsOf(error)).toEqual(['templates']);
      expect(saidIn(error)).toMatch(/^请添加 .*"Generic".*\nAdd .*"Generic"/);
    }
  });

  it.each([undefined, null, '', 100_001, '100001 ', '登录/注册模板', 'SMS_1'])(
    'has the template code %j, and is not sent with another template',
    (templateCode) => {
      const templates = [forgotPassword, { usageType: 'SignIn', templateCode }, generic];
      const error = refusal({ type: TemplateType.SignIn }, { templates });

      expect(error).toMatchObject({ code: 'invalid_config' });
      expect(pathsOf(error)).toEqual(['templates.1.templateCode']);
      expect(saidIn(error)).toMatch(/^请填写|^请删除/);
      expect(saidIn(error)).toMatch(/10{4}1.* \(SignIn\)$|Delete the space .* \(SignIn\)$/);
    }
  );

  it('is refused for what the admin can correct first, and for the code before the number', () => {
    const nothing = { payload: {}, to: '1' };

    expect(refusal(nothing, withoutGeneric)).toMatchObject({ code: 'template_not_found' });
    expect(refusal(nothing)).toMatchObject({ code: missing });
    expect(refusal({ ...nothing, payload: { code: '1' } })).toMatchObject({ code: wrong });
    expect(pathsOf(refusal({ ...nothing, payload: { code: '1' } }))).toEqual(['payload.code']);
  });

  it('leaves it to Logto to speak to the end user', () => {
    expect(toldUser(refusal({ to: '1' }))).toBeUndefined();
    expect(toldUser(refusal({ payload: null }))).toBeUndefined();
    expect(toldUser(refusal({}, withoutGeneric))).toBeUndefined();
  });
});

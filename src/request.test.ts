import { ConnectorError, ConnectorErrorCodes, TemplateType } from '@logto/connector-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { configGuard } from './config.js';
import { buildParameters, readMainlandNumber, readMessage } from './request.js';

const config = configGuard.parse({
  accessKeyId: 'fake-id',
  accessKeySecret: 'fake-secret',
  signName: '恒创联众',
  templates: [
    { usageType: 'ForgotPassword', templateCode: '100003' },
    { usageType: 'Generic', templateCode: '100001' },
  ],
});

const data = {
  to: '8613800138000',
  type: TemplateType.ForgotPassword,
  payload: { code: '482913' },
};

/** The error that reading a message throws. */
const refusal = (changes: object, language: 'en' | 'zh' = 'en', given = config): ConnectorError => {
  try {
    readMessage({ ...data, ...changes }, given, language);
  } catch (error: unknown) {
    if (error instanceof ConnectorError) {
      return error;
    }
  }

  throw new Error('The message was not refused with a ConnectorError.');
};

describe('readMainlandNumber', () => {
  it.each(['8613800138000', '+8613800138000', '008613800138000'])('takes %s', (to) => {
    expect(readMainlandNumber(to)).toBe('13800138000');
  });

  it.each([
    ['Hong Kong', '85261234567'],
    ['Macau', '85366123456'],
    ['Taiwan', '886912345678'],
    ['the United States', '13012345678'],
    ['a landline', '861065529988'],
    ['an unassigned prefix', '8612800138000'],
    ['too short', '861380013800'],
    ['too long', '86138001380001'],
    ['letters', '861380013800a'],
    ['full-width digits', '86１3800138000'],
    ['Arabic-Indic digits', '86١3800138000'],
    ['a space inside', '86 13800138000'],
    ['a space before', ' 8613800138000'],
    ['a line break behind', '8613800138000\n'],
    ['a second line', '8613800138000\n1'],
    ['two prefixes', '+008613800138000'],
    ['the country code twice', '868613800138000'],
    ['nothing', ''],
  ])('refuses %s', (_, to) => {
    expect(readMainlandNumber(to)).toBeUndefined();
  });

  it('takes exactly the numbers of the numbering plan, whatever the prefix', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('86', '+86', '0086'),
        fc.integer({ min: 0, max: 99_999_999_999 }),
        (prefix, number) => {
          const digits = String(number).padStart(11, '0');
          const isMobile = number >= 13_000_000_000 && number < 20_000_000_000;

          expect(readMainlandNumber(prefix + digits)).toBe(isMobile ? digits : undefined);
        },
      ),
    );
  });

  it('takes no other text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('0123456789+ \n-()')) }),
        (to) => {
          const number = readMainlandNumber(to);

          expect(
            number === undefined || ['', '+', '00'].some((it) => to === `${it}86${number}`),
          ).toBe(true);
        },
      ),
    );
  });
});

describe('readMessage', () => {
  it('reads the code, the national number and the template of the usage type', () => {
    expect(readMessage(data, config, 'en')).toEqual({
      code: '482913',
      phoneNumber: '13800138000',
      templateCode: '100003',
      templateIndex: 0,
    });
  });

  it('falls back to Generic for a type without an entry', () => {
    expect(readMessage({ ...data, type: TemplateType.BindMfa }, config, 'en')).toMatchObject({
      templateCode: '100001',
      templateIndex: 1,
    });
  });

  it('has no template when Generic is missing as well', () => {
    const templates = config.templates.slice(0, 1);

    expect(refusal({ type: TemplateType.SignIn }, 'en', { ...config, templates }).code).toBe(
      ConnectorErrorCodes.TemplateNotFound,
    );
  });

  it.each([undefined, ''])('asks for the code that is missing (%j)', (code) => {
    expect(refusal({ payload: { code } }).code).toBe(
      ConnectorErrorCodes.InsufficientRequestParameters,
    );
  });

  it.each(['123', '123456789', '12 34', '１２３４', '12-34', '1234\n', '验证码一', '{{code}}'])(
    'refuses the code %j',
    (code) => {
      const error = refusal({ payload: { code } });

      expect(error.code).toBe(ConnectorErrorCodes.InvalidRequestParameters);
      expect(JSON.stringify(error.data)).not.toContain(code);
    },
  );

  it.each(['1234', 'aB3x', '12345678'])('takes the code %s', (code) => {
    expect(readMessage({ ...data, payload: { code } }, config, 'en').code).toBe(code);
  });

  it('refuses a foreign number and does not repeat it', () => {
    const error = refusal({ to: '85261234567' });

    expect(error.code).toBe(ConnectorErrorCodes.InvalidRequestParameters);
    expect(error.message + JSON.stringify(error.data)).not.toContain('61234567');
  });

  it('looks at the code before the number', () => {
    expect(refusal({ to: '1', payload: {} }).code).toBe(
      ConnectorErrorCodes.InsufficientRequestParameters,
    );
  });

  it('tells errors in the language asked for', () => {
    expect(refusal({ to: '1' }, 'zh').message).toContain('中国大陆手机号');
    expect(refusal({ to: '1' }, 'en').message).toContain('mobile numbers of mainland China');
  });
});

describe('buildParameters', () => {
  const message = readMessage(data, config, 'en');
  const now = new Date('2026-11-22T08:00:00.987Z');

  it('holds what SendSmsVerifyCode needs, and nothing else', () => {
    expect(buildParameters(message, config, 'fake-nonce', now)).toEqual({
      Action: 'SendSmsVerifyCode',
      Version: '2017-05-25',
      Format: 'JSON',
      AccessKeyId: 'fake-id',
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: 'fake-nonce',
      Timestamp: '2026-11-22T08:00:00Z',
      PhoneNumber: '13800138000',
      CountryCode: '86',
      SignName: '恒创联众',
      TemplateCode: '100003',
      TemplateParam: '{"code":"482913","min":"10"}',
    });
  });

  it('sends signNameOverride instead of signName, and the minutes of the config', () => {
    const changed = { ...config, signNameOverride: '新签名', codeExpirationMinutes: 5 };

    expect(buildParameters(message, changed, 'fake-nonce', now)).toMatchObject({
      SignName: '新签名',
      TemplateParam: '{"code":"482913","min":"5"}',
    });
  });
});

import { TemplateType } from '@logto/connector-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { pathsOf, saidIn, toldUser } from '../test/errors.js';
import { configGuard } from './config.js';
import { readMainlandNumber, readMessage } from './request.js';

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

/** What is thrown, with no template for Generic. */
const refusal = (changes: object, language?: 'en' | 'zh'): unknown => {
  try {
    const templates = config.templates.slice(0, 1);

    return readMessage(Object.assign({ ...data }, changes), { ...config, templates }, language);
  } catch (error: unknown) {
    return error;
  }
};

describe('readMainlandNumber', () => {
  it('takes exactly the numbers of the numbering plan, with 86, +86 or 0086', () => {
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

  it.each([
    ...['85261234567', '85366123456', '886912345678', '13012345678', '861065529988', ''],
    ...['8612800138000', '861380013800', '86138001380001', '861380013800a', '+008613800138000'],
    ...['86１3800138000', '86١3800138000', '86 13800138000', ' 8613800138000', '8613800138000\n'],
  ])('refuses %j', (to) => {
    expect(readMainlandNumber(to)).toBeUndefined();
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

  it.each(['1234', 'aB3x', '12345678'])('takes the code %s', (code) => {
    expect(readMessage({ ...data, payload: { code } }, config, 'en').code).toBe(code);
  });

  const withCodes = (...codes: unknown[]) => codes.map((code) => ({ payload: { code } }));
  // prettier-ignore
  const rows: Array<[changes: object[], code: string, path: string, en: RegExp, zh: RegExp]> = [
    [[{ type: TemplateType.SignIn }], 'template_not_found', 'templates', /"Generic"/, /"Generic"/],
    // The code is looked at before the number.
    [[...withCodes(undefined, '', 482_913), { payload: undefined }, { payload: null, to: '1' }],
      'insufficient_request_parameters', 'payload.code', /no verification code/, /没有验证码/],
    [withCodes('123', '123456789', '12 34', '１２３４', '12-34', '1234\n', '验证码一', '{{code}}'),
      'invalid_request_parameters', 'payload.code', /4 to 8/, /4 到 8/],
    [['85261234567', '13012345678', '+86138', ''].map((to) => ({ to })),
      'invalid_request_parameters', 'to', /\+86.*13 to 19/, /\+86.*13–19/],
  ];

  it.each(rows.flatMap(([all, ...row]) => all.map((changes) => [changes, ...row] as const)))(
    'refuses %j as %s, at %s',
    (changes, code, path, en, zh) => {
      const [english, chinese, both] = (['en', 'zh', undefined] as const).map((language) => {
        const error = refusal(changes, language);

        expect(error).toMatchObject({ code });
        expect(pathsOf(error)).toEqual([path]);
        expect(toldUser(error)).toBeUndefined();

        return saidIn(error);
      });

      expect(english).toMatch(en);
      expect(chinese).toMatch(zh);
      expect(both).toBe(`${english}\n${chinese}`);
      // Neither the code nor the number is repeated.
      expect(both).not.toMatch(/1234|１２３４|一|{{|61234567|13012345678/);
    },
  );
});

import {
  ConnectorError,
  ConnectorErrorCodes,
  ConnectorType,
  TemplateType,
} from '@logto/connector-kit';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZodError } from 'zod';

import { referenceSignature } from '../sandbox/signer.js';
import createConnector from './index.js';

const config = {
  accessKeyId: 'fake-id',
  accessKeySecret: 'fake-secret',
  signName: '恒创联众',
  templates: [
    { usageType: 'BindNewIdentifier', templateCode: '100002' },
    { usageType: 'Generic', templateCode: '100001' },
  ],
};

const data = {
  to: '8613800138000',
  type: TemplateType.SignIn,
  payload: { code: '482913', locale: 'zh-CN', uiLocales: 'zh-CN en' },
  ip: '203.0.113.7',
};

const build = async (stored: unknown = config) =>
  createConnector({
    getConfig: async () => {
      if (stored instanceof Error) {
        throw stored;
      }

      return stored;
    },
  });

/** The error that sending throws. */
const refusal = async (sending: Promise<unknown>): Promise<ConnectorError> => {
  const error: unknown = await sending.then(
    () => undefined,
    (error: unknown) => error,
  );

  if (!(error instanceof ConnectorError)) {
    throw new Error('Nothing was refused with a ConnectorError.', { cause: error });
  }

  return error;
};

/** Answers once as Aliyun does, and keeps the form that was sent. */
const answerOnce = (
  body: object | string,
  status = 200,
  endpoint = 'https://dypnsapi.aliyuncs.com',
) => {
  const forms: URLSearchParams[] = [];

  nock(endpoint, { reqheaders: { 'content-type': /^application\/x-www-form-urlencoded/ } })
    .post('/', (form: Record<string, string>) => forms.push(new URLSearchParams(form)) > 0)
    .reply(status, body);

  return forms;
};

const ok = { Code: 'OK', Message: 'OK', Success: true, RequestId: 'A-1' };

beforeEach(() => {
  nock.disableNetConnect();
});

afterEach(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

describe('createConnector', () => {
  it('makes an SMS connector under the identity that hosts have stored', async () => {
    const { type, metadata } = await build();

    expect(type).toBe(ConnectorType.Sms);
    expect(metadata).toMatchObject({
      id: 'aliyun-short-message-auth-service',
      target: 'aliyun-sms-mas',
      platform: null,
      logo: './logo.svg',
      logoDark: null,
      readme: './README.md',
      configTemplate: './docs/config-template.json',
    });
    expect(metadata).not.toHaveProperty('formItems');
  });

  it.each(['name', 'description'] as const)(
    'has a %s in every language that Console offers',
    async (key) => {
      const { metadata } = await build();

      expect(Object.keys(metadata[key]).sort()).toEqual(
        // prettier-ignore
        ['en', 'zh-CN', 'zh-HK', 'zh-TW', 'ja', 'ko', 'de', 'fr', 'es', 'it', 'pt-BR', 'pt-PT', 'pl-PL', 'ru', 'tr-TR', 'ar', 'th'].sort(),
      );
    },
  );
});

describe('sendMessage', () => {
  it('sends one signed request, with nothing of the payload but the code', async () => {
    const [forms, { sendMessage }] = [answerOnce(ok), await build()];

    await sendMessage({
      ...data,
      payload: { ...data.payload, link: 'https://example.com', user: { name: 'Me' } },
    });

    const { Signature, SignatureNonce, Timestamp, ...rest } = Object.fromEntries(forms[0] ?? []);

    expect(forms).toHaveLength(1);
    expect(rest).toEqual({
      Action: 'SendSmsVerifyCode',
      Version: '2017-05-25',
      Format: 'JSON',
      AccessKeyId: 'fake-id',
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      PhoneNumber: '13800138000',
      CountryCode: '86',
      SignName: '恒创联众',
      TemplateCode: '100001',
      TemplateParam: '{"code":"482913","min":"10"}',
    });
    expect(SignatureNonce).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(Timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Math.abs(Date.parse(Timestamp ?? '') - Date.now())).toBeLessThan(5000);
    expect(Signature).toBe(
      referenceSignature(
        { ...rest, SignatureNonce: SignatureNonce ?? '', Timestamp: Timestamp ?? '' },
        'POST',
        'fake-secret',
      ),
    );
  });

  it('uses the template of the usage type', async () => {
    const [forms, { sendMessage }] = [answerOnce(ok), await build()];

    await sendMessage({ ...data, type: TemplateType.BindNewIdentifier });

    expect(forms[0]?.get('TemplateCode')).toBe('100002');
  });

  it('signs each message with a nonce of its own', async () => {
    const { sendMessage } = await build();
    const nonces = [];

    for (const forms of [answerOnce(ok), answerOnce(ok)]) {
      await sendMessage(data);
      nonces.push(forms[0]?.get('SignatureNonce'));
    }

    expect(new Set(nonces).size).toBe(2);
  });

  it('prefers the config on trial to the stored one', async () => {
    const [forms, { sendMessage }] = [answerOnce(ok), await build(new Error('not to be read'))];

    await sendMessage(data, { ...config, accessKeyId: 'on-trial', signNameOverride: '新签名' });

    expect(forms[0]?.get('AccessKeyId')).toBe('on-trial');
    expect(forms[0]?.get('SignName')).toBe('新签名');
  });

  it('sends to the endpoint of the config', async () => {
    const forms = answerOnce(ok, 200, 'http://127.0.0.1:4010');
    const { sendMessage } = await build({ ...config, endpoint: 'http://127.0.0.1:4010' });

    await sendMessage(data);

    expect(forms).toHaveLength(1);
  });

  it("refuses a bad config with zod's error, before it looks at anything else", async () => {
    const { sendMessage } = await build({ ...config, accessKeyId: '' });
    const error = await refusal(sendMessage({ ...data, to: '1', payload: {} }));

    expect(error.code).toBe('invalid_config');
    expect(error.data).toBeInstanceOf(ZodError);
  });

  it.each([
    ['no code', { payload: {} }, 'insufficient_request_parameters'],
    ['no payload', { payload: null }, 'insufficient_request_parameters'],
    ['a code that is none', { payload: { code: '1' } }, 'invalid_request_parameters'],
    ['a Hong Kong number', { to: '85261234567' }, 'invalid_request_parameters'],
  ])('sends nothing for %s', async (_, changes, code) => {
    const [forms, { sendMessage }] = [answerOnce(ok), await build()];

    expect((await refusal(sendMessage(Object.assign({ ...data }, changes)))).code).toBe(code);
    expect(forms).toHaveLength(0);
  });

  it('tells a config that cannot be read as a ConnectorError, without the reason', async () => {
    const { sendMessage } = await build(new Error('postgres://user:fake@db'));
    const error = await refusal(sendMessage(data));

    expect(error.code).toBe('general');
    expect(error.message).toContain('Logto 无法读取该连接器的配置');
    expect(error.stack).not.toContain('postgres');
  });

  it("passes on the host's own ConnectorError about the config", async () => {
    const { sendMessage } = await build(new ConnectorError(ConnectorErrorCodes.NotImplemented));

    expect((await refusal(sendMessage(data))).code).toBe('not_implemented');
  });

  it.each([
    ['zh-CN', '等待 60 秒'],
    ['zh', '等待 60 秒'],
    ['ZH-hant', '等待 60 秒'],
    ['en', 'Wait 60 seconds'],
    ['fr', 'Wait 60 seconds'],
    [undefined, 'Wait 60 seconds'],
  ])('answers the locale %s in its language', async (locale, words) => {
    answerOnce({ Code: 'biz.FREQUENCY', Message: 'check frequency failed' });
    const { sendMessage } = await build();
    const payload = { code: '482913', ...(locale && { locale }) };
    const error = await refusal(sendMessage({ ...data, payload }));

    expect(error.code).toBe('rate_limit_exceeded');
    expect(error.message).toContain(words);
  });
});

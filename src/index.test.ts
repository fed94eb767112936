import {
  ConnectorError,
  ConnectorErrorCodes,
  ConnectorType,
  TemplateType,
} from '@logto/connector-kit';
import nock from 'nock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { referenceSignature } from '../sandbox/service/signature.js';
import { pathsOf, saidIn, toldUser } from '../test/errors.js';
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

/** What sending throws with a stored config. */
const refusal = async (changes: object = {}, stored: unknown = config): Promise<unknown> => {
  const { sendMessage } = await build(stored);

  return sendMessage(Object.assign({ ...data }, changes)).then(
    () => undefined,
    (error: unknown) => error,
  );
};

/** Answers once as Aliyun does, and keeps the form that was sent. */
const answerOnce = (Code = 'OK', endpoint = 'https://dypnsapi.aliyuncs.com') => {
  const forms: string[] = [];

  nock(endpoint, { reqheaders: { 'content-type': /^application\/x-www-form-urlencoded/ } })
    .post('/')
    .reply(200, (_, body) => {
      forms.push(z.string().parse(body));

      return { Code, Message: 'OK', RequestId: 'A-1' };
    });

  return forms;
};

const parse = ([form]: string[]): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(form));

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
    // prettier-ignore
    const languages = ['ar', 'de', 'en', 'es', 'fr', 'it', 'ja', 'ko', 'pl-PL', 'pt-BR', 'pt-PT', 'ru', 'th', 'tr-TR', 'zh-CN', 'zh-HK', 'zh-TW'];

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
    expect(Object.keys(metadata.name).sort()).toEqual(languages);
    expect(Object.keys(metadata.description).sort()).toEqual(languages);
  });
});

describe('sendMessage', () => {
  it('sends one signed request, with nothing of the payload but the code', async () => {
    const [forms, { sendMessage }] = [answerOnce(), await build()];

    await sendMessage({
      ...data,
      payload: { ...data.payload, link: 'https://example.com', user: { name: 'Me' } },
    });

    const { Signature, ...signed } = parse(forms);
    const { SignatureNonce, Timestamp, ...rest } = signed;

    expect(forms).toHaveLength(1);
    // Base64's own characters, encoded.
    expect(forms[0]).toMatch(/&Signature=[\w%]+%3D$/);
    expect(Signature).toBe(referenceSignature(signed, 'POST', 'fake-secret'));
    expect(SignatureNonce).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(Timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Math.abs(Date.parse(Timestamp ?? '') - Date.now())).toBeLessThan(5000);
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
  });

  it('signs each message with a nonce of its own, and takes the template of its type', async () => {
    const { sendMessage } = await build();
    const [first, second] = [answerOnce(), answerOnce()];

    await sendMessage(data);
    await sendMessage({ ...data, type: TemplateType.BindNewIdentifier });

    expect(parse(first).SignatureNonce).not.toBe(parse(second).SignatureNonce);
    expect(parse(first).TemplateCode).toBe('100001');
    expect(parse(second).TemplateCode).toBe('100002');
  });

  it('sends what the config on trial says, and to its endpoint', async () => {
    const endpoint = 'http://127.0.0.1:4010';
    const [forms, { sendMessage }] = [answerOnce('OK', endpoint), await build(new Error('unread'))];
    const changes = { signNameOverride: '新签名', codeExpirationMinutes: 5, intervalSeconds: 55 };

    await sendMessage(data, { ...config, accessKeyId: 'on-trial', endpoint, ...changes });

    expect(parse(forms)).toMatchObject({
      AccessKeyId: 'on-trial',
      SignName: '新签名',
      TemplateParam: '{"code":"482913","min":"5"}',
      Interval: '55',
    });
  });

  it.each([
    // Before it looks at anything else.
    [{ to: '1', payload: {} }, { accessKeyId: '' }, 'invalid_config', 'accessKeyId'],
    [{ payload: null }, {}, 'insufficient_request_parameters', 'payload.code'],
    [{ to: '85261234567' }, {}, 'invalid_request_parameters', 'to'],
  ])('sends nothing for %j with the config %j', async (changes, wrong, code, path) => {
    const forms = answerOnce();
    const error = await refusal(changes, { ...config, ...wrong });

    expect(error).toMatchObject({ code });
    expect(pathsOf(error)).toEqual([path]);
    expect(toldUser(error)).toBeUndefined();
    expect(forms).toHaveLength(0);
  });

  it('tells a config that cannot be read as a ConnectorError, without the reason', async () => {
    const error = await refusal({ payload: {} }, new Error('postgres://user:fake@db'));

    expect(error).toMatchObject({ code: 'general' });
    expect(pathsOf(error)).toEqual(['']);
    expect(saidIn(error)).toMatch(/^Logto could not read .*config.*\nLogto 无法读取.*配置/);
    expect(toldUser(error)).toMatch(/^The code could not be sent.*\n验证码发送失败/);
    expect(saidIn(await refusal({}, new Error()))).toMatch(/^Logto 无法读取/);
    expect(String(error)).not.toContain('fake');
  });

  it("passes on the host's own ConnectorError about the config", async () => {
    const own = new ConnectorError(ConnectorErrorCodes.NotImplemented);

    expect(await refusal({}, own)).toBe(own);
  });

  const [en, zh, both] = [/^[ -~]+$/, /^[^ \n]+$/, /^[ -~]+\n[^ \n]+$/];

  it.each([
    [{ locale: 'zh-CN' }, zh],
    [{ locale: 'zh' }, zh],
    [{ locale: 'ZH-hant' }, zh],
    [{ locale: 'en' }, en],
    [{ locale: 'fr' }, en],
    [{ locale: 'tzh' }, en],
    [{}, both],
    [{ locale: '' }, both],
    [{ locale: null }, both],
    [{ locale: ['zh'] }, both],
  ])('tells errors in the language of %j', async (locale, language) => {
    answerOnce('ServiceUnavailable');
    const error = await refusal({ payload: { code: '482913', ...locale } });

    const mistake = await refusal({ payload: locale }, { ...config, accessKeyId: '' });

    expect(toldUser(error)).toMatch(language);
    expect(saidIn(error).split('\n')).toHaveLength(language === both ? 2 : 1);
    expect(saidIn(mistake).split('\n')).toHaveLength(language === both ? 2 : 1);
    expect(saidIn(mistake).includes('缺少')).toBe(language !== en);
  });
});

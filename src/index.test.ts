import nock from 'nock';
import { z } from 'zod';

import {
  ConnectorError,
  ConnectorErrorCodes,
  ConnectorType,
  TemplateType,
} from '@logto/connector-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { pathsOf, saidIn, toldUser } from '../test/helpers/errors.js';
import { config, generic, logtoMessage } from '../test/helpers/fixtures.js';
import { createRecord } from '../test/helpers/record.js';
import { referenceSignature } from '../test/helpers/reference-signature.js';
import { refusal } from '../test/helpers/send.js';

import createConnector from './index.js';

const defaultEndpoint = 'https://dypnsapi.aliyuncs.com';

const data = {
  ...logtoMessage,
  payload: { ...logtoMessage.payload, locale: 'zh-CN', uiLocales: 'zh-CN en' },
  ip: '203.0.113.7',
};

/** The connector of a host that has stored this config. */
const build = async (stored: unknown = config) =>
  createConnector({ getConfig: async () => stored });

/** Answers one request after the other with these codes, and keeps the forms that were sent. */
const answerWith = (codes: readonly string[], endpoint = defaultEndpoint) => {
  const forms = createRecord<string>();

  for (const Code of codes) {
    nock(endpoint, { reqheaders: { 'content-type': /^application\/x-www-form-urlencoded/ } })
      .post('/')
      .reply(200, (_, body) => {
        forms.add(z.string().parse(body));

        return { Code, Message: 'theirs', RequestId: 'A-1' };
      });
  }

  return forms.items;
};

const parse = (form = ''): Record<string, string> => Object.fromEntries(new URLSearchParams(form));

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
    const languages =
      'ar de en es fr it ja ko pl-PL pt-BR pt-PT ru th tr-TR zh-CN zh-HK zh-TW'.split(' ');

    expect(type).toBe(ConnectorType.Sms);
    expect(metadata).toMatchObject({
      id: 'aliyun-short-message-auth-service',
      target: 'aliyun-sms-mas',
      platform: null,
      logo: './logo.svg',
      logoDark: null,
      readme: './docs/guide.md',
      configTemplate: './docs/config-template.json',
    });
    expect(metadata).not.toHaveProperty('formItems');
    expect(Object.keys(metadata.name).toSorted()).toEqual(languages);
    expect(Object.keys(metadata.description).toSorted()).toEqual(languages);
  });

  it('hands over the guard that Console saves by', async () => {
    const { configGuard } = await build();

    expect(configGuard.safeParse(config).success).toBe(true);
    expect(configGuard.safeParse({ ...config, more: 1 }).success).toBe(false);
  });
});

describe('sendMessage', () => {
  it('sends one signed request, with nothing of the payload but the code', async () => {
    const forms = answerWith(['OK']);
    const { sendMessage } = await build();

    await sendMessage({
      ...data,
      payload: { ...data.payload, link: 'https://example.com', user: { name: 'Me' } },
    });

    const { Signature, ...signed } = parse(forms[0]);
    const { SignatureNonce, Timestamp, ...rest } = signed;

    expect(forms).toHaveLength(1);
    expect(Signature).toBe(referenceSignature(signed, 'POST', config.accessKeySecret));
    expect(SignatureNonce).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    expect(Timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Math.abs(Date.parse(Timestamp ?? '') - Date.now())).toBeLessThan(10_000);
    expect(rest).toEqual({
      Action: 'SendSmsVerifyCode',
      Version: '2017-05-25',
      Format: 'JSON',
      AccessKeyId: config.accessKeyId,
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
    const templates = [{ usageType: 'BindNewIdentifier', templateCode: '100002' }, generic];
    const { sendMessage } = await build({ ...config, templates });
    const forms = answerWith(['OK', 'OK']);

    await sendMessage(data);
    await sendMessage({ ...data, type: TemplateType.BindNewIdentifier });

    const [first, second] = forms.map((form) => parse(form));

    expect(first?.SignatureNonce).not.toBe(second?.SignatureNonce);
    expect(first?.TemplateCode).toBe('100001');
    expect(second?.TemplateCode).toBe('100002');
  });

  it.each([
    // Before it looks at anything else.
    [{ to: '1', payload: {} }, { accessKeyId: '' }, 'invalid_config', 'accessKeyId'],
    [{ payload: null }, {}, 'insufficient_request_parameters', 'payload.code'],
    [{ to: '85261234567' }, {}, 'invalid_request_parameters', 'to'],
  ])(
    'sends nothing for %j with the config %j',
    async (changes: Record<string, unknown>, wrong, code, path) => {
      const forms = answerWith(['OK']);
      const error = await refusal({ ...config, ...wrong }, changes);

      expect(error).toMatchObject({ code });
      expect(pathsOf(error)).toEqual([path]);
      expect(toldUser(error)).toBeUndefined();
      expect(forms).toHaveLength(0);
    }
  );

  it("tells what Aliyun's refusal means, in the language of the message to the user", async () => {
    answerWith(['ServiceUnavailable']);
    const error = await refusal(config);

    expect(error).toBeInstanceOf(ConnectorError);
    expect(error).toMatchObject({ code: 'general' });
    expect(toldUser(error)).toMatch(/^验证码发送失败[^\n]*$/);
    expect(saidIn(error)).toMatch(/\n.* \(ServiceUnavailable, RequestId A-1\)$/);
    expect(saidIn(error)).not.toContain('theirs');
  });

  it.each([new Error('database'), new ConnectorError(ConnectorErrorCodes.NotImplemented)])(
    "passes on what the host's getConfig throws, as it is: %s",
    async (own) => {
      const forms = answerWith(['OK']);
      const { sendMessage } = await createConnector({
        getConfig: async () => {
          throw own;
        },
      });

      await expect(sendMessage(data)).rejects.toBe(own);
      expect(forms).toHaveLength(0);
    }
  );
});

describe('the config', () => {
  it('is the one on trial, where there is one, and its endpoint; the stored one is not read', async () => {
    const endpoint = 'http://127.0.0.1:4010';
    const forms = answerWith(['OK'], endpoint);
    const { sendMessage } = await createConnector({
      getConfig: async () => {
        throw new Error('read');
      },
    });
    const changes = { signNameOverride: '新签名', codeExpirationMinutes: 5 };

    await sendMessage(data, { ...config, accessKeyId: 'on-trial', endpoint, ...changes });

    expect(parse(forms[0])).toMatchObject({
      AccessKeyId: 'on-trial',
      SignName: '新签名',
      TemplateParam: '{"code":"482913","min":"5"}',
    });
  });

  const asSavedByOthers = {
    ...config,
    signName: '某某科技',
    intervalSeconds: 55,
    templates: [generic, generic, { usageType: 'Newest', templateCode: '1', more: true }, 'x'],
  };

  it('sends as it was saved, whatever else it holds', async () => {
    const forms = answerWith(['OK']);

    expect(await refusal(asSavedByOthers)).toBeUndefined();
    expect(parse(forms[0])).toMatchObject({ SignName: '某某科技', TemplateCode: '100001' });
  });

  it('is checked as strictly as when it is saved, where it is on trial', async () => {
    const forms = answerWith(['OK']);
    const { sendMessage } = await build();
    const error: unknown = await sendMessage(data, asSavedByOthers).catch(
      (error_: unknown) => error_
    );

    expect(error).toMatchObject({ code: 'invalid_config' });
    expect(pathsOf(error)).toHaveLength(3);
    expect(pathsOf(error)).toContain('signName');
    expect(forms).toHaveLength(0);
  });

  it('is read from the host under the id of the connector', async () => {
    answerWith(['OK']);
    const ids = createRecord<string>();
    const { sendMessage } = await createConnector({
      getConfig: async (id) => {
        ids.add(id);

        return config;
      },
    });

    await sendMessage(data);

    expect(ids.items).toEqual(['aliyun-short-message-auth-service']);
  });
});

/** Answers that it was too soon, after this time by the connector's clock, in milliseconds; then with OK. */
const answerAfter = (time: number) => {
  const forms = createRecord<string>();

  for (const Code of ['biz.FREQUENCY', 'OK']) {
    nock(defaultEndpoint)
      .post('/')
      .reply(200, (_, body) => {
        forms.add(z.string().parse(body));
        vi.advanceTimersByTime(time);

        return { Code };
      });
  }

  return forms.items;
};

describe('the time of a call', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('is enough for a resend, where pause and answer fit into what is left of 8 s', async () => {
    const forms = answerAfter(4900);

    expect(await refusal(config)).toBeUndefined();
    expect(forms).toHaveLength(2);
  });

  it('may be over: a message whose answer nobody would read is not resent', async () => {
    const forms = answerAfter(5600);

    expect(await refusal(config)).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(forms).toHaveLength(1);
  });

  it.each([
    ['resent', 200, 'biz.FREQUENCY', 'rate_limit_exceeded'],
    ['sent again', 503, '', 'general'],
  ])('may be over after a pause of a busy process: nothing is %s', async (...given) => {
    const [, status, Code, code] = given;
    const second = nock(defaultEndpoint);

    nock(defaultEndpoint)
      .post('/')
      .reply(status, () => {
        setTimeout(() => vi.advanceTimersByTime(7500), 50);

        return { Code };
      });

    second.post('/').reply(200, { Code: 'OK' });

    expect(await refusal(config)).toMatchObject({ code });
    expect(second.isDone()).toBe(false);
  });
});

import { beforeAll, describe, expect, it } from 'vitest';

import { type Sandbox } from '../sandbox/server.js';
import { retiredSignatures } from '../sandbox/service.js';
import { form } from './helpers/form.js';
import { openSandbox } from './helpers/sandbox.js';

const post = async ({ endpoint }: Sandbox, body: URLSearchParams | string, init?: RequestInit) => {
  const response = await fetch(endpoint, { method: 'POST', body, ...init });
  const answer: unknown = await response.json();

  return { status: response.status, answer };
};

describe('the sandbox', () => {
  it('delivers a good message as the phone shows it, and lists it', async () => {
    const sandbox = await openSandbox();

    expect(await post(sandbox, form())).toMatchObject({ status: 200, answer: { Code: 'OK' } });
    expect(await (await fetch(`${sandbox.endpoint}/messages`)).json()).toMatchObject([
      {
        phoneNumber: '13800138000',
        code: '482913',
        text: '【恒创联众】您的验证码为482913。尊敬的客户，以上验证码10分钟内有效，请注意保密，切勿告知他人。',
      },
    ]);
  });

  it('sends no second message to a number within a minute', async () => {
    const sandbox = await openSandbox();
    await post(sandbox, form());

    expect((await post(sandbox, form())).answer).toMatchObject({ Code: 'biz.FREQUENCY' });
    expect((await post(sandbox, form({ PhoneNumber: '13800138001' }))).answer).toMatchObject({
      Code: 'OK',
    });

    sandbox.passMinute();
    expect((await post(sandbox, form())).answer).toMatchObject({ Code: 'OK' });
    expect(sandbox.messages).toHaveLength(3);
  });

  it("waits as long as the request's own Interval says, and never with the interval off", async () => {
    const sandbox = await openSandbox();
    const send = async (Interval: string) => (await post(sandbox, form({ Interval }))).answer;

    expect(await send('90')).toMatchObject({ Code: 'OK' });
    sandbox.passMinute();
    expect(await send('90')).toMatchObject({ Code: 'biz.FREQUENCY' });
    expect(await send('60')).toMatchObject({ Code: 'OK' });
    expect(await send('30')).toMatchObject({ Code: 'biz.FREQUENCY' });
    sandbox.passMinute();

    for (const wrong of ['0', '601', '1.5', '-1', 'soon', '']) {
      expect(await send(wrong)).toMatchObject({ Code: 'isv.INVALID_PARAMETERS' });
    }

    const unlimited = await openSandbox({ faults: { interval: false } });

    await post(unlimited, form());
    expect((await post(unlimited, form())).answer).toMatchObject({ Code: 'OK' });
  });

  it.each([
    // Aliyun's own 503 has used up the nonce; the page of a gateway has not.
    ['unavailable', 'SignatureNonceUsed'],
    ['gatewayDown', 'OK'],
    ['lost', 'SignatureNonceUsed'],
  ] as const)('after the fault %s answers the repeat with %s', async (fault, Code) => {
    const sandbox = await openSandbox({ fault: (index) => (index === 0 ? fault : undefined) });
    const body = form();
    await fetch(sandbox.endpoint, { method: 'POST', body });

    expect((await post(sandbox, body)).answer).toMatchObject({ Code });
  });

  it('keeps connections as long as it is told, and tells the time', async () => {
    const { endpoint } = await openSandbox({ keepAliveTimeout: 9000 });
    const { headers } = await fetch(endpoint, { method: 'POST' });

    expect(headers.get('keep-alive')).toBe('timeout=9');
    expect(Date.parse(headers.get('date') ?? '')).toBeGreaterThan(Date.now() - 5000);
  });

  it('takes a nonce once', async () => {
    const sandbox = await openSandbox();
    const body = form().toString();
    const init = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    await post(sandbox, body, init);

    expect(await post(sandbox, body, init)).toMatchObject({
      status: 400,
      answer: { Code: 'SignatureNonceUsed', HostId: 'dypnsapi.aliyuncs.com' },
    });
  });

  describe('refuses as Aliyun does', () => {
    let sandbox: Sandbox;

    beforeAll(async () => {
      sandbox = await openSandbox();
    });

    it.each<[string, Record<string, string | undefined>, number, string]>([
      ['an unknown AccessKey', { AccessKeyId: 'x' }, 404, 'InvalidAccessKeyId.NotFound'],
      ['a missing parameter', { SignName: undefined }, 400, 'MissingSignName'],
      ['an old request', { Timestamp: '2020-01-01T00:00:00Z' }, 400, 'InvalidTimeStamp.Expired'],
      ['milliseconds', { Timestamp: new Date().toISOString() }, 400, 'InvalidTimeStamp.Format'],
      ['another action', { Action: 'SendSms' }, 404, 'InvalidApi.NotFound'],
      ['no JSON asked for', { Format: undefined }, 400, 'InvalidParameter'],
      ['another signature method', { SignatureMethod: 'HMAC-MD5' }, 400, 'InvalidParameter'],
      ['an unknown template', { TemplateCode: '100009' }, 200, 'isv.INVALID_PARAMETERS'],
      ['a missing variable', { TemplateParam: '{"code":"1"}' }, 200, 'isv.INVALID_PARAMETERS'],
      [
        'an extra variable',
        { TemplateParam: '{"code":"1","min":"1","locale":"en"}' },
        200,
        'isv.INVALID_PARAMETERS',
      ],
      [
        'a variable that is no text',
        { TemplateParam: '{"code":1234,"min":"1"}' },
        200,
        'isv.INVALID_PARAMETERS',
      ],
      ['a landline', { PhoneNumber: '01065529988' }, 400, 'MOBILE_NUMBER_ILLEGAL'],
      ['another country', { CountryCode: '852' }, 400, 'MOBILE_NUMBER_ILLEGAL'],
    ])('%s', async (_, changes, status, Code) => {
      expect(await post(sandbox, form(changes))).toMatchObject({ status, answer: { Code } });
      expect(sandbox.messages).toHaveLength(0);
    });

    it.each(retiredSignatures)('the retired signature %s', async (SignName) => {
      const { answer } = await post(sandbox, form({ SignName }));

      expect(answer).toMatchObject({ Code: 'isv.INVALID_PARAMETERS' });
    });

    it('a wrong secret, repeating what was signed', async () => {
      const { status, answer } = await post(sandbox, form({}, 'wrong'));

      expect(status).toBe(400);
      expect(answer).toMatchObject({ Code: 'SignatureDoesNotMatch' });
      expect(JSON.stringify(answer)).toContain('482913');
    });

    it('another method or content type', async () => {
      expect(await post(sandbox, form(), { method: 'PUT' })).toMatchObject({ status: 415 });
      expect(
        await post(sandbox, form(), { headers: { 'content-type': 'application/json' } }),
      ).toMatchObject({ status: 400, answer: { Code: 'UnsupportedContentType' } });
    });
  });
});

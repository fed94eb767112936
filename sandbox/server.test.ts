import { once } from 'node:events';
import http from 'node:http';

import { describe, expect, it } from 'vitest';

import { form } from '../test/helpers/form.js';
import { ask, post } from '../test/helpers/sandbox-client.js';
import { openSandbox } from '../test/helpers/sandbox.js';

const first = '13912345678';
const second = '13812345678';

const to = (PhoneNumber: string) => form({ PhoneNumber });

describe("POST /, Aliyun's service", () => {
  it('delivers a good message as the phone shows it', async () => {
    const { endpoint } = await openSandbox();

    expect(await post(endpoint, form())).toMatchObject({
      status: 200,
      answer: { Code: 'OK', Message: 'OK', Success: true },
    });
    expect(await ask(`${endpoint}/messages`)).toMatchObject({
      answer: [
        {
          phoneNumber: '13800138000',
          signName: '恒创联众',
          templateCode: '100001',
          code: '482913',
          min: '10',
          text: '【恒创联众】您的验证码为482913。尊敬的客户，以上验证码10分钟内有效，请注意保密，切勿告知他人。',
        },
      ],
    });
  });

  it('refuses what is no form, a used nonce, and a second message within a minute', async () => {
    const { endpoint } = await openSandbox();
    const body = form();
    const headers = { 'content-type': 'application/json' };

    expect(await post(endpoint, body, { headers })).toMatchObject({
      status: 400,
      answer: { Code: 'UnsupportedContentType' },
    });
    expect(await post(endpoint, body)).toMatchObject({ answer: { Code: 'OK' } });
    expect(await post(endpoint, body)).toMatchObject({ answer: { Code: 'SignatureNonceUsed' } });
    expect(await post(endpoint, form())).toMatchObject({ answer: { Code: 'biz.FREQUENCY' } });
  });

  it('takes another signature, and puts it in the config where it belongs', async () => {
    const SignName = '某某签名';
    const { endpoint, config } = await openSandbox({ signName: SignName });

    expect(await post(endpoint, form())).toMatchObject({
      answer: { Code: 'isv.INVALID_PARAMETERS' },
    });
    expect(await post(endpoint, form({ SignName }))).toMatchObject({ answer: { Code: 'OK' } });
    expect(JSON.parse(config)).toMatchObject({
      signName: '恒创联众',
      signNameOverride: SignName,
    });
  });

  it.each([
    ['a whole request', form().toString(), 200],
    ['more than 8 KiB', 'a'.repeat(9 * 1024), 413],
  ])('reads a body of unknown length, and none that is too long: %s', async (_, body, status) => {
    const { endpoint } = await openSandbox();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const request = http.request(endpoint, { method: 'POST', headers });
    request.write(body);
    request.end();

    expect(await once(request, 'response')).toMatchObject([{ statusCode: status }]);
  });

  it('says what is wrong with a body that is too long', async () => {
    const { endpoint } = await openSandbox();

    expect(await post(endpoint, 'a'.repeat(9 * 1024))).toEqual({
      status: 413,
      answer: { error: 'The body is larger than 8 KiB.' },
    });
  });
});

describe('messages and requests', () => {
  it('are listed and forgotten for one number', async () => {
    const { endpoint } = await openSandbox();
    await post(endpoint, to(first));
    await post(endpoint, to(second));

    expect(await ask(`${endpoint}/messages?to=86${first}`)).toMatchObject({
      answer: [{ phoneNumber: first }],
    });
    expect(await ask(`${endpoint}/messages?to=${first}`, { method: 'DELETE' })).toEqual({
      status: 204,
      answer: '',
    });
    expect(await ask(`${endpoint}/messages`)).toMatchObject({ answer: [{ phoneNumber: second }] });
    expect(await ask(`${endpoint}/requests`)).toMatchObject({ answer: [{ to: second }] });
    // And so is the time of the last message.
    expect(await post(endpoint, to(first))).toMatchObject({ answer: { Code: 'OK' } });
    expect(await post(endpoint, to(second))).toMatchObject({ answer: { Code: 'biz.FREQUENCY' } });

    await ask(`${endpoint}/messages`, { method: 'DELETE' });
    expect(await ask(`${endpoint}/messages`)).toMatchObject({ answer: [] });
  });

  it('are told with all that became of them', async () => {
    const { endpoint } = await openSandbox({ faults: { all: 'badNumber' } });
    await post(endpoint, to(first));

    expect(await ask(`${endpoint}/requests?to=${first}`)).toMatchObject({
      answer: [
        {
          id: 1,
          to: first,
          code: '482913',
          delivered: false,
          text: '',
          fault: 'badNumber',
          repeats: null,
          resends: null,
          status: 400,
          answerCode: 'MOBILE_NUMBER_ILLEGAL',
          isOpen: false,
        },
      ],
    });
    expect(await ask(`${endpoint}/requests?to=${second}`)).toMatchObject({ answer: [] });
  });
});

describe('/faults', () => {
  it('sets what is given, takes a number in every form, and removes what is null', async () => {
    const { endpoint } = await openSandbox();
    const put = async (body: unknown) => ask(`${endpoint}/faults`, { method: 'PUT', body });

    expect(
      await put({
        next: 'dayLimit',
        numbers: { [`+86${first}`]: 'hang', [`0086${second}`]: 'cut' },
      })
    ).toEqual({
      status: 200,
      answer: {
        next: 'dayLimit',
        all: null,
        numbers: { [first]: 'hang', [second]: 'cut' },
        interval: true,
      },
    });
    expect(await put({ numbers: { [`86${first}`]: null } })).toMatchObject({
      answer: {
        numbers: { [second]: 'cut' },
      },
    });
    // To remove what cannot be there is no mistake.
    expect(await put({ numbers: { '13800001234': null } })).toMatchObject({ status: 200 });
    expect(await put({ next: null, numbers: null, interval: false })).toMatchObject({
      answer: {
        next: null,
        all: null,
        numbers: {},
        interval: false,
      },
    });
    expect(await ask(`${endpoint}/faults`)).toMatchObject({ answer: { interval: false } });
  });

  it('says what is wrong, and changes nothing then', async () => {
    const { endpoint } = await openSandbox();
    const body = { all: 'hang', next: 'nope' };

    expect(await ask(`${endpoint}/faults`, { method: 'PUT', body })).toEqual({
      status: 400,
      answer: {
        error:
          'next: There is no fault "nope". There are frequency, dayLimit, badNumber, noBalance, notActivated, badParameters, wrongSecret, throttled, unavailable, lost, hang, stall, drip, reset, cut, truncate, garbage, html, badGateway, gatewayDown, large.',
      },
    });
    expect(await ask(`${endpoint}/faults`)).toMatchObject({ answer: { all: null } });
  });

  it('says so where the body is no JSON, or does not say that it is', async () => {
    const { endpoint } = await openSandbox();
    const put = async (type: string) =>
      post(`${endpoint}/faults`, '{"next":', { method: 'PUT', headers: { 'content-type': type } });

    expect(await put('application/json')).toEqual({
      status: 400,
      answer: { error: 'The body is not JSON.' },
    });
    expect(await put('text/plain')).toMatchObject({ status: 415 });
  });
});

describe('POST /clock and POST /reset', () => {
  it('lets time pass for the interval', async () => {
    const { endpoint } = await openSandbox();
    const clock = async (body: unknown) => ask(`${endpoint}/clock`, { method: 'POST', body });
    await post(endpoint, form());

    expect(await clock({ seconds: 30 })).toMatchObject({ status: 204 });
    expect(await post(endpoint, form())).toMatchObject({ answer: { Code: 'biz.FREQUENCY' } });
    await clock({ seconds: 30 });
    expect(await post(endpoint, form())).toMatchObject({ answer: { Code: 'OK' } });

    expect(await clock({ seconds: '60' })).toMatchObject({ status: 400 });
  });

  it('lets time pass for one number, and not for the others', async () => {
    const { endpoint } = await openSandbox();
    await post(endpoint, to(first));
    await post(endpoint, to(second));
    await ask(`${endpoint}/clock`, { method: 'POST', body: { seconds: 60, to: `+86${first}` } });

    expect(await post(endpoint, to(first))).toMatchObject({ answer: { Code: 'OK' } });
    expect(await post(endpoint, to(second))).toMatchObject({ answer: { Code: 'biz.FREQUENCY' } });
  });

  it('has all be as at the start', async () => {
    const { endpoint } = await openSandbox({ faults: { all: 'lost', interval: false } });
    const other = { next: 'dayLimit', all: null, interval: true, numbers: { [first]: 'cut' } };
    await ask(`${endpoint}/faults`, { method: 'PUT', body: other });
    await post(endpoint, to(second));

    expect(await ask(`${endpoint}/reset`, { method: 'POST' })).toMatchObject({ status: 204 });
    expect(await ask(`${endpoint}/requests`)).toMatchObject({ answer: [] });
    expect(await ask(`${endpoint}/faults`)).toMatchObject({
      answer: {
        next: null,
        all: 'lost',
        numbers: {},
        interval: false,
      },
    });
  });

  it('knows nothing of what was before', async () => {
    const { endpoint, passSeconds } = await openSandbox();
    const body = to(first);
    await post(endpoint, body);
    expect(await post(endpoint, to(first))).toMatchObject({ answer: { Code: 'biz.FREQUENCY' } });
    passSeconds(3600);
    await ask(`${endpoint}/reset`, { method: 'POST' });

    // The same nonce, and the same number and code as those of the refusal.
    expect(await post(endpoint, body)).toMatchObject({ answer: { Code: 'OK' } });
    expect(await ask(`${endpoint}/requests`)).toMatchObject({
      answer: [{ repeats: null, resends: null }],
    });
  });
});

describe('everything else', () => {
  it.each([
    ['GET', '/messages'],
    ['DELETE', '/messages'],
    ['GET', '/requests'],
    ['GET', '/faults'],
    ['PUT', '/faults'],
    ['POST', '/clock'],
    ['POST', '/reset'],
    ['GET', '/events'],
  ])('%s %s refuses an unknown query', async (method, path) => {
    const sandbox = await openSandbox();
    const { endpoint } = sandbox;
    await post(endpoint, form());

    expect(await ask(`${endpoint}${path}?number=${first}`, { method })).toMatchObject({
      status: 400,
    });
    expect(sandbox.requests).toHaveLength(1);
  });

  it('is not there', async () => {
    const { endpoint } = await openSandbox();

    expect(await ask(`${endpoint}/message`)).toEqual({
      status: 404,
      answer: { error: 'There is no GET /message.' },
    });
    expect(await ask(`${endpoint}/`, { method: 'PUT' })).toMatchObject({ status: 404 });
  });

  it('is the page, which is built when it is asked for', async () => {
    const { endpoint } = await openSandbox();
    const page = await fetch(endpoint);
    const html = await page.text();

    expect(page.headers.get('content-type')).toBe('text/html;charset=utf-8');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );

    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(files.toSorted()).toEqual(['logo.svg', 'page.css', 'page.js']);

    const types = await Promise.all(
      files.map(async (file) => {
        const { headers } = await fetch(new URL(file, `${endpoint}/`));

        return headers.get('content-type');
      })
    );
    expect(types.join(' ')).toMatch(/^(?:(?:image\/svg\+xml|text\/(?:css|javascript));\S+ ?){3}$/);
  });
});

import { once } from 'node:events';
import http from 'node:http';

import { TemplateType } from '@logto/connector-kit';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import createConnector from '../src/index.js';
import { pathsOf, saidIn, toldUser } from './helpers/errors.js';
import { configFor, openSandbox } from './helpers/sandbox.js';
import { faults, magicNumbers } from '../sandbox/faults.js';

vi.setConfig({ testTimeout: 30_000, maxConcurrency: 20 });

/** Sends as Logto does, and returns what is thrown. */
const send = async (endpoint: string, to: string, locale = 'en', config = {}): Promise<unknown> => {
  const { sendMessage } = await createConnector({
    getConfig: async () => ({ ...configFor(endpoint), ...config }),
  });

  return sendMessage({
    to: `86${to}`,
    type: TemplateType.Generic,
    payload: { code: '482913', locale },
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
};

const ask = async (url: string, method = 'GET', body?: unknown) => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: unknown = text && JSON.parse(text);

  return { status: response.status, answer };
};

const arrivalGuard = z.object({
  to: z.string(),
  logto: z.object({
    result: z.string(),
    error: z.string(),
    user: z.object({ en: z.string(), zh: z.string() }),
    admin: z.object({ en: z.string(), zh: z.string() }),
  }),
});

/** What the page is told, event after event. */
const listen = async (endpoint: string) => {
  const { body } = await fetch(`${endpoint}/events`);
  const reader = z.instanceof(ReadableStream).parse(body).getReader();
  const decoder = new TextDecoder();
  const kept = { text: '' };

  const next = async (): Promise<readonly [event: string, data: unknown]> => {
    const end = kept.text.indexOf('\n\n');

    if (end < 0) {
      const { value } = await reader.read();
      kept.text += decoder.decode(z.instanceof(Uint8Array).parse(value), { stream: true });

      return next();
    }

    const [, event = '', data = ''] =
      /^event: (.+)\ndata: (.+)/.exec(kept.text.slice(0, end)) ?? [];
    kept.text = kept.text.slice(end + 2);

    return [event, JSON.parse(data)];
  };

  return { next, stop: async () => reader.cancel() };
};

const arrivalsOf = async (endpoint: string) => {
  const { next, stop } = await listen(endpoint);
  const [, state] = await next();
  await stop();

  return z.object({ arrivals: z.array(arrivalGuard) }).parse(state).arrivals;
};

describe('the page', () => {
  it('is told what is there, and from then on all that is new', async () => {
    const { endpoint, config } = await openSandbox();
    const { next, stop } = await listen(endpoint);
    const [first, state] = await next();

    expect(first).toBe('state');
    expect(state).toMatchObject({
      config,
      arrivals: [],
      faults: { next: null, all: null, numbers: {}, interval: true },
    });
    expect(z.object({ magicNumbers: z.array(z.unknown()) }).parse(state).magicNumbers).toHaveLength(
      12,
    );
    expect(configFor(endpoint)).toMatchObject(
      z.object({ accessKeyId: z.string(), endpoint: z.string() }).parse(JSON.parse(config)),
    );

    await send(endpoint, '13912345678');
    expect(await next()).toMatchObject([
      'arrival',
      {
        id: 1,
        to: '13912345678',
        template: { zh: '登录/注册模板' },
        code: '482913',
        text: '【恒创联众】您的验证码为482913。尊敬的客户，以上验证码10分钟内有效，请注意保密，切勿告知他人。',
        gloss:
          '[恒创联众] Your code is 482913. Dear customer, this code is valid for 10 minutes. Keep it secret and tell nobody.',
        delivered: true,
        parameters: { TemplateParam: '{"code":"482913","min":"10"}' },
        isSignatureRight: true,
        isRepeat: false,
        fault: null,
        status: 200,
        answerCode: 'OK',
        logto: { result: 'sent', error: '' },
      },
    ]);

    await send(endpoint, '13912345678', 'en', { accessKeySecret: 'wrong' });
    expect(await next()).toMatchObject([
      'arrival',
      {
        ...{ id: 2, text: '', gloss: '', delivered: false, isSignatureRight: false },
        ...{ code: '482913', answerCode: 'SignatureDoesNotMatch' },
      },
    ]);

    await ask(`${endpoint}/messages`, 'DELETE');
    expect(await next()).toMatchObject(['state', { arrivals: [] }]);
    await stop();
  });
});

describe('the API', () => {
  it('gives the newest message to a number, and waits for one', async () => {
    const { endpoint } = await openSandbox();
    const latest = `${endpoint}/messages/latest`;

    expect((await ask(`${latest}?to=13912345678`)).status).toBe(404);

    const waiting = ask(`${latest}?to=13912345678&wait=20`);
    await send(endpoint, '13812345678');
    await send(endpoint, '13912345678');
    expect(await waiting).toMatchObject({ status: 200, answer: { phoneNumber: '13912345678' } });

    await send(endpoint, '13712345678');
    expect((await ask(latest)).answer).toMatchObject({ phoneNumber: '13712345678' });

    for (const to of ['8613812345678', '+8613812345678', '%2B8613812345678', '008613812345678']) {
      expect((await ask(`${latest}?to=${to}`)).answer).toMatchObject({
        ...{ phoneNumber: '13812345678', signName: '恒创联众', templateCode: '100001' },
        ...{ code: '482913', min: '10' },
      });
    }

    for (const wrong of ['to=85261234567', 'to=1381234567', 'wait=61', 'wait=soon']) {
      expect((await ask(`${latest}?${wrong}`)).status).toBe(400);
    }
  });

  it('gives up waiting after the time that was asked for', async () => {
    const { endpoint } = await openSandbox();
    const begin = performance.now();

    expect((await ask(`${endpoint}/messages/latest?wait=1`)).status).toBe(404);
    expect(performance.now() - begin).toBeGreaterThan(950);
  });

  it('forgets the messages, and with them when they were sent', async () => {
    const { endpoint } = await openSandbox();
    await send(endpoint, '13912345678');

    expect(await send(endpoint, '13912345678')).toMatchObject({
      code: 'rate_limit_exceeded',
    });
    expect(await ask(`${endpoint}/messages`, 'DELETE')).toEqual({ status: 204, answer: '' });
    expect(await ask(`${endpoint}/messages`)).toEqual({ status: 200, answer: [] });
    expect(await send(endpoint, '13912345678')).toBeUndefined();
  });

  it('sets faults for a number before one for the next message, and that before one for all', async () => {
    const { endpoint } = await openSandbox({ faults: { all: 'noBalance' } });
    const put = async (body: unknown) => ask(`${endpoint}/faults`, 'PUT', body);
    const refusalOf = async (to: string) => /\((\S+),/.exec(saidIn(await send(endpoint, to)))?.[1];

    expect(await put({ next: 'dayLimit', numbers: { '13912345678': 'notActivated' } })).toEqual({
      status: 200,
      answer: {
        ...{ next: 'dayLimit', all: 'noBalance', interval: true },
        numbers: { '13912345678': 'notActivated' },
      },
    });
    expect(await refusalOf('13912345678')).toBe('FUNCTION_NOT_OPENED');
    expect(await refusalOf('13812345678')).toBe('BUSINESS_LIMIT_CONTROL');
    expect(await refusalOf('13812345678')).toBe('isv.OUT_OF_SERVICE');

    await put({ all: null, numbers: { '13912345678': null }, interval: false });
    expect((await ask(`${endpoint}/faults`)).answer).toEqual({
      ...{ next: null, all: null, numbers: {}, interval: false },
    });
    expect(await send(endpoint, '13912345678')).toBeUndefined();
    expect(await send(endpoint, '13912345678')).toBeUndefined();

    for (const wrong of [
      { next: 'nope' },
      { nope: 1 },
      { numbers: { '1': 'hang' } },
      { interval: 1 },
      '',
    ]) {
      expect((await put(wrong)).status).toBe(400);
    }
  });

  it('has the fault for the next message meet its repeat as well', async () => {
    const { endpoint } = await openSandbox({ faults: { next: 'badGateway' } });

    expect(await send(endpoint, '13912345678')).toMatchObject({ code: 'general' });
    expect((await arrivalsOf(endpoint)).map(({ logto }) => logto.result)).toEqual([
      'repeats',
      'error',
    ]);
    expect(await send(endpoint, '13912345678')).toBeUndefined();
  });

  it('keeps the last 1000', async () => {
    const sandbox = await openSandbox();
    const { endpoint } = sandbox;

    for (let round = 0; round < 21; round += 1) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, index) =>
          send(endpoint, String(13_900_000_000 + round * 50 + index)),
        ),
      );
    }

    const arrivals = await arrivalsOf(endpoint);

    expect([sandbox.messages, sandbox.forms, arrivals].map(({ length }) => length)).toEqual([
      1000, 1000, 1000,
    ]);
    expect(Math.max(...sandbox.messages.map((it) => Number(it.phoneNumber)))).toBe(13_900_001_049);
  });
});

describe('requests from elsewhere', () => {
  const statusOf = async (endpoint: string, headers: object, method = 'GET', path = '/messages') =>
    new Promise<number | undefined>((resolve, reject) => {
      http
        .request(`${endpoint}${path}`, { method, headers: { ...headers } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
        .on('error', reject)
        .end();
    });

  it('are refused by the name that they were sent to, and by the page that sent them', async () => {
    const { endpoint } = await openSandbox();
    const { port } = new URL(endpoint);

    for (const host of ['localhost', 'app.localhost', '127.0.0.1', '[::1]', 'LOCALHOST']) {
      expect(await statusOf(endpoint, { host: `${host}:${port}` })).toBe(200);
    }

    for (const host of ['evil.example', `localhost.evil.example:${port}`, '0.0.0.0', '10.0.0.1']) {
      expect(await statusOf(endpoint, { host })).toBe(403);
      expect(await statusOf(endpoint, { host }, 'POST', '/')).toBe(403);
      expect(await statusOf(endpoint, { host }, 'GET', '/events')).toBe(403);
    }

    for (const origin of ['http://evil.example', 'null', `http://localhost:${port}`]) {
      expect(await statusOf(endpoint, { origin }, 'POST', '/')).toBe(403);
    }

    expect(await statusOf(endpoint, { origin: endpoint }, 'POST', '/')).toBe(400);
  });

  it('are read no further than a request is long, and end nothing', async () => {
    const { endpoint } = await openSandbox();
    const before = process.memoryUsage().heapUsed;
    const request = http.request(endpoint, { method: 'POST', headers: { host: 'evil.example' } });
    const part = Buffer.alloc(1024 * 1024, 'a');

    for (let index = 0; index < 100; index += 1) {
      if (!request.write(part)) {
        await once(request, 'drain');
      }
    }

    const [response] = z
      .tuple([z.instanceof(http.IncomingMessage)])
      .parse(await once(request.end(), 'response'));

    expect(response.resume().statusCode).toBe(403);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(80 * 1024 * 1024);
    expect((await ask(`${endpoint}/messages`)).status).toBe(200);
  });

  it('are not let into the page', async () => {
    const { endpoint } = await openSandbox();
    const { headers } = await fetch(endpoint);

    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; .*; frame-ancestors 'none'$/,
    );
  });

  it('change nothing without a JSON content type', async () => {
    const { endpoint } = await openSandbox();
    await send(endpoint, '13912345678');

    for (const [method, path] of [
      ['DELETE', '/messages'],
      ['PUT', '/faults'],
      ['POST', '/faults'],
    ] as const) {
      expect(await statusOf(endpoint, { 'content-type': 'text/plain' }, method, path)).toBe(415);
      expect(await statusOf(endpoint, {}, method, path)).toBe(415);
    }

    expect((await ask(`${endpoint}/messages`)).answer).toHaveLength(1);
  });
});

const errorsOf = (error: unknown) => {
  const said = saidIn(error).split('\n');

  return pathsOf(error).map(
    (path, index) => `Error in key path "${path}": (custom) ${said[index] ?? ''}`,
  );
};

describe.concurrent('through the connector', () => {
  it.each<readonly [number: string, code: string | undefined, requests: number, delivered: number]>(
    [
      ['13800000000', undefined, 1, 1],
      ['13800000001', 'rate_limit_exceeded', 1, 0],
      ['13800000002', 'rate_limit_exceeded', 1, 0],
      ['13800000003', 'invalid_request_parameters', 1, 0],
      ['13800000004', 'general', 1, 0],
      ['13800000005', 'invalid_config', 1, 0],
      ['13800000006', 'invalid_config', 1, 0],
      ['13800000007', 'invalid_config', 1, 0],
      ['13800000008', 'general', 2, 0],
      ['13800000009', undefined, 2, 1],
      ['13800000010', undefined, 1, 0],
      ['13800000011', undefined, 2, 1],
    ],
  )(
    '+86 %s comes to %s, after %i requests, and %i messages; each time',
    async (number, code, requests, delivered) => {
      // Numbers decide whatever the faults are.
      const sandbox = await openSandbox({ faults: { all: 'throttled' } });
      const [first, second] = await Promise.all([
        send(sandbox.endpoint, number),
        send(sandbox.endpoint, number),
      ]);

      expect(first).toEqual(code ? expect.objectContaining({ code }) : undefined);
      expect(second).toEqual(code ? expect.objectContaining({ code }) : undefined);
      expect(sandbox.forms).toHaveLength(2 * requests);
      expect(sandbox.messages).toHaveLength(2 * delivered);
      expect(magicNumbers.has(number)).toBe(true);
    },
  );

  it.each([
    { intervalSeconds: 55 },
    { signNameOverride: '某某签名' },
    { signName: '速通互联验证码' },
    // Where the sandbox's own config has 100003.
    {
      templates: ['SignIn', 'Register', 'Generic'].map((usageType) => ({
        ...{ usageType, templateCode: usageType === 'Generic' ? '100003' : '100001' },
      })),
    },
  ])('what Logto shows depends on the config: %j', async (config) => {
    const { endpoint } = await openSandbox({ faults: { all: 'badParameters' } });
    const error = await send(endpoint, '13912345678', 'en', config);
    const [arrival] = await arrivalsOf(endpoint);

    expect(arrival?.logto.admin.en.split('\n')).toEqual(errorsOf(error));
  });

  it('a fault is seen, however short ago the last message was', async () => {
    const { endpoint } = await openSandbox();
    await send(endpoint, '13912345678');
    await ask(`${endpoint}/faults`, 'PUT', { next: 'noBalance' });

    expect(await send(endpoint, '13912345678')).toMatchObject({ code: 'general' });
    expect(await send(endpoint, '13912345678')).toMatchObject({ code: 'rate_limit_exceeded' });
  });

  it('every fault is told as Logto shows it, in both languages', async () => {
    const { endpoint } = await openSandbox();
    const messages = Object.keys(faults).flatMap((name, index) =>
      (['en', 'zh'] as const).map((language, other) => ({
        ...{ name, language, to: String(13_900_000_000 + 100 * other + index) },
      })),
    );
    const numbers = Object.fromEntries(messages.map(({ name, to }) => [to, name]));
    const own = {
      rate_limit_exceeded: {
        en: 'Trigger rate limit. Please try again later.',
        zh: '触发速率限制。请稍后再试。',
      },
      invalid_config: { en: "The connector's config is invalid.", zh: '连接器配置错误' },
      invalid_response: { en: "The connector's response is invalid.", zh: '连接器错误响应' },
      invalid_request_parameters: {
        en: 'The request is with wrong input parameter(s).',
        zh: '请求参数错误',
      },
    };

    await ask(`${endpoint}/faults`, 'PUT', { numbers });
    const errors = await Promise.all(
      messages.map(async ({ to, language }) => send(endpoint, to, language)),
    );
    const arrivals = await arrivalsOf(endpoint);

    for (const [index, { name, language, to }] of messages.entries()) {
      const { logto } = arrivals.findLast((it) => it.to === to) ?? arrivalGuard.parse({});
      const error: unknown = errors[index];

      if (error === undefined) {
        expect([name, logto.result]).toEqual(['lost', 'sent']);
      } else {
        const { code } = z.object({ code: z.string() }).parse(error);
        const general = {
          en: `Error occurred in connector: ${toldUser(error) ?? ''}`,
          zh: `连接器发生错误：${toldUser(error) ?? ''}`,
        };

        expect([name, logto.error]).toEqual([name, code]);
        expect(logto.user[language]).toBe(
          new Map(Object.entries({ ...own, general })).get(code)?.[language],
        );
        expect(logto.admin[language].split('\n')).toEqual(errorsOf(error));
      }
    }
  });
});

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { inspect, promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

import { ConnectorError, TemplateType } from '@logto/connector-kit';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { z, ZodError } from 'zod';

import { type FaultName, faults, isFaultName } from '../sandbox/faults.js';
import { portOf, startSandbox } from '../sandbox/server.js';
import { accessKey, currentSignature } from '../sandbox/service.js';
import createConnector from '../src/index.js';
import { base64Cores } from './base64.js';
import { makeCertificate } from './certificate.js';

const root = path.resolve(import.meta.dirname, '..');
const run = promisify(execFile);

const config = {
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
  signName: currentSignature,
  templates: [{ usageType: 'Generic', templateCode: '100001' }],
};

const [code, number] = ['482913', '13800138000'];
const data = { to: `86${number}`, type: TemplateType.Generic, payload: { code } };

const delays = monitorEventLoopDelay({ resolution: 10 });
delays.enable();

/** A limit in milliseconds, with a little more where the computer is busy and late with everything. */
const within = (limit: number): number => limit + 400 + (4 * delays.percentile(99)) / 1e6;

const callLimit = 10_000;

type Result = Readonly<{ error: ConnectorError | undefined; milliseconds: number }>;

/** Sends a message as Logto does: with a connector built for it. */
const send = async (endpoint: string): Promise<Result> => {
  const { sendMessage } = await createConnector({
    getConfig: async () => ({ ...config, endpoint }),
  });
  const start = performance.now();
  const error: unknown = await sendMessage(data).then(
    () => undefined,
    (error: unknown) => error,
  );
  const milliseconds = performance.now() - start;

  if (error !== undefined && !(error instanceof ConnectorError)) {
    throw new Error('Something else than a ConnectorError was thrown.', { cause: error });
  }

  return { error, milliseconds };
};

/** How to stop what the tests started. */
const closers: Array<() => unknown> = [];

afterAll(async () => {
  await Promise.all(closers.map(async (close) => close()));
});

const listen = async (server: net.Server) => {
  const sockets = new Set<Socket>();
  const close = () => {
    server.close();

    for (const socket of sockets) {
      socket.destroy();
    }
  };

  server.on('connection', (socket: Socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    // What becomes of it shows on the other side.
    socket.on('error', () => undefined);
  });
  closers.push(close);

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return { port: portOf(server), close };
};

type Answer = (response: ServerResponse, form: string, request: IncomingMessage) => void;

/** A server that keeps each form that arrives, by the path that it arrives at. */
const serve = async (answer: Answer) => {
  const forms: string[] = [];
  const paths: string[] = [];
  const server = http.createServer((request, response) => {
    void (async () => {
      const form = await text(request);
      forms.push(form);
      paths.push(request.url ?? '');
      answer(response, form, request);
    })();
  });
  const { port, close } = await listen(server);

  return { endpoint: `http://127.0.0.1:${port}`, forms, paths, server, close };
};

const requestId = 'CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47';

/** What Aliyun's gateway and business answer look like. */
const answerOf = (code: string, rest: object = {}): string =>
  JSON.stringify({
    RequestId: requestId,
    HostId: 'dypnsapi.aliyuncs.com',
    Code: code,
    Message: 'specified',
    ...rest,
  });

const ok = answerOf('OK', { Success: true, Model: { BizId: '1^0' } });

/** Answers the first requests one after the other, and all others like the last. */
const serveInTurn = async (...answers: Array<readonly [status: number, body: string, object?]>) => {
  const counter = { requests: 0 };

  return serve((response) => {
    const [status = 200, body = '', headers = {}] =
      answers[Math.min(counter.requests, answers.length - 1)] ?? [];

    counter.requests += 1;
    response.writeHead(status, { ...headers }).end(body);
  });
};

/** All that a value holds: its own properties, hidden ones and those of symbols too, and theirs. */
const everythingIn = (value: unknown, seen = new Set<unknown>()): string => {
  if (typeof value !== 'object' || value === null) {
    return String(value);
  }

  if (seen.has(value)) {
    return '';
  }

  seen.add(value);

  return value instanceof Uint8Array
    ? Buffer.from(value).toString()
    : Reflect.ownKeys(value)
        .map((key) => `${String(key)}: ${everythingIn(Reflect.get(value, key), seen)}`)
        .join('\n');
};

/** All that anyone could learn from an error. */
const told = (error: ConnectorError): string =>
  [
    JSON.stringify(error.data),
    JSON.stringify(error),
    error.message,
    error.stack,
    String(error),
    everythingIn(error.cause),
    everythingIn(error),
    inspect(error, { depth: 8, showHidden: true }),
  ].join('\n');

const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

const signatureOf = (form: string): string => new URLSearchParams(form).get('Signature') ?? '';

const needlesOf = (secret: string): string[] => {
  const bare = secret.replace(/=+$/, '');

  return [bare, encodeURIComponent(bare), encodeURIComponent(encodeURIComponent(bare))]
    .flatMap((form) => [form, Buffer.from(form).toString('hex'), ...base64Cores(form)])
    .map(fold);
};

const knownNeedles = [code, number, accessKey.id, accessKey.secret].flatMap(needlesOf);

/** Names of our request that could only come from it or from what holds it. */
const requestNames = /SignatureNonce=|SignatureMethod|TemplateParam|TemplateCode=|PhoneNumber/;

const expectNoLeak = (
  error: ConnectorError | undefined,
  { forms = [], body }: Readonly<{ forms?: readonly string[]; body?: string }> = {},
): void => {
  if (!error) {
    return;
  }

  const everything = told(error);
  const folded = fold(everything);
  const needles = forms.map(signatureOf).filter(Boolean).flatMap(needlesOf);

  expect([...knownNeedles, ...needles].filter((needle) => folded.includes(needle))).toEqual([]);
  expect(everything).not.toMatch(requestNames);

  // A shorter one could be part of what we say ourselves.
  if (body !== undefined && body.trim().length >= 12) {
    expect(everything).not.toContain(body.trim());
  }

  expect(error.cause).toBeUndefined();
};

const dataGuard = z.object({ errorDescription: z.string(), code: z.string().optional() });

/** What is said, and the code that goes with it. */
const detailsOf = (error: ConnectorError | undefined) => dataGuard.parse(error?.data);

// What takes seconds starts here, all at once; each test waits for its own.

/** The modules and this file are read by then, so that they do not count. */
const ready = sleep(500);

/** A message for the sandbox with a fault, on each request or on the first alone. */
const meetFault = async (name: FaultName, isPersistent: boolean) => {
  const sandbox = await startSandbox({
    fault: (index) => (isPersistent || index === 0 ? name : undefined),
  });
  closers.push(sandbox.close);
  await ready;

  return { ...(await send(sandbox.endpoint)), sandbox };
};

const faultNames = Object.keys(faults).filter(isFaultName);
const persistent = new Map(faultNames.map((name) => [name, meetFault(name, true)]));
const passing = new Map(
  (['hang', 'stall', 'drip', 'cut', 'reset', 'truncate'] as const).map((name) => [
    name,
    meetFault(name, false),
  ]),
);

const certificate = makeCertificate();

closers.push(async () => (await certificate).remove());

/** An https server that answers OK, and counts what reaches it through the encryption. */
const serveTls = async (answer = ok) => {
  const { cert, key } = await certificate;
  const seen = { requests: 0, bytes: 0, handshakes: 0 };
  const server = https.createServer({ cert, key }, (request, response) => {
    seen.requests += 1;
    request.resume();

    // An empty one stands for none.
    if (answer) {
      response.end(answer);
    }
  });

  server.on('secureConnection', (socket) => {
    seen.handshakes += 1;
    socket.once('close', () => {
      seen.bytes += socket.bytesRead;
    });
  });

  return { ...(await listen(server)), seen };
};

const meetSelfSigned = async () => {
  const { port, seen } = await serveTls();

  return { ...(await send(`https://127.0.0.1:${port}`)), seen };
};

/** A server below TLS: it is given each connection once the client has begun the handshake. */
const meetRaw = async (act: (socket: Socket, index: number) => void) => {
  const seen = { connections: 0, received: '' };
  const server = net.createServer((socket) => {
    const index = seen.connections;

    seen.connections += 1;
    socket.on('data', (chunk: Buffer) => {
      seen.received += chunk.toString('latin1');
    });
    socket.once('data', () => {
      act(socket, index);
    });
  });
  const { port } = await listen(server);
  await ready;

  return { ...(await send(`https://127.0.0.1:${port}`)), seen };
};

/** A server that answers what it is told, HTTP or not. */
const meetBytes = async (bytes: string) => {
  const seen = { requests: 0 };
  const server = net.createServer((socket) => {
    socket.once('data', () => {
      seen.requests += 1;
      socket.write(bytes, 'latin1');
    });
  });
  const { port } = await listen(server);
  await ready;

  return { ...(await send(`http://127.0.0.1:${port}`)), seen };
};

const childGuard = z.array(
  z.object({ code: z.string().optional(), data: z.unknown(), milliseconds: z.number() }),
);

/** Sends in a process of its own, for what is set by the environment alone. */
const sendInChild = async (
  endpoints: string[],
  environment: Record<string, string> = {},
  setUp = '',
) => {
  const script = `
    ${setUp}
    const { default: createConnector } =
      await import(${JSON.stringify(path.join(root, 'src', 'index.ts'))});
    const { endpoints, config, data } = JSON.parse(process.env.SCENARIO);
    const results = await Promise.all(endpoints.map(async (endpoint) => {
      const { sendMessage } = await createConnector({ getConfig: async () => ({ ...config, endpoint }) });
      const start = performance.now();
      const error = await sendMessage(data).then(() => undefined, (error) => error);
      return { code: error?.code, data: error?.data, milliseconds: performance.now() - start };
    }));
    console.log(JSON.stringify(results));
  `;
  const { stdout } = await run(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        SCENARIO: JSON.stringify({ endpoints, config, data }),
        ...environment,
      },
    },
  );

  return childGuard.parse(JSON.parse(stdout));
};

const meetSelfSignedUnverified = async () => {
  const { port, seen } = await serveTls();
  // The environment, and what other code of the process may have set.
  const results = await sendInChild(
    [`https://127.0.0.1:${port}`],
    { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    `
      import https from 'node:https';

      https.globalAgent.options.rejectUnauthorized = false;
    `,
  );

  return { results, seen };
};

/** With the certificate trusted: a good server, one under another name, two that are good the second time, a slow one. */
const meetTrusted = async () => {
  const { file } = await certificate;
  const servers = await Promise.all([
    ...[serveTls(), serveTls(), serveTls(), serveTls()],
    ...[serveTls('')],
  ] as const);
  const [good, other, cut, stalled, silent] = servers;

  /** Stands before a server: is given each connection, and how to pass it on. */
  const front = async (
    target: number,
    meet: (socket: Socket, isFirst: boolean, pass: () => void) => void,
  ) => {
    const counter = { connections: 0 };
    const server = net.createServer((socket) => {
      counter.connections += 1;
      meet(socket, counter.connections === 1, () => {
        socket
          .pipe(net.connect(target, '127.0.0.1'))
          .on('error', () => undefined)
          .pipe(socket);
      });
    });

    return (await listen(server)).port;
  };

  const cutPort = await front(cut.port, (socket, isFirst, pass) => {
    if (isFirst) {
      socket.once('data', () => socket.destroy());
    } else {
      pass();
    }
  });
  const stalledPort = await front(stalled.port, (_, isFirst, pass) => {
    if (!isFirst) {
      pass();
    }
  });
  // Each try takes almost as long as connecting and answering may: together, more than a call may.
  const slowPort = await front(silent.port, (_socket, _isFirst, pass) => {
    setTimeout(pass, 2500);
  });
  const results = await sendInChild(
    [
      `https://127.0.0.1:${good.port}`,
      // Reaches loopback, under a name that the certificate does not have.
      `https://0.0.0.0:${other.port}`,
      `https://127.0.0.1:${cutPort}`,
      `https://127.0.0.1:${stalledPort}`,
      `https://127.0.0.1:${slowPort}`,
    ],
    { NODE_EXTRA_CA_CERTS: file },
  );

  return { results, seen: servers.map(({ seen }) => seen) };
};

/** A DNS that fails the first lookup of either of two servers, and never answers for a third. */
const meetLookups = async () => {
  const servers = await Promise.all([serveInTurn([200, ok]), serveInTurn([200, ok])]);
  const endpoints = servers.map(({ endpoint }) => endpoint.replace('127.0.0.1', 'localhost'));
  const results = await sendInChild(
    [...endpoints, 'https://never.invalid'],
    {},
    `
      import dns from 'node:dns';

      const { lookup } = dns;
      const failures = ['ENOTFOUND', 'EAI_AGAIN'];

      dns.lookup = (host, options, callback) => {
        const code = host === 'localhost' && failures.shift();

        if (code) {
          process.nextTick(callback, Object.assign(new Error(code), { code }));
        } else if (host === 'localhost') {
          lookup('127.0.0.1', options, callback);
        }
      };
    `,
  );

  return { results };
};

const running = {
  lookups: meetLookups(),
  unknownHost: send('https://no-such-host.invalid'),
  selfSigned: meetSelfSigned(),
  selfSignedUnverified: meetSelfSignedUnverified(),
  trusted: meetTrusted(),
  handshakeCut: meetRaw((socket) => socket.destroy()),
  handshakeStall: meetRaw(() => undefined),
  plainHttp: meetRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
};

const slow = 30_000;

// First, while what takes seconds takes them.
describe('what an error tells', () => {
  /** Where something is echoed: what the server makes of it. */
  const places: Readonly<Record<string, (echo: string) => string>> = {
    code: (echo) => answerOf(echo),
    codeBehindLetters: (echo) => answerOf(`isv.${echo}`),
    message: (echo) => answerOf('isv.NEVER_SEEN', { Message: echo }),
    messageInWords: (echo) => answerOf('isv.NEVER_SEEN', { Message: `The value ${echo} is bad` }),
    messageOfSignature: (echo) =>
      answerOf('SignatureDoesNotMatch', { Message: `server string to sign is:${echo}` }),
    requestId: (echo) => answerOf('UNKNOWN', { RequestId: echo }),
    requestIdOfSignature: (echo) => answerOf('SignatureDoesNotMatch', { RequestId: echo }),
    everywhere: (echo) => answerOf(echo, { Message: echo, RequestId: echo, HostId: echo }),
    nested: (echo) =>
      answerOf('isv.NEVER_SEEN', { Message: { text: echo }, Data: { [echo]: [{ echo }] } }),
    asCode: (echo) => JSON.stringify({ Code: { echo }, Message: echo, RequestId: echo }),
    list: (echo) => JSON.stringify([answerOf(echo), echo]),
    prototype: (echo) => `{"__proto__":{"Code":${JSON.stringify(echo)}},"Code":"constructor"}`,
    text: (echo) => echo,
    string: (echo) => JSON.stringify(echo),
    html: (echo) => `<html><body>${echo}</body></html>`,
    cutJson: (echo) => answerOf(echo).slice(0, -1),
  };

  type Encode = (text: string) => string;

  const encodings: Readonly<Record<string, Encode>> = {
    plain: (text) => text,
    upperCase: (text) => text.toUpperCase(),
    urlEncoded: (text) => encodeURIComponent(text),
    doublyEncoded: (text) => encodeURIComponent(encodeURIComponent(text)),
    everyByteEncoded: (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
    base64: (text) => Buffer.from(text).toString('base64'),
    base64url: (text) => Buffer.from(text).toString('base64url'),
    base64Behind: (text) => Buffer.from(`x${text}`).toString('base64'),
    base64OfEncoded: (text) => Buffer.from(encodeURIComponent(text)).toString('base64'),
    hex: (text) => Buffer.from(text).toString('hex'),
    fullWidth: (text) =>
      text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)),
    jsonString: (text) => JSON.stringify(text),
  };

  const splits: Readonly<Record<string, Encode>> = {
    whole: (text) => text,
    lineEach: (text) => text.replace(/.(?=.)/gs, '$&\n'),
    linesOfThree: (text) => text.replace(/...(?=.)/gs, '$&\r\n'),
    linesOfFour: (text) => text.replace(/....(?=.)/gs, '$&\n'),
    spaces: (text) => text.replace(/..(?=.)/gs, '$& '),
    dashes: (text) => text.replace(/...(?=.)/gs, '$&-'),
    points: (text) => text.replace(/.....(?=.)/gs, '$&.'),
  };

  /** What of the request is echoed. */
  const sources: Readonly<Record<string, (form: string) => string>> = {
    form: (form) => form,
    decodedForm: (form) => decodeURIComponent(form),
    stringToSign: (form) => `POST&%2F&${encodeURIComponent(form)}`,
    templateParam: (form) => new URLSearchParams(form).get('TemplateParam') ?? '',
    code: () => code,
    number: () => number,
    accessKeyId: () => accessKey.id,
    secret: () => accessKey.secret,
    signature: (form) => signatureOf(form),
    signatureAsSent: (form) => encodeURIComponent(signatureOf(form)),
    signatureWithoutPadding: (form) => signatureOf(form).replace(/=+$/, ''),
  };

  const statuses = fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(200, 400, 403, 404, 500) },
    // Tried again after a while, so that it takes longer.
    { weight: 1, arbitrary: fc.constant(503) },
  );

  type Case = Readonly<{ status: number; make: (form: string) => string }>;

  /** Answers each message as its case says, several at once, and looks at each error. */
  const expectSilence = async (cases: readonly Case[]) => {
    const results = await Promise.all(
      cases.map(async ({ status, make }) => {
        const { endpoint, forms, close } = await serve((response, form) => {
          response.writeHead(status).end(make(form));
        });
        const { error } = await send(endpoint);

        close();

        return { error, forms, body: make(forms[0] ?? '') };
      }),
    );

    for (const { error, ...sent } of results) {
      // Whatever is timed meanwhile must not wait for all of them.
      await setImmediate();
      expect(error).toBeInstanceOf(ConnectorError);
      expectNoLeak(error, sent);
    }
  };

  const some = <Value>(item: fc.Arbitrary<Value>) =>
    fc.array(item, { minLength: 1, maxLength: 24 });

  const oneOf = <Value>(table: Readonly<Record<string, Value>>) =>
    fc.constantFrom(...Object.keys(table));

  it(
    'is nothing of the request, however it is echoed',
    async () => {
      const cases = fc.record({
        status: statuses,
        source: oneOf(sources),
        encoding: oneOf(encodings),
        split: oneOf(splits),
        place: oneOf(places),
      });

      await fc.assert(
        fc.asyncProperty(some(cases), async (list) =>
          expectSilence(
            list.map(({ status, source, encoding, split, place }) => ({
              status,
              make: (form) =>
                [sources[source], encodings[encoding], splits[split], places[place]].reduce(
                  (text, step) => step?.(text) ?? '',
                  form,
                ),
            })),
          ),
        ),
      );
    },
    slow,
  );

  it(
    'is nothing of the body, whatever it is',
    async () => {
      const characters = fc
        .integer({ min: 0, max: 0x10_ff_ff })
        .map((point) => String.fromCodePoint(point));
      const texts = fc.string({ unit: characters });
      const bodies = fc.oneof(
        texts,
        fc.json(),
        fc
          .record({ Code: texts, Message: texts, RequestId: texts, Recommend: fc.jsonValue() })
          .map((answer) => JSON.stringify(answer)),
      );

      await fc.assert(
        fc.asyncProperty(some(fc.tuple(statuses, bodies)), async (list) =>
          expectSilence(list.map(([status, body]) => ({ status, make: () => body }))),
        ),
        { numRuns: 30 },
      );
    },
    slow,
  );
});

describe('an answer of Aliyun, at whatever status', () => {
  // Written out from Aliyun's documentation, apart from the table of the source.
  const expected: Array<[error: string, codes: string[]]> = [
    [
      'rate_limit_exceeded',
      [
        ...['biz.FREQUENCY', 'FREQUENCY_FAIL', 'BUSINESS_LIMIT_CONTROL', 'isp.QPS_LIMIT'],
        ...['isv.BUSINESS_LIMIT_CONTROL', 'isv.DAY_LIMIT_CONTROL', 'isv.NEW_FREQUENCY_RULE'],
        ...['Throttling', 'Throttling.User', 'Throttling.Api', 'Throttling.System', 'Throttling.X'],
      ],
    ],
    ['invalid_request_parameters', ['MOBILE_NUMBER_ILLEGAL', 'isv.MOBILE_NUMBER_ILLEGAL']],
    [
      'invalid_config',
      [
        ...['InvalidAccessKeyId.NotFound', 'InvalidAccessKeyId.Inactive'],
        ...['Forbidden.AccessKeyDisabled', 'SignatureDoesNotMatch', 'IncompleteSignature'],
        ...['Forbidden', 'Forbidden.RAM', 'Forbidden.NoPermission', 'NoPermission'],
        ...['isv.RAM_PERMISSION_DENY', 'isp.RAM_PERMISSION_DENY', 'FUNCTION_NOT_OPENED'],
        ...['isv.PRODUCT_UNSUBSCRIBE', 'isv.PRODUCT_UN_SUBSCRIPT', 'isv.INVALID_PARAMETERS'],
        ...['INVALID_PARAMETERS', 'isv.SMS_SIGNATURE_ILLEGAL', 'isv.SMS_TEMPLATE_ILLEGAL'],
      ],
    ],
    [
      'general',
      [
        ...['isv.OUT_OF_SERVICE', 'isv.AMOUNT_NOT_ENOUGH', 'AMOUNT_NOT_ENOUGH'],
        ...['isv.ACCOUNT_NOT_EXISTS', 'isv.ACCOUNT_ABNORMAL', 'isp.SYSTEM_ERROR', 'isp.UNKNOWN'],
        ...['UNKNOWN', 'SystemError', 'InternalError', 'ServiceUnavailable'],
        ...['InvalidTimeStamp.Expired', 'InvalidTimeStamp.Format', 'InvalidApi.NotFound'],
        ...['InvalidProtocol.NeedSsl', 'MissingSignName', 'isv.NEVER_SEEN', 'constructor'],
      ],
    ],
  ];
  const rows = expected.flatMap(([error, codes]) => codes.map((code) => [code, error] as const));

  it.each([200, 400, 403, 404, 500, 503])('means the same at %i', async (status) => {
    const { endpoint, paths } = await serve((response, _, { url = '' }) => {
      response.writeHead(status).end(answerOf(url.slice(1)));
    });

    await Promise.all(
      rows.map(async ([code, expected]) => {
        const { error } = await send(`${endpoint}/${code}`);

        expect([code, error?.code]).toEqual([code, expected]);
        expect(error?.data instanceof ZodError).toBe(expected === 'invalid_config');
        expect(JSON.stringify(error?.data)).toContain(requestId);
        expect(JSON.stringify(error?.data)).toContain(code);
        // Of these, 503 alone is tried again, whatever it says.
        expect(paths.filter((path) => path === `/${code}`)).toHaveLength(status === 503 ? 2 : 1);
        expectNoLeak(error);
      }),
    );
  });

  it.each([200, 202, 400, 500, 503])('is a success with the Code OK at %i', async (status) => {
    const { endpoint } = await serveInTurn([status, ok]);

    expect((await send(endpoint)).error).toBeUndefined();
  });

  it.each([200, 204, 304, 400, 404, 418, 500, 502])(
    'cannot be read without a Code, at %i',
    async (status) => {
      const { endpoint, forms } = await serveInTurn([status, status === 204 ? '' : '<h1>?</h1>']);
      const { error } = await send(endpoint);

      expect(error?.code).toBe('invalid_response');
      expect(forms).toHaveLength(status === 502 ? 2 : 1);
      expectNoLeak(error, { forms });
    },
  );

  it('is read whole, however it is cut on its way', async () => {
    const bytes = Buffer.from(answerOf('isv.NEVER_SEEN', { Message: '订单已关闭' }));
    const { endpoint } = await serve((response) => {
      void (async () => {
        // In the middle of a character.
        for (const piece of [bytes.subarray(0, -4), bytes.subarray(-4)]) {
          response.write(piece);
          await sleep(30);
        }

        response.end();
      })();
    });

    expect(detailsOf((await send(endpoint)).error).errorDescription).toContain('订单已关闭');
  });

  it('cannot be read when it is compressed, which nothing asked for', async () => {
    for (const body of [ok, ' '.repeat(10_000_000)]) {
      const asked: unknown[] = [];
      const { endpoint } = await serve((response, _, { headers }) => {
        asked.push(headers['accept-encoding']);
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body));
      });
      const { error, milliseconds } = await send(endpoint);

      expect(asked).toEqual([undefined]);
      expect(error?.code).toBe('invalid_response');
      expect(milliseconds).toBeLessThan(within(500));
    }
  });
});

describe('a fault between Logto and Aliyun', () => {
  const expected: Readonly<
    Record<FaultName, readonly [error: string, requests: number, delivered: number, says: RegExp]>
  > = {
    hang: ['general', 2, 0, /not answer in time/],
    stall: ['general', 2, 0, /not answer in time/],
    drip: ['general', 2, 0, /not answer in time/],
    reset: ['general', 2, 0, /could not reach/],
    cut: ['general', 2, 1, /could not reach/],
    truncate: ['general', 2, 0, /could not reach/],
    garbage: ['invalid_response', 1, 0, /not one of Aliyun's/],
    html: ['invalid_response', 1, 0, /not one of Aliyun's/],
    empty: ['invalid_response', 1, 0, /not one of Aliyun's/],
    list: ['invalid_response', 1, 0, /not one of Aliyun's/],
    codeless: ['invalid_response', 1, 0, /not one of Aliyun's/],
    large: ['invalid_response', 1, 0, /not one of Aliyun's/],
    redirect: ['invalid_response', 1, 0, /not one of Aliyun's/],
    unavailable: ['general', 2, 0, /fault of its own/],
    badGateway: ['invalid_response', 2, 0, /not one of Aliyun's/],
    throttled: ['rate_limit_exceeded', 1, 0, /too many requests/],
  };

  it.each(faultNames)(
    'is told for what it is, within the limits: %s',
    async (name) => {
      const [code, requests, delivered, says] = expected[name];
      const result = await persistent.get(name);

      expect(result?.error?.code).toBe(code);
      expect(detailsOf(result?.error).errorDescription).toMatch(says);
      expect(result?.milliseconds).toBeLessThan(within(callLimit));
      expect(result?.sandbox.forms).toHaveLength(requests);
      expect(new Set(result?.sandbox.forms).size).toBe(1);
      expect(result?.sandbox.messages).toHaveLength(delivered);
      expectNoLeak(result?.error, { forms: result?.sandbox.forms ?? [] });
    },
    slow,
  );

  it.each([...passing.keys()])(
    'is passed over when the repeat, byte for byte, is answered: %s',
    async (name) => {
      const result = await passing.get(name);
      const isSlow = name === 'hang' || name === 'stall' || name === 'drip';

      expect(result?.error).toBeUndefined();
      expect(result?.sandbox.forms).toHaveLength(2);
      expect(result?.sandbox.forms[1]).toBe(result?.sandbox.forms[0]);
      expect(result?.sandbox.messages).toMatchObject([{ phoneNumber: number, code }]);
      // An answer may take 5 s; the repeat is made without delay.
      expect(result?.milliseconds).toBeGreaterThan(isSlow ? 4900 : 0);
      expect(result?.milliseconds).toBeLessThan(within(isSlow ? 5000 : 500));
    },
    slow,
  );
});

describe('an answer that is not HTTP', () => {
  it.each([
    ['a body without headers', ok],
    ['headers without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
    ['a chunk that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a body longer than it says', `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${ok}`],
    ['a TLS alert', '\u0015\u0003\u0001\u0000\u0002\u0002\u0028'],
  ])('cannot be read: %s', async (_, bytes) => {
    const { error, milliseconds, seen } = await meetBytes(bytes);

    expect(error?.code).toBe('invalid_response');
    expect(detailsOf(error).code).toMatch(/^HPE_/);
    expect(milliseconds).toBeLessThan(within(500));
    expect(seen.requests).toBe(1);
    expectNoLeak(error);
  });
});

describe('no connection', () => {
  it('is a General error when nothing listens', async () => {
    const server = net.createServer();
    const { port, close } = await listen(server);
    close();
    await once(server, 'close');
    const { error, milliseconds } = await send(`http://127.0.0.1:${port}`);

    expect(error?.code).toBe('general');
    expect(detailsOf(error)).toMatchObject({ code: 'ECONNREFUSED' });
    expect(milliseconds).toBeLessThan(within(500));
    expectNoLeak(error);
  });

  it('is tried once more after it was refused', async () => {
    const { port, close } = await listen(net.createServer());
    close();
    const sending = send(`http://127.0.0.1:${port}`);
    const late = http.createServer((request, response) => {
      request.resume().once('end', () => response.end(ok));
    });
    closers.push(() => late.close());

    // After the first try, which takes no time, and before the second.
    await sleep(30);
    late.listen(port, '127.0.0.1');

    expect((await sending).error).toBeUndefined();
  });

  it(
    'is tried once more when the name is not found or not looked up, and given up in time',
    async () => {
      const [notFound, again, never] = (await running.lookups).results;

      expect(notFound?.code).toBeUndefined();
      expect(again?.code).toBeUndefined();
      expect(never).toMatchObject({ code: 'general', data: { code: 'ETIMEDOUT' } });
      // Two tries of 3 s.
      expect(never?.milliseconds).toBeGreaterThan(5900);
      expect(never?.milliseconds).toBeLessThan(within(6500));
    },
    slow,
  );

  it(
    'is a General error when the host is unknown',
    async () => {
      const { error, milliseconds } = await running.unknownHost;

      expect(error?.code).toBe('general');
      expect(detailsOf(error).errorDescription).toMatch(/could not reach|not answer in time/);
      expect(milliseconds).toBeLessThan(within(callLimit));
      expectNoLeak(error);
    },
    slow,
  );

  it(
    'is a General error when the certificate is not trusted, and nothing is sent',
    async () => {
      const { error, milliseconds, seen } = await running.selfSigned;

      expect(error?.code).toBe('general');
      expect(detailsOf(error).errorDescription).toMatch(/certificate.*nothing was sent/);
      expect(detailsOf(error).code).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
      expect(milliseconds).toBeLessThan(within(500));
      expect(seen).toMatchObject({ requests: 0, bytes: 0 });
      expectNoLeak(error);
    },
    slow,
  );

  it(
    'is a General error even where the process trusts any certificate',
    async () => {
      const { results, seen } = await running.selfSignedUnverified;

      expect(results).toMatchObject([
        { code: 'general', data: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } },
      ]);
      expect(seen).toMatchObject({ requests: 0, bytes: 0 });
    },
    slow,
  );

  it(
    'trusts a certificate that the administrator of the server trusts, for its own host alone',
    async () => {
      const {
        results: [good, other],
        seen: [seenByGood, seenByOther],
      } = await running.trusted;

      expect(good?.code).toBeUndefined();
      expect(seenByGood?.requests).toBe(1);
      expect(other).toMatchObject({
        code: 'general',
        data: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      });
      expect(seenByOther).toMatchObject({ requests: 0, bytes: 0 });
    },
    slow,
  );

  it(
    'is tried once more after a handshake that is cut or takes more than 3 s',
    async () => {
      const {
        results: [, , cut, stalled],
        seen: [, , seenByCut, seenByStalled],
      } = await running.trusted;

      expect(cut?.code).toBeUndefined();
      expect(cut?.milliseconds).toBeLessThan(2900);
      expect(seenByCut?.requests).toBe(1);
      expect(stalled?.code).toBeUndefined();
      expect(stalled?.milliseconds).toBeGreaterThan(2900);
      expect(stalled?.milliseconds).toBeLessThan(within(3500));
      expect(seenByStalled?.requests).toBe(1);
    },
    slow,
  );

  it(
    'is given up after 10 s, the repeat included',
    async () => {
      const {
        results: [, , , , slowest],
        seen: [, , , , seenBySlowest],
      } = await running.trusted;

      expect(slowest).toMatchObject({ code: 'general', data: { code: 'ETIMEDOUT' } });
      // The first try ended after 7.5 s.
      expect(seenBySlowest?.handshakes).toBe(1);
      expect(slowest?.milliseconds).toBeGreaterThan(9900);
      expect(slowest?.milliseconds).toBeLessThan(within(callLimit));
    },
    slow,
  );

  it(
    'is a General error when the TLS handshake is cut, stalls or is none',
    async () => {
      const [cut, stall, plain] = await Promise.all([
        running.handshakeCut,
        running.handshakeStall,
        running.plainHttp,
      ]);

      for (const { error, seen } of [cut, stall, plain]) {
        expect(error?.code).toBe('general');
        expect(seen.connections).toBe(2);
        expect(seen.received).not.toContain('POST');
        expectNoLeak(error);
      }

      expect(cut.milliseconds).toBeLessThan(within(500));
      expect(detailsOf(cut.error).errorDescription).toMatch(/could not reach/);
      // Two tries of 3 s.
      expect(stall.milliseconds).toBeGreaterThan(5900);
      expect(stall.milliseconds).toBeLessThan(within(6000));
      expect(detailsOf(stall.error).errorDescription).toMatch(/not answer in time/);
    },
    slow,
  );
});

describe('one message at most', () => {
  it.each([502, 503, 504])('tries %i once more, the same bytes', async (status) => {
    for (const headers of [
      {},
      { 'retry-after': '3600' },
      { 'retry-after': '0' },
      { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
      { 'retry-after': 'soon' },
    ]) {
      const { endpoint, forms } = await serveInTurn(
        [status, answerOf('ServiceUnavailable'), headers],
        [200, ok],
      );
      const { error, milliseconds } = await send(endpoint);

      expect(error).toBeUndefined();
      expect(forms).toHaveLength(2);
      expect(forms[1]).toBe(forms[0]);
      expect(milliseconds).toBeLessThan(within(500));
    }
  });

  it.each([502, 503, 504])('gives up after a second %i', async (status) => {
    const { endpoint, forms } = await serveInTurn([status, answerOf('ServiceUnavailable')]);
    const { error } = await send(endpoint);

    expect(error?.code).toBe('general');
    expect(forms).toHaveLength(2);
    expectNoLeak(error, { forms });
  });

  it.each([
    ['a business error', 200, 'biz.FREQUENCY'],
    ['a business error at 400', 400, 'FREQUENCY_FAIL'],
    ['throttling', 400, 'Throttling.User'],
    ['throttling at 429', 429, 'Throttling'],
    ['a fault at 200', 200, 'isp.SYSTEM_ERROR'],
    ['400', 400, 'INVALID_PARAMETERS'],
    ['401', 401, 'isv.NEVER_SEEN'],
    ['403', 403, 'Forbidden.RAM'],
    ['408', 408, 'isv.NEVER_SEEN'],
    ['413', 413, 'isv.NEVER_SEEN'],
    ['429', 429, 'isv.NEVER_SEEN'],
    ['500', 500, 'InternalError'],
    ['501', 501, 'isv.NEVER_SEEN'],
    ['505', 505, 'isv.NEVER_SEEN'],
    ['521', 521, 'isv.NEVER_SEEN'],
    ['a nonce that is used up', 400, 'SignatureNonceUsed'],
  ])('sends once for %s', async (_, status, code) => {
    const { endpoint, forms } = await serveInTurn(
      [status, answerOf(code), { 'retry-after': '1' }],
      [200, ok],
    );
    const { error } = await send(endpoint);

    expect(error).toBeInstanceOf(ConnectorError);
    expect(forms).toHaveLength(1);
  });

  it('takes a used nonce for accepted on the repeat, and for an error before', async () => {
    const nonceUsed = [400, answerOf('SignatureNonceUsed')] as const;
    const repeated = await serveInTurn([502, ''], nonceUsed);
    const first = await serveInTurn(nonceUsed);

    expect((await send(repeated.endpoint)).error).toBeUndefined();
    expect(repeated.forms).toHaveLength(2);

    const { error } = await send(first.endpoint);

    expect(error?.code).toBe('general');
    expect(detailsOf(error)).toMatchObject({ code: 'SignatureNonceUsed' });
  });

  it('tells the answer to the repeat, not the first one', async () => {
    const { endpoint, forms } = await serveInTurn(
      [503, answerOf('ServiceUnavailable')],
      [400, answerOf('isv.DAY_LIMIT_CONTROL')],
    );

    expect((await send(endpoint)).error?.code).toBe('rate_limit_exceeded');
    expect(forms).toHaveLength(2);
  });

  it('makes a new connection when the pooled ones are dead, as often as that happens', async () => {
    const seen = new WeakSet<Socket>();
    const { endpoint, forms } = await serve((response, _, { socket }) => {
      if (seen.has(socket)) {
        // The request and the closing of an idle connection crossed.
        socket.destroy();
      } else {
        seen.add(socket);
        response.end(ok);
      }
    });
    const burst = await Promise.all(Array.from({ length: 6 }, async () => send(endpoint)));

    expect(burst.map(({ error }) => error)).toEqual(burst.map(() => undefined));

    for (const { milliseconds } of burst) {
      expect(milliseconds).toBeLessThan(within(callLimit));
      expect((await send(endpoint)).error).toBeUndefined();
    }

    // Each of the later ones met a dead connection first.
    expect(forms).toHaveLength(6 + 2 * 6);
    expect(new Set(forms).size).toBe(12);
  });

  it('does not mind connections that were closed while idle', async () => {
    const { endpoint, forms, server } = await serveInTurn([200, ok]);

    for (let round = 0; round < 3; round += 1) {
      await Promise.all([send(endpoint), send(endpoint), send(endpoint)]);
      server.closeAllConnections();
      expect((await send(endpoint)).error).toBeUndefined();
    }

    expect(new Set(forms).size).toBe(12);
  });
});

describe('limits', () => {
  it.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
    const elsewhere = await serveInTurn([200, ok]);
    const { endpoint, paths } = await serveInTurn([
      status,
      '',
      { location: `${elsewhere.endpoint}/there` },
    ]);
    const { error } = await send(endpoint);

    expect(error?.code).toBe('invalid_response');
    expect(elsewhere.forms).toHaveLength(0);
    expect(paths).toEqual(['/']);
    expectNoLeak(error);
  });

  it('does not read a body over 64 KiB to its end', async () => {
    const written = { bytes: 0 };
    const { endpoint, forms } = await serve((response) => {
      const chunk = Buffer.alloc(16 * 1024, ' ');
      const write = (): void => {
        while (!response.destroyed) {
          written.bytes += chunk.length;

          if (!response.write(chunk)) {
            response.once('drain', write);

            return;
          }
        }
      };

      write();
    });
    const { error, milliseconds } = await send(endpoint);

    expect(error?.code).toBe('invalid_response');
    expect(detailsOf(error)).toMatchObject({ code: 'ERR_BODY_TOO_LARGE' });
    expect(milliseconds).toBeLessThan(within(500));
    expect(forms).toHaveLength(1);

    // The server has no end to write: it stops because its client is gone, and few buffers were filled until then.
    const { bytes } = written;
    await sleep(200);
    expect(written.bytes).toBe(bytes);
    expect(bytes).toBeLessThan(16 * 1024 * 1024);
  });

  it('reads a body of 64 KiB, and none of a byte more', async () => {
    for (const headers of [false, true]) {
      for (const [length, expected] of [
        [64 * 1024, undefined],
        [64 * 1024 + 1, 'invalid_response'],
      ] as const) {
        const body = ok.padEnd(length);
        const { endpoint } = await serveInTurn([
          200,
          body,
          headers ? { 'content-length': length } : { 'transfer-encoding': 'chunked' },
        ]);

        expect((await send(endpoint)).error?.code).toBe(expected);
      }
    }
  });
});

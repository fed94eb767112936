import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Server, type Socket } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

import { ConnectorError, TemplateType } from '@logto/connector-kit';
import { afterAll, inject } from 'vitest';
import { z } from 'zod';

import { type FaultName } from '../sandbox/faults.js';
import { portOf, startSandbox } from '../sandbox/server.js';
import { accessKey, currentSignature } from '../sandbox/service.js';
import createConnector from '../src/index.js';

/** A config that the sandbox takes. */
export const configFor = (endpoint: string) => ({
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
  signName: currentSignature,
  templates: [{ usageType: 'Generic', templateCode: '100001' }],
  endpoint,
});

/** What every test sends, in the words of Logto. */
export const [code, number] = ['482913', '13800138000'];

/** What came of a message. `error` is a ConnectorError, or nothing where it was accepted. */
export type Result = Readonly<{ error: ConnectorError | undefined; milliseconds: number }>;

/** Sends as Logto does: with a connector built for this one message. Throws when something else than a ConnectorError is thrown. */
export const send = async (endpoint: string, config: object = {}): Promise<Result> => {
  const { sendMessage } = await createConnector({
    getConfig: async () => ({ ...configFor(endpoint), ...config }),
  });
  const start = performance.now();
  const error: unknown = await sendMessage({
    to: `86${number}`,
    type: TemplateType.Generic,
    payload: { code, locale: 'en' },
  }).catch((error: unknown) => error);
  const milliseconds = performance.now() - start;

  if (error !== undefined && !(error instanceof ConnectorError)) {
    throw new Error('Something else than a ConnectorError was thrown.', { cause: error });
  }

  return { error, milliseconds };
};

const closers: Array<() => unknown> = [];

/** Has something closed when the tests of the file are over. */
export const closeAfterwards = (close: () => unknown): void => {
  closers.push(close);
};

afterAll(async () => {
  await Promise.all(closers.map(async (close) => close()));
});

/** A sandbox that runs until the tests of the file are over. */
export const openSandbox: typeof startSandbox = async (options) => {
  const sandbox = await startSandbox(options);
  closeAfterwards(sandbox.close);

  return sandbox;
};

/** Listens on loopback until the tests of the file are over, and keeps every connection that was opened. */
export const listen = async (server: Server) => {
  const sockets: Socket[] = [];
  const close = async () => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
    await once(server, 'close');
  };

  server.on('connection', (socket: Socket) => {
    // What becomes of it shows on the other side.
    sockets.push(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAfterwards(() => server.listening && close());

  return { port: portOf(server), sockets, close };
};

/** An answer of Aliyun's, for tests that need no more of it than its code. */
export const answerOf = (code: string, rest: object = {}): string =>
  JSON.stringify({
    RequestId: 'CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47',
    Code: code,
    Message: 'specified',
    ...rest,
  });

export const ok = answerOf('OK');

type Answer = (response: ServerResponse, form: string, request: IncomingMessage) => unknown;

/** A server that keeps each form that arrives, and when it did. */
export const serve = async (answer: Answer) => {
  const forms: string[] = [];
  const times: number[] = [];
  const server = http.createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    void text(request).then((form) => {
      forms.push(form);
      times.push(performance.now());
      answer(response, form, request);
    });
  });
  const { port, ...rest } = await listen(server);

  return { endpoint: `http://127.0.0.1:${port}`, forms, times, server, ...rest };
};

/** Answers the first requests one after the other, and all others like the last. */
export const serveInTurn = async (
  ...answers: Array<readonly [status: number, body: string | Buffer, headers?: object]>
) => {
  const rest = [...answers];

  return serve((response) => {
    const [status, body, headers] = (rest.length > 1 ? rest.shift() : rest[0]) ?? [500, ''];

    response.writeHead(status, { ...headers }).end(body);
  });
};

export const mayArrive = /may still arrive/;
export const down = /down at the moment\. Try again in a few minutes/;

type Expected = readonly [
  error: string | undefined,
  requests: number,
  delivered: number,
  says: RegExp,
  key?: string,
];

const unanswered: Expected = ['general', 2, 0, mayArrive];
const unreadable: Expected = ['invalid_response', 1, 0, /answer cannot be read/];
const refused = (error: string, says: RegExp, key: string): Expected => [error, 1, 0, says, key];

/** What each fault comes to when every request meets it, and how often a message is delivered all the same. */
export const outcomes: Readonly<Record<FaultName, Expected>> = {
  frequency: refused('rate_limit_exceeded', /a moment ago/, 'to'),
  dayLimit: refused('rate_limit_exceeded', /limit of messages/, 'to'),
  badNumber: refused('invalid_request_parameters', /cannot receive the message/, 'to'),
  noBalance: refused('general', /no balance left/, 'accessKeyId'),
  notActivated: refused('invalid_config', /has not activated/, 'accessKeyId'),
  badParameters: refused('invalid_config', /do not go together/, 'signName'),
  wrongSecret: refused('invalid_config', /does not match the AccessKey ID/, 'accessKeySecret'),
  lost: [undefined, 1, 0, /^$/],
  hang: unanswered,
  stall: unanswered,
  drip: unanswered,
  reset: unanswered,
  cut: ['general', 2, 1, mayArrive],
  truncate: unanswered,
  garbage: unreadable,
  html: unreadable,
  empty: unreadable,
  list: unreadable,
  codeless: unreadable,
  large: unreadable,
  redirect: unreadable,
  unavailable: ['general', 1, 0, down],
  badGateway: ['general', 2, 0, down],
  gatewayDown: ['general', 2, 0, down],
  throttled: ['rate_limit_exceeded', 1, 0, /faster than Aliyun allows/, 'accessKeyId'],
};

/** What `send` comes to in a process of its own. */
export const resultGuard = z.object({
  code: z.string().optional(),
  said: z.string().optional(),
  milliseconds: z.number(),
});

/**
 * Runs a script in a process of its own, with the connector as it is packed. What it finds there: `scenario`, `send`
 * as above, and `print` for what is returned. It ends when nothing keeps the process alive any more, or after 60 s.
 */
export const runAlone = async <Shape extends z.ZodRawShape>(
  printed: Shape,
  script: string,
  scenario: object,
  environment: Record<string, string> = {},
) => {
  const setUp = `
    import { setTimeout as sleep } from 'node:timers/promises';
    import { pathToFileURL } from 'node:url';

    const { default: createConnector } = await import(pathToFileURL(process.env.ENTRY));
    const { config, ...scenario } = JSON.parse(process.env.SCENARIO);

    const print = (value) => console.log(JSON.stringify(value));
    const send = async (endpoint, number = '${number}', code = '${code}') => {
      const { sendMessage } = await createConnector({ getConfig: async () => ({ ...config, endpoint }) });
      const start = performance.now();
      const error = await sendMessage({
        to: '86' + number, type: 'Generic', payload: { code, locale: 'en' },
      }).then(() => undefined, (error) => error);

      return {
        code: error && String(error.code),
        said: error?.data.issues[0].message,
        milliseconds: performance.now() - start,
      };
    };
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', '--input-type=module', '--eval', setUp + script],
    {
      timeout: 60_000,
      maxBuffer: 16 * 1024 * 1024,
      env: {
        PATH: process.env.PATH,
        ENTRY: path.join(inject('connectors'), '@logto-connector-aliyun-sms-mas/lib/index.js'),
        SCENARIO: JSON.stringify({ config: configFor(''), ...scenario }),
        ...environment,
      },
    },
  );

  return z.object(printed).parse(JSON.parse(stdout));
};

import { readFile } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { trySafe } from '@silverhand/essentials';
import { z } from 'zod';

import { faults, magicNumbers } from './faults.js';
import { config } from './outcome.js';
import { type Arrival, type ChooseFault, receive } from './receive.js';
import { changesGuard, createState } from './state.js';

/** Many times what a request holds, in characters. */
const bodyLimit = 16 * 1024;

const fileHeaders = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** The page; read anew each time, so that a change shows. */
const files: Readonly<Record<string, readonly [name: string, type: string]>> = {
  'GET /': ['page.html', 'text/html;charset=utf-8'],
  'GET /page.css': ['page.css', 'text/css;charset=utf-8'],
  'GET /page.js': ['page.js', 'text/javascript;charset=utf-8'],
  'GET /logo.svg': ['../logo.svg', 'image/svg+xml'],
};

const queryGuard = z.strictObject({
  // A plus that is not encoded arrives as a space.
  to: z
    .string()
    .regex(/^([+ ]?86|0086)?1\d{10}$/, 'A number has 11 digits, with or without 86 before.')
    .transform((to) => to.slice(-11))
    .optional(),
  wait: z.coerce.number().min(0).max(60).default(0),
});

/** What the API answers: a status, and what becomes JSON. */
type Answer = readonly [status: number, body?: unknown];

type Route = (query: URLSearchParams, body: string) => Answer | Promise<Answer>;

const refuse = (status: number, error: string): Answer => [status, { error }];

const say = (response: ServerResponse, [status, body]: Answer): void => {
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' }).end(JSON.stringify(body));
};

/** Whether a page of another site may have sent a request: under a name of its own that leads here, or with a form. */
const isFromElsewhere = ({ headers }: IncomingMessage, ownName: string | undefined): boolean => {
  const { host = '', origin = `http://${host}` } = headers;
  const name = host.toLowerCase().replace(/:\d+$/, '');

  return (
    (name !== ownName && !/^(([\w-]+\.)*localhost|127(\.\d+){3}|\[::1])$/.test(name)) || origin !== `http://${host}`
  );
};

type Options = Readonly<{
  /** A free one unless told. */
  port?: number;
  /** 127.0.0.1 unless told. */
  host?: string;
  /** What is in force from the start. */
  faults?: z.infer<typeof changesGuard>;
  fault?: ChooseFault;
  onArrival?: (arrival: Arrival) => void;
  /** How long an idle connection is kept, in milliseconds: 75 s unless told. */
  keepAliveTimeout?: number;
}>;

/**
 * A running stand-in for Aliyun's service: the `endpoint` to write in the config, and the whole `config` as JSON; the
 * last 1000 `messages` that it delivered, oldest first, and `forms` that arrived, as they were sent; `passMinute` lets a
 * minute pass for the interval between two messages to a number.
 */
export type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

/** Starts a stand-in for Aliyun's service, on loopback unless told otherwise. It keeps what it is sent in memory. */
export const startSandbox = async (options: Options = {}) => {
  const { host = '127.0.0.1', keepAliveTimeout = 75_000 } = options;
  const state = createState();
  const hostName = host.includes(':') ? `[${host}]` : host.toLowerCase();
  const ownName = ['0.0.0.0', '[::]'].includes(hostName) ? undefined : hostName;
  const getEndpoint = () => `http://${ownName ?? '127.0.0.1'}:${portOf(server)}`;
  const getConfig = () => JSON.stringify({ ...config, endpoint: getEndpoint() }, undefined, 2);

  /** Tells a page what is there, and from then on what is new. */
  const stream = (response: ServerResponse): void => {
    const send = (event: string, data: unknown) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const sendArrival = (arrival: Arrival) => send('arrival', arrival);
    const sendState = () =>
      send('state', {
        config: getConfig(),
        ...{ arrivals: state.arrivals, faults: state.faults },
        faultNames: Object.entries(faults).map(([name, { en, zh }]) => ({ name, en, zh })),
        magicNumbers: [...magicNumbers].map(([number, { en, zh }]) => ({ number, en, zh })),
      });

    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    sendState();
    state.events.on('change', sendState).on('arrival', sendArrival);
    response.req.socket.once('close', () => state.events.off('change', sendState).off('arrival', sendArrival));
  };

  /** The API; what it is given wrongly is a ZodError. */
  const routes: Readonly<Record<string, Route>> = {
    'GET /messages': () => [200, state.messages],
    'GET /messages/latest': async (query) => {
      const { to, wait } = queryGuard.parse(Object.fromEntries(query));
      const end = performance.now() + wait * 1000;

      while (!state.latest(to) && performance.now() < end && server.listening) {
        await sleep(50);
      }

      const message = state.latest(to);

      return message ? [200, message] : refuse(404, 'No message came.');
    },
    'DELETE /messages': () => {
      state.clear();

      return [204];
    },
    'GET /faults': () => [200, state.faults],
    'PUT /faults': (_, body) => {
      state.setFaults(changesGuard.parse(trySafe((): unknown => JSON.parse(body))));

      return [200, state.faults];
    },
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://sandbox');
    const path = `${request.method ?? ''} ${pathname}`;
    const { 'content-type': type = '' } = request.headers;
    const body = await request.setEncoding('utf8').reduce((all: string, it) => `${all}${it}`.slice(0, bodyLimit), '');
    const [name, contentType] = files[path] ?? [];

    response.setHeader('x-content-type-options', 'nosniff');

    if (isFromElsewhere(request, ownName)) {
      say(response, refuse(403, 'Only requests to the address of the sandbox itself are taken.'));
    } else if (request.method !== 'GET' && path !== 'POST /' && !/^application\/json\b/i.test(type)) {
      say(response, refuse(415, 'The content type must be application/json.'));
    } else if (path === 'POST /') {
      receive(state, body, request, response, options.fault);
    } else if (path === 'GET /events') {
      stream(response);
    } else if (name) {
      const content = await readFile(new URL(name, import.meta.url));
      response.writeHead(200, { ...fileHeaders, 'content-type': contentType }).end(content);
    } else {
      const said = await routes[path]?.(searchParams, body);
      say(response, said ?? refuse(404, `There is no ${path}.`));
    }
  };

  const server = http.createServer({ keepAliveTimeout }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (error instanceof z.ZodError) {
        const problems = error.issues.map(({ path, message }) => [...path, message].join(': '));
        say(response, refuse(400, problems.join(' ')));
      } else {
        response.destroy();
      }
    });
  });

  state.setFaults(options.faults ?? {});
  state.events.on('arrival', options.onArrival ?? (() => undefined));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, host, resolve);
  });

  const { messages, forms, passMinute } = state;

  return {
    ...{ endpoint: getEndpoint(), config: getConfig(), messages, forms, passMinute },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** The port that a server listens on. Throws when it listens on none. */
export const portOf = (server: Server): number => z.object({ port: z.number() }).parse(server.address()).port;

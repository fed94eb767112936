import { readFile } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, type Server } from 'node:net';

import { trySafe } from '@silverhand/essentials';
import { z } from 'zod';

import { business, checkGateway, checkService, isSigned, readTemplateParam } from './checks.js';
import { type Fault, type FaultName, faults, isFaultName, magicNumbers } from './faults.js';
import { config, judge } from './outcome.js';
import { fillIn, templates } from './service.js';
import { type Arrival, createState, type DeliveredMessage, type FaultChanges } from './state.js';

type Options = Readonly<{
  /** 0, the default, takes a free one. */
  port?: number;
  /** Where to listen: 127.0.0.1 unless told. */
  host?: string;
  /** What is in force from the start. */
  faults?: FaultChanges;
  /** What goes wrong with a request, if anything; told its number in the order of arrival, from 0. */
  fault?: (index: number, form: URLSearchParams) => FaultName | undefined;
  onArrival?: (arrival: Arrival) => void;
  /** How long an idle connection is kept, in milliseconds. */
  keepAliveTimeout?: number;
}>;

/** A running stand-in for Aliyun's service. */
export type Sandbox = Readonly<{
  /** What to write as `endpoint`. */
  endpoint: string;
  /** The whole config to write in Logto Console, as JSON. */
  config: string;
  /** What was delivered, oldest first; the last 1000. */
  messages: readonly DeliveredMessage[];
  /** Every form that arrived, refused ones too, as it was sent; the last 1000. */
  forms: readonly string[];
  /** How many connections were opened so far. */
  connections: () => number;
  /** Lets a minute pass for the interval between two messages to one number. */
  passMinute: () => void;
  close: () => Promise<void>;
}>;

/** Many times what a request holds, in bytes. */
const bodyLimit = 16 * 1024;

/** How much is kept for a page that does not read, in bytes. */
const streamLimit = 64 * 1024 * 1024;

/** How much of an answer is kept, in characters. */
const answerLimit = 2000;

const fileHeaders = {
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** The page; read anew each time, so that a change shows. */
const files = new Map([
  ['GET /', { name: 'page.html', type: 'text/html' }],
  ['GET /page.css', { name: 'page.css', type: 'text/css' }],
  ['GET /page.js', { name: 'page.js', type: 'text/javascript' }],
]);

const nameGuard = z.string().refine(isFaultName, 'There is no fault of this name.').nullable();

const changesGuard = z
  .object({
    next: nameGuard,
    all: nameGuard,
    numbers: z.record(z.string().regex(/^1\d{10}$/, 'A number has 11 digits.'), nameGuard),
    interval: z.boolean(),
  })
  .partial()
  .strict();

const queryGuard = z.object({
  // A plus that is not encoded arrives as a space.
  to: z
    .string()
    .regex(/^([+ ]?86|0086)?1\d{10}$/, 'A number has 11 digits, with or without 86 before.')
    .transform((to) => to.slice(-11))
    .optional(),
  wait: z.coerce.number().min(0).max(60).default(0),
});

/** The body, or nothing if it is too long to be a request. */
const readBody = async (request: AsyncIterable<Buffer>): Promise<string | undefined> => {
  let body = Buffer.alloc(0);

  for await (const chunk of request) {
    body = Buffer.concat([body, chunk]);

    if (body.length > bodyLimit) {
      return undefined;
    }
  }

  return body.toString();
};

const say = (response: ServerResponse, status: number, body: unknown): void => {
  response
    .writeHead(status, { 'content-type': 'application/json;charset=utf-8' })
    .end(JSON.stringify(body));
};

const sayError = (response: ServerResponse, status: number, error: string | z.ZodError): void => {
  const text =
    typeof error === 'string'
      ? error
      : error.issues.map(({ path, message }) => [...path, message].join(': ')).join(' ');

  say(response, status, { error: text });
};

/**
 * Whether a page of another site may have sent a request: by a name of its own that leads here, or by a form that its
 * browser posts.
 */
const isFromElsewhere = ({ headers }: IncomingMessage, ownName: string | undefined): boolean => {
  const { host = '', origin = `http://${host}` } = headers;
  const name = host.toLowerCase().replace(/:\d+$/, '');

  return (
    (name !== ownName && !/^(([\w-]+\.)*localhost|127(\.\d+){3}|\[::1])$/.test(name)) ||
    origin !== `http://${host}`
  );
};

/** Does with a request what Aliyun does, and what the faults in force want. */
const receive = (
  state: ReturnType<typeof createState>,
  body: string,
  [request, response]: readonly [IncomingMessage, ServerResponse],
  chooseFault: Options['fault'],
): void => {
  const form = new URLSearchParams(body);
  const get = (name: string): string => form.get(name) ?? '';
  const [to, nonce] = [get('PhoneNumber'), get('SignatureNonce')];
  const [signName, templateCode] = [get('SignName'), get('TemplateCode')];
  const index = state.addForm(body);
  const earlier = state.nonceOf(nonce);
  const isRepeat = earlier !== undefined;

  const magic = magicNumbers.get(to);
  const fromMagic = magic?.isOnce && isRepeat ? undefined : magic?.fault;
  const choose = () =>
    chooseFault?.(index, form) ?? (earlier ? earlier.fault : state.takeFault(to));
  const name = magic ? fromMagic : choose();
  const { refuse, page, act, failure, delivers }: Partial<Fault> = name ? faults[name] : {};
  const isAnswered = !page && !act;
  const isReached = isAnswered || delivers === true;

  const contentType = request.headers['content-type'] ?? '';
  const gatewayRefusal = checkGateway(form, contentType, earlier?.isUsed ?? false);
  const refusal = gatewayRefusal ?? checkService(form, magic ? Infinity : state.secondsPassed(to));
  const reply = page ?? refusal ?? refuse?.(form) ?? business('OK', 'OK');
  const delivered = isReached && !refusal && !refuse;

  const template = templates.get(templateCode);
  const values = readTemplateParam(get('TemplateParam')) ?? {};
  const [time, code] = [new Date().toISOString(), values.code ?? ''];
  const show = (text: string | undefined) => (delivered && text ? fillIn(text, values) : '');
  const text = show(template && `【${signName}】${template.text}`);

  if (nonce !== '') {
    state.rememberNonce(nonce, {
      isUsed: earlier?.isUsed === true || (isReached && !gatewayRefusal),
      isUnanswered: earlier?.isUnanswered === true || !isAnswered,
      fault: earlier ? earlier.fault : name,
    });
  }

  state.addArrival(
    {
      id: index + 1,
      ...{ time, to, templateCode, template: template?.name ?? null, code, text },
      gloss: show(template && `[${signName}] ${template.gloss}`),
      delivered,
      parameters: Object.fromEntries(form),
      isSignatureRight: isSigned(form),
      isRepeat,
      fault: name && !(refuse && refusal) ? name : null,
      status: act ? null : reply.status,
      answerCode: act ? '' : reply.code,
      answer: act ? '' : reply.body.slice(0, answerLimit),
      logto: judge(form, failure ? { failure } : reply, isRepeat, earlier?.isUnanswered === true),
    },
    { time, phoneNumber: to, signName, templateCode, code, min: values.min ?? '', text },
  );

  if (act) {
    act(response, request);
  } else {
    response.writeHead(reply.status, reply.headers).end(reply.body);
  }
};

/** Starts a stand-in for Aliyun's service, on loopback unless told otherwise. It keeps what it is sent in memory. */
export const startSandbox = async ({
  port = 0,
  host = '127.0.0.1',
  faults: firstFaults = {},
  fault: chooseFault,
  onArrival,
  keepAliveTimeout = 75_000,
}: Options = {}): Promise<Sandbox> => {
  const state = createState();
  const { events } = state;
  const counter = { connections: 0 };
  const hostName = host.includes(':') ? `[${host}]` : host.toLowerCase();
  const ownName = ['0.0.0.0', '[::]'].includes(hostName) ? undefined : hostName;
  const getEndpoint = () => `http://${ownName ?? '127.0.0.1'}:${portOf(server)}`;
  const getConfig = () => JSON.stringify({ ...config, endpoint: getEndpoint() }, undefined, 2);

  /** Tells a page what is there, and from then on what is new. */
  const stream = (response: ServerResponse): void => {
    const send = (event: string, data: unknown): void => {
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);

      if (response.writableLength > streamLimit) {
        response.destroy();
      }
    };
    const sendArrival = (arrival: Arrival): void => {
      send('arrival', arrival);
    };
    const sendState = (): void => {
      send('state', {
        config: getConfig(),
        arrivals: state.arrivals,
        faults: state.faults(),
        faultNames: Object.entries(faults).map(([name, { en, zh }]) => ({ name, en, zh })),
        magicNumbers: [...magicNumbers].map(([number, { en, zh }]) => ({ number, en, zh })),
      });
    };
    const timer = setInterval(() => response.write(':\n\n'), 15_000).unref();

    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    sendState();
    events.on('change', sendState).on('arrival', sendArrival);
    response.once('close', () => {
      clearInterval(timer);
      events.off('change', sendState).off('arrival', sendArrival);
    });
  };

  /** Answers with the newest message, once there is one, or when the time is over. */
  const sayLatest = async (query: URLSearchParams, response: ServerResponse): Promise<void> => {
    const { data, error } = queryGuard.safeParse(Object.fromEntries(query));

    if (!data) {
      sayError(response, 400, error);

      return;
    }

    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (state.latest(data.to)) {
          resolve();
        }
      };
      const timer = setTimeout(resolve, data.wait * 1000);

      events.on('arrival', look);
      response.once('close', () => {
        clearTimeout(timer);
        events.off('arrival', look);
        resolve();
      });
      look();
    });

    const message = state.latest(data.to);

    if (message) {
      say(response, 200, message);
    } else {
      sayError(response, 404, 'No message came.');
    }
  };

  const setFaults = (body: string, response: ServerResponse): void => {
    const json = trySafe((): unknown => JSON.parse(body));
    const { data, error } = changesGuard.safeParse(json);

    if (data) {
      state.setFaults(data);
      say(response, 200, state.faults());
    } else {
      sayError(response, 400, error);
    }
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const { pathname, searchParams } = new URL(url, 'http://sandbox');
    const isRead = method === 'GET' || method === 'HEAD';
    const route = `${isRead ? 'GET' : method} ${pathname}`;
    const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '');
    const file = files.get(route);

    response.setHeader('x-content-type-options', 'nosniff');

    if (isFromElsewhere(request, ownName)) {
      sayError(response, 403, 'Only requests to the address of the sandbox itself are taken.');

      return;
    }

    if (!isRead && !isJson && route !== 'POST /') {
      sayError(response, 415, 'The content type must be application/json.');

      return;
    }

    const body = await readBody(request);

    if (body === undefined) {
      sayError(response.setHeader('connection', 'close'), 413, 'The body is too long.');
    } else if (route === 'POST /') {
      receive(state, body, [request, response], chooseFault);
    } else if (route === 'GET /messages') {
      say(response, 200, state.messages);
    } else if (route === 'GET /messages/latest') {
      await sayLatest(searchParams, response);
    } else if (route === 'DELETE /messages') {
      state.clear();
      response.writeHead(204).end();
    } else if (route === 'GET /faults') {
      say(response, 200, state.faults());
    } else if (route === 'PUT /faults') {
      setFaults(body, response);
    } else if (route === 'GET /events') {
      stream(response);
    } else if (file) {
      const content = await readFile(new URL(file.name, import.meta.url));
      response.writeHead(200, { ...fileHeaders, 'content-type': file.type }).end(content);
    } else {
      sayError(response, 404, `There is no ${route}.`);
    }
  };

  const server = http.createServer({ keepAliveTimeout }, (request, response) => {
    handle(request, response).catch(() => {
      request.socket.destroy();
    });
  });

  server.on('connection', () => {
    counter.connections += 1;
  });
  state.setFaults(firstFaults);

  if (onArrival) {
    events.on('arrival', onArrival);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });

  return {
    endpoint: getEndpoint(),
    config: getConfig(),
    messages: state.messages,
    forms: state.forms,
    connections: () => counter.connections,
    passMinute: state.passMinute,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** The port that a server listens on. Throws when it listens on none. */
export const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address();

  if (typeof address !== 'object' || address === null) {
    throw new TypeError('The server does not listen on a port.');
  }

  return address.port;
};

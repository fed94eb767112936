import http from 'node:http';
import { type Server } from 'node:net';

import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import { validator } from 'hono/validator';
import { z } from 'zod';

import { refuse, refuseOthers } from './access.js';
import { nameAnswer } from './answer.js';
import { createConfig } from './config.js';
import {
  type ApiError,
  type DeliveredMessage,
  type SandboxEvents,
  type SandboxRequest,
} from './contract.js';
import {
  clockGuard,
  describeProblems,
  faultChangesGuard,
  latestQueryGuard,
  noQueryGuard,
  numberQueryGuard,
} from './guards.js';
import { createInbox, type FaultChanges, type Inbox } from './inbox.js';
import { loadPage, type PageFiles } from './page-files.js';
import { receive } from './receive.js';
import { currentSignature } from './service/catalogue.js';
import { faults } from './service/faults.js';
import { magicNumbers } from './service/magic-numbers.js';

type Env = { Bindings: HttpBindings };

/** In bytes: many times what a request holds. */
const maxSize = 16 * 1024;

/** How much may wait for a page that does not read, in characters; one event more may. */
const unreadLimit = 4 * 1024 * 1024;

/** How long an idle connection is kept, in milliseconds. */
const keepAliveTimeout = 75_000;

/** What the page may load: its own files, and nothing from elsewhere. */
const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/** The query, checked. What is wrong with it is a ZodError. */
const query = <Output>(guard: z.ZodType<Output, z.ZodTypeDef, unknown>) =>
  validator('query', (value: unknown) => guard.parse(value));

/** The body, checked as {@link query} checks. */
const body = <Output>(guard: z.ZodType<Output, z.ZodTypeDef, unknown>) =>
  validator('json', (value: unknown, c) =>
    /^application\/json\b/i.test(c.req.header('content-type') ?? '')
      ? guard.parse(value)
      : refuse(c, 415, 'The content type must be application/json.'),
  );

const answerError = (error: Error, c: Context): Response => {
  if (error instanceof z.ZodError) {
    return refuse(c, 400, describeProblems(error));
  }

  // Hono's validator throws it.
  if (error instanceof HTTPException && error.status === 400) {
    return refuse(c, 400, 'The body is not JSON.');
  }

  return refuse(c, 500, `The sandbox failed: ${error.message}`);
};

/** Why there is no message, in a sentence for whoever reads the log of a test. */
const explain = (request: SandboxRequest): string => {
  const { to, fault, answerCode } = request;
  const reason = fault ? ` (the fault "${fault}")` : '';

  return answerCode === 'OK'
    ? `No message came to ${to}: it was accepted, but never arrives${reason}.`
    : `No message came to ${to}: ${nameAnswer(request)}${reason}.`;
};

/**
 * Tells a page what there is, and from then on what is new, until it goes away. The line of one that does not read is cut:
 * a page that is there after all connects again, and begins with what there is.
 */
const streamEvents = (c: Context<Env>, inbox: Inbox, config: string): Response =>
  streamSSE(c, async (stream) => {
    let unread = 0;

    const send = async <Name extends keyof SandboxEvents>(
      event: Name,
      content: SandboxEvents[Name],
    ): Promise<void> => {
      if (unread > unreadLimit) {
        c.env.outgoing.destroy();

        return;
      }

      const data = JSON.stringify(content);
      unread += data.length;
      await stream.writeSSE({ event, data });
      unread -= data.length;
    };
    const sendRequest = (request: SandboxRequest): void => {
      void send('request', request);
    };
    const sendRequests = (): void => {
      void send('requests', inbox.requests);
    };
    const sendFaults = (): void => {
      void send('faults', inbox.getFaults());
    };

    void send('start', {
      facts: {
        config,
        faults: Object.entries(faults).map(([name, { en, zh }]) => ({ name, en, zh })),
        magicNumbers: magicNumbers.map(({ from, to, en, zh }) => ({ from, to, en, zh })),
      },
      requests: inbox.requests,
      faults: inbox.getFaults(),
    });
    inbox.events.on('request', sendRequest);
    inbox.events.on('requests', sendRequests);
    inbox.events.on('faults', sendFaults);
    await new Promise<void>((resolve) => {
      stream.onAbort(resolve);
    });
    inbox.events.off('request', sendRequest);
    inbox.events.off('requests', sendRequests);
    inbox.events.off('faults', sendFaults);
  });

/** Answers a request to Aliyun's service, or does to its line what a fault wants. */
const answerPosted = async (
  c: Context<Env>,
  inbox: Inbox,
  signature: string,
): Promise<Response> => {
  const { incoming, outgoing } = c.env;
  const { request, reply, act } = receive(inbox, signature, {
    body: await c.req.text(),
    contentType: c.req.header('content-type') ?? '',
  });

  if (request.isOpen) {
    outgoing.once('close', () => {
      inbox.closeRequest(request.id);
    });
  }

  if (act) {
    act(incoming, outgoing);

    return RESPONSE_ALREADY_SENT;
  }

  return new Response(reply.body, {
    status: reply.status,
    headers: {
      'content-type': reply.code ? 'application/json;charset=utf-8' : 'text/html',
      ...(reply.location && { location: reply.location }),
    },
  });
};

/** Does something that ends when its signal is aborted: after so many seconds, or when the client goes away. */
const waitAtMost = async <Output>(
  seconds: number,
  client: AbortSignal,
  work: (signal: AbortSignal) => Promise<Output>,
): Promise<Output> => {
  const controller = new AbortController();
  const giveUp = (): void => {
    controller.abort();
  };
  // On Node 20 a signal of AbortSignal.timeout() may be collected as garbage before its time.
  const timer = setTimeout(giveUp, seconds * 1000);
  client.addEventListener('abort', giveUp);

  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    client.removeEventListener('abort', giveUp);
  }
};

/** Waits for a message, at most so many seconds, or for the request because of which there is none. */
const answerLatest = async (
  c: Context,
  inbox: Inbox,
  { to, after, wait }: z.infer<typeof latestQueryGuard>,
) => {
  const lastId = inbox.getLastId();
  const awaited = await waitAtMost(wait, c.req.raw.signal, async (signal) =>
    inbox.waitFor(() => inbox.findArrival(to, after, lastId), signal),
  );
  // Without `after` there may be a reason that is older than the call.
  const arrival = awaited ?? inbox.findArrival(to, after, 0);

  if (!arrival) {
    return refuse(
      c,
      404,
      'No message came, and no request for one was refused. Was it asked for? Logto itself sends at most ten codes an hour to a number.',
    );
  }

  if ('message' in arrival) {
    return c.json<DeliveredMessage>(arrival.message);
  }

  const reason = explain(arrival.failed);
  const error = awaited ? reason : `${reason} That was before this call; nothing came since.`;

  return c.json<ApiError>({ error, request: arrival.failed }, 409);
};

const answerFile = async (c: Context, name: keyof PageFiles, type: string) => {
  const page = await loadPage();

  return c.body(page[name], 200, {
    'content-type': `${type};charset=utf-8`,
    'cache-control': 'no-cache',
  });
};

/** All that the sandbox answers to; `names` are those of {@link refuseOthers}. */
const createApp = (
  inbox: Inbox,
  signature: string,
  names: readonly string[],
  config: () => string,
) => {
  const app = new Hono<Env>();

  app.onError(answerError);
  app.notFound((c) => refuse(c, 404, `There is no ${c.req.method} ${c.req.path}.`));

  app.use(secureHeaders({ contentSecurityPolicy, strictTransportSecurity: false }));
  app.use(refuseOthers(names));
  app.use(
    bodyLimit({ maxSize, onError: (c) => refuse(c, 413, 'The body is larger than 16 KiB.') }),
  );

  app.post('/', async (c) => answerPosted(c, inbox, signature));

  app.get('/', async (c) => answerFile(c, 'html', 'text/html'));
  app.get('/page.js', async (c) => answerFile(c, 'script', 'text/javascript'));
  app.get('/page.css', async (c) => answerFile(c, 'style', 'text/css'));
  app.get('/logo.svg', async (c) => answerFile(c, 'logo', 'image/svg+xml'));
  app.get('/events', query(noQueryGuard), (c) => streamEvents(c, inbox, config()));

  app.get('/messages', query(numberQueryGuard), (c) =>
    c.json(inbox.listMessages(c.req.valid('query').to)),
  );
  app.get('/messages/latest', query(latestQueryGuard), async (c) =>
    answerLatest(c, inbox, c.req.valid('query')),
  );
  app.delete('/messages', query(numberQueryGuard), (c) => {
    inbox.clear(c.req.valid('query').to);

    return c.body(null, 204);
  });
  app.get('/requests', query(numberQueryGuard), (c) =>
    c.json(inbox.listRequests(c.req.valid('query').to)),
  );
  app.get('/faults', query(noQueryGuard), (c) => c.json(inbox.getFaults()));
  app.put('/faults', query(noQueryGuard), body(faultChangesGuard), (c) => {
    inbox.setFaults(c.req.valid('json'));

    return c.json(inbox.getFaults());
  });
  app.post('/clock', query(noQueryGuard), body(clockGuard), (c) => {
    inbox.passSeconds(c.req.valid('json').seconds);

    return c.body(null, 204);
  });
  app.post('/reset', query(noQueryGuard), (c) => {
    inbox.reset();

    return c.body(null, 204);
  });

  return app;
};

/** How a sandbox is started. */
export type SandboxOptions = Readonly<{
  /** A free one unless told. */
  port?: number;
  /** The address to listen on: 127.0.0.1 unless told. */
  host?: string;
  /** Names, without a port, to which it answers besides `host` and those of this computer. */
  allowHosts?: readonly string[];
  /** The signature of SMS that works: Aliyun's current one unless told. */
  signName?: string;
  /** What is in force from the start. */
  faults?: FaultChanges;
  /** Told of each request, once. */
  onRequest?: (request: SandboxRequest) => void;
}>;

/** A running stand-in for Aliyun's service. */
export type Sandbox = Readonly<{
  /** Its address, as it is to be written in the config. */
  endpoint: string;
  /** The whole config as JSON, to paste into Logto Console. */
  config: string;
  /** The last 1000 messages that it delivered, oldest first. */
  messages: readonly DeliveredMessage[];
  /** The last 1000 forms that arrived, as they were sent, oldest first. */
  forms: readonly string[];
  /** The last 1000 requests, with all that became of them, oldest first. */
  requests: readonly SandboxRequest[];
  /** Lets time pass, for the interval between two messages to a number. */
  passSeconds: (seconds: number) => void;
  /** Ends all connections, and resolves when it no longer listens. */
  close: () => Promise<void>;
}>;

/** The port that a server listens on. Throws when it listens on none. */
const portOf = (server: Server): number =>
  z.object({ port: z.number() }).parse(server.address()).port;

/**
 * Starts a stand-in for Aliyun's service, on loopback unless told otherwise. It keeps what it is sent in memory, and
 * builds its page when it is first asked for it. Rejects when it cannot listen.
 */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const { port = 0, host = '127.0.0.1', onRequest } = options;
  const signature = options.signName ?? currentSignature;
  const inbox = createInbox(options.faults ?? {});

  const ownName = host.includes(':') ? `[${host}]` : host.toLowerCase();
  const isEveryAddress = ownName === '0.0.0.0' || ownName === '[::]';
  const allowed = (options.allowHosts ?? []).map((name) => name.toLowerCase());
  const names = isEveryAddress ? allowed : [ownName, ...allowed];
  const getEndpoint = () => `http://${isEveryAddress ? '127.0.0.1' : ownName}:${portOf(server)}`;
  const getConfig = () => JSON.stringify(createConfig(getEndpoint(), signature), undefined, 2);

  const app = createApp(inbox, signature, names, getConfig);
  const listener = getRequestListener(app.fetch);
  const server = http.createServer({ keepAliveTimeout }, (incoming, outgoing) => {
    void listener(incoming, outgoing);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

  if (onRequest) {
    let lastId = 0;

    inbox.events.on('request', (request) => {
      // A request is told again when its line ends.
      if (request.id > lastId) {
        lastId = request.id;
        onRequest(request);
      }
    });
  }

  return {
    endpoint: getEndpoint(),
    config: getConfig(),
    messages: inbox.messages,
    forms: inbox.forms,
    requests: inbox.requests,
    passSeconds: inbox.passSeconds,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

import http from 'node:http';
import { type Server } from 'node:net';
import { z } from 'zod';

import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { streamSSE } from 'hono/streaming';
import { validator } from 'hono/validator';

import { refuse, refuseForeignNames, refuseForeignPages } from './access.js';
import { loadPage, type PageFiles } from './bundle.js';
import {
  type ApiError,
  type DeliveredMessage,
  type Facts,
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
import { waitForLatest } from './latest.js';
import { receive } from './receive.js';
import { createConfig, currentSignature } from './service/catalogue.js';
import { faults, magicNumbers } from './service/faults.js';

type Env = { Bindings: HttpBindings };

/** In bytes: many times what a request holds. All that is kept of a request is bounded by it. */
const maxSize = 8 * 1024;

/** How much may wait for a page that does not read, in characters; one event more may. */
const unreadLimit = 4 * 1024 * 1024;

/** How often a page is told that the sandbox is there, in milliseconds: a proxy ends a connection that is silent for 60 s. */
const heartbeat = 20_000;

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
  validator('json', (value: unknown, context) =>
    /^application\/json\b/i.test(context.req.header('content-type') ?? '')
      ? guard.parse(value)
      : refuse(context, 415, 'The content type must be application/json.')
  );

const answerError = (error: Error, context: Context): Response => {
  if (error instanceof z.ZodError) {
    return refuse(context, 400, describeProblems(error));
  }

  // Hono's validator throws it.
  if (error instanceof HTTPException && error.status === 400) {
    return refuse(context, 400, 'The body is not JSON.');
  }

  return refuse(context, 500, `The sandbox failed: ${error.message}`);
};

/**
 * Tells a page what there is, and from then on what is new, until it goes away. The connection of one that does not read is
 * cut: a page that is there after all connects again, and begins with what there is.
 */
const streamEvents = (context: Context<Env>, inbox: Inbox, facts: Facts): Response => {
  // Nginx would collect the events otherwise.
  context.header('x-accel-buffering', 'no');

  return streamSSE(context, async (stream) => {
    /* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- What waits to be read is counted. */
    let unread = 0;

    const send = async <Name extends keyof SandboxEvents>(
      event: Name,
      content: SandboxEvents[Name]
    ): Promise<void> => {
      if (unread > unreadLimit) {
        context.env.outgoing.destroy();

        return;
      }

      const data = JSON.stringify(content);
      unread += data.length;
      await stream.writeSSE({ event, data });
      unread -= data.length;
    };
    /* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */
    const sendRequest = (request: SandboxRequest): void => {
      void send('request', request);
    };
    const sendRequests = (): void => {
      void send('requests', inbox.listRequests());
    };
    const sendFaults = (): void => {
      void send('faults', inbox.getFaults());
    };

    void send('start', { facts, requests: inbox.listRequests(), faults: inbox.getFaults() });
    inbox.events.on('request', sendRequest);
    inbox.events.on('closed', sendRequest);
    inbox.events.on('requests', sendRequests);
    inbox.events.on('faults', sendFaults);
    const timer = setInterval(() => {
      void stream.write(':\n\n');
    }, heartbeat);

    await new Promise<void>((resolve) => {
      stream.onAbort(resolve);
    });
    clearInterval(timer);
    inbox.events.off('request', sendRequest);
    inbox.events.off('closed', sendRequest);
    inbox.events.off('requests', sendRequests);
    inbox.events.off('faults', sendFaults);
  });
};

/** Answers a request to Aliyun's service, or does to its connection what a fault wants. */
const answerPosted = async (
  context: Context<Env>,
  inbox: Inbox,
  signature: string
): Promise<Response> => {
  const { incoming, outgoing } = context.env;
  const { request, reply, act } = receive(inbox, signature, {
    body: await context.req.text(),
    contentType: context.req.header('content-type') ?? '',
  });

  if (request.isOpen) {
    outgoing.once('close', () => {
      inbox.close(request.id);
    });
  }

  if (!reply) {
    act?.(incoming, outgoing);

    return RESPONSE_ALREADY_SENT;
  }

  const type = reply.code ? 'application/json;charset=utf-8' : 'text/html';

  return new Response(reply.body, { status: reply.status, headers: { 'content-type': type } });
};

const answerFile = async (context: Context, name: keyof PageFiles, type: string) => {
  const page = await loadPage();

  return context.body(page[name], 200, {
    'content-type': `${type};charset=utf-8`,
    'cache-control': 'no-cache',
  });
};

/** All that the sandbox answers to; `names` are those of {@link refuseForeignNames}. */
const createApp = (
  inbox: Inbox,
  signature: string,
  names: readonly string[],
  getFacts: () => Facts
) => {
  const app = new Hono<Env>();

  app.onError(answerError);
  app.notFound((context) =>
    refuse(context, 404, `There is no ${context.req.method} ${context.req.path}.`)
  );

  app.use(secureHeaders({ contentSecurityPolicy, strictTransportSecurity: false }));
  // Whoever looks whether the sandbox is there may know it by its address alone.
  app.get('/health', (context) => context.text('OK'));
  app.use(refuseForeignNames(names));
  // A link of another site may lead to the page.
  app.get('/', async (context) => answerFile(context, 'html', 'text/html'));
  app.use(refuseForeignPages(names));
  app.use(
    bodyLimit({
      maxSize,
      onError: (context) => refuse(context, 413, 'The body is larger than 8 KiB.'),
    })
  );

  app.post('/', async (context) => answerPosted(context, inbox, signature));

  app.get('/page.js', async (context) => answerFile(context, 'script', 'text/javascript'));
  app.get('/page.css', async (context) => answerFile(context, 'style', 'text/css'));
  app.get('/logo.svg', async (context) => answerFile(context, 'logo', 'image/svg+xml'));
  app.get('/events', query(noQueryGuard), (context) => streamEvents(context, inbox, getFacts()));

  app.get('/messages', query(numberQueryGuard), (context) =>
    context.json(inbox.listMessages(context.req.valid('query').to))
  );
  app.get('/messages/latest', query(latestQueryGuard), async (context) => {
    const latest = await waitForLatest(inbox, context.req.valid('query'), context.req.raw.signal);

    return 'message' in latest
      ? context.json<DeliveredMessage>(latest.message)
      : context.json<ApiError>(latest, latest.request ? 409 : 404);
  });
  app.delete('/messages', query(numberQueryGuard), (context) => {
    inbox.clear(context.req.valid('query').to);

    return context.body(null, 204);
  });
  app.get('/requests', query(numberQueryGuard), (context) =>
    context.json(inbox.listRequests(context.req.valid('query').to))
  );
  app.get('/faults', query(noQueryGuard), (context) => context.json(inbox.getFaults()));
  app.put('/faults', query(noQueryGuard), body(faultChangesGuard), (context) => {
    inbox.setFaults(context.req.valid('json'));

    return context.json(inbox.getFaults());
  });
  app.post('/clock', query(noQueryGuard), body(clockGuard), (context) => {
    const { seconds, to } = context.req.valid('json');
    inbox.passSeconds(seconds, to);

    return context.body(null, 204);
  });
  app.post('/reset', query(noQueryGuard), (context) => {
    inbox.reset();

    return context.body(null, 204);
  });

  return app;
};

/** How a sandbox is started. */
export type SandboxOptions = Readonly<{
  /** A free one unless told. */
  port?: number;
  /** The address to listen on: 127.0.0.1 unless told. */
  host?: string;
  /** Names, without a port, to which it answers besides `host` and those of this computer; `.example.com` is all under it. */
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
  /** The messages that it delivered, as far as their requests are kept, oldest first; as of now. */
  messages: readonly DeliveredMessage[];
  /** The last 1000 requests, with all that became of them, oldest first; as of now. */
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

  const app = createApp(inbox, signature, names, () => ({
    config: getConfig(),
    faults: Object.entries(faults).map(([name, { en, zh }]) => ({ name, en, zh })),
    magicNumbers: magicNumbers.map(({ from, to, en, zh }) => ({ from, to, en, zh })),
  }));
  // HTTP/1.0 need not name the host.
  const listener = getRequestListener(app.fetch, { hostname: 'localhost' });
  const server = http.createServer({ keepAliveTimeout }, (incoming, outgoing) => {
    void listener(incoming, outgoing);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

  if (onRequest) {
    inbox.events.on('request', onRequest);
  }

  return {
    endpoint: getEndpoint(),
    config: getConfig(),
    get messages() {
      return inbox.listMessages();
    },
    get requests() {
      return inbox.listRequests();
    },
    passSeconds: inbox.passSeconds,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
};

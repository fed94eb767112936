import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { type Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { got, RequestError, TimeoutError } from 'got';

import { mayPass, type Outcome } from './answer.js';

/** A call with its repeat, its first try, and the pause between them, in milliseconds. Logto's sign-in page waits 10 s. */
const [callTime, tryTime, pause] = [8000, 7000, 100];

/** Many times what Aliyun ever answers, in bytes. */
const bodyLimit = 64 * 1024;

/** How many calls may be under way in the process at once. */
const callLimit = 1000;

const { options: globalOptions } = https.globalAgent;
const proxy = 'proxyEnv' in globalOptions && { proxyEnv: globalOptions.proxyEnv };

const createAgents = (options: http.AgentOptions) => ({
  http: new http.Agent(options),
  // With NODE_USE_ENV_PROXY the global agent holds the proxy of the environment. Nothing else that may be set there
  // counts: it could trust any server, or bound the connections.
  https: new https.Agent({ ...options, ...proxy, rejectUnauthorized: true }),
});

/**
 * Logto builds the connector anew for each message: what is to outlive one belongs at module level. Idle connections
 * are kept for a minute, or as long as the server's Keep-Alive header says. Those in use have no bound: whoever waits
 * for a connection waits in vain when Aliyun is slow.
 */
const pool = createAgents({ keepAlive: true, maxFreeSockets: 64, timeout: 60_000 });

const dropIdleConnections = (): void => {
  for (const sockets of Object.values(pool).flatMap((agent) => Object.values(agent.freeSockets))) {
    sockets?.forEach((socket) => socket.destroy());
  }
};

const client = got.extend({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  // Each step towards a connection, and the answer once the request is out.
  timeout: { lookup: 3000, connect: 3000, secureConnect: 3000, response: 5000 },
  followRedirect: false,
  throwHttpErrors: false,
  decompress: false,
});

type Attempt = Outcome & Readonly<{ retryAfter?: number }>;

const failure = (code: string): Error => Object.assign(new Error(code), { code });

/** Posts a form once, within a time in milliseconds. By got's stream: its promise takes a fifth longer. */
const attempt = async (
  endpoint: string,
  form: string,
  agent: typeof pool,
  time: number,
): Promise<Attempt> => {
  const sent = { isWhole: false };
  const stream = client.stream(endpoint, { body: form, agent });
  // got's own time-out of a request does not end it while a proxy hangs.
  const timer = setTimeout(() => stream.destroy(failure('ETIMEDOUT')), time);

  stream
    .once('request', (request: ClientRequest) => {
      request.once('finish', () => {
        // It finishes after a failed TLS handshake, too.
        sent.isWhole = !request.socket?.errored;
      });
    })
    // got listens for it as well, so that Node.js hands over the socket and closes nothing.
    .once('upgrade', (_: unknown, socket: Duplex) => {
      socket.destroy();
      stream.destroy(failure('HPE_UPGRADE'));
    })
    .on('downloadProgress', ({ transferred }) => {
      if (transferred > bodyLimit) {
        stream.destroy(failure('HPE_BODY_OVERFLOW'));
      }
    })
    // Whoever reads the body sees the first error; one that comes later must not end the process.
    .on('error', () => undefined);

  try {
    const body = await text(stream);
    const { statusCode = 0, headers = {} } = stream.response ?? {};
    const response = { status: statusCode, body };
    const retryAfter = Number(headers['retry-after']) * 1000 || 0;

    return { ...response, isUnanswered: mayPass(response), retryAfter };
  } catch (error: unknown) {
    // Behind a load balancer that failed the idle ones are dead too, and each would cost its user 5 s.
    if (error instanceof TimeoutError && error.request.reusedSocket) {
      dropIdleConnections();
    }

    return {
      failure: error instanceof RequestError ? error.code : 'UNKNOWN',
      isUnanswered: sent.isWhole,
    };
  } finally {
    clearTimeout(timer);
  }
};

const postTwice = async (endpoint: string, form: string): Promise<Outcome> => {
  const end = performance.now() + callTime;
  const first = await attempt(endpoint, form, pool, tryTime);
  const delay = Math.max(first.retryAfter ?? 0, pause);

  if (!mayPass(first) || performance.now() + delay > end) {
    return first;
  }

  await sleep(delay);
  const agent = createAgents({ keepAlive: false, timeout: callTime });
  const second = await attempt(endpoint, form, agent, end - performance.now());

  return { ...second, isUnanswered: first.isUnanswered || second.isUnanswered };
};

const calls = { underWay: 0 };

/**
 * Posts a signed form, and posts it once more, the same bytes on a new connection, after a failure of the transport or
 * a 502, 503 or 504 that is not Aliyun's own. Aliyun carries out a nonce once, so that a repeat cannot send a second
 * message.
 *
 * @param endpoint Where to, an address that passed the config guard.
 * @param form The body, `application/x-www-form-urlencoded`.
 * @returns What came of it, within 8 s. Never throws: the errors of got carry the whole request.
 */
export const post = async (endpoint: string, form: string): Promise<Outcome> => {
  if (calls.underWay >= callLimit) {
    return { failure: 'TOO_MANY_CALLS', isUnanswered: false };
  }

  calls.underWay += 1;

  try {
    return await postTwice(endpoint, form);
  } finally {
    calls.underWay -= 1;
  }
};

import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { type Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

import { got, type RequestError, type Response } from 'got';

/** What came of a request: an answer of whatever status, or what Node.js calls the failure. */
export type Outcome =
  | Readonly<{
      body: string;
      /** Whether a first copy of the request may have arrived. */
      isRepeat: boolean;
    }>
  | Readonly<{ failure: string }>;

/** DNS, TCP and TLS together, in milliseconds. */
const connectTimeout = 3000;
/** From the request's last byte to the answer's last byte, in milliseconds. */
const answerTimeout = 5000;
/** All of it, the wait for a free connection and the repeat included, in milliseconds. */
const callTimeout = 10_000;
/** Many times what Aliyun ever answers, in bytes. */
const bodyLimit = 64 * 1024;

/** The pause before the repeat, in milliseconds. */
const repeatDelay = 100;

/** A gateway that could not pass the request on, or not the answer back: the body is its own and says nothing. */
const repeatedStatuses: readonly number[] = [502, 503, 504];

/** Failures of the transport that a new connection may not meet again. A bad certificate is none. */
const repeatedFailures: readonly string[] = [
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'EPROTO',
  'ETIMEDOUT',
];

/**
 * How many connections each of the two pools below may open at once, and how many of them are kept when idle. Behind a
 * proxy, Node.js counts a connection only once it is there.
 */
const maxSockets = 32;
const maxFreeSockets = 8;
/** Longer than the gaps of ordinary traffic, in milliseconds; less where the server's Keep-Alive header says so. */
const idleTimeout = 60_000;

const createAgents = (options: http.AgentOptions) => ({
  http: new http.Agent({ ...options, maxSockets }),
  https: new https.Agent({
    // NODE_USE_ENV_PROXY shows here, in the Node.js versions that have it.
    ...https.globalAgent.options,
    ...options,
    maxSockets,
    rejectUnauthorized: true,
  }),
});

// Logto builds the connector anew for each message: what is to outlive one belongs at module level.
const pool = createAgents({ keepAlive: true, maxFreeSockets, timeout: idleTimeout });

// A repeat must not meet a second connection that the server closed meanwhile.
const newConnections = createAgents({ keepAlive: false });

const client = got.extend({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  followRedirect: false,
  throwHttpErrors: false,
  decompress: false,
  retry: { limit: 0 },
});

const isQueued = (request: ClientRequest, agents: typeof pool): boolean =>
  Object.values(agents).some((agent) =>
    Object.values(agent.requests).some((queue) => queue?.includes(request)),
  );

const failWith = (code: string): Error => Object.assign(new Error(code), { code });

type Attempt = Readonly<{ status: number; body: string }> | Readonly<{ failure: string }>;

/**
 * Sends one request and reads its answer, by got's stream: its promise takes half as long again.
 *
 * @param rest What is left of the call's time, in milliseconds.
 */
const attempt = async (
  endpoint: string,
  form: string,
  agent: typeof pool,
  rest: number,
): Promise<Attempt> =>
  new Promise((resolve) => {
    const stream = client.stream(endpoint, { body: form, agent });
    const expireAfter = (milliseconds: number) =>
      setTimeout(() => stream.destroy(failWith('ETIMEDOUT')), milliseconds);

    const deadline = expireAfter(rest);
    const settle = (result: Attempt): void => {
      clearTimeout(deadline);
      resolve(result);
    };

    stream.once('request', (request: ClientRequest) => {
      const limitPhases = (): void => {
        const connecting = expireAfter(connectTimeout);

        request.once('finish', () => {
          clearTimeout(connecting);
          const answering = expireAfter(answerTimeout);

          request.once('close', () => {
            clearTimeout(answering);
          });
        });
        request.once('close', () => {
          clearTimeout(connecting);
        });
      };

      // The wait for a free connection counts against the deadline alone. The other requests are connecting by now;
      // to wait for their socket as well would leave out the way through a proxy.
      if (isQueued(request, agent)) {
        request.once('socket', limitPhases);
      } else {
        limitPhases();
      }
    });

    // got listens for it, so that Node.js hands over the socket, without a listener for its errors, and closes nothing.
    stream.once('upgrade', (_: unknown, socket: Duplex) => {
      socket.destroy();
      stream.destroy(failWith('HPE_PAUSED_UPGRADE'));
    });

    stream.once('response', ({ statusCode }: Response) => {
      const chunks: Buffer[] = [];

      stream
        .on('data', (chunk: Buffer) => {
          chunks.push(chunk);

          if (stream.downloadProgress.transferred > bodyLimit) {
            stream.destroy(failWith('ERR_BODY_TOO_LARGE'));
          }
        })
        .once('end', () => {
          settle({ status: statusCode, body: Buffer.concat(chunks).toString() });
        });
    });

    stream.on('error', ({ code }: RequestError) => {
      settle({ failure: code });
    });
  });

const isWorthARepeat = (result: Attempt): boolean =>
  'failure' in result
    ? repeatedFailures.includes(result.failure)
    : repeatedStatuses.includes(result.status);

/**
 * Posts a signed form, and posts it once more, the same bytes, after a failure of the transport or a 502, 503 or 504.
 * Aliyun carries out a nonce once, so that a repeat cannot send a second message.
 *
 * @param endpoint Where to, an address that passed the config guard.
 * @param form The body, `application/x-www-form-urlencoded`.
 * @returns What came of it. Never throws: the errors of got carry the whole request.
 */
export const post = async (endpoint: string, form: string): Promise<Outcome> => {
  const end = performance.now() + callTimeout;
  const first = await attempt(endpoint, form, pool, callTimeout);

  if (!isWorthARepeat(first) || end - performance.now() < repeatDelay) {
    return { ...first, isRepeat: false };
  }

  await sleep(repeatDelay);
  const second = await attempt(endpoint, form, newConnections, end - performance.now());

  return { ...second, isRepeat: true };
};

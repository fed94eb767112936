import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { type Duplex } from 'node:stream';

import { got, RequestError, TimeoutError } from 'got';

import { gatewayStatuses, type Outcome, parseAnswer } from './answer.js';

/** All of a call, its repeat included, in milliseconds: Logto's sign-in page waits 10 s. */
const callTimeout = 8000;

/** A call for each step towards a connection, for the answer to a request that is out, and for one try in all. */
const timeout = { lookup: 3000, connect: 3000, secureConnect: 3000, response: 5000, request: 7000 };

/** Many times what Aliyun ever answers, in bytes. */
const bodyLimit = 64 * 1024;

/** How many calls may be under way in the process at once. */
const callLimit = 1000;

const createAgents = (options: http.AgentOptions) => ({
  http: new http.Agent(options),
  // NODE_USE_ENV_PROXY shows in the global agent's options, in the Node.js versions that have it.
  https: new https.Agent({ ...https.globalAgent.options, ...options, rejectUnauthorized: true }),
});

/**
 * Logto builds the connector anew for each message: what is to outlive one belongs at module level. Idle connections
 * are kept for a minute, or as long as the server's Keep-Alive header says. Their number has no bound: whoever waits
 * for a connection waits in vain.
 */
const pool = createAgents({ keepAlive: true, maxFreeSockets: 64, timeout: 60_000 });

const dropIdleConnections = (): void => {
  for (const sockets of Object.values(pool).flatMap((agent) => Object.values(agent.freeSockets))) {
    sockets?.forEach((socket) => socket.destroy());
  }
};

/** What is left of a call's time, in milliseconds. */
const timeLeft = ({ context }: RequestError['options']): number =>
  Number(context.end) - performance.now();

const client = got.extend({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  agent: pool,
  timeout,
  followRedirect: false,
  throwHttpErrors: false,
  decompress: false,
  retry: {
    limit: 1,
    methods: ['POST'],
    statusCodes: [...gatewayStatuses],
    // What a new connection may not meet again. A bad certificate is none of these.
    // prettier-ignore
    errorCodes: [
      'EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH',
      'ENETUNREACH', 'ENOTFOUND', 'EPIPE', 'EPROTO', 'ETIMEDOUT',
    ],
    backoffLimit: 100,
    noise: 0,
    // With a code in it, Aliyun has answered, and has perhaps used up the nonce.
    calculateDelay: ({ computedValue, error: { response, options } }) =>
      parseAnswer(response?.body) || computedValue > timeLeft(options) ? 0 : computedValue,
  },
  hooks: {
    beforeRetry: [
      (error) => {
        // Behind a load balancer that failed the idle ones are dead too, and each would cost its user 5 s.
        if (error instanceof TimeoutError && error.request.reusedSocket) {
          dropIdleConnections();
        }

        // On a new connection, for what is left of the time.
        error.options.agent = createAgents({ keepAlive: false });
        error.options.timeout = { ...timeout, request: timeLeft(error.options) };
      },
    ],
  },
});

const calls = { underWay: 0 };

/**
 * Posts a signed form, and posts it once more, the same bytes, after a failure of the transport or a 502, 503 or 504
 * that is not Aliyun's own. Aliyun carries out a nonce once, so that a repeat cannot send a second message.
 *
 * @param endpoint Where to, an address that passed the config guard.
 * @param form The body, `application/x-www-form-urlencoded`.
 * @returns What came of it, within 8 s. Never throws: the errors of got carry the whole request.
 * @see https://github.com/sindresorhus/got/blob/v14.0.0/documentation/7-retry.md
 */
export const post = async (endpoint: string, form: string): Promise<Outcome> => {
  if (calls.underWay >= callLimit) {
    return { failure: 'TOO_MANY_CALLS', isSent: false };
  }

  const sent = { requests: 0 };
  calls.underWay += 1;

  try {
    const context = { end: performance.now() + callTimeout };
    const sending = client(endpoint, { body: form, context });

    void sending
      .on('request', (request: ClientRequest) => {
        request.once('finish', () => {
          sent.requests += 1;
        });
        // got listens for it as well, so that Node.js hands over the socket and closes nothing.
        request.once('upgrade', (_: unknown, socket: Duplex) => {
          socket.destroy();
          sending.cancel();
        });
      })
      .on('downloadProgress', ({ transferred }) => {
        if (transferred > bodyLimit) {
          sending.cancel();
        }
      });

    const { statusCode, body, retryCount } = await sending;

    return { status: statusCode, body, isRepeat: retryCount > 0 };
  } catch (error: unknown) {
    const failure = error instanceof RequestError ? error.code : 'UNKNOWN';

    return { failure, isSent: sent.requests > 0 };
  } finally {
    calls.underWay -= 1;
  }
};

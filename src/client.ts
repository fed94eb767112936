import http, { type ClientRequest } from 'node:http';
import https from 'node:https';

import { CancelError, got, RequestError } from 'got';

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

/** What Node.js calls a failure, such as `ECONNREFUSED`. A call is cancelled at one of its two limits. */
const nameFailure = (error: unknown): string => {
  if (error instanceof CancelError) {
    const { transferred = 0 } = error.request?.downloadProgress ?? {};

    return transferred > bodyLimit ? 'ERR_BODY_TOO_LARGE' : 'ETIMEDOUT';
  }

  return error instanceof RequestError ? error.code : 'ERR_UNKNOWN';
};

/** How many connections may be open at once, and how many of them are kept when idle. */
const maxSockets = 64;
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
  agent: pool,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  followRedirect: false,
  throwHttpErrors: false,
  decompress: false,
  retry: {
    limit: 1,
    methods: ['POST'],
    statusCodes: [502, 503, 504],
    errorCodes: [
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
    ],
    // In milliseconds; 0 stands for no repeat.
    calculateDelay: ({ computedValue }) => Math.min(computedValue, 100),
  },
  hooks: {
    beforeRetry: [
      ({ options }) => {
        options.agent = newConnections;
      },
    ],
  },
});

/** Ends a request whose connection or answer takes too long. Waiting for a free connection does not count here. */
const limitPhases = (request: ClientRequest): void => {
  const expireAfter = (milliseconds: number) =>
    setTimeout(() => {
      request.destroy(Object.assign(new Error('Timed out'), { code: 'ETIMEDOUT' }));
    }, milliseconds);

  request.once('socket', () => {
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
  });
};

/**
 * Posts a signed form, and posts it once more, the same bytes, after a failure of the transport or a 502, 503 or 504.
 * Aliyun carries out a nonce once, so that a repeat cannot send a second message.
 *
 * @param endpoint Where to, an address that passed the config guard.
 * @param form The body, `application/x-www-form-urlencoded`.
 * @returns What came of it. Never throws: the errors of `got` carry the whole request.
 */
export const post = async (endpoint: string, form: string): Promise<Outcome> => {
  const call = client.post(endpoint, { body: form });
  const deadline = setTimeout(() => {
    call.cancel();
  }, callTimeout);

  void call.on('request', limitPhases).on('downloadProgress', ({ transferred }) => {
    if (transferred > bodyLimit) {
      call.cancel();
    }
  });

  try {
    const { body, retryCount } = await call;

    return { body, isRepeat: retryCount > 0 };
  } catch (error: unknown) {
    return { failure: nameFailure(error) };
  } finally {
    clearTimeout(deadline);
  }
};

import { type Nullable, type Optional } from '@silverhand/essentials';
import { got } from 'got';
import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { type Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';

import { type Answer, parseAnswer } from './answer.js';

/** Why there is no answer of Aliyun's. */
export type Failure =
  /** Too many calls are under way in this process. */
  | 'tooManyCalls'
  /** No connection could be made. */
  | 'unreachable'
  /** The certificate of the server is not trusted. */
  | 'untrusted'
  /** The request went out, and the connection was cut, or no answer came in time. */
  | 'unanswered'
  /** A gateway's page says that it could not pass the request on, or not the answer back. */
  | 'gatewayDown'
  /** Something came that is no answer of Aliyun's. */
  | 'unreadable';

type Answered = Readonly<{
  answer: Answer;
  /** Whether a copy of the request went out before, and got no answer. */
  mayBeDelivered: boolean;
}>;

type Failed = Readonly<{
  failure: Failure;
  /** What Node.js, got or this file calls it, or the HTTP status: `ECONNREFUSED`, `HTTP 503`. */
  reference: string;
  /** Whether a copy of the request went out: the message may be delivered all the same. */
  mayBeDelivered: boolean;
  /** How long a gateway asks to wait before the next request, in milliseconds. */
  retryAfter?: number;
}>;

/** What came of a call: Aliyun's answer, or why there is none. */
export type Outcome = Answered | Failed;

/**
 * How long a copy may take to get out, in milliseconds: look-up, TCP, a proxy's CONNECT and TLS together. Enough for an
 * address that is dead and a slow handshake with the next one.
 */
const sendTime = 4500;

/**
 * How long TCP may take with each address of a name but the last one, in milliseconds. Node.js gives 250 ms, which a
 * slow network never makes.
 *
 * @see https://github.com/nodejs/node/issues/54359
 */
const addressTime = 1500;

/** What must be left of a call for an answer, in milliseconds: nothing is sent later. */
export const answerTime = 1000;

/** The backoff before each retry, in milliseconds; the last one stands for all later ones. */
const pauses: readonly number[] = [100, 300, 900];
const longestPause = 2700;

/** Many times what Aliyun ever answers, in bytes. */
const bodyLimit = 64 * 1024;

/** How many calls may be under way in the process at once. */
const callLimit = 1000;

/** Pages of a gateway that may pass. With an answer of Aliyun's, its code counts and not the status. */
const gatewayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * With NODE_USE_ENV_PROXY the global agent holds the proxy of the environment. Nothing else that may be set there
 * counts: it could trust any server, or bound the connections. A package such as `global-agent` puts an agent without
 * options there.
 */
const readProxyEnv = (globalAgent: Optional<Partial<https.Agent>>) => {
  const options = globalAgent?.options;

  return options && 'proxyEnv' in options ? { proxyEnv: options.proxyEnv } : {};
};

type CreateConnection = (
  options: https.RequestOptions,
  callback?: (error: Nullable<Error>, socket: Duplex) => void
) => Optional<Nullable<Duplex>>;

/** Every agent can; older types of Node.js do not say so. */
const canConnect = (
  agent: https.Agent
): agent is https.Agent & { createConnection: CreateConnection } => 'createConnection' in agent;

/** Behind a proxy Node.js leaves the socket of a tunnel open that failed, or whose TLS never ends: it is closed here. */
const closeFailedTunnels = (agent: https.Agent): https.Agent => {
  /* istanbul ignore if -- @preserve There is none. */
  if (!canConnect(agent)) {
    return agent;
  }

  const createConnection: CreateConnection = agent.createConnection.bind(agent);

  // eslint-disable-next-line @silverhand/fp/no-mutating-assign -- Nobody else has the new agent.
  return Object.assign(agent, {
    createConnection: ((options, callback) => {
      /* istanbul ignore next -- @preserve Node.js 20 knows no proxy of the environment. */
      const socket = createConnection(options, (error, connection) => {
        clearTimeout(timer);

        if (error) {
          socket?.destroy();
        }

        callback?.(error, connection);
      });
      const isTunnel = !(socket instanceof tls.TLSSocket);
      const timer = isTunnel ? setTimeout(() => socket?.destroy(), sendTime).unref() : undefined;

      return socket;
    }) satisfies CreateConnection,
  });
};

const createAgents = (options: http.AgentOptions) => {
  const all = { ...options, autoSelectFamilyAttemptTimeout: addressTime };

  return {
    http: new http.Agent(all),
    https: closeFailedTunnels(
      new https.Agent({
        ...all,
        ...readProxyEnv(https.globalAgent),
        rejectUnauthorized: true,
      })
    ),
  };
};

type Agents = ReturnType<typeof createAgents>;

/**
 * Logto builds the connector for each message: what outlives one belongs at module level. Connections are kept for ten
 * seconds, or for as long as the server's Keep-Alive header says: enough for a surge, too short to become stale unseen.
 * There is no limit to those in use: a call that waited for one could wait all its time while Aliyun is slow.
 */
const keepingAgents = createAgents({ keepAlive: true, maxFreeSockets: 64, timeout: 10_000 });

/** For retries: the connections that are kept may all be stale. */
const freshAgents = createAgents({ keepAlive: false });

const client = got.extend({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  followRedirect: false,
  throwHttpErrors: false,
  decompress: false,
});

const errorWith = (code: string): Error =>
  // eslint-disable-next-line @silverhand/fp/no-mutating-assign -- Nobody else has the new error.
  Object.assign(new Error(code), { code });

/** Not HTTP: HPE_… are the codes of Node.js's parser, the others are ours. */
const isUnreadable = (code: string): boolean =>
  code.startsWith('HPE_') || code === 'ANSWER_TOO_LARGE' || code === 'PROTOCOL_SWITCHED';

/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes, and one for the name of the host. */
const isCertificateRefused = (code: string): boolean =>
  !code.startsWith('ERR_SSL_') &&
  /CERT|CRL|ISSUER|LEAF|INVALID_(?:CA|PURPOSE)|PATH_LENGTH|HOSTNAME|OUT_OF_MEM|UNSPECIFIED/.test(
    code
  );

/**
 * A TLS alert for want of a certificate of the client: TLS 1.3 lets a client send before the handshake is over, and the
 * server has not read the request. Any other alert may come after it was carried out.
 */
const isClientRefused = (code: string): boolean =>
  /^ERR_SSL_.*ALERT_(?:.*CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)/.test(code);

/** What Node.js, got or this file calls an error. On Node.js 24 not every one comes as an error of got's. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'NO_CODE';

const readError = (code: string, isOut: boolean): Failed => {
  const isSent = isOut && !isClientRefused(code);

  if (isUnreadable(code)) {
    return { failure: 'unreadable', reference: code, mayBeDelivered: isSent };
  }

  if (isSent) {
    return { failure: 'unanswered', reference: code, mayBeDelivered: true };
  }

  return {
    failure: isCertificateRefused(code) ? 'untrusted' : 'unreachable',
    reference: code,
    mayBeDelivered: false,
  };
};

/** The time until the end of a call, in milliseconds. */
const timeUntil = (end: number): number => end - performance.now();

/** Reads a Retry-After header, in seconds or a date. Returns milliseconds, 0 for what says nothing. */
const readRetryAfter = (header = ''): number => {
  const milliseconds = /^\d+$/.test(header)
    ? Number(header) * 1000
    : Date.parse(header) - Date.now();

  return milliseconds > 0 ? milliseconds : 0;
};

/**
 * Reads a response.
 *
 * @param status Its HTTP status. It counts only where the body is no answer of Aliyun's.
 * @param retryAfter Its Retry-After header.
 */
const readResponse = (status: number, body: string, retryAfter?: string): Outcome => {
  const answer = parseAnswer(body);

  return answer
    ? { answer, mayBeDelivered: false }
    : {
        failure: gatewayStatuses.has(status) ? 'gatewayDown' : 'unreadable',
        reference: `HTTP ${status}`,
        mayBeDelivered: true,
        retryAfter: readRetryAfter(retryAfter),
      };
};

/** Sends one copy of a form, by got's stream: its promise takes a fifth longer. Never throws. */
const sendCopy = async (
  endpoint: string,
  form: string,
  agent: Agents,
  end: number
): Promise<Outcome> => {
  const timers = new Set<NodeJS.Timeout>();
  // eslint-disable-next-line @silverhand/fp/no-let -- An event tells it.
  let isOut = false;

  try {
    const stream = client.stream(endpoint, { body: form, agent });
    const giveUp = (): void => {
      stream.destroy(errorWith('ETIMEDOUT'));
    };

    timers.add(setTimeout(giveUp, timeUntil(end)));
    timers.add(
      setTimeout(
        () => {
          if (!isOut) {
            giveUp();
          }
        },
        Math.min(sendTime, timeUntil(end) - answerTime)
      )
    );

    stream
      .once('request', (request: ClientRequest) => {
        // Over a kept connection it goes out at once; a busy process may learn of a reset before it learns of that.
        // eslint-disable-next-line @silverhand/fp/no-mutation -- An event tells it.
        isOut = Boolean(request.reusedSocket);
        request.once('finish', () => {
          // It finishes after a failed TLS handshake, too.
          // eslint-disable-next-line @silverhand/fp/no-mutation -- An event tells it.
          isOut ||= !request.socket?.errored;
        });
      })
      // Got listens for it as well, so that Node.js waits for somebody to use the connection.
      .once('upgrade', () => {
        stream.destroy(errorWith('PROTOCOL_SWITCHED'));
      })
      .on('downloadProgress', ({ transferred }) => {
        if (transferred > bodyLimit) {
          stream.destroy(errorWith('ANSWER_TOO_LARGE'));
        }
      })
      .on('error', () => {
        // The first error ends the reading of the body; a later one must not end the process.
      });

    const body = await text(stream);
    const { statusCode = 0, headers = {} } = stream.response ?? {};

    return readResponse(statusCode, body, headers['retry-after']);
  } catch (error: unknown) {
    return readError(codeOf(error), isOut);
  } finally {
    for (const timer of timers) {
      clearTimeout(timer);
    }
  }
};

/** Whether the same bytes may be answered if they are sent again. */
const isTransient = ({ failure }: Failed): boolean =>
  failure === 'unreachable' || failure === 'unanswered' || failure === 'gatewayDown';

/** The backoff after so many failures, in milliseconds: lengthened at random, so that callers do not come back together. */
const pauseAfter = (failures: number): number =>
  (pauses[failures - 1] ?? longestPause) * (1 + Math.random() / 4);

const outOfTime: Failed = {
  failure: 'unreachable',
  reference: 'ETIMEDOUT',
  mayBeDelivered: false,
};

/** Sends copies, one after another, until one is answered or no time is left for an answer. */
const sendCopies = async (
  endpoint: string,
  form: string,
  end: number,
  before: readonly Failed[] = []
): Promise<Outcome> => {
  const unanswered = before.find(({ mayBeDelivered }) => mayBeDelivered);

  // A busy process comes back late from a pause.
  if (timeUntil(end) < answerTime) {
    return unanswered ?? before.at(-1) ?? outOfTime;
  }

  const agents = before.length === 0 ? keepingAgents : freshAgents;
  const outcome = await sendCopy(endpoint, form, agents, end);

  if ('answer' in outcome) {
    return { ...outcome, mayBeDelivered: unanswered !== undefined };
  }

  const failures = [...before, outcome];
  const pause = Math.max(pauseAfter(failures.length), outcome.retryAfter ?? 0);

  if (!isTransient(outcome) || timeUntil(end) < pause + answerTime) {
    // A copy that did not get out tells nothing of one that did.
    return unanswered ?? outcome;
  }

  await sleep(pause);

  return sendCopies(endpoint, form, end, failures);
};

const callsUnderWay = new Set<symbol>();

/**
 * Posts a signed form. After a failure that may pass (no connection, no answer, a 502, 503 or 504 that is not Aliyun's
 * own) the same bytes are sent again, after a backoff, until Aliyun answers or no time is left for an answer. Aliyun
 * documents that a nonce is carried out once, so that a retry sends no second message.
 *
 * @param endpoint Where to, an address that passed the config guard.
 * @param form The body, `application/x-www-form-urlencoded`.
 * @param end When the call must have ended, as `performance.now()` tells the time.
 * @returns What came of it: Aliyun's answer, or else the first failure of a copy that went out, or else the last
 * failure. Never throws: the errors of got carry the whole request.
 */
export const post = async (endpoint: string, form: string, end: number): Promise<Outcome> => {
  if (callsUnderWay.size >= callLimit) {
    return { failure: 'tooManyCalls', reference: 'TOO_MANY_CALLS', mayBeDelivered: false };
  }

  const call = Symbol('call');

  callsUnderWay.add(call);

  try {
    return await sendCopies(endpoint, form, end);
  } finally {
    callsUnderWay.delete(call);
  }
};

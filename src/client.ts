import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { type Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { assert, type Optional, trySafe } from '@silverhand/essentials';
import { got, RequestError } from 'got';

import { type Answer, isNonceUsed, isTooSoon, parseAnswer } from './answer.js';

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

/** What came of a call. */
export type Outcome = Readonly<
  (
    | { answer: Answer }
    | {
        failure: Failure;
        /** What Node.js, got or this file calls it, or the HTTP status: `ECONNREFUSED`, `HTTP 503`. */
        reference: string;
        /** How long a gateway asks to wait before the next request, in milliseconds. */
        retryAfter?: number;
      }
  ) & {
    /** Whether a copy of the request went out that Aliyun gave no answer to: the message may arrive all the same. */
    mayBeDelivered: boolean;
  }
>;

/** How long each step towards a connection may take, in milliseconds: the look-up, TCP, a proxy's tunnel, TLS. */
const connectTime = 3000;

/**
 * How long TCP may take with each address of a name but its last one, in milliseconds. Node.js gives 250 ms, which a
 * slow line never makes. Within the time for TCP this is enough for two addresses.
 *
 * @see https://github.com/nodejs/node/issues/54359
 */
const addressTime = 1500;

/**
 * How long a kept connection may be silent before the repeat goes out, in milliseconds: it may have died without a
 * word. It is still listened to, since Aliyun may just be slow.
 */
const silenceTime = 5000;

/** The pause before a repeat, in milliseconds, unless the answer says how long. */
const repeatPause = 100;

/** What must be left of a call for whatever is sent again, in milliseconds: what nobody can wait for is not sent. */
export const answerTime = 1000;

/** Many times what Aliyun ever answers, in bytes. */
const bodyLimit = 64 * 1024;

/** How many calls may be under way in the process at once. */
const callLimit = 1000;

/** Pages of a gateway that the next moment may pass. With an answer of Aliyun's, its code counts and not the status. */
const gatewayStatuses: readonly number[] = [502, 503, 504];

const createAgents = (options: http.AgentOptions) => {
  const { options: globalOptions } = https.globalAgent;

  return {
    http: new http.Agent(options),
    https: new https.Agent({
      ...options,
      // With NODE_USE_ENV_PROXY the global agent holds the proxy of the environment. Nothing else that may be set there
      // counts: it could trust any server, or bound the connections.
      ...('proxyEnv' in globalOptions && { proxyEnv: globalOptions.proxyEnv }),
      rejectUnauthorized: true,
    }),
  };
};

type Agents = ReturnType<typeof createAgents>;

/**
 * Logto builds the connector anew for each message: what is to outlive one belongs at module level. Idle connections
 * are kept for a minute, or as long as the server's Keep-Alive header says. Those in use have no bound: whoever waits
 * for a connection waits in vain when Aliyun is slow.
 */
const pool = createAgents({
  keepAlive: true,
  maxFreeSockets: 64,
  timeout: 60_000,
  autoSelectFamilyAttemptTimeout: addressTime,
});

const dropIdleConnections = (): void => {
  for (const agent of Object.values(pool)) {
    for (const sockets of Object.values(agent.freeSockets)) {
      sockets?.forEach((socket) => socket.destroy());
    }
  }
};

const client = got.extend({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  timeout: { lookup: connectTime, connect: connectTime, secureConnect: connectTime },
  followRedirect: false,
  throwHttpErrors: false,
  decompress: false,
});

const errorWith = (code: string): Error => Object.assign(new Error(code), { code });

/** Not HTTP: HPE_… are the codes of Node.js's parser, the others are ours. */
const isUnreadable = (code: string): boolean =>
  code.startsWith('HPE_') || code === 'ANSWER_TOO_LARGE' || code === 'PROTOCOL_SWITCHED';

const classify = (code: string, isSent: boolean): Failure => {
  if (isUnreadable(code)) {
    return 'unreadable';
  }

  if (isSent) {
    return 'unanswered';
  }

  return /CERT|SIGNATURE/.test(code) ? 'untrusted' : 'unreachable';
};

/** The time until the end of a call, in milliseconds. */
const timeUntil = (end: number): number => end - performance.now();

/**
 * Reads a response.
 *
 * @param status Its HTTP status. It counts only where the body is no answer of Aliyun's.
 */
export const readResponse = (status: number, body: string): Outcome => {
  const answer = parseAnswer(body);

  return answer
    ? { answer, mayBeDelivered: false }
    : {
        failure: gatewayStatuses.includes(status) ? 'gatewayDown' : 'unreadable',
        reference: `HTTP ${status}`,
        mayBeDelivered: true,
      };
};

/**
 * Posts a form once. By got's stream: its promise takes a fifth longer.
 *
 * @param onSilence Called if a kept connection has not answered for a while. For the first of two tries.
 */
const attempt = async (
  endpoint: string,
  form: string,
  agent: Agents,
  end: number,
  onSilence?: () => void,
): Promise<Outcome> => {
  const timers = new Set<NodeJS.Timeout>();
  let isSent = false;

  try {
    const stream = client.stream(endpoint, { body: form, agent });
    const giveUp = (): void => {
      stream.destroy(errorWith('ETIMEDOUT'));
    };
    // Through a proxy there is no socket before tunnel and TLS are there, and got limits neither. The second try has all
    // the time that is left, for a proxy that is slow.
    const tunnelTimer = onSilence && setTimeout(giveUp, connectTime);

    timers.add(setTimeout(giveUp, timeUntil(end)));
    // A form that goes out later sends a message to somebody who reads an error.
    timers.add(
      setTimeout(
        () => {
          if (!isSent) {
            giveUp();
          }
        },
        timeUntil(end) - answerTime,
      ),
    );

    if (tunnelTimer) {
      timers.add(tunnelTimer);
    }

    stream
      .once('request', (request: ClientRequest) => {
        request.once('socket', () => {
          clearTimeout(tunnelTimer);

          if (request.reusedSocket && onSilence) {
            timers.add(setTimeout(onSilence, silenceTime));
          }
        });
        request.once('finish', () => {
          // It finishes after a failed TLS handshake, too.
          isSent = !request.socket?.errored;
        });
      })
      // got listens for it as well, so that Node.js hands over the socket and closes nothing.
      .once('upgrade', (_: unknown, socket: Duplex) => {
        socket.destroy();
        stream.destroy(errorWith('PROTOCOL_SWITCHED'));
      })
      .on('downloadProgress', ({ transferred }) => {
        if (transferred > bodyLimit) {
          stream.destroy(errorWith('ANSWER_TOO_LARGE'));
        }
      })
      // Whoever reads the body sees the first error; one that comes later must not end the process.
      .on('error', () => undefined);

    const body = await text(stream);
    const { statusCode = 0, headers = {} } = stream.response ?? {};
    const outcome = readResponse(statusCode, body);
    const retryAfter = Number(headers['retry-after']) * 1000;

    return 'failure' in outcome && retryAfter > 0 ? { ...outcome, retryAfter } : outcome;
  } catch (error: unknown) {
    const code = error instanceof RequestError ? error.code : 'UNKNOWN';

    return { failure: classify(code, isSent), reference: code, mayBeDelivered: isSent };
  } finally {
    timers.forEach((timer) => {
      clearTimeout(timer);
    });
  }
};

/** Whether the same bytes may fare better if they are sent again: not after an answer, which may have used up the nonce. */
export const isTransient = (outcome: Outcome): boolean =>
  'failure' in outcome && ['unreachable', 'unanswered', 'gatewayDown'].includes(outcome.failure);

/**
 * The first answer that no other copy of the request can gainsay; nothing if none comes. That the nonce is used, or that
 * a message was sent a moment ago, may well be said of the other copy.
 */
const firstFinalAnswer = async (
  attempts: ReadonlyArray<Promise<Outcome>>,
): Promise<Optional<Outcome>> => {
  const finalAnswers = attempts.map(async (it) => {
    const outcome = await it;

    assert(
      'answer' in outcome && !isNonceUsed(outcome.answer) && !isTooSoon(outcome.answer),
      new Error('No final answer'),
    );

    return outcome;
  });

  return trySafe(Promise.any(finalAnswers));
};

/** What two copies of a request came to, once both have ended. */
const pickOutcome = (first: Outcome, second: Outcome): Outcome => {
  if ('answer' in second) {
    return second;
  }

  // A repeat that did not get out tells nothing of a first copy that did.
  return 'answer' in first || (first.mayBeDelivered && !second.mayBeDelivered) ? first : second;
};

const attemptTwice = async (endpoint: string, form: string, end: number): Promise<Outcome> => {
  let onSilence: () => void = () => undefined;
  const silence = new Promise<undefined>((resolve) => {
    onSilence = () => {
      resolve(undefined);
    };
  });
  const firstAttempt = attempt(endpoint, form, pool, end, onSilence);
  // Nothing, if its kept connection is silent: then it goes on, and the repeat goes out beside it.
  const first = await Promise.race([firstAttempt, silence]);
  const retryAfter = first && 'failure' in first ? first.retryAfter : undefined;
  const pause = Math.max(retryAfter ?? 0, repeatPause);

  if ((first && !isTransient(first)) || timeUntil(end) < pause + answerTime) {
    return firstAttempt;
  }

  if (!first) {
    // Behind a load balancer that failed the idle ones are dead too, and each would cost its user this time.
    dropIdleConnections();
  }

  await sleep(pause);
  // Node.js closes the socket of a tunnel that does not open in the agent's time.
  const agent = createAgents({
    keepAlive: false,
    timeout: connectTime,
    autoSelectFamilyAttemptTimeout: addressTime,
  });
  const secondAttempt = attempt(endpoint, form, agent, end);
  const final = await firstFinalAnswer([firstAttempt, secondAttempt]);
  const outcome = final ?? pickOutcome(await firstAttempt, await secondAttempt);
  const isFirstUnanswered = first ? first.mayBeDelivered : true;

  return { ...outcome, mayBeDelivered: isFirstUnanswered || outcome.mayBeDelivered };
};

let callsUnderWay = 0;

/**
 * Posts a signed form, and posts it once more, the same bytes over a new connection, after a failure of the transport
 * or a 502, 503 or 504 that is not Aliyun's own, if its answer can still be waited for. Aliyun documents that it carries
 * out a nonce once, so that a repeat sends no second message.
 *
 * @param endpoint Where to, an address that passed the config guard.
 * @param form The body, `application/x-www-form-urlencoded`.
 * @param end When the call must have ended, as `performance.now()` tells the time.
 * @returns What came of it. Never throws: the errors of got carry the whole request.
 */
export const post = async (endpoint: string, form: string, end: number): Promise<Outcome> => {
  if (callsUnderWay >= callLimit) {
    return { failure: 'tooManyCalls', reference: 'TOO_MANY_CALLS', mayBeDelivered: false };
  }

  callsUnderWay += 1;

  try {
    return await attemptTwice(endpoint, form, end);
  } finally {
    callsUnderWay -= 1;
  }
};

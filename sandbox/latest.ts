import { setTimeout } from 'node:timers/promises';

import { failureOf } from './again.js';
import { type DeliveredMessage, nameAnswer, type SandboxRequest } from './contract.js';
import { type Inbox } from './inbox.js';

/** How often it is looked whether a message has come, in milliseconds. A refusal comes to count with time alone. */
const pause = 50;

/** How far the clock of whoever asks is thought to be ahead, in milliseconds, where a message came before `after`. */
const clockTolerance = 60_000;

/** What is asked for. */
export type LatestQuery = Readonly<{
  /** The number; any, unless told. */
  to?: string | undefined;
  /** Only what came later counts: milliseconds since 1970. */
  after?: number | undefined;
  /** How long to wait, in seconds. */
  wait: number;
}>;

/** The message, or a sentence on why there is none; with the request because of which, if there is one. */
export type Latest = Readonly<
  { message: DeliveredMessage } | { error: string; request?: SandboxRequest }
>;

/** Why no message came of a request, for whoever reads the log of a test. */
const explain = (request: SandboxRequest): string => {
  const { to, fault, answerCode, meaning } = request;
  const reason = fault ? ` (the fault "${fault}")` : '';
  const answer = meaning ? `${nameAnswer(request)}, ${meaning.en}` : nameAnswer(request);

  return answerCode === 'OK'
    ? `No message came to ${to}: it was accepted, but never arrives${reason}.`
    : `No message came to ${to}: ${answer}${reason}.`;
};

/** Why there is nothing, where no request says it. */
const explainNothing = (inbox: Inbox, { to, after }: LatestQuery): string => {
  const message = inbox.listMessages(to).at(-1);
  const sooner =
    message && after !== undefined ? after - Date.parse(message.time) : Number.POSITIVE_INFINITY;

  return message && sooner > 0 && sooner < clockTolerance
    ? `No message came after that time. One is there that came ${sooner} ms before it, at ${message.time}: if it is yours, take the time before you ask for the message, or the clock of your test is ahead.`
    : 'No message came, and no request for one was refused. Was it asked for? Logto itself sends at most ten codes an hour to a number.';
};

/**
 * Waits for the newest message, at most as long as the query says, or until it is known that none comes.
 *
 * @param signal Ends the waiting at once.
 */
export const waitForLatest = async (
  inbox: Inbox,
  query: LatestQuery,
  signal: AbortSignal
): Promise<Latest> => {
  const { to, after, wait } = query;
  const firstId = inbox.getLastId() + 1;
  const end = performance.now() + wait * 1000;

  const isRecent = ({ time }: Pick<SandboxRequest, 'time'>): boolean =>
    after === undefined || Date.parse(time) > after;

  /** The newest request of which no message came, where `counts` takes it. */
  const findFailed = (
    counts: (request: SandboxRequest, failure: 'final' | 'pending') => boolean
  ): SandboxRequest | undefined =>
    inbox.listRequests(to).findLast((request) => {
      const failure = isRecent(request) ? failureOf(request, inbox.listRequests()) : undefined;

      return failure && counts(request, failure);
    });

  const look = (): Latest | undefined => {
    const message = inbox.listMessages(to).findLast((it) => isRecent(it));

    if (message) {
      return { message };
    }

    // Without a time, a refusal of before may be that of another test.
    const request = findFailed(
      ({ id }, failure) => failure === 'final' && (after !== undefined || id >= firstId)
    );

    return request && { error: explain(request), request };
  };

  const lookAtTheEnd = (): Latest => {
    const request = findFailed(() => true);

    if (!request) {
      return { error: explainNothing(inbox, query) };
    }

    const more =
      request.id < firstId && after === undefined
        ? ' That was before this call; nothing came since.'
        : ' The connector may send it again.';

    return { error: explain(request) + more, request };
  };

  const goOn = async (): Promise<Latest> => {
    const found = look();

    if (found) {
      return found;
    }

    if (signal.aborted || performance.now() >= end) {
      return lookAtTheEnd();
    }

    await setTimeout(Math.min(pause, Math.max(end - performance.now(), 1)));

    return goOn();
  };

  return goOn();
};

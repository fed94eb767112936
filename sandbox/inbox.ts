import { EventEmitter } from 'node:events';

import { type DeliveredMessage, type FaultSettings, type SandboxRequest } from './contract.js';
import { type FaultName } from './service/faults.js';

/** How many messages, requests, forms and numbers with a fault are kept. */
const listLimit = 1000;

/** How many nonces are kept, and numbers with the time of their last message. */
const mapLimit = 20_000;

/** How long a nonce may be that is kept, in characters: the connector's has 36. */
const nonceLimit = 128;

/** How long after a refusal a request may be taken for the connector's resend, in milliseconds: it waits 1.5 s. */
const resendTime = 5000;

/** The faults in force, as {@link FaultSettings} tells them. */
type Settings = FaultSettings &
  Readonly<{
    next: FaultName | null;
    all: FaultName | null;
    numbers: Readonly<Record<string, FaultName>>;
  }>;

/**
 * What is to be set anew. Numbers, each of 11 digits, are added to those that have a fault; a number whose fault is `null`
 * loses it, and all do where `numbers` itself is `null`.
 */
export type FaultChanges = Readonly<{
  next?: FaultName | null | undefined;
  all?: FaultName | null | undefined;
  numbers?: Readonly<Record<string, FaultName | null>> | null | undefined;
  interval?: boolean | undefined;
}>;

/** An earlier request that belongs to the same message, and the fault that this message has. */
export type Earlier = Readonly<{ id: number; fault: FaultName | undefined }>;

type Nonce = Earlier & Readonly<{ isUsed: boolean }>;

type Refusal = Earlier & Readonly<{ time: number }>;

/** What came of a wait for a message: the message, or the request because of which there is none. */
export type Arrival = Readonly<{ message: DeliveredMessage } | { failed: SandboxRequest }>;

const add = <Item>(list: Item[], item: Item): void => {
  list.push(item);

  if (list.length > listLimit) {
    list.shift();
  }
};

const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key);
  map.set(key, value);

  if (map.size > mapLimit) {
    map.delete(map.keys().next().value ?? '');
  }
};

const removeWhere = <Item>(list: Item[], isGone: (item: Item) => boolean): void => {
  const kept = list.filter((item) => !isGone(item));
  list.splice(0, list.length, ...kept);
};

/** Whether a request ended the sending of a message, and nothing is on the phone. */
const isInVain = ({ delivered, answerCode, status, repeats, resends }: SandboxRequest): boolean => {
  if (delivered || (repeats !== null && answerCode === 'SignatureNonceUsed')) {
    return false;
  }

  const isNoAnswer = answerCode === '' && (status === null || status >= 502);

  // The connector sends once more after these.
  return repeats !== null || resends !== null || !(isNoAnswer || answerCode === 'biz.FREQUENCY');
};

const change = (settings: Settings, changes: FaultChanges): Settings => {
  const { next = settings.next, all = settings.all, interval = settings.interval } = changes;
  const numbers = changes.numbers === null ? {} : { ...settings.numbers, ...changes.numbers };
  const withFault = Object.entries(numbers).flatMap(([number, name]) =>
    name === null ? [] : ([[number, name]] as const),
  );

  return { next, all, interval, numbers: Object.fromEntries(withFault.slice(-listLimit)) };
};

/** All that the sandbox remembers, in memory. What is too much for it forgets its oldest. */
export type Inbox = ReturnType<typeof createInbox>;

/**
 * Creates an inbox in which nothing has arrived.
 *
 * @param startChanges The faults in force from the start, and after each reset. None are, and the interval is, unless told.
 */
export const createInbox = (startChanges: FaultChanges) => {
  const none: Settings = { next: null, all: null, numbers: {}, interval: true };
  const startSettings = change(none, startChanges);
  /** `requests`: some are gone. `faults`: others are in force. `request`: one is new, or changed. */
  const events = new EventEmitter<{ request: [SandboxRequest]; requests: []; faults: [] }>();
  const messages: DeliveredMessage[] = [];
  const requests: SandboxRequest[] = [];
  const forms: string[] = [];
  const nonces = new Map<string, Nonce>();
  const refusals = new Map<string, Refusal>();
  const sentTimes = new Map<string, number>();
  let settings = startSettings;
  let lastId = 0;
  let clockOffset = 0;

  const now = (): number => Date.now() + clockOffset;

  const keyOf = (to: string, code: string): string => `${to} ${code}`;

  const clear = (to?: string): void => {
    removeWhere(messages, ({ phoneNumber }) => to === undefined || phoneNumber === to);
    removeWhere(requests, (request) => to === undefined || request.to === to);

    if (to === undefined) {
      sentTimes.clear();
    } else {
      sentTimes.delete(to);
    }

    events.emit('requests');
  };

  const setFaults = (changes: FaultChanges): void => {
    settings = change(settings, changes);
    events.emit('faults');
  };

  events.setMaxListeners(0);

  return {
    events,
    /** The delivered messages, oldest first. */
    messages: messages as readonly DeliveredMessage[],
    /** The requests, oldest first. */
    requests: requests as readonly SandboxRequest[],
    /** The forms as they were posted, oldest first. */
    forms: forms as readonly string[],

    /** The id of the last request; 0 before the first. */
    getLastId: (): number => lastId,

    /** Keeps a form that was posted, and returns the id of its request. */
    addForm: (form: string): number => {
      add(forms, form);
      lastId += 1;

      return lastId;
    },

    findNonce: (nonce: string): Nonce | undefined => nonces.get(nonce),

    setNonce: (nonce: string, known: Nonce): void => {
      if (nonce.length <= nonceLimit) {
        remember(nonces, nonce, known);
      }
    },

    /** The refusal as too soon that a request with a nonce of its own sends anew, if any. Each is found once. */
    takeRefusal: (to: string, code: string): Earlier | undefined => {
      const refusal = refusals.get(keyOf(to, code));
      refusals.delete(keyOf(to, code));

      return refusal && performance.now() - refusal.time <= resendTime ? refusal : undefined;
    },

    addRefusal: (to: string, code: string, refused: Earlier): void => {
      remember(refusals, keyOf(to, code), { ...refused, time: performance.now() });
    },

    /** Adds what became of a request, and the message if one was delivered. */
    addRequest: (request: SandboxRequest, message: DeliveredMessage | undefined): void => {
      add(requests, request);

      if (message) {
        add(messages, message);
        remember(sentTimes, request.to, now());
      }

      events.emit('request', request);
    },

    /** Notes that the line of a request has ended. */
    closeRequest: (id: number): void => {
      const index = requests.findIndex((request) => request.id === id);
      const request = requests[index];

      if (request) {
        const closed = { ...request, isOpen: false };
        requests[index] = closed;
        events.emit('request', closed);
      }
    },

    /** The messages to a number, or all. */
    listMessages: (to?: string): DeliveredMessage[] =>
      messages.filter(({ phoneNumber }) => to === undefined || phoneNumber === to),

    /** The requests for a number, or all. */
    listRequests: (to?: string): SandboxRequest[] =>
      requests.filter((request) => to === undefined || request.to === to),

    /**
     * The newest message, or else the newest request because of which there is none.
     *
     * @param to The number, or nothing for any.
     * @param after In milliseconds since 1970: only what came later counts. Nothing for any message.
     * @param afterId The last request that does not count as a reason, where `after` does not say.
     */
    findArrival: (
      to: string | undefined,
      after: number | undefined,
      afterId: number,
    ): Arrival | undefined => {
      const message = messages.findLast(
        ({ phoneNumber, time }) =>
          (to === undefined || phoneNumber === to) &&
          (after === undefined || Date.parse(time) > after),
      );

      if (message) {
        return { message };
      }

      const failed = requests.findLast(
        (request) =>
          (to === undefined || request.to === to) &&
          (after === undefined ? request.id > afterId : Date.parse(request.time) > after) &&
          isInVain(request),
      );

      return failed && { failed };
    },

    /**
     * Looks for something at once, and then after each request.
     *
     * @returns What was found, or nothing if `signal` was aborted before.
     */
    waitFor: async <Found>(
      look: () => Found | undefined,
      signal: AbortSignal,
    ): Promise<Found | undefined> =>
      new Promise((resolve) => {
        const end = (found: Found | undefined): void => {
          events.off('request', lookAgain);
          signal.removeEventListener('abort', giveUp);
          resolve(found);
        };
        const lookAgain = (): void => {
          const found = look();

          if (found !== undefined || signal.aborted) {
            end(found);
          }
        };
        const giveUp = (): void => {
          end(undefined);
        };

        events.on('request', lookAgain);
        signal.addEventListener('abort', giveUp);
        lookAgain();
      }),

    /** The seconds since the last message to a number; endless where there was none, or the interval is off. */
    getSecondsPassed: (to: string): number => {
      const sentTime = sentTimes.get(to);

      return settings.interval && sentTime !== undefined ? (now() - sentTime) / 1000 : Infinity;
    },

    /** Lets time pass, for the interval between two messages to a number. */
    passSeconds: (seconds: number): void => {
      clockOffset += seconds * 1000;
    },

    getFaults: (): Settings => settings,

    setFaults,

    /** The fault for a new message. The one for the next message is in force once. */
    takeFault: (to: string): FaultName | undefined => {
      const { numbers, next, all } = settings;
      const own = Object.hasOwn(numbers, to) ? numbers[to] : undefined;

      if (own) {
        return own;
      }

      if (next) {
        setFaults({ next: null });
      }

      return next ?? all ?? undefined;
    },

    /** Forgets the messages to a number, or all; the requests, too, and when the last message was sent. */
    clear,

    /** Forgets all but the last id, and has the faults be in force that were at the start. */
    reset: (): void => {
      forms.length = 0;
      nonces.clear();
      refusals.clear();
      clockOffset = 0;
      clear();
      settings = startSettings;
      events.emit('faults');
    },
  };
};

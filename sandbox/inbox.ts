import { EventEmitter } from 'node:events';

import { type DeliveredMessage, type FaultSettings, type SandboxRequest } from './contract.js';
import { type FaultName } from './service/faults.js';

/** How many requests are kept, and how many numbers with a fault. A request is as large as its body at most, a few times. */
const listLimit = 1000;

/** For how many numbers the time of the last message is kept. */
const sentTimeLimit = 20_000;

/** The faults in force, as {@link FaultSettings} tells them. */
type Settings = FaultSettings &
  Readonly<{
    next: FaultName | null;
    all: FaultName | null;
    numbers: Readonly<Record<string, FaultName>>;
  }>;

/**
 * What is to be set. Numbers, each of 11 digits, are added to those that have a fault; a number whose fault is `null` loses
 * it, and all do where `numbers` itself is `null`.
 */
export type FaultChanges = Readonly<{
  next?: FaultName | null | undefined;
  all?: FaultName | null | undefined;
  numbers?: Readonly<Record<string, FaultName | null>> | null | undefined;
  interval?: boolean | undefined;
}>;

const change = (settings: Settings, changes: FaultChanges): Settings => {
  const { next = settings.next, all = settings.all, interval = settings.interval } = changes;
  const numbers = changes.numbers === null ? {} : { ...settings.numbers, ...changes.numbers };
  const withFault = Object.entries(numbers).flatMap(([number, name]) =>
    name === null ? [] : ([[number, name]] as const)
  );

  return { next, all, interval, numbers: Object.fromEntries(withFault.slice(-listLimit)) };
};

const toMessage = (request: SandboxRequest): DeliveredMessage => {
  const { time, to, signName, templateCode, code, min, text } = request;

  return { time, phoneNumber: to, signName, templateCode, code, min, text };
};

/** All that the sandbox remembers, in memory. What is too much for it forgets its oldest. */
export type Inbox = ReturnType<typeof createInbox>;

/**
 * Creates an inbox in which nothing has arrived.
 *
 * @param startChanges The faults in force from the start, and after each reset. None are, and the interval is, unless told.
 */
export const createInbox = (startChanges: FaultChanges) => {
  /* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- This is the sandbox's memory: nothing else in it changes. */
  const startSettings = change(
    { next: null, all: null, numbers: {}, interval: true },
    startChanges
  );
  /** `request`: one is new. `closed`: the connection of one has ended. `requests`: some are gone. `faults`: others are in force. */
  // eslint-disable-next-line unicorn/prefer-event-target -- Its events have types.
  const events = new EventEmitter<{
    request: [SandboxRequest];
    closed: [SandboxRequest];
    requests: [];
    faults: [];
  }>();
  /** In milliseconds, by number. */
  const sentTimes = new Map<string, number>();
  let requests: readonly SandboxRequest[] = [];
  let settings = startSettings;
  let lastId = 0;

  events.setMaxListeners(0);

  const listRequests = (to?: string): readonly SandboxRequest[] =>
    to === undefined ? requests : requests.filter((request) => request.to === to);

  const setFaults = (changes: FaultChanges): void => {
    settings = change(settings, changes);
    events.emit('faults');
  };

  /** Forgets the requests of a number, or all, and when the last message was sent. */
  const clear = (to?: string): void => {
    requests = to === undefined ? [] : requests.filter((request) => request.to !== to);

    if (to === undefined) {
      sentTimes.clear();
    } else {
      sentTimes.delete(to);
    }

    events.emit('requests');
  };

  return {
    events,

    /** The requests for a number, or all; oldest first. */
    listRequests,

    /** The messages to a number, or all; oldest first. */
    listMessages: (to?: string): DeliveredMessage[] =>
      listRequests(to)
        .filter(({ delivered }) => delivered)
        .map((request) => toMessage(request)),

    /** The id of the last request; 0 before the first. */
    getLastId: (): number => lastId,

    /** Adds a request, with what became of it, and gives it its id. */
    add: (content: Omit<SandboxRequest, 'id'>): SandboxRequest => {
      lastId += 1;
      const request = { ...content, id: lastId };
      requests = [...requests, request].slice(-listLimit);

      if (request.delivered) {
        sentTimes.delete(request.to);
        sentTimes.set(request.to, performance.now());
        const [oldest = ''] = sentTimes.size > sentTimeLimit ? sentTimes.keys() : [];
        sentTimes.delete(oldest);
      }

      events.emit('request', request);

      return request;
    },

    /** Notes that the connection of a request has ended. */
    close: (id: number): void => {
      const request = requests.find((it) => it.id === id);

      if (request) {
        const closed = { ...request, isOpen: false };
        requests = requests.map((it) => (it.id === id ? closed : it));
        events.emit('closed', closed);
      }
    },

    /** The seconds since the last message to a number; endless where there was none, or the interval is off. */
    getSecondsPassed: (to: string): number => {
      const sentTime = settings.interval ? sentTimes.get(to) : undefined;

      return sentTime === undefined
        ? Number.POSITIVE_INFINITY
        : (performance.now() - sentTime) / 1000;
    },

    /** Lets time pass, for the interval between two messages to a number, or to any. */
    passSeconds: (seconds: number, to?: string): void => {
      for (const [number, time] of sentTimes) {
        if (to === undefined || number === to) {
          sentTimes.set(number, time - seconds * 1000);
        }
      }
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

    clear,

    /** Forgets all but the last id, and has the faults be in force that were at the start. */
    reset: (): void => {
      clear();
      settings = startSettings;
      events.emit('faults');
    },
  };
  /* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */
};

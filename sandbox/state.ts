import { EventEmitter } from 'node:events';

import { z } from 'zod';

import { type FaultName, isFaultName } from './faults.js';
import { type Arrival, type DeliveredMessage } from './receive.js';

/** How many messages, arrivals, forms and numbers with a fault are kept. */
const listLimit = 1000;

/** How many nonces are kept, and numbers with the time of their last message. */
const mapLimit = 20_000;

const nameGuard = z.string().refine(isFaultName, 'There is no fault of this name.').nullable();

/** The faults in force, and whether the interval is; `null` is none. */
const faultsGuard = z
  .object({
    next: nameGuard,
    all: nameGuard,
    numbers: z.record(z.string().regex(/^1\d{10}$/, 'A number has 11 digits.'), nameGuard),
    interval: z.boolean(),
  })
  .strict();

/** What can be set of them; numbers are added to those that have a fault. */
export const changesGuard = faultsGuard.partial();

/** What is known of a nonce: whether it is used up, and the fault for the message, which is one for the repeat too. */
export type Nonce = Readonly<{ isUsed: boolean; fault: FaultName | undefined }>;

const add = <Item>(list: Item[], item: Item): void => {
  if (list.push(item) > listLimit) {
    list.shift();
  }
};

const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key);

  if (map.set(key, value).size > mapLimit) {
    map.delete(map.keys().next().value ?? '');
  }
};

/** All that the sandbox remembers; what is too much for it forgets its oldest. */
export const createState = () => {
  /** `change`: the arrivals are gone, or the faults are others. */
  const events = new EventEmitter<{ arrival: [Arrival]; change: [] }>().setMaxListeners(0);
  const messages: DeliveredMessage[] = [];
  const arrivals: Arrival[] = [];
  const forms: string[] = [];
  const nonces = new Map<string, Nonce>();
  const sentTimes = new Map<string, number>();
  const faults: z.infer<typeof faultsGuard> = { next: null, all: null, numbers: {}, interval: true };
  const counter = { forms: 0, minutes: 0 };
  const now = (): number => Date.now() + counter.minutes * 60_000;

  return {
    ...{ events, messages, arrivals, forms, nonces, faults },

    /** Adds what was posted, and returns its number from 1. */
    addForm: (form: string): number => {
      add(forms, form);

      return ++counter.forms;
    },

    /** Adds what became of it. */
    add: (nonce: string, known: Nonce, arrival: Arrival, message: DeliveredMessage): void => {
      remember(nonces, nonce, known);
      add(arrivals, arrival);

      if (arrival.delivered) {
        add(messages, message);
        remember(sentTimes, arrival.to, now());
      }

      events.emit('arrival', arrival);
    },

    clear: (): void => {
      [messages, arrivals].forEach((list) => list.splice(0));
      sentTimes.clear();
      events.emit('change');
    },

    /** The newest message to a number, or to anyone. */
    latest: (to?: string): DeliveredMessage | undefined =>
      messages.findLast(({ phoneNumber }) => to === undefined || phoneNumber === to),

    /** The seconds since the last message to a number; endless where the interval is off. */
    secondsPassed: (to: string): number =>
      faults.interval ? (now() - (sentTimes.get(to) ?? -Infinity)) / 1000 : Infinity,

    passMinute: (): void => {
      counter.minutes += 1;
    },

    setFaults: ({ numbers, ...rest }: z.infer<typeof changesGuard>): void => {
      const all = Object.entries({ ...faults.numbers, ...numbers }).filter(([, name]) => name);

      Object.assign(faults, rest, { numbers: Object.fromEntries(all.slice(-listLimit)) });
      events.emit('change');
    },

    /** The fault for a new message. One for the next message is in force once. */
    takeFault: (to: string): FaultName | undefined => {
      const { next, all, numbers } = faults;
      const own = new Map(Object.entries(numbers)).get(to);

      if (!own && next) {
        faults.next = null;
        events.emit('change');
      }

      return own ?? next ?? all ?? undefined;
    },
  };
};

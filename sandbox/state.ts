import { EventEmitter } from 'node:events';

import { type FaultName } from './faults.js';
import { type judge } from './outcome.js';
import { type InBoth } from './service.js';

/** How many messages, arrivals and numbers with a fault are kept. */
const listLimit = 1000;

/** How many nonces, and numbers with the time of their last message. */
const factLimit = 20_000;

/** A message as the phone gets it. */
export type DeliveredMessage = Readonly<
  Record<'time' | 'phoneNumber' | 'signName' | 'templateCode' | 'code' | 'min' | 'text', string>
>;

/** A request, with all that became of it. Texts are empty where there are none. */
export type Arrival = Readonly<{
  id: number;
  /** ISO 8601. */
  time: string;
  to: string;
  templateCode: string;
  template: InBoth | null;
  code: string;
  /** What the phone shows, and the same in English. */
  text: string;
  gloss: string;
  delivered: boolean;
  parameters: Readonly<Record<string, string>>;
  isSignatureRight: boolean;
  /** Whether a request with this nonce arrived before. */
  isRepeat: boolean;
  fault: FaultName | null;
  /** The HTTP status; nothing where no whole answer was sent. */
  status: number | null;
  answerCode: string;
  answer: string;
  /** What Logto makes of it. */
  logto: ReturnType<typeof judge>;
}>;

type Nonce = Readonly<{
  /** Whether the gateway passed a request with it. */
  isUsed: boolean;
  /** Whether a request with it got no answer of Aliyun's. */
  isUnanswered: boolean;
  /** What its first request met: a fault for a message is one for the repeat too. */
  fault: FaultName | undefined;
}>;

/** What can be set of the faults; `null` is none. */
export type FaultChanges = Readonly<{
  next?: FaultName | null | undefined;
  all?: FaultName | null | undefined;
  numbers?: Readonly<Record<string, FaultName | null>> | undefined;
  interval?: boolean | undefined;
}>;

const push = <Item>(list: Item[], item: Item): void => {
  if (list.push(item) > listLimit) {
    list.shift();
  }
};

const remember = <Value>(map: Map<string, Value>, key: string, value: Value, limit: number) => {
  map.delete(key);
  map.set(key, value);

  if (map.size > limit) {
    map.delete(map.keys().next().value ?? '');
  }
};

/** All that the sandbox remembers. What is too much for it forgets its oldest. */
export const createState = () => {
  /** `change`: the arrivals are gone, or the faults are others. */
  const events = new EventEmitter<{ arrival: [Arrival]; change: [] }>().setMaxListeners(0);
  const messages: DeliveredMessage[] = [];
  const arrivals: Arrival[] = [];
  const forms: string[] = [];
  const nonces = new Map<string, Nonce>();
  const sentTimes = new Map<string, number>();
  const numbers = new Map<string, FaultName>();
  const inForce: { next: FaultName | null; all: FaultName | null; interval: boolean } = {
    next: null,
    all: null,
    interval: true,
  };
  const counter = { forms: 0, milliseconds: 0 };
  const now = (): number => Date.now() + counter.milliseconds;

  return {
    events,
    messages,
    arrivals,
    forms,

    /** Adds what was posted, and returns its number from 0. */
    addForm: (form: string): number => {
      push(forms, form);

      return counter.forms++;
    },

    addArrival: (arrival: Arrival, message: DeliveredMessage): void => {
      push(arrivals, arrival);

      if (arrival.delivered) {
        push(messages, message);
        remember(sentTimes, arrival.to, now(), factLimit);
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

    nonceOf: (nonce: string): Nonce | undefined => nonces.get(nonce),

    rememberNonce: (nonce: string, known: Nonce): void => {
      remember(nonces, nonce, known, factLimit);
    },

    /** The seconds since the last message to a number; endless where the interval is off. */
    secondsPassed: (to: string): number =>
      inForce.interval ? (now() - (sentTimes.get(to) ?? -Infinity)) / 1000 : Infinity,

    passMinute: (): void => {
      counter.milliseconds += 60_000;
    },

    faults: () => ({ ...inForce, numbers: Object.fromEntries(numbers) }),

    setFaults: ({ numbers: changes = {}, ...rest }: FaultChanges): void => {
      Object.assign(inForce, rest);

      for (const [number, name] of Object.entries(changes)) {
        if (name) {
          remember(numbers, number, name, listLimit);
        } else {
          numbers.delete(number);
        }
      }

      events.emit('change');
    },

    /** The fault for a new message. One for the next message is in force once. */
    takeFault: (to: string): FaultName | undefined => {
      const { next, all } = inForce;
      const own = numbers.get(to);

      if (own === undefined && next !== null) {
        inForce.next = null;
        events.emit('change');
      }

      return own ?? next ?? all ?? undefined;
    },
  };
};

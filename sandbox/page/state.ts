import {
  type Facts,
  type FaultSettings,
  type SandboxEvents,
  type SandboxRequest,
} from '../contract.js';
import { matches } from '../numbers.js';

import { fold, type Sending } from './sendings.js';

/** How many requests are kept, which is as many as the sandbox keeps. */
const requestLimit = 1000;

/** All that the page shows. */
export type State = Readonly<{
  isLive: boolean;
  /** Nothing until the sandbox has told them. */
  facts: Facts | undefined;
  faults: FaultSettings;
  /** The oldest first. */
  requests: readonly SandboxRequest[];
  /** The part of a number that is looked for. */
  filter: string;
  /** The `id` of the sending that is read; `undefined` is the newest, whichever that is. */
  chosen: number | undefined;
}>;

/** What changes it: an event of the sandbox's, or somebody at the page. */
export type Action =
  | Readonly<{ type: 'connection'; isLive: boolean }>
  | Readonly<{ type: 'start'; data: SandboxEvents['start'] }>
  | Readonly<{ type: 'requests'; data: SandboxEvents['requests'] }>
  | Readonly<{ type: 'request'; data: SandboxEvents['request'] }>
  | Readonly<{ type: 'faults'; data: SandboxEvents['faults'] }>
  | Readonly<{ type: 'filter'; filter: string }>
  | Readonly<{ type: 'choose'; id: number }>;

/** Before the sandbox has told anything. */
export const initialState: State = {
  isLive: true,
  facts: undefined,
  faults: { next: null, all: null, numbers: {}, interval: true },
  requests: [],
  filter: '',
  chosen: undefined,
};

/** The sendings that the filter lets through, the newest first. */
export const listed = ({ requests, filter }: Pick<State, 'requests' | 'filter'>): Sending[] =>
  fold(requests).filter(({ tries }) => matches(tries[0].to, filter));

/** The sending that is read, if there is one. */
export const chosenOf = (
  sendings: readonly Sending[],
  chosen: number | undefined
): Sending | undefined => sendings.find(({ id }) => id === chosen) ?? sendings[0];

/** Adds a request, or puts it in the place of the one with its `id`. */
const add = (requests: readonly SandboxRequest[], request: SandboxRequest): SandboxRequest[] => {
  const isKnown = requests.some(({ id }) => id === request.id);

  return isKnown
    ? requests.map((it) => (it.id === request.id ? request : it))
    : [...requests, request].slice(-requestLimit);
};

/** Reads on in one sending. Whoever reads the newest goes on to what is newer when it comes. */
const choose = (state: State, id: number | undefined): State => ({
  ...state,
  chosen: listed(state)[0]?.id === id ? undefined : id,
});

/** A sandbox that was started anew counts its requests from 1 again. */
const isSame = (before: readonly SandboxRequest[], after: readonly SandboxRequest[]): boolean => {
  const first = after[0];

  return (
    first !== undefined && before.some(({ id, time }) => id === first.id && time === first.time)
  );
};

export const reduce = (state: State, action: Action): State => {
  switch (action.type) {
    case 'connection': {
      return { ...state, isLive: action.isLive };
    }

    case 'start': {
      const { facts, faults, requests } = action.data;
      const chosen = isSame(state.requests, requests) ? state.chosen : undefined;

      return { ...state, isLive: true, facts, faults, requests, chosen };
    }

    case 'requests': {
      return { ...state, requests: action.data };
    }

    case 'request': {
      return { ...state, requests: add(state.requests, action.data) };
    }

    case 'faults': {
      return { ...state, faults: action.data };
    }

    case 'filter': {
      const read = chosenOf(listed(state), state.chosen);

      return choose({ ...state, filter: action.filter }, read?.id);
    }

    case 'choose': {
      return choose(state, action.id);
    }
  }
};

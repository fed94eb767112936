import { describe, expect, it } from 'vitest';

import { createRequest } from '../../test/helpers/requests.js';
import { type SandboxRequest } from '../contract.js';

import { type Action, chosenOf, initialState, listed, reduce } from './state.js';

const faults = { next: null, all: null, numbers: {}, interval: true };

const start = (...requests: SandboxRequest[]): Action => ({
  type: 'start',
  data: { facts: { config: '{}', faults: [], magicNumbers: [] }, requests, faults },
});

const arrive = (request: SandboxRequest): Action => ({ type: 'request', data: request });

const stateAfter = (...actions: Action[]) =>
  actions.reduce((state, action) => reduce(state, action), initialState);

/** The id of what is read after all of it happened. */
const readAfter = (...actions: Action[]) => {
  const state = stateAfter(...actions);

  return chosenOf(listed(state), state.chosen)?.id;
};

const other = { to: '13900139000' };

describe('what is read', () => {
  it('is nothing where nothing came', () => {
    expect(readAfter(start())).toBeUndefined();
  });

  it('is the newest, and goes on to what is newer', () => {
    expect(readAfter(start(createRequest(1), createRequest(2)))).toBe(2);
    expect(readAfter(start(createRequest(1)), arrive(createRequest(2)))).toBe(2);
  });

  it('stays with an older one that was chosen', () => {
    const before = [start(createRequest(1), createRequest(2)), { type: 'choose', id: 1 }] as const;

    expect(readAfter(...before, arrive(createRequest(3)))).toBe(1);
    expect(readAfter(...before, { type: 'choose', id: 2 }, arrive(createRequest(3)))).toBe(3);
  });

  it('stays with a message while its repeat comes', () => {
    expect(
      readAfter(
        start(createRequest(1), createRequest(2)),
        { type: 'choose', id: 1 },
        arrive(createRequest(3, { repeats: 1 }))
      )
    ).toBe(1);
  });

  it('is the newest that the filter lets through', () => {
    const before = start(createRequest(1), createRequest(2, other), createRequest(3));

    expect(readAfter(before, { type: 'filter', filter: '139' })).toBe(2);
    expect(readAfter(before, { type: 'filter', filter: '137' })).toBeUndefined();
  });

  it('stays what it was where the filter lets it through', () => {
    expect(
      readAfter(
        start(createRequest(1), createRequest(2), createRequest(3, other)),
        { type: 'choose', id: 1 },
        { type: 'filter', filter: '138' },
        { type: 'filter', filter: '' }
      )
    ).toBe(1);
  });

  it('stays over a break of the connection, but not over a new start of the sandbox', () => {
    const before = [start(createRequest(1), createRequest(2)), { type: 'choose', id: 1 }] as const;
    const anew = { time: '2026-11-25T00:00:00.000Z' };

    expect(readAfter(...before, start(createRequest(1), createRequest(2)))).toBe(1);
    expect(readAfter(...before, start(createRequest(1, anew), createRequest(2, anew)))).toBe(2);
  });

  it('is the newest where what was read is gone', () => {
    expect(
      readAfter(
        start(createRequest(1), createRequest(2), createRequest(3)),
        { type: 'choose', id: 1 },
        { type: 'requests', data: [createRequest(2), createRequest(3)] }
      )
    ).toBe(3);
  });
});

describe('reduce', () => {
  it('puts a request that changed in its own place', () => {
    const { requests } = stateAfter(
      start(createRequest(1, { isOpen: true }), createRequest(2)),
      arrive(createRequest(1))
    );

    expect(requests).toEqual([createRequest(1), createRequest(2)]);
  });

  it('keeps the last 1000 requests', () => {
    const requests = Array.from({ length: 1000 }, (_, index) => createRequest(index + 1));
    const state = stateAfter(start(...requests), arrive(createRequest(1001)));

    expect(state.requests).toHaveLength(1000);
    expect(state.requests[0]?.id).toBe(2);
  });

  it('tells whether the sandbox is there', () => {
    expect(stateAfter({ type: 'connection', isLive: false }).isLive).toBe(false);
    expect(stateAfter({ type: 'connection', isLive: false }, start()).isLive).toBe(true);
  });

  it('takes over the faults in force', () => {
    const data = { ...faults, next: 'hang' };

    expect(stateAfter({ type: 'faults', data }).faults).toEqual(data);
  });
});

import { describe, expect, it } from 'vitest';

import { createRequest } from '../test/helpers/requests.js';

import { type SandboxRequest } from './contract.js';
import { createInbox, type Inbox } from './inbox.js';

const first = '13912345678';
const second = '13812345678';

const addTo = (inbox: Inbox, to: string, changes: Partial<SandboxRequest> = {}): SandboxRequest => {
  const { id, ...content } = createRequest(0, { to, ...changes });

  return inbox.add(content);
};

describe('the inbox', () => {
  it('keeps the last 1000 requests, and their numbers', () => {
    const inbox = createInbox({});

    for (const index of Array.from({ length: 1005 }).keys()) {
      addTo(inbox, String(13_900_000_000 + index), { delivered: index % 2 === 0 });
    }

    expect(inbox.listRequests()).toHaveLength(1000);
    expect(inbox.listRequests()[0]).toMatchObject({ id: 6, to: '13900000005' });
    expect(inbox.listMessages()).toHaveLength(500);
    expect(inbox.listMessages('13900001004')).toMatchObject([{ phoneNumber: '13900001004' }]);
  });

  it('forgets one number, or all, and when its last message was sent', () => {
    const inbox = createInbox({});
    addTo(inbox, first);
    addTo(inbox, second);
    inbox.clear(first);

    expect(inbox.getSecondsPassed(first)).toBe(Number.POSITIVE_INFINITY);
    expect(inbox.getSecondsPassed(second)).toBeLessThan(60);
    expect(inbox.listRequests().map(({ to }) => to)).toEqual([second]);

    inbox.clear();
    expect(inbox.listRequests()).toEqual([]);
    expect(inbox.getSecondsPassed(second)).toBe(Number.POSITIVE_INFINITY);
    // A number is not given again.
    expect(addTo(inbox, second).id).toBe(3);
  });
});

describe('the interval', () => {
  it('counts from the last message that was delivered', () => {
    const inbox = createInbox({});
    expect(inbox.getSecondsPassed(first)).toBe(Number.POSITIVE_INFINITY);

    addTo(inbox, first);
    addTo(inbox, second, { delivered: false });
    expect(inbox.getSecondsPassed(first)).toBeLessThan(10);
    expect(inbox.getSecondsPassed(second)).toBe(Number.POSITIVE_INFINITY);

    inbox.setFaults({ interval: false });
    expect(inbox.getSecondsPassed(first)).toBe(Number.POSITIVE_INFINITY);
  });

  it('can be put forward for all numbers, or for one', () => {
    const inbox = createInbox({});
    addTo(inbox, first);
    addTo(inbox, second);
    inbox.passSeconds(45);
    inbox.passSeconds(100, second);

    expect(Math.floor(inbox.getSecondsPassed(first) / 10)).toBe(4);
    expect(Math.floor(inbox.getSecondsPassed(second) / 10)).toBe(14);
  });
});

describe('a fault', () => {
  it('of a number comes before the next one, and that before the one for all', () => {
    const inbox = createInbox({ all: 'noBalance' });
    inbox.setFaults({ next: 'dayLimit', numbers: { [first]: 'hang' } });

    expect(inbox.takeFault(first)).toBe('hang');
    expect(inbox.takeFault(second)).toBe('dayLimit');
    expect(inbox.takeFault(second)).toBe('noBalance');
    expect(inbox.takeFault('constructor')).toBe('noBalance');

    inbox.setFaults({ numbers: { '13712345678': 'cut', [first]: null } });
    expect(inbox.getFaults().numbers).toEqual({ '13712345678': 'cut' });
    inbox.setFaults({ numbers: null });
    expect(inbox.getFaults()).toEqual({
      next: null,
      all: 'noBalance',
      numbers: {},
      interval: true,
    });
  });
});

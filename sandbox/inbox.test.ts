import { afterEach, describe, expect, it, vi } from 'vitest';

import { createRequest } from '../test/helpers/requests.js';
import { type DeliveredMessage, type SandboxRequest } from './contract.js';
import { createInbox, type Inbox } from './inbox.js';

const addRequest = (inbox: Inbox, to: string, changes: Partial<SandboxRequest> = {}): void => {
  const id = inbox.addForm('');
  const time = new Date().toISOString();
  const request = createRequest(id, { time, to, code: '1234', ...changes });
  const message: DeliveredMessage = {
    time: request.time,
    phoneNumber: to,
    signName: request.signName,
    templateCode: request.templateCode,
    code: request.code,
    min: '10',
    text: '',
  };

  inbox.addRequest(request, request.delivered ? message : undefined);
};

const refused: Partial<SandboxRequest> = {
  delivered: false,
  answerCode: 'isv.OUT_OF_SERVICE',
};

afterEach(() => {
  vi.useRealTimers();
});

describe('the inbox', () => {
  it('keeps the last 1000 of each, and their numbers', () => {
    const inbox = createInbox({});

    for (let index = 0; index < 1005; index += 1) {
      addRequest(inbox, String(13_900_000_000 + index));
    }

    expect(inbox.messages).toHaveLength(1000);
    expect(inbox.requests).toHaveLength(1000);
    expect(inbox.forms).toHaveLength(1000);
    expect(inbox.requests[0]).toMatchObject({ id: 6, to: '13900000005' });
    expect(inbox.messages.at(-1)).toMatchObject({ phoneNumber: '13900001004' });
  });

  it('finds the newest message, and else the newest request in vain', () => {
    const inbox = createInbox({});
    addRequest(inbox, '13912345678', refused);
    addRequest(inbox, '13812345678', refused);

    expect(inbox.findArrival('13912345678', undefined, 0)).toMatchObject({ failed: { id: 1 } });
    expect(inbox.findArrival(undefined, undefined, 0)).toMatchObject({ failed: { id: 2 } });
    expect(inbox.findArrival(undefined, undefined, 2)).toBeUndefined();

    addRequest(inbox, '13912345678', { code: '1' });
    addRequest(inbox, '13912345678', { code: '2' });
    expect(inbox.findArrival('13912345678', undefined, 0)).toMatchObject({
      message: { code: '2' },
    });
  });

  it('does not take for a reason what the connector tries again, nor a repeat of what was delivered', () => {
    const inbox = createInbox({});

    addRequest(inbox, '13912345678', { delivered: false, answerCode: 'biz.FREQUENCY' });
    addRequest(inbox, '13912345678', {
      delivered: false,
      answerCode: 'SignatureNonceUsed',
      repeats: 9,
    });
    expect(inbox.findArrival(undefined, undefined, 0)).toBeUndefined();

    addRequest(inbox, '13912345678', { delivered: false, fault: 'lost' });
    expect(inbox.findArrival(undefined, undefined, 0)).toMatchObject({ failed: { id: 3 } });
  });

  it('counts only what came after a time', () => {
    const inbox = createInbox({});
    const time = '2026-11-24T08:00:00.500Z';
    const after = Date.parse(time);
    addRequest(inbox, '13912345678', { time });
    addRequest(inbox, '13812345678', { ...refused, time });

    expect(inbox.findArrival(undefined, after, 0)).toBeUndefined();
    expect(inbox.findArrival('13812345678', after - 1, 9)).toMatchObject({ failed: { id: 2 } });
    expect(inbox.findArrival(undefined, after - 1, 0)).toMatchObject({ message: { time } });
  });

  it('waits until something is found, or until it is told to end, and leaves nothing behind', async () => {
    const inbox = createInbox({});
    const controller = new AbortController();
    const look = () => inbox.messages[0]?.phoneNumber;
    const lookInVain = () => inbox.messages[9]?.phoneNumber;
    const found = inbox.waitFor(look, controller.signal);
    addRequest(inbox, '13912345678', refused);
    addRequest(inbox, '13812345678');

    expect(await found).toBe('13812345678');

    const givenUp = inbox.waitFor(lookInVain, controller.signal);
    controller.abort();
    expect(await givenUp).toBeUndefined();
    expect(await inbox.waitFor(lookInVain, controller.signal)).toBeUndefined();
    expect(await inbox.waitFor(look, controller.signal)).toBe('13812345678');
    expect(inbox.events.listenerCount('request')).toBe(0);
  });

  it('counts the seconds since the last message by a clock that can be put forward', () => {
    const inbox = createInbox({});
    expect(inbox.getSecondsPassed('13912345678')).toBe(Infinity);

    addRequest(inbox, '13912345678');
    addRequest(inbox, '13812345678', refused);
    inbox.passSeconds(45);
    expect(inbox.getSecondsPassed('13912345678')).toBeGreaterThanOrEqual(45);
    expect(inbox.getSecondsPassed('13912345678')).toBeLessThan(50);
    expect(inbox.getSecondsPassed('13812345678')).toBe(Infinity);

    inbox.setFaults({ interval: false });
    expect(inbox.getSecondsPassed('13912345678')).toBe(Infinity);
  });

  it('forgets one number, or all', () => {
    const inbox = createInbox({});
    addRequest(inbox, '13912345678');
    addRequest(inbox, '13812345678');
    inbox.clear('13912345678');

    expect(inbox.getSecondsPassed('13912345678')).toBe(Infinity);
    expect(inbox.getSecondsPassed('13812345678')).toBeLessThan(60);
    expect(inbox.messages.map((it) => it.phoneNumber)).toEqual(['13812345678']);
    expect(inbox.requests.map((it) => it.to)).toEqual(['13812345678']);

    inbox.clear();
    expect(inbox.requests).toEqual([]);
    expect(inbox.getSecondsPassed('13812345678')).toBe(Infinity);
    addRequest(inbox, '13812345678');
    expect(inbox.requests[0]?.id).toBe(3);
  });

  it('takes the fault of a number before the next one, and that before the one for all', () => {
    const inbox = createInbox({ all: 'noBalance' });
    inbox.setFaults({ next: 'dayLimit', numbers: { '13912345678': 'hang' } });

    expect(inbox.takeFault('13912345678')).toBe('hang');
    expect(inbox.takeFault('13812345678')).toBe('dayLimit');
    expect(inbox.getFaults().next).toBeNull();
    expect(inbox.takeFault('13812345678')).toBe('noBalance');
    expect(inbox.takeFault('constructor')).toBe('noBalance');

    inbox.setFaults({ numbers: { '13712345678': 'cut', '13912345678': null } });
    expect(inbox.getFaults().numbers).toEqual({ '13712345678': 'cut' });
    inbox.setFaults({ numbers: null });
    expect(inbox.getFaults()).toEqual({
      next: null,
      all: 'noBalance',
      numbers: {},
      interval: true,
    });
  });

  it('finds the refusal that a request sends anew once, for the same number and code', () => {
    const inbox = createInbox({});
    inbox.addRefusal('13912345678', '1234', { id: 7, fault: undefined });

    expect(inbox.takeRefusal('13912345678', '1235')).toBeUndefined();
    expect(inbox.takeRefusal('13912345678', '1234')).toMatchObject({ id: 7 });
    expect(inbox.takeRefusal('13912345678', '1234')).toBeUndefined();
  });

  it('finds a refusal no longer than the connector may wait', () => {
    vi.useFakeTimers();
    const inbox = createInbox({});
    inbox.addRefusal('13912345678', '1234', { id: 7, fault: undefined });
    vi.advanceTimersByTime(4000);
    expect(inbox.takeRefusal('13912345678', '1234')).toBeDefined();

    inbox.addRefusal('13912345678', '1234', { id: 8, fault: undefined });
    vi.advanceTimersByTime(6000);
    expect(inbox.takeRefusal('13912345678', '1234')).toBeUndefined();
  });
});

import { noop } from '@silverhand/essentials';
import { randomInt } from 'node:crypto';
import { type ServerResponse } from 'node:http';

import { describe, expect, it, vi } from 'vitest';

import { startAlone } from '../test/helpers/alone.js';
import { call } from '../test/helpers/call.js';
import { createRecord } from '../test/helpers/record.js';
import { answerOf, nowhere, ok, serve } from '../test/helpers/servers.js';

/** What can become of a request, and what it comes to when each retry meets the same. */
const fates: ReadonlyArray<
  Readonly<{ act: (response: ServerResponse) => unknown; outcome: Record<string, unknown> }>
> = [
  {
    act: ({ socket }) => socket?.destroy(),
    outcome: { failure: 'unanswered', mayBeDelivered: true },
  },
  {
    act: (response) => response.writeHead(503).end(),
    outcome: { failure: 'gatewayDown', mayBeDelivered: true },
  },
  {
    act: (response) => response.end('<h1>?</h1>'),
    outcome: { failure: 'unreadable', mayBeDelivered: true },
  },
  {
    act: noop,
    outcome: { failure: 'unanswered', reference: 'ETIMEDOUT', mayBeDelivered: true },
  },
];

/** What is to become of each of 200 messages: every eighth meets something else than an answer. */
const fateOf = (index: number) =>
  index % 8 === 7 ? fates[((index - 7) / 8) % fates.length] : undefined;

/** A server that knows a message by the path of its endpoint. */
const serveFates = async () =>
  serve((response, _, { url = '' }) => {
    const index = Number(url.slice(1));

    // Answers come in another order than the messages.
    setTimeout(() => {
      const fate = fateOf(index);

      if (fate) {
        fate.act(response);
      } else {
        response.end(answerOf('isv.NEVER_SEEN', { RequestId: `id-${index}` }));
      }
    }, randomInt(100));
  });

const indexes = Array.from({ length: 200 }, (_, index) => index);

describe.concurrent('200 messages at once', () => {
  it('get each its own answer, or none', async () => {
    const { endpoint } = await serveFates();
    const calls = indexes.map(async (index) =>
      call(`${endpoint}/${index}`, `nonce=${index}`, 8000)
    );
    const results = await Promise.all(calls);

    for (const [index, { outcome, milliseconds }] of results.entries()) {
      expect(outcome).toMatchObject(
        fateOf(index)?.outcome ?? {
          answer: { code: 'isv.NEVER_SEEN', requestId: `id-${index}` },
          mayBeDelivered: false,
        }
      );
      expect(milliseconds).toBeLessThan(12_000);
    }
  });

  it('leave nothing behind but 64 connections, whatever became of them', async () => {
    const { endpoint } = await serveFates();
    const { post, look } = await startAlone();
    const before = await look();

    const endpoints = indexes.map((index) => `${endpoint}/${index}`);
    await post(endpoints);

    expect(before).toMatchObject({ sockets: 0, timers: 0 });
    expect(await look()).toMatchObject({ sockets: 64, timers: 0 });
  });
});

describe.concurrent('thousands of messages in a row', () => {
  it('leave nothing on the heap', { timeout: 90_000 }, async () => {
    const { endpoint, forms } = await serve((response) => response.end(ok));
    const { sendInRows, look } = await startAlone();

    // Compiled code is in the heap as well, and grows with the first thousands.
    expect(await sendInRows(endpoint, 500)).toBe(0);
    const before = await look();
    expect(await sendInRows(endpoint, 500)).toBe(0);
    const after = await look();

    expect(forms).toHaveLength(4000);
    expect(after).toMatchObject({ sockets: before.sockets, timers: 0 });
    // In bytes for each message; what it takes to send one is many thousands.
    expect((after.heap - before.heap) / 2000).toBeLessThan(1000);
  });
});

describe('while 1000 calls are under way', () => {
  it(
    'one more is refused at once, and sent when they have ended',
    { timeout: 120_000 },
    async () => {
      const held = createRecord<ServerResponse>();
      const { endpoint, forms } = await serve((response) => {
        held.add(response);
      });
      const callMany = (length: number, to = endpoint) =>
        Array.from({ length }, async () => call(to, 'nonce=1', to === nowhere ? 2000 : 100_000));

      // Calls that fail end as well.
      await Promise.all(callMany(100, nowhere));

      const calls = createRecord<ReturnType<typeof call>>();

      // In steps: a busy computer takes seconds to connect 1000 times at once.
      while (calls.items.length < 1000) {
        for (const it of callMany(100)) {
          calls.add(it);
        }

        // eslint-disable-next-line no-await-in-loop -- One step after the other.
        await vi.waitFor(() => {
          expect(held.items).toHaveLength(calls.items.length);
        }, 30_000);
      }

      for (const { outcome, milliseconds } of await Promise.all(callMany(5))) {
        expect(outcome).toEqual({
          failure: 'tooManyCalls',
          reference: 'TOO_MANY_CALLS',
          mayBeDelivered: false,
        });
        expect(milliseconds).toBeLessThan(4000);
      }

      for (const response of held.items) {
        response.end(ok);
      }

      for (const { outcome } of await Promise.all(calls.items)) {
        expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: false });
      }

      expect(forms).toHaveLength(1000);

      const [last] = callMany(1);
      await vi.waitFor(() => {
        expect(held.items).toHaveLength(1001);
      }, 30_000);
      held.items[1000]?.end(ok);
      expect(await last).toHaveProperty('outcome.answer.code', 'OK');
    }
  );
});

import { type ServerResponse } from 'node:http';

import { describe, expect, it, vi } from 'vitest';

import { call } from '../test/helpers/call.js';
import { defineName } from '../test/helpers/names.js';
import { createRecord } from '../test/helpers/record.js';
import { answerOf, nowhere, ok, serve, serveInTurn } from '../test/helpers/servers.js';

/** What can happen to a request that has gone out, so that there is no answer. */
const losses: Record<string, (response: ServerResponse) => unknown> = {
  'a connection that is closed': ({ socket }) => socket?.destroy(),
  'a connection that is reset': ({ socket }) => socket?.resetAndDestroy(),
  'half an answer': (response) => {
    response.writeHead(200, { 'content-length': ok.length }).write(ok.slice(0, 20));
    setTimeout(() => response.destroy(), 50);
  },
};

const gatewayPages: typeof losses = {
  'a 502 page of a gateway': (response) => response.writeHead(502).end('<h1>?</h1>'),
  'a 503 page of a gateway': (response) => response.writeHead(503).end(),
  'a 504 page of a gateway': (response) => response.writeHead(504).end('{"Code":""}'),
};

const everyLoss = Object.entries({ ...losses, ...gatewayPages });

/** A clock that begins when it is first asked: whether so many milliseconds have not passed since then. */
const createClock = (time: number): (() => boolean) => {
  const starts = createRecord<number>();

  return () => {
    starts.add(performance.now());

    return performance.now() - (starts.items[0] ?? 0) < time;
  };
};

/** A server that fails for a time, in milliseconds, and then answers. */
const serveAfter = async (time: number, fail: (response: ServerResponse) => unknown) => {
  const isFailing = createClock(time);

  return serve((response) => (isFailing() ? fail(response) : response.end(ok)));
};

/** Gives a name to one look-up for a time, in milliseconds, and then to 127.0.0.1. */
const defineAfter = (name: string, time: number, lookUp: string | readonly string[]): void => {
  const isFailing = createClock(time);

  defineName(name, () => (isFailing() ? lookUp : ['127.0.0.1']));
};

const blips = [500, 1500, 3000];

describe.concurrent('a message is sent through a failure that passes', () => {
  it.each(blips)('connections that are refused for %i ms', async (time) => {
    const { port, forms } = await serve((response) => response.end(ok));
    const name = `refused-${time}.invalid`;
    // Nothing listens there.
    defineAfter(name, time, ['127.0.0.2']);
    const { outcome } = await call(`http://${name}:${port}`);

    expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: false });
    expect(forms).toHaveLength(1);
  });

  it.each(['EAI_AGAIN', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET', 'EPROTO'])(
    'a look-up that fails for a second: %s',
    async (code) => {
      const { port, forms } = await serve((response) => response.end(ok));
      const name = `${code.toLowerCase()}.invalid`;
      defineAfter(name, 1000, code);
      const { outcome } = await call(`http://${name}:${port}`);

      expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: false });
      expect(forms).toHaveLength(1);
    }
  );

  it.each(everyLoss.flatMap(([title, fail]) => blips.map((time) => [title, time, fail] as const)))(
    '%s, for %i ms: with the same bytes',
    async (_, time, fail) => {
      const { endpoint, forms } = await serveAfter(time, fail);
      const { outcome } = await call(endpoint, 'nonce=1');

      expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: true });
      expect(new Set(forms)).toEqual(new Set(['nonce=1']));
    }
  );
});

describe.concurrent('a failure that lasts is told', () => {
  it('when nothing listens', async () => {
    const { outcome } = await call(nowhere);

    expect(outcome).toMatchObject({
      failure: 'unreachable',
      reference: 'ECONNREFUSED',
      mayBeDelivered: false,
    });
  });

  it.each(Object.entries(losses))('when there is no answer: %s', async (_, fail) => {
    const { endpoint } = await serve(fail);
    const { outcome, milliseconds } = await call(endpoint);

    expect(outcome).toMatchObject({ failure: 'unanswered', mayBeDelivered: true });
    expect(outcome).toHaveProperty('reference', expect.stringMatching(/^E[A-Z]+$|^ERR_/));
    expect(milliseconds).toBeLessThan(8250);
  });

  it.each([502, 503, 504])('when a gateway is down: HTTP %i', async (status) => {
    const { endpoint } = await serveInTurn([status, '<h1>?</h1>']);
    const { outcome, milliseconds } = await call(endpoint);

    expect(outcome).toMatchObject({
      failure: 'gatewayDown',
      reference: `HTTP ${status}`,
      mayBeDelivered: true,
    });
    expect(milliseconds).toBeLessThan(8250);
  });

  it("by Aliyun's answer, where one comes in the end", async () => {
    const { endpoint } = await serveInTurn([503, ''], [400, answerOf('isv.OUT_OF_SERVICE')]);
    const { outcome } = await call(endpoint);

    expect(outcome).toMatchObject({ answer: { code: 'isv.OUT_OF_SERVICE' }, mayBeDelivered: true });
  });

  it.each(everyLoss)('by the copy that went out, and not by later ones: %s', async (...given) => {
    const [title, fail] = given;
    const { port, forms } = await serve(fail);
    const name = `${title.replaceAll(' ', '-')}.invalid`;
    defineName(name, ['127.0.0.1'], 'ENOTFOUND');
    const { outcome } = await call(`http://${name}:${port}`);

    expect(forms).toHaveLength(1);
    expect(outcome).toMatchObject({
      failure: title in losses ? 'unanswered' : 'gatewayDown',
      mayBeDelivered: true,
    });
    expect(outcome).not.toHaveProperty('reference', 'ENOTFOUND');
  });

  it('by the copy that went out, where a later one meets a page of nobody', async () => {
    const { endpoint } = await serveInTurn([502, ''], [200, '<h1>?</h1>']);
    const { outcome } = await call(endpoint);

    expect(outcome).toMatchObject({ failure: 'gatewayDown', mayBeDelivered: true });
  });
});

describe.concurrent('a gateway that says when to come back', () => {
  it.each([
    ['in seconds', () => '2', 1500],
    ['by a date', () => new Date(Date.now() + 3000).toUTCString(), 1500],
  ])('is not asked before that: %s', async (_, when, least) => {
    const { endpoint, arrivals, forms } = await serve((response) =>
      forms.length === 1
        ? response.writeHead(503, { 'retry-after': when() }).end()
        : response.end(ok)
    );
    const { outcome } = await call(endpoint);
    const [first = 0, second = 0] = arrivals;

    expect(outcome).toHaveProperty('answer.code', 'OK');
    expect(second - first).toBeGreaterThan(least);
  });

  it('is asked no sooner than others, if it says so', async () => {
    const page = [503, ''] as const;
    const soon = [503, '', { 'retry-after': '1' }] as const;
    const { endpoint, arrivals } = await serveInTurn(page, page, page, soon, [200, ok]);

    await call(endpoint);

    const [fourth = 0, fifth = Number.POSITIVE_INFINITY] = arrivals.slice(3);

    // A computer that is very busy gets no further than the fourth.
    expect(fifth - fourth).toBeGreaterThan(2000);
  });

  it.each(['0', '-5', 'soon', '1.5', 'Wed, 21 Oct 2015 07:28:00 GMT'])(
    'delays nothing with %s',
    async (retryAfter) => {
      const page = [503, '', { 'retry-after': retryAfter }] as const;
      const { endpoint } = await serveInTurn(page, [200, ok]);
      const { outcome } = await call(endpoint);

      expect(outcome).toHaveProperty('answer.code', 'OK');
    }
  );

  it.each(['8', '3600', 'Wed, 21 Oct 2099 07:28:00 GMT'])(
    'after the call would have ended, %s, ends it at once',
    async (retryAfter) => {
      const page = [503, '', { 'retry-after': retryAfter }] as const;
      const { endpoint, forms } = await serveInTurn(page, [200, ok]);
      const { outcome, milliseconds } = await call(endpoint);

      expect(outcome).toMatchObject({ failure: 'gatewayDown', reference: 'HTTP 503' });
      expect(forms).toHaveLength(1);
      expect(milliseconds).toBeLessThan(5000);
    }
  );
});

describe('a gateway that is down', () => {
  it('has more time before each retry, a part of it at random, so that callers do not come back together', async () => {
    const page = [503, ''] as const;
    const { endpoint, arrivals } = await serveInTurn(page, page, page, [200, ok]);
    const random = vi.spyOn(Math, 'random').mockReturnValue(1);
    const { outcome } = await call(endpoint);
    random.mockRestore();
    const pauses = arrivals.slice(1).map((arrival, index) => arrival - (arrivals[index] ?? 0));

    expect(outcome).toHaveProperty('answer.code', 'OK');

    // A busy computer makes them longer, and never shorter.
    for (const [index, least] of [125, 375, 1125].entries()) {
      expect(pauses[index]).toBeGreaterThan(least - 5);
    }
  });
});

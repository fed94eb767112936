import { type ServerResponse } from 'node:http';

import { beforeAll, describe, expect, it } from 'vitest';

import { call } from '../test/helpers/call.js';
import { toldUser } from '../test/helpers/errors.js';
import { config, refusal } from '../test/helpers/send.js';
import { answerOf, ok, serve } from '../test/helpers/servers.js';

/** What a server can do that answers no more. */
const silences: Record<string, (response: ServerResponse) => unknown> = {
  'says nothing': () => undefined,
  'stops after the headers': (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': ok.length }).flushHeaders();
  },
  'sends a byte now and then': (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': ok.length }).flushHeaders();
    const timer = setInterval(() => response.write(' '), 400);
    response.once('close', () => {
      clearInterval(timer);
    });
  },
};

const givenUp = { failure: 'unanswered', reference: 'ETIMEDOUT', mayBeDelivered: true };

beforeAll(async () => {
  // The first call of a process takes longer.
  const { endpoint } = await serve((response) => response.end(ok));

  await refusal({ ...config, endpoint });
});

describe.concurrent('a new connection', () => {
  it('may take 6.5 s to answer, with ten messages at once', async () => {
    const start = performance.now();
    // After the call began, and not after the form arrived, which takes a busy computer long.
    const { endpoint, forms, sockets } = await serve((response) => {
      setTimeout(() => response.end(ok), start + 6500 - performance.now());
    });
    const sending = Array.from({ length: 10 }, async () => refusal({ ...config, endpoint }));
    const errors = await Promise.all(sending);

    expect(errors.filter((error) => error !== undefined)).toEqual([]);
    expect(new Set(forms).size).toBe(10);
    expect(forms).toHaveLength(10);
    expect(sockets).toHaveLength(10);
  });

  it.each(Object.entries(silences))(
    'has all the time there is, where a server %s',
    async (...given) => {
      const [, answer] = given;
      const { endpoint, forms } = await serve(answer);
      const { outcome, milliseconds } = await call(endpoint, 'nonce=1', 7000);

      expect(outcome).toEqual(givenUp);
      // Nobody could wait for the answer to another one.
      expect(forms).toHaveLength(1);
      expect(milliseconds).toBeGreaterThan(6500);
      expect(milliseconds).toBeLessThan(10_000);
    },
  );

  it('that never answers ends the call within 8 s, and its user learns that a code may arrive', async () => {
    const { endpoint } = await serve(() => undefined);
    const start = performance.now();
    const error = await refusal({ ...config, endpoint });

    expect(performance.now() - start).toBeLessThan(8000 + 1500);
    expect(error).toMatchObject({ code: 'general' });
    expect(toldUser(error)).toMatch(/可能仍会送达/);
  });
});

describe.concurrent('a kept connection', () => {
  /** A server that has answered once, on a connection that is kept, and goes on as it is told. */
  const serveKept = async (goOn: (response: ServerResponse, count: number) => unknown) => {
    const server = await serve((response) =>
      server.forms.length === 1 ? response.end(ok) : goOn(response, server.forms.length),
    );

    await call(server.endpoint, 'nonce=0');

    return server;
  };

  it.each(Object.entries(silences))(
    'has 5 s, then the same bytes go over a new one, where a server %s',
    async (_, answer) => {
      const { endpoint, forms, arrivals, sockets } = await serveKept((response, count) =>
        count === 2 ? answer(response) : response.end(ok),
      );
      const { outcome } = await call(endpoint, 'nonce=1');
      const [, first = 0, second = 0] = arrivals;

      expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: true });
      expect(forms).toEqual(['nonce=0', 'nonce=1', 'nonce=1']);
      expect(sockets).toHaveLength(2);
      expect(second - first).toBeGreaterThan(4000);
      expect(second - first).toBeLessThan(8000);
    },
  );

  it('may take 3 s to answer', async () => {
    const { endpoint, forms, sockets } = await serveKept((response) => {
      setTimeout(() => response.end(ok), 3000);
    });
    const { outcome } = await call(endpoint, 'nonce=1');

    expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: false });
    expect(forms).toHaveLength(2);
    expect(sockets).toHaveLength(1);
  });

  it('that died leaves the new one its time: the message is sent after 6 s', async () => {
    const { endpoint, forms } = await serveKept((response, count) => {
      if (count === 3) {
        setTimeout(() => response.end(ok), 1000);
      }
    });

    expect(await refusal({ ...config, endpoint })).toBeUndefined();
    expect(forms).toHaveLength(3);
  });

  it('and the new one that never answers end the call within 8 s', async () => {
    const { endpoint, forms } = await serveKept(() => undefined);
    const start = performance.now();
    const error = await refusal({ ...config, endpoint });

    expect(performance.now() - start).toBeLessThan(8000 + 1500);
    expect(error).toMatchObject({ code: 'general' });
    expect(toldUser(error)).toMatch(/可能仍会送达/);
    expect(forms).toHaveLength(3);
  });

  it.each([
    ['SignatureNonceUsed', 'isv.INVALID_PARAMETERS'],
    ['biz.FREQUENCY', 'OK'],
  ])(
    'and the new one that answers %s leave the last word to the first copy: %s',
    async (ofRepeat, ofFirst) => {
      const { endpoint, forms } = await serveKept((response, count) => {
        setTimeout(
          () => response.end(answerOf(count === 2 ? ofFirst : ofRepeat)),
          count === 2 ? 6000 : 0,
        );
      });
      const { outcome } = await call(endpoint, 'nonce=1');

      expect(outcome).toMatchObject({ answer: { code: ofFirst }, mayBeDelivered: true });
      expect(forms).toHaveLength(3);
    },
  );

  it('that answers late is heard where the new one fails, even with what is not the last word', async () => {
    const { endpoint } = await serveKept((response, count) => {
      if (count === 2) {
        setTimeout(() => response.end(answerOf('SignatureNonceUsed')), 6000);
      } else {
        response.socket?.destroy();
      }
    });
    const { outcome } = await call(endpoint, 'nonce=1');

    expect(outcome).toMatchObject({ answer: { code: 'SignatureNonceUsed' }, mayBeDelivered: true });
  });

  it('that died and the new one that finds its nonce used mean that the message was sent', async () => {
    const { endpoint } = await serveKept((response, count) =>
      count === 2 ? undefined : response.end(answerOf('SignatureNonceUsed')),
    );

    expect(await refusal({ ...config, endpoint })).toBeUndefined();
  });
});

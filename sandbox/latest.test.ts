import { z } from 'zod';

import { describe, expect, it } from 'vitest';

import { form } from '../test/helpers/form.js';
import { ask, post } from '../test/helpers/sandbox-client.js';
import { openSandbox } from '../test/helpers/sandbox.js';

const first = '13912345678';
const second = '13812345678';

const to = (PhoneNumber: string, code = '482913') =>
  form({ PhoneNumber, TemplateParam: JSON.stringify({ code, min: '10' }) });

/** Opens a sandbox; `latest` asks for the latest message to the first number, `send` posts, answered or not. */
const open = async (options?: Parameters<typeof openSandbox>[0]) => {
  const sandbox = await openSandbox(options);

  return {
    sandbox,
    latest: async (query = '') => ask(`${sandbox.endpoint}/messages/latest?to=${first}${query}`),
    send: async (message: URLSearchParams) => {
      await Promise.allSettled([post(sandbox.endpoint, message)]);
    },
  };
};

const messageGuard = z.object({ time: z.string() });

/** A little before now, since a time is in whole milliseconds. */
const justNow = () => Date.now() - 1;

describe.concurrent('GET /messages/latest gives the newest message', () => {
  it.each([first, `86${first}`, `+86${first}`, `%2B86${first}`, '139 1234 5678'])(
    'to the number %s, however it is written',
    async (number) => {
      const { sandbox, send } = await open();
      await send(to(first));
      await send(to(second));

      expect(await ask(`${sandbox.endpoint}/messages/latest?to=${number}`)).toMatchObject({
        status: 200,
        answer: { phoneNumber: first },
      });
    }
  );

  it('to any number, where none is told', async () => {
    const { sandbox, send } = await open();
    await send(to(first));
    await send(to(second));

    expect(await ask(`${sandbox.endpoint}/messages/latest`)).toMatchObject({
      answer: { phoneNumber: second },
    });
  });

  it('as soon as it comes, and not for a message to another number', async () => {
    const { latest, send } = await open();
    const waiting = latest('&wait=20');
    await send(to(second));
    await send(to(first));

    expect(await waiting).toMatchObject({ status: 200, answer: { phoneNumber: first } });
  });

  it('that came after a time: that of a message, that of a click, or 0', async () => {
    const { sandbox, latest, send } = await open();
    await send(to(first));
    const { answer } = await latest();
    const { time } = messageGuard.parse(answer);

    expect(await latest(`&after=${time}`)).toMatchObject({ status: 404 });
    expect(await latest(`&after=${Date.parse(time)}`)).toMatchObject({ status: 404 });
    expect(await latest(`&after=${time.replace('Z', '+00:00')}`)).toMatchObject({ status: 404 });
    expect(await latest(`&after=${Date.parse(time) - 1}`)).toMatchObject({ status: 200 });
    expect(await latest('&after=0')).toMatchObject({ status: 200 });

    const waiting = latest(`&after=${time}&wait=20`);
    sandbox.passSeconds(60);
    await send(to(first, '111111'));
    expect(await waiting).toMatchObject({ answer: { code: '111111' } });
  });

  it('rather than a refusal, even a later one', async () => {
    const { sandbox, latest, send } = await open({ faults: { next: 'noBalance' } });
    const click = justNow();
    await send(to(first));
    await send(to(first));
    await ask(`${sandbox.endpoint}/faults`, { method: 'PUT', body: { all: 'noBalance' } });
    await send(to(first));

    expect(await latest(`&after=${click}`)).toMatchObject({ status: 200 });
  });
});

describe.concurrent('GET /messages/latest says why no message came', () => {
  it('at once where one was refused meanwhile', async () => {
    const { latest, send } = await open({ faults: { all: 'noBalance' } });
    const waiting = latest('&wait=20');
    await send(to(second));
    await send(to(first));

    expect(await waiting).toMatchObject({
      status: 409,
      answer: {
        error: `No message came to ${first}: isv.OUT_OF_SERVICE, no balance is left (the fault "noBalance").`,
        request: { to: first, fault: 'noBalance' },
      },
    });
  });

  it('at once where one was accepted after the time, and never arrives', async () => {
    const { latest, send } = await open({ faults: { all: 'lost' } });
    const click = justNow();
    const reason = `No message came to ${first}: it was accepted, but never arrives (the fault "lost").`;
    await send(to(first));
    await send(to(second));

    expect(await latest(`&after=${click}&wait=20`)).toMatchObject({
      status: 409,
      answer: { error: reason, request: { to: first } },
    });
    expect(await latest()).toMatchObject({
      status: 409,
      answer: { error: `${reason} That was before this call; nothing came since.` },
    });
    expect(await latest(`&after=${Date.now()}`)).toMatchObject({ status: 404 });
  });

  it.each([
    ['frequency', 'biz.FREQUENCY, too soon after the last one'],
    ['throttled', 'Throttling.User, too many requests'],
    ['badGateway', 'HTTP 502'],
    ['reset', 'no answer'],
  ] as const)(
    'after the fault %s only when no other request follows in five seconds',
    async (all, expected) => {
      const { latest, send } = await open({ faults: { all } });
      const click = justNow();
      await send(to(first));

      expect(await latest(`&after=${click}`)).toMatchObject({
        status: 409,
        answer: {
          error: `No message came to ${first}: ${expected} (the fault "${all}"). The connector may send it again.`,
        },
      });

      const begin = performance.now();
      expect(await latest(`&after=${click}&wait=20`)).toMatchObject({
        status: 409,
        answer: { error: `No message came to ${first}: ${expected} (the fault "${all}").` },
      });
      expect(performance.now() - begin).toBeGreaterThan(3000);
    }
  );

  it.each(['frequency', 'badGateway'] as const)(
    'not after the fault %s where the message comes by the next request',
    async (next) => {
      const { sandbox, latest, send } = await open({ faults: { next } });
      const waiting = latest(`&after=${justNow()}&wait=20`);
      await send(to(first));
      await ask(`${sandbox.endpoint}/faults`, { method: 'PUT', body: { next: null } });
      // Another code, so that it does not belong to the message that met the fault.
      await send(to(first, '111111'));

      expect(await waiting).toMatchObject({ status: 200, answer: { code: '111111' } });
    }
  );

  it('not by a retry of what was delivered', async () => {
    const { latest, send } = await open({ faults: { next: 'cut' } });
    const message = to(first);
    await send(message);
    const { answer } = await latest();
    await send(message);

    expect(await latest(`&after=${messageGuard.parse(answer).time}`)).toMatchObject({
      status: 404,
    });
  });

  it('where nothing came at all', async () => {
    const { latest } = await open();

    expect(await latest()).toMatchObject({
      status: 404,
      answer: { error: expect.stringContaining('Was it asked for?') as unknown },
    });
  });

  it('where the message came a little before the time, as with a clock that is ahead', async () => {
    const { latest, send } = await open();
    await send(to(first));
    const { answer } = await latest();
    const { time } = messageGuard.parse(answer);

    expect(await latest(`&after=${Date.parse(time) + 5000}`)).toMatchObject({
      status: 404,
      answer: {
        error: expect.stringContaining(`came 5000 ms before it, at ${time}`) as unknown,
      },
    });
    expect(await latest(`&after=${Date.parse(time) + 61_000}`)).toMatchObject({
      status: 404,
      answer: { error: expect.stringContaining('Was it asked for?') as unknown },
    });
  });
});

describe.concurrent('GET /messages/latest gives up', () => {
  it('after the time that was asked for, whatever comes meanwhile', async () => {
    const { latest, send } = await open();
    const begin = performance.now();
    const waiting = latest('&wait=2');
    await send(to(second));

    expect(await waiting).toMatchObject({ status: 404 });
    expect(performance.now() - begin).toBeGreaterThan(1950);
  });

  it.each(['to=1381234567', 'wait=61', 'after=1795507200', `to=${first}&to=${second}`, 'since=1'])(
    'at once on the query %s',
    async (query) => {
      const { sandbox } = await open();

      expect(await ask(`${sandbox.endpoint}/messages/latest?${query}`)).toMatchObject({
        status: 400,
      });
    }
  );
});

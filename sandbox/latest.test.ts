import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { form } from '../test/helpers/form.js';
import { ask, post } from '../test/helpers/sandbox-client.js';
import { openSandbox } from '../test/helpers/sandbox.js';

const first = '13912345678';
const second = '13812345678';

const to = (PhoneNumber: string) => form({ PhoneNumber });

setFlagsFromString('--expose-gc');
const collectGarbage = z.function().parse(runInNewContext('gc'));

const errorGuard = z.object({ error: z.string() });
const messageGuard = z.object({ time: z.string() });

describe('GET /messages/latest', () => {
  it('gives the newest message to a number, in whatever form that is written', async () => {
    const { endpoint } = await openSandbox();
    const latest = `${endpoint}/messages/latest`;
    expect((await ask(`${latest}?to=${first}`)).status).toBe(404);

    await post(endpoint, to(first));
    await post(endpoint, to(second));
    expect((await ask(latest)).answer).toMatchObject({ phoneNumber: second });

    for (const to of [first, `86${first}`, `+86${first}`, `%2B86${first}`, '139 1234 5678']) {
      expect((await ask(`${latest}?to=${to}`)).answer).toMatchObject({
        phoneNumber: first,
      });
    }
  });

  it.each(['to=1381234567', 'wait=61', 'after=1795507200', `to=${first}&to=${second}`, 'since=1'])(
    'refuses the query %s',
    async (query) => {
      const { endpoint } = await openSandbox();

      expect((await ask(`${endpoint}/messages/latest?${query}`)).status).toBe(400);
    },
  );

  it('answers when the message comes, and not to a message to another number', async () => {
    const { endpoint } = await openSandbox();
    const waiting = ask(`${endpoint}/messages/latest?to=${first}&wait=20`);
    await post(endpoint, to(second));
    await post(endpoint, to(first));

    expect(await waiting).toMatchObject({ status: 200, answer: { phoneNumber: first } });
  });

  it('gives only what came after a time: that of a message, or that of a click', async () => {
    const { endpoint, passSeconds } = await openSandbox();
    const latest = `${endpoint}/messages/latest?to=${first}`;
    await post(endpoint, to(first));
    const { time } = messageGuard.parse((await ask(latest)).answer);

    expect((await ask(`${latest}&after=${time}`)).status).toBe(404);
    expect((await ask(`${latest}&after=${Date.parse(time)}`)).status).toBe(404);
    expect((await ask(`${latest}&after=${Date.parse(time) - 1}`)).status).toBe(200);

    const later = time.replace('Z', '+00:00');
    expect((await ask(`${latest}&after=${later}`)).status).toBe(404);

    const waiting = ask(`${latest}&after=${time}&wait=20`);
    passSeconds(60);
    await post(endpoint, form({ PhoneNumber: first, TemplateCode: '100003' }));
    expect((await waiting).answer).toMatchObject({ templateCode: '100003' });
  });

  it('ends at once with a request that was refused meanwhile', async () => {
    const { endpoint } = await openSandbox({ faults: { all: 'noBalance' } });
    const waiting = ask(`${endpoint}/messages/latest?to=${first}&wait=20`);
    await post(endpoint, to(second));
    await post(endpoint, to(first));

    expect(await waiting).toMatchObject({
      status: 409,
      answer: {
        error: `No message came to ${first}: isv.OUT_OF_SERVICE (the fault "noBalance").`,
        request: { to: first, fault: 'noBalance' },
      },
    });
  });

  it.each([
    ['badGateway', 'HTTP 502'],
    ['garbage', 'no answer'],
  ] as const)('calls what was answered after the fault %s %s', async (all, expected) => {
    const { endpoint } = await openSandbox({ faults: { all } });
    const body = to(first);
    const click = Date.now() - 1;
    // The connector's repeat is the end of it.
    await post(endpoint, body).catch(() => undefined);
    await post(endpoint, body).catch(() => undefined);

    const { answer } = await ask(`${endpoint}/messages/latest?after=${click}`);
    expect(errorGuard.parse(answer).error).toContain(`${first}: ${expected} (the fault "${all}").`);
  });

  it('knows of a refusal before it was asked, at once only by the time', async () => {
    const { endpoint } = await openSandbox({ faults: { all: 'lost' } });
    const latest = `${endpoint}/messages/latest?to=${first}`;
    const click = Date.now() - 1;
    const reason = `No message came to ${first}: it was accepted, but never arrives (the fault "lost").`;
    await post(endpoint, to(first));
    await post(endpoint, to(second));

    expect(await ask(`${latest}&after=${click}&wait=20`)).toMatchObject({
      status: 409,
      answer: { error: reason, request: { to: first } },
    });
    expect(await ask(latest)).toMatchObject({
      status: 409,
      answer: {
        error: `${reason} That was before this call; nothing came since.`,
        request: { to: first },
      },
    });
    expect((await ask(`${latest}&after=${Date.now()}`)).status).toBe(404);
  });

  it('waits for a message where one was refused before, and prefers it', async () => {
    const { endpoint } = await openSandbox({ faults: { next: 'noBalance' } });
    const latest = `${endpoint}/messages/latest?to=${first}`;
    const click = Date.now() - 1;
    await post(endpoint, to(first));
    const waiting = ask(`${latest}&wait=20`);
    await ask(`${endpoint}/faults`);
    await post(endpoint, to(first));
    expect(await waiting).toMatchObject({ status: 200, answer: { phoneNumber: first } });

    await ask(`${endpoint}/faults`, { method: 'PUT', body: { all: 'noBalance' } });
    await post(endpoint, to(first));
    expect((await ask(`${latest}&after=${click}`)).status).toBe(200);
  });

  it('gives up after the time that was asked for, whatever comes meanwhile', async () => {
    const { endpoint } = await openSandbox();
    const latest = `${endpoint}/messages/latest?to=${first}&wait=2`;
    const begin = performance.now();
    const waiting = Promise.all(Array.from({ length: 5 }, async () => ask(latest)));

    for (let index = 0; index < 20; index += 1) {
      await post(endpoint, to(second));
      collectGarbage();
    }

    expect((await waiting).map(({ status }) => status)).toEqual(Array(5).fill(404));
    expect(performance.now() - begin).toBeGreaterThan(1950);
  });
});

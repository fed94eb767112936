import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { z } from 'zod';

import { describe, expect, it, vi } from 'vitest';

import { form } from '../test/helpers/form.js';
import { ask, listenToEvents, post } from '../test/helpers/sandbox-client.js';
import { openSandbox } from '../test/helpers/sandbox.js';

import { faults } from './service/faults.js';

const factsGuard = z.object({
  facts: z.object({
    config: z.string(),
    faults: z.array(z.object({ name: z.string(), en: z.string() })),
    magicNumbers: z.array(z.object({ from: z.string(), to: z.string() })),
  }),
});

const put = async (endpoint: string, body: unknown) =>
  ask(`${endpoint}/faults`, { method: 'PUT', body });

describe('GET /events', () => {
  it('begins with what stays as it is, and what there is', async () => {
    const { endpoint, config } = await openSandbox({ faults: { next: 'hang' } });
    await post(endpoint, form({ PhoneNumber: '13800000000' }));
    const { next, stop } = await listenToEvents(endpoint);
    const [event, start] = await next();
    await stop();

    expect(event).toBe('start');
    expect(start).toMatchObject({
      requests: [{ id: 1, to: '13800000000' }],
      faults: { next: 'hang', all: null, numbers: {}, interval: true },
    });

    const { facts } = factsGuard.parse(start);
    expect(facts.config).toBe(config);
    expect(config.split('\n')[1]).toBe(`  "endpoint": "${endpoint}",`);
    expect(facts.faults.map(({ name }) => name)).toEqual(Object.keys(faults));
    expect(facts.magicNumbers.at(-1)).toEqual({ from: '13800001000', to: '13800001999' });
  });

  it('goes on with each request, each change of the faults, and what is left when some are gone', async () => {
    const { endpoint } = await openSandbox();
    const { next, stop } = await listenToEvents(endpoint);
    await next();

    await post(endpoint, form());
    expect(await next()).toMatchObject(['request', { id: 1, code: '482913' }]);
    await post(endpoint, form({ PhoneNumber: '13912345678' }));
    expect(await next()).toMatchObject(['request', { id: 2 }]);

    await ask(`${endpoint}/messages?to=13912345678`, { method: 'DELETE' });
    expect(await next()).toMatchObject(['requests', [{ id: 1 }]]);

    await put(endpoint, { next: 'noBalance' });
    expect(await next()).toMatchObject(['faults', { next: 'noBalance' }]);
    await post(endpoint, form({ PhoneNumber: '13912345678' }));
    expect(await next()).toMatchObject(['faults', { next: null }]);
    expect(await next()).toMatchObject(['request', { id: 3, fault: 'noBalance' }]);

    await ask(`${endpoint}/reset`, { method: 'POST' });
    expect(await next()).toEqual(['requests', []]);
    expect(await next()).toMatchObject(['faults', { interval: true }]);
    await stop();
  });

  it('tells a request whose connection is held once more when it ends', async () => {
    const onRequest = vi.fn();
    const { endpoint } = await openSandbox({ faults: { all: 'hang' }, onRequest });
    const { next, stop } = await listenToEvents(endpoint);
    await next();

    const request = http.request(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    request.on('error', vi.fn()).end(form().toString());

    expect(await next()).toMatchObject(['request', { id: 1, isOpen: true, status: null }]);
    request.destroy();
    expect(await next()).toMatchObject(['request', { id: 1, isOpen: false, status: null }]);
    await stop();
    // To whoever started the sandbox, it is told once.
    expect(onRequest.mock.calls).toMatchObject([[{ id: 1, isOpen: true }]]);
  });

  it('cuts the connection of a client that does not read, and of no other', async () => {
    const { endpoint } = await openSandbox();
    const { next, stop } = await listenToEvents(endpoint);
    const silent = await new Promise<IncomingMessage>((resolve) => {
      http.get(`${endpoint}/events`, resolve);
    });
    await next();

    /* eslint-disable no-await-in-loop -- One event after the other. */
    for (const _ of Array.from({ length: 120 })) {
      await post(endpoint, 'a'.repeat(8000));
      await next();
    }

    // Each of them tells all requests.
    for (const _ of Array.from({ length: 40 })) {
      await ask(`${endpoint}/messages?to=13912345678`, { method: 'DELETE' });
      await next();
    }
    /* eslint-enable no-await-in-loop */

    silent.resume();
    await expect(once(silent, 'end')).rejects.toThrow('aborted');

    await post(endpoint, form());
    expect(await next()).toMatchObject(['request', { to: '13800138000' }]);
    await stop();
  });
});

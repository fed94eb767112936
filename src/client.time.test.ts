import { noop } from '@silverhand/essentials';
import http, { type ServerResponse } from 'node:http';

import { beforeAll, describe, expect, it } from 'vitest';

import { startAlone } from '../test/helpers/alone.js';
import { startAsleep } from '../test/helpers/asleep.js';
import { call } from '../test/helpers/call.js';
import { makeCertificate } from '../test/helpers/certificate.js';
import { defineName } from '../test/helpers/names.js';
import { config, refusal } from '../test/helpers/send.js';
import { closeAfterwards, listen, ok, passOn, serve, serveRaw } from '../test/helpers/servers.js';

const certificate = await makeCertificate();
closeAfterwards(certificate.remove);

/** What a server can do that answers no more. */
const silences: Record<string, (response: ServerResponse) => unknown> = {
  'says nothing': noop,
  'stops after the headers': (response) => {
    response.writeHead(200, { 'content-length': ok.length }).flushHeaders();
  },
  'sends a byte now and then': (response) => {
    response.writeHead(200, { 'content-length': ok.length }).flushHeaders();
    const timer = setInterval(() => response.write(' '), 400);
    response.once('close', () => {
      clearInterval(timer);
    });
  },
};

/** What a call that takes all its 8 s may take on a computer that is busy, in milliseconds. */
const longest = 9500;

/** A server that has answered once, on a connection that is kept, and goes on as it is told. */
const serveKept = async (goOn: (response: ServerResponse) => unknown) => {
  const server = await serve((response) =>
    server.forms.length === 1 ? response.end(ok) : goOn(response)
  );

  await call(server.endpoint, 'nonce=0');

  return server;
};

beforeAll(async () => {
  // The first call of a process takes longer.
  const { endpoint } = await serve((response) => response.end(ok));

  await refusal({ ...config, endpoint });
});

describe.concurrent('an answer after 6.5 s is waited for', () => {
  it('on new connections, with ten messages at once', async () => {
    const start = performance.now();
    // After the call began, and not after the form arrived, which takes a busy computer long.
    const { endpoint, forms } = await serve((response) => {
      setTimeout(() => response.end(ok), start + 6500 - performance.now());
    });
    const sending = Array.from({ length: 10 }, async () => refusal({ ...config, endpoint }));

    const errors = await Promise.all(sending);

    expect(errors.filter((error) => error !== undefined)).toEqual([]);
    expect(forms).toHaveLength(10);
  });

  it('on a connection that was kept', async () => {
    const { endpoint, forms } = await serveKept((response) => {
      setTimeout(() => response.end(ok), start + 6500 - performance.now());
    });
    const start = performance.now();
    const { outcome } = await call(endpoint, 'nonce=1');

    expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: false });
    expect(forms).toEqual(['nonce=0', 'nonce=1']);
  });
});

describe.concurrent('a call ends within 8 s', () => {
  const unanswered = { failure: 'unanswered', reference: 'ETIMEDOUT', mayBeDelivered: true };

  it.each(Object.entries(silences))('at a server that %s', async (_, answer) => {
    const { endpoint, forms } = await serve(answer);
    const { outcome, milliseconds } = await call(endpoint);

    expect(outcome).toEqual(unanswered);
    expect(forms).toHaveLength(1);
    expect(milliseconds).toBeGreaterThan(7900);
    expect(milliseconds).toBeLessThan(longest);
  });

  it.each(Object.entries(silences))('on a kept connection that %s', async (_, answer) => {
    const { endpoint } = await serveKept(answer);
    const { outcome, milliseconds } = await call(endpoint, 'nonce=1');

    expect(outcome).toEqual(unanswered);
    expect(milliseconds).toBeLessThan(longest);
  });

  it.each([
    ['look-up', async () => ({ port: 1, lookUp: undefined })],
    ['TCP', async () => ({ port: await startAsleep(), lookUp: ['127.0.0.1'] })],
    ['TLS handshake', async () => ({ ...(await serveRaw(noop)), lookUp: ['127.0.0.1'] })],
  ] as const)('where the %s never ends', async (step, prepare) => {
    const { port, lookUp } = await prepare();
    const name = `never-${step.replace(' ', '-').toLowerCase()}.invalid`;
    defineName(name, lookUp);
    const { outcome, milliseconds } = await call(`https://${name}:${port}`);

    expect(outcome).toEqual({
      failure: 'unreachable',
      reference: 'ETIMEDOUT',
      mayBeDelivered: false,
    });
    expect(milliseconds).toBeLessThan(longest);
  });
});

describe.concurrent('a slow connection is waited for', () => {
  it('with 1.5 s for the first of two addresses', async () => {
    const port = await startAsleep();
    const server = http.createServer((_, response) => response.end(ok));
    await listen(server, { port, host: '127.0.0.2' });
    defineName('slow.invalid', ['127.0.0.1', '127.0.0.2']);
    const { outcome, milliseconds } = await call(`http://slow.invalid:${port}`);

    expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: false });
    expect(milliseconds).toBeGreaterThan(1400);
  });

  it('where the first address is dead, and TLS with the second takes 1.6 s', async () => {
    const port = await startAsleep();
    const { port: tlsPort, forms } = await serve((response) => response.end(ok), certificate);
    const slow = http.createServer();
    slow.removeAllListeners('connection').on('connection', (socket) => {
      setTimeout(() => {
        passOn(socket, tlsPort);
      }, 1600);
    });
    await listen(slow, { port, host: '127.0.0.2' });
    const { post } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });
    const results = await post([`https://localhost:${port}`], 8000, ['127.0.0.1', '127.0.0.2']);

    expect(results).toMatchObject([{ outcome: { answer: { code: 'OK' } } }]);
    expect(forms).toHaveLength(1);
  });
});

describe.concurrent(
  'nothing is sent in the last second of a call, in which nobody could read an answer',
  () => {
    it('over a connection that is there too late', async () => {
      const server = await serve((response) => response.end(ok), certificate);
      const front = await serveRaw((socket) => {
        setTimeout(() => {
          passOn(socket, server.port);
        }, 2800);
      });
      const { post } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });

      expect(await post([`https://127.0.0.1:${front.port}`], 3500)).toMatchObject([
        { outcome: { failure: 'unreachable', mayBeDelivered: false } },
      ]);
      await front.close();
      expect(server.forms).toHaveLength(0);
    });

    it('after a page that came late', async () => {
      const { endpoint, forms } = await serve((response) => {
        setTimeout(() => response.writeHead(503).end(), start + 7300 - performance.now());
      });
      const start = performance.now();
      const { outcome } = await call(endpoint);

      expect(outcome).toMatchObject({ failure: 'gatewayDown', mayBeDelivered: true });
      expect(forms).toHaveLength(1);
    });
  }
);

describe.concurrent('a process can end right after a call', () => {
  it.each([
    ['a server that never answers', async () => serve(noop)],
    [
      'a connection that never opens',
      async () => ({ endpoint: `http://127.0.0.1:${await startAsleep()}` }),
    ],
    ['a message that was sent', async () => serve((response) => response.end(ok))],
  ])('to %s', async (_, start) => {
    const { endpoint } = await start();
    const { post, end } = await startAlone();

    await post([endpoint], 3000);
    const ended = performance.now();

    expect(await end()).toBe(0);
    expect(performance.now() - ended).toBeLessThan(2500);
  });
});

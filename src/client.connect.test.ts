import http from 'node:http';
import { type Socket } from 'node:net';

import { describe, expect, it } from 'vitest';

import { startAsleep } from '../test/helpers/asleep.js';
import { call } from '../test/helpers/call.js';
import { defineName } from '../test/helpers/names.js';
import { listen, nowhere, ok, serve, serveRaw } from '../test/helpers/servers.js';

describe.concurrent('a connection', () => {
  // Node.js gives an address 250 ms, in which a slow line shakes no hands.
  it.each([
    ['first try', []],
    ['repeat', ['ENOTFOUND']],
  ])('may take 1.5 s to an address before the next one is tried: %s', async (title, failures) => {
    const port = await startAsleep();
    const server = http.createServer((_, response) => response.end(ok));
    const { sockets } = await listen(server, { port, host: '127.0.0.2' });
    const name = `slow-${title.replace(' ', '-')}.invalid`;
    const lookUps = defineName(name, ...failures, ['127.0.0.1', '127.0.0.2']);
    const { outcome, milliseconds } = await call(`http://${name}:${port}`);

    expect(outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: false });
    expect(milliseconds).toBeGreaterThan(1400);
    expect(lookUps).toHaveLength(failures.length + 1);
    expect(sockets).toHaveLength(1);
  });

  it.each([
    'EAI_AGAIN',
    'ECONNABORTED',
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EPIPE',
    'EPROTO',
    'ETIMEDOUT',
  ])('is tried once more after a failure: %s', async (code) => {
    const { port, forms } = await serve((response) => response.end(ok));
    const name = code.toLowerCase();
    const passing = defineName(`passing.${name}.invalid`, code, ['127.0.0.1']);
    const lasting = defineName(`lasting.${name}.invalid`, code);
    const [first, second] = await Promise.all([
      call(`http://passing.${name}.invalid:${port}`),
      call(`http://lasting.${name}.invalid:${port}`),
    ]);

    expect(first.outcome).toMatchObject({ answer: { code: 'OK' }, mayBeDelivered: false });
    expect(passing).toHaveLength(2);
    expect(forms).toHaveLength(1);
    expect(second.outcome).toEqual({
      failure: 'unreachable',
      reference: code,
      mayBeDelivered: false,
    });
    expect(lasting).toHaveLength(2);
  });

  it('is refused where nothing listens', async () => {
    const { outcome } = await call(nowhere);

    expect(outcome).toEqual({
      failure: 'unreachable',
      reference: 'ECONNREFUSED',
      mayBeDelivered: false,
    });
  });

  it('is not tried once more where less than a second is left', async () => {
    const { port, sockets } = await serveRaw((socket) => {
      setTimeout(() => socket.destroy(), 2500);
    });
    const { outcome } = await call(`https://127.0.0.1:${port}`, 'nonce=1', 3000);

    expect(outcome).toMatchObject({ failure: 'unreachable', mayBeDelivered: false });
    expect(sockets).toHaveLength(1);
  });

  it.each([
    ['look-up', async () => ({ port: 1, lookUp: undefined })],
    ['connecting', async () => ({ port: await startAsleep(), lookUp: ['127.0.0.1'] })],
  ] as const)('is tried once more after a %s of 3 s, and then given up', async (step, prepare) => {
    const { port, lookUp } = await prepare();
    const times = defineName(`${step}.invalid`, lookUp);
    const { outcome, milliseconds } = await call(`https://${step}.invalid:${port}`);
    const [first = 0, second = 0] = times;

    expect(outcome).toEqual({
      failure: 'unreachable',
      reference: 'ETIMEDOUT',
      mayBeDelivered: false,
    });
    expect(milliseconds).toBeLessThan(9000);
    expect(times).toHaveLength(2);
    expect(second - first).toBeGreaterThan(2000);
    expect(second - first).toBeLessThan(5500);
  });

  it.each([
    ['is cut', (socket: Socket) => socket.destroy(), 0],
    ['stalls', () => undefined, 5500],
    ['is none', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 0],
  ] as const)('is tried once more after a TLS handshake that %s', async (_, act, from) => {
    const { port, sockets } = await serveRaw((socket) => socket.once('data', () => act(socket)));
    const { outcome, milliseconds } = await call(`https://127.0.0.1:${port}`);

    expect(outcome).toMatchObject({ failure: 'unreachable', mayBeDelivered: false });
    expect(sockets).toHaveLength(2);
    expect(milliseconds).toBeGreaterThan(from);
    expect(milliseconds).toBeLessThan(9000);
  });
});

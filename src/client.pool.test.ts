import { subscribe } from 'node:diagnostics_channel';
import { type ServerResponse } from 'node:http';
import net, { type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, vi } from 'vitest';

import { startAlone } from '../test/helpers/alone.js';
import { call } from '../test/helpers/call.js';
import { makeCertificate } from '../test/helpers/certificate.js';
import { config, refusal } from '../test/helpers/send.js';
import { closeAfterwards, ok, serve, serveInTurn } from '../test/helpers/servers.js';

/** Sends messages at the same time, all of which must be sent. */
const sendAll = async (endpoint: string, length: number): Promise<void> => {
  const sending = Array.from({ length }, async () => refusal({ ...config, endpoint }));
  const errors = await Promise.all(sending);

  expect(errors.filter((error) => error !== undefined)).toEqual([]);
};

/** A server that answers when as many requests as it is told are there. */
const serveBursts = async () => {
  const held: ServerResponse[] = [];
  const { endpoint, sockets } = await serve((response) => held.push(response));
  const burst = async (length: number): Promise<void> => {
    const sending = sendAll(endpoint, length);

    await vi.waitFor(() => {
      expect(held).toHaveLength(length);
    }, 7000);
    held.splice(0).forEach((response) => response.end(ok));
    await sending;
  };

  return { sockets, burst };
};

describe.concurrent('connections', () => {
  it('are shared by the connectors that Logto builds, one for each message', async () => {
    const { endpoint, sockets } = await serveInTurn([200, ok]);

    await sendAll(endpoint, 1);
    await sendAll(endpoint, 1);

    expect(sockets).toHaveLength(1);
  });

  it('are as many as there are messages; 64 are kept, so that bursts of 50 open none', async () => {
    const { sockets, burst } = await serveBursts();

    await burst(50);
    await burst(50);
    expect(sockets).toHaveLength(50);

    await burst(100);
    await vi.waitFor(() => {
      expect(sockets.filter(({ destroyed }) => !destroyed)).toHaveLength(64);
    }, 5000);
  });

  it('that died while idle are replaced, as often as that happens', async () => {
    const seen = new Set<Socket>();
    const held: ServerResponse[] = [];
    const { endpoint, forms } = await serve((response, _, { socket }) => {
      if (seen.has(socket)) {
        // The request and the closing of an idle connection crossed.
        socket.resetAndDestroy();
        return;
      }

      seen.add(socket);

      // The first six come over six connections.
      if (held.length < 6) {
        held.push(response);

        if (held.length === 6) {
          held.forEach((it) => it.end(ok));
        }
      } else {
        response.end(ok);
      }
    });

    await sendAll(endpoint, 6);

    for (let index = 0; index < 6; index += 1) {
      await sendAll(endpoint, 1);
    }

    // Each of the later ones met a dead connection first, and no second one.
    expect(forms).toHaveLength(6 + 2 * 6);
    expect(new Set(forms).size).toBe(12);
  });

  it('that the server closed are no loss', async () => {
    const { endpoint, forms, server, sockets } = await serveInTurn([200, ok]);

    await sendAll(endpoint, 6);
    server.closeAllConnections();
    await sendAll(endpoint, 6);

    expect(new Set(forms).size).toBe(12);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it('that are idle are closed once one of them is found dead without a word', async () => {
    const held: ServerResponse[] = [];
    const dead = new Set<Socket>();
    const { endpoint, sockets, arrivals } = await serve((response, _, { socket }) => {
      if (dead.has(socket)) {
        return;
      }

      if (held.length === 3) {
        response.end(ok);
        return;
      }

      dead.add(socket);
      held.push(response);

      if (held.length === 3) {
        held.forEach((it) => it.end(ok));
      }
    });

    await sendAll(endpoint, 3);
    expect(sockets).toHaveLength(3);
    // Waits 5 s for the dead one; the next has nothing to wait for.
    await sendAll(endpoint, 1);
    await sendAll(endpoint, 1);

    // Three, then one at a dead connection, its repeat, and one more.
    expect(arrivals).toHaveLength(3 + 2 + 1);
    await vi.waitFor(() => {
      expect(sockets.slice(0, 3).every(({ destroyed }) => destroyed)).toBe(true);
    }, 5000);
  });

  it('are given up when the Keep-Alive header of the server says so', async () => {
    const { endpoint, sockets } = await serveInTurn([200, ok, { 'keep-alive': 'timeout=2' }]);

    await call(endpoint);
    await vi.waitFor(() => {
      expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
    }, 8000);
  });

  it('are given up after a minute', async () => {
    const idleTimes: unknown[] = [];
    const { endpoint, port } = await serveInTurn([200, ok]);

    subscribe('net.client.socket', (message) => {
      const socket =
        typeof message === 'object' && message !== null && 'socket' in message && message.socket;

      if (socket instanceof net.Socket) {
        socket.once('free', () => {
          if (socket.remotePort === port) {
            setImmediate(() => idleTimes.push(socket.timeout));
          }
        });
      }
    });
    await call(endpoint);
    await vi.waitFor(() => {
      expect(idleTimes).toEqual([60_000]);
    }, 5000);
  });

  it("are kept for longer than the 5 s of Node's own agent, but keep no process alive", async () => {
    const certificate = await makeCertificate();
    closeAfterwards(certificate.remove);
    const plain = await serveInTurn([200, ok]);
    const encrypted = await serve((response) => response.end(ok), certificate);
    const { post, end } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });

    await post([plain.endpoint, encrypted.endpoint]);
    await sleep(6000);
    await post([plain.endpoint, encrypted.endpoint]);

    expect(plain.forms).toHaveLength(2);
    expect(encrypted.forms).toHaveLength(2);
    expect(plain.sockets).toHaveLength(1);
    expect(encrypted.sockets).toHaveLength(1);
    expect(await end()).toBe(0);
  });
});

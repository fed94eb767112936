import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, vi } from 'vitest';

import { startAlone } from '../test/helpers/alone.js';
import { call } from '../test/helpers/call.js';
import { makeCertificate } from '../test/helpers/certificate.js';
import { config, refusal } from '../test/helpers/send.js';
import { closeAfterwards, ok, serve, serveInTurn } from '../test/helpers/servers.js';

const certificate = await makeCertificate();
closeAfterwards(certificate.remove);

/** Sends messages at the same time, all of which must be sent. */
const sendAll = async (endpoint: string, length: number): Promise<void> => {
  const sending = Array.from({ length }, async () => refusal({ ...config, endpoint }));
  const errors = await Promise.all(sending);

  expect(errors.filter((error) => error !== undefined)).toEqual([]);
};

/** A server that answers when as many requests as it is told are there. */
const serveBursts = async () => {
  const held = new Set<ServerResponse>();
  const { endpoint, sockets } = await serve((response) => held.add(response));
  const burst = async (length: number): Promise<void> => {
    const sending = sendAll(endpoint, length);

    await vi.waitFor(() => {
      expect(held.size).toBe(length);
    }, 7000);

    for (const response of held) {
      response.end(ok);
    }

    held.clear();
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
    const held = new Set<ServerResponse>();
    const { endpoint, forms } = await serve((response, _, { socket }) => {
      if (seen.has(socket)) {
        // The request and the closing of an idle connection crossed.
        socket.resetAndDestroy();
        return;
      }

      seen.add(socket);

      // The first six come over six connections.
      if (held.size < 6) {
        held.add(response);

        if (held.size === 6) {
          for (const it of held) {
            it.end(ok);
          }
        }
      } else {
        response.end(ok);
      }
    });

    await sendAll(endpoint, 6);

    for (const length of [1, 1, 1, 1, 1, 1]) {
      // eslint-disable-next-line no-await-in-loop -- One after the other.
      await sendAll(endpoint, length);
    }

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

  it('that the server closes after it got a message may have delivered it, even if the process is busy', async () => {
    const { endpoint, forms } = await serve((response) => {
      if (forms.length === 1) {
        response.end(ok);
      } else {
        response.socket?.destroy();
      }
    }, certificate);
    const { post } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });

    await post([endpoint]);
    // Time for one copy alone.
    const results = await post([endpoint], 1250, undefined, 200);

    expect(results).toMatchObject([{ outcome: { failure: 'unanswered', mayBeDelivered: true } }]);
  });

  it('are given up when the Keep-Alive header of the server says so', async () => {
    const { endpoint, sockets } = await serveInTurn([200, ok, { 'keep-alive': 'timeout=2' }]);

    await call(endpoint);
    await vi.waitFor(() => {
      expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
    }, 8000);
  });

  it.each(['http', 'https'])(
    'are used again after 6 s without a message, and closed after twice that: %s',
    async (protocol) => {
      const server = await serve(
        (response) => response.end(ok),
        protocol === 'https' ? certificate : undefined
      );
      const { post, end } = await startAlone({ NODE_EXTRA_CA_CERTS: certificate.file });

      await post([server.endpoint]);
      await sleep(6000);
      await post([server.endpoint]);
      expect(server.forms).toHaveLength(2);
      expect(server.sockets).toHaveLength(1);

      await vi.waitFor(() => {
        expect(server.sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
      }, 14_000);
      // Nothing of it keeps the process alive.
      expect(await end()).toBe(0);
    }
  );
});

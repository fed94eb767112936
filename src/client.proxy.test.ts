import { noop } from '@silverhand/essentials';
import { once } from 'node:events';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { startAlone } from '../test/helpers/alone.js';
import { makeCertificate } from '../test/helpers/certificate.js';
import { createRecord } from '../test/helpers/record.js';
import { closeAfterwards, ok, passOn, serve, serveRaw } from '../test/helpers/servers.js';

const certificate = await makeCertificate();
closeAfterwards(certificate.remove);

/** What the environment says to use a proxy. */
const through = (port: number) => ({
  NODE_USE_ENV_PROXY: '1',
  HTTPS_PROXY: `http://127.0.0.1:${port}`,
  NO_PROXY: '',
  NODE_EXTRA_CA_CERTS: certificate.file,
});

const hasProxies = 'proxyEnv' in https.globalAgent.options;

describe.skipIf(!hasProxies)('a proxy', { concurrent: true }, () => {
  it('is used where NODE_USE_ENV_PROXY asks for it, and keeps its tunnels', async () => {
    const server = await serve((response) => response.end(ok), certificate);
    const asked = createRecord<string>();
    const proxy = await serveRaw((socket) =>
      socket.once('data', (chunk) => {
        asked.add(chunk.toString());
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        passOn(socket, server.port);
      })
    );
    const { post } = await startAlone(through(proxy.port));
    const endpoint = `https://localhost:${server.port}`;

    expect(await post([endpoint])).toMatchObject([{ outcome: { answer: { code: 'OK' } } }]);
    expect(await post([endpoint])).toMatchObject([{ outcome: { answer: { code: 'OK' } } }]);
    expect(asked.items).toEqual([expect.stringContaining(`CONNECT localhost:${server.port} `)]);
    expect(server.forms).toHaveLength(2);
  });

  it('that never answers CONNECT is told as no way to Aliyun, within 8 s', async () => {
    const proxy = await serveRaw(noop);
    const { post } = await startAlone(through(proxy.port));
    const [result] = await post(['https://localhost:1']);

    expect(result?.outcome).toMatchObject({ failure: 'unreachable', mayBeDelivered: false });
    expect(result?.milliseconds).toBeLessThan(9500);
  });

  it('that is slow, and whose tunnel leads to a slow handshake, is waited for', async () => {
    const server = await serve((response) => response.end(ok), certificate);
    const proxy = await serveRaw(async (socket) => {
      await once(socket, 'data');
      socket.pause();
      await sleep(1500);
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      await sleep(1500);
      passOn(socket, server.port);
    });
    const { post } = await startAlone(through(proxy.port));

    expect(await post([`https://localhost:${server.port}`])).toMatchObject([
      { outcome: { answer: { code: 'OK' } } },
    ]);
    expect(server.forms).toHaveLength(1);
  });

  it.each([
    ['refuses with 403', 'HTTP/1.1 403 Forbidden\r\n\r\n'],
    ['asks for a password', 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'],
    ['cannot reach Aliyun', 'HTTP/1.1 502 Bad Gateway\r\n\r\n'],
  ])('that %s is told as no way to Aliyun', async (_, answer) => {
    const proxy = await serveRaw((socket) => socket.once('data', () => socket.end(answer)));
    const { post } = await startAlone(through(proxy.port));

    expect(await post(['https://localhost:1'], 3000)).toMatchObject([
      { outcome: { failure: 'unreachable', mayBeDelivered: false } },
    ]);
  });

  it.each([
    [
      'refuses, and keeps the connection open',
      'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n',
    ],
    ['opens a tunnel to nothing', 'HTTP/1.1 200 Connection Established\r\n\r\n'],
    ['never answers', ''],
  ])('that %s leaves nothing behind that keeps a process alive', async (_, answer) => {
    const proxy = await serveRaw((socket) =>
      socket.once('data', () => answer !== '' && socket.write(answer))
    );
    const { post, end } = await startAlone(through(proxy.port));

    await post(['https://localhost:1'], 4000);
    expect(await end()).toBe(0);
  });

  it('that fails for a second is no loss', async () => {
    const server = await serve((response) => response.end(ok), certificate);
    const start = performance.now();
    const proxy = await serveRaw((socket) =>
      socket.once('data', () => {
        if (performance.now() - start < 1000) {
          socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
          return;
        }

        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        passOn(socket, server.port);
      })
    );
    const { post } = await startAlone(through(proxy.port));

    expect(await post([`https://localhost:${server.port}`])).toMatchObject([
      { outcome: { answer: { code: 'OK' } } },
    ]);
  });
});

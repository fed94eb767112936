import https from 'node:https';

import { describe, expect, it } from 'vitest';

import { startAlone } from '../test/helpers/alone.js';
import { makeCertificate } from '../test/helpers/certificate.js';
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
    const asked: string[] = [];
    const proxy = await serveRaw((socket) =>
      socket.once('data', (chunk) => {
        asked.push(chunk.toString());
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        passOn(socket, server.port);
      }),
    );
    const { post } = await startAlone(through(proxy.port));
    const endpoint = `https://localhost:${server.port}`;

    expect(await post([endpoint])).toMatchObject([{ outcome: { answer: { code: 'OK' } } }]);
    expect(await post([endpoint])).toMatchObject([{ outcome: { answer: { code: 'OK' } } }]);
    expect(asked).toEqual([expect.stringContaining(`CONNECT localhost:${server.port} `)]);
    expect(server.forms).toHaveLength(2);
  });

  it('that never answers CONNECT is given up after 3 s, and once more', async () => {
    const proxy = await serveRaw(() => undefined);
    const { post } = await startAlone(through(proxy.port));
    const [result] = await post(['https://localhost:1']);
    const [first = 0, second = 0] = proxy.times;

    expect(result?.outcome).toMatchObject({ failure: 'unreachable', mayBeDelivered: false });
    expect(result?.milliseconds).toBeLessThan(9000);
    expect(proxy.sockets).toHaveLength(2);
    expect(second - first).toBeGreaterThan(2000);
    expect(second - first).toBeLessThan(5500);
  });

  it('that is slow, and whose tunnel leads to a slow handshake, is waited for by the repeat', async () => {
    const server = await serve((response) => response.end(ok), certificate);
    const proxy = await serveRaw((socket) =>
      socket.once('data', () => {
        socket.pause();
        setTimeout(() => {
          socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        }, 1700);
        setTimeout(() => {
          passOn(socket, server.port);
        }, 3300);
      }),
    );
    const { post } = await startAlone(through(proxy.port));

    expect(await post([`https://localhost:${server.port}`], 12_000)).toMatchObject([
      { outcome: { answer: { code: 'OK' } } },
    ]);
    expect(server.forms).toHaveLength(1);
  });

  it('that refuses is one more way to reach nothing', async () => {
    const proxy = await serveRaw((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')),
    );
    const { post } = await startAlone(through(proxy.port));

    expect(await post(['https://localhost:1'])).toMatchObject([
      { outcome: { failure: 'unreachable', mayBeDelivered: false } },
    ]);
    expect(proxy.sockets).toHaveLength(2);
  });
});

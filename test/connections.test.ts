import { execFile } from 'node:child_process';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { TemplateType } from '@logto/connector-kit';
import { afterEach, describe, expect, inject, it } from 'vitest';

import { portOf } from '../sandbox/server.js';
import createConnector from '../src/index.js';
import { makeCertificate } from './certificate.js';

const run = promisify(execFile);
const cleanUps: Array<() => unknown> = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) {
    await cleanUp();
  }
});

/** Listens on loopback until the test ends, and keeps every connection that was opened. */
const listen = async (server: net.Server) => {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    for (const socket of sockets) {
      socket.destroy();
    }
    server.close();
  });

  return { port: portOf(server), sockets };
};

const answerOk: RequestListener = (request, response) => {
  request.resume().once('end', () => {
    response.end('{"Code":"OK"}');
  });
};

const configFor = (endpoint: string) => ({
  accessKeyId: 'fake-id',
  accessKeySecret: 'fake-secret',
  signName: '恒创联众',
  templates: [{ usageType: 'Generic', templateCode: '100001' }],
  endpoint,
});

/** Sends as Logto does: with a connector built for this one message. */
const send = async (port: number): Promise<unknown> => {
  const { sendMessage } = await createConnector({
    getConfig: async () => configFor(`http://127.0.0.1:${port}`),
  });

  return sendMessage({
    to: '8613800138000',
    type: TemplateType.SignIn,
    payload: { code: '482913' },
  });
};

describe('connections', () => {
  it('are shared by the connectors that Logto builds, one for each message', async () => {
    const { port, sockets } = await listen(http.createServer(answerOk));

    await send(port);
    await send(port);
    await send(port);

    expect(sockets).toHaveLength(1);
  });

  it("outlive the 5 seconds of Node's own agent", { timeout: 10_000 }, async () => {
    const server = http.createServer({ keepAliveTimeout: 60_000 }, answerOk);
    const { port, sockets } = await listen(server);

    await send(port);
    await delay(6000);
    await send(port);

    expect(sockets).toHaveLength(1);
  });

  it(
    'are given up when the Keep-Alive header of the server says so',
    { timeout: 10_000 },
    async () => {
      const server = http.createServer((request, response) => {
        response.setHeader('keep-alive', 'timeout=2');
        answerOk(request, response);
      });
      const { port, sockets } = await listen(server);

      await send(port);
      await delay(1500);

      expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
    },
  );

  it('that the server has closed meanwhile cost nobody an error', async () => {
    const seen = new Set<Socket>();
    const forms: string[] = [];
    const server = http.createServer((request, response) => {
      void text(request).then((form) => {
        forms.push(form);

        // Each connection is good for one request; the next one on it is met by a reset.
        if (seen.has(request.socket)) {
          request.socket.resetAndDestroy();
        } else {
          seen.add(request.socket);
          response.end('{"Code":"OK"}');
        }
      });
    });
    const { port } = await listen(server);

    await Promise.all([send(port), send(port), send(port)]);
    const before = forms.length;
    await Promise.all([send(port), send(port), send(port)]);

    expect(before).toBe(3);
    // Each of the second three met a dead connection, then a new one, with the same bytes.
    expect(forms).toHaveLength(9);
    expect(new Set(forms).size).toBe(6);
  });

  it('that the server wants to use for another protocol are closed', async () => {
    const server = net.createServer((socket) => {
      socket.once('data', () => {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
        );
        // Without a listener for its error, a reset would end the process.
        setTimeout(() => socket.resetAndDestroy(), 50);
      });
    });
    const { port, sockets } = await listen(server);
    const start = performance.now();

    await expect(send(port)).rejects.toMatchObject({ code: 'invalid_response' });
    expect(performance.now() - start).toBeLessThan(1000);
    await delay(100);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('are at most 32 at once, and a few when idle', async () => {
    const open = new Set<Socket>();
    const peak = { value: 0 };
    const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      setTimeout(() => {
        answerOk(request, response);
      }, 50);
    });
    const { port } = await listen(server);
    server.on('connection', (socket: Socket) => {
      open.add(socket);
      peak.value = Math.max(peak.value, open.size);
      socket.once('close', () => open.delete(socket));
    });

    await Promise.all(Array.from({ length: 200 }, async () => send(port)));
    await delay(100);

    expect(peak.value).toBe(32);
    expect(open.size).toBeLessThanOrEqual(8);
  });
});

describe('a process of its own', () => {
  const script = `
    import { pathToFileURL } from 'node:url';
    const { default: createConnector } = await import(pathToFileURL(process.env.ENTRY));
    const { sendMessage } = await createConnector({ getConfig: async () => JSON.parse(process.env.CONFIG) });
    await sendMessage({ to: '8613800138000', type: 'SignIn', payload: { code: '482913' } });
    console.log('sent');
  `;

  /** Sends through the packed connector; ends when nothing keeps the process alive any more. */
  const sendFromChild = async (endpoint: string, environment: NodeJS.ProcessEnv) =>
    run(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 10_000,
      env: {
        ...process.env,
        ENTRY: path.join(inject('connectors'), '@logto-connector-aliyun-sms-mas/lib/index.js'),
        CONFIG: JSON.stringify(configFor(endpoint)),
        ...environment,
      },
    });

  it('is not kept alive by an idle connection', { timeout: 15_000 }, async () => {
    const { port, sockets } = await listen(
      http.createServer({ keepAliveTimeout: 60_000 }, answerOk),
    );
    const { stdout } = await sendFromChild(`http://127.0.0.1:${port}`, {});

    expect(stdout).toBe('sent\n');
    expect(sockets).toHaveLength(1);
  });

  it.skipIf(!('proxyEnv' in https.globalAgent.options))(
    'gives a proxy 3 s as well, and a second chance',
    { timeout: 15_000 },
    async () => {
      const { port, sockets } = await listen(net.createServer());
      const start = performance.now();
      const sending = sendFromChild('https://localhost:1', {
        NODE_USE_ENV_PROXY: '1',
        HTTPS_PROXY: `http://127.0.0.1:${port}`,
        NO_PROXY: '',
      });

      await expect(sending).rejects.toMatchObject({
        stderr: expect.stringContaining('ETIMEDOUT') as unknown,
      });
      expect(sockets).toHaveLength(2);
      expect(performance.now() - start).toBeLessThan(8500);
    },
  );

  it.skipIf(!('proxyEnv' in https.globalAgent.options))(
    'sends through the proxy that NODE_USE_ENV_PROXY asks for',
    { timeout: 15_000 },
    async () => {
      const certificate = await makeCertificate();
      cleanUps.push(certificate.remove);

      const service = await listen(https.createServer(certificate, answerOk));
      const targets: Array<string | undefined> = [];
      const proxy = http.createServer().on('connect', ({ url }, client: Socket) => {
        targets.push(url);
        const upstream = net.connect(service.port, '127.0.0.1', () => {
          client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
          client.pipe(upstream).pipe(client);
        });
        client.once('close', () => upstream.destroy());
      });
      const { port } = await listen(proxy);

      const { stdout } = await sendFromChild(`https://localhost:${service.port}`, {
        NODE_USE_ENV_PROXY: '1',
        HTTPS_PROXY: `http://127.0.0.1:${port}`,
        NO_PROXY: '',
        NODE_EXTRA_CA_CERTS: certificate.file,
      });

      expect(stdout).toBe('sent\n');
      expect(targets).toEqual([`localhost:${service.port}`]);
    },
  );
});

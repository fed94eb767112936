import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { describe, expect, it, vi } from 'vitest';

import { ask } from '../test/helpers/sandbox-client.js';
import { openSandbox } from '../test/helpers/sandbox.js';

type Asked = Readonly<{ method?: string; path?: string }>;

/** Asks with whatever headers; fetch would not. */
const askWith = async (
  endpoint: string,
  headers: Readonly<Record<string, string>>,
  { method = 'GET', path = '/messages' }: Asked = {}
) =>
  new Promise<{ status: number | undefined; answer: string }>((resolve, reject) => {
    http
      .request(`${endpoint}${path}`, { method, headers }, async (response) => {
        resolve({ status: response.statusCode, answer: await text(response) });
      })
      .on('error', reject)
      .end();
  });

const reset = { method: 'POST', path: '/reset' };

/** What nginx sends on for a browser, unless it is told otherwise: its own name of the sandbox, and HTTP/1.0. */
const nginxHost = (endpoint: string) => ({ host: new URL(endpoint).host, connection: 'close' });

describe('the sandbox answers', () => {
  it.each(['localhost', 'app.localhost', '127.0.0.1', '[::1]', 'LOCALHOST'])(
    'to the name %s, which is of this computer',
    async (name) => {
      const { endpoint } = await openSandbox();
      const { port } = new URL(endpoint);

      expect(await askWith(endpoint, { host: `${name}:${port}` })).toMatchObject({ status: 200 });
    }
  );

  it.each(['sandbox:4010', 'tests.internal', 'a.example.com', 'b.a.EXAMPLE.com'])(
    'to the name %s, which it was told',
    async (host) => {
      const allowHosts = ['Sandbox', 'tests.internal', '.example.com'];
      const { endpoint } = await openSandbox({ allowHosts });

      expect(await askWith(endpoint, { host })).toMatchObject({ status: 200 });
    }
  );

  it('to whoever asks for its health, under any name or none', async () => {
    const { endpoint } = await openSandbox();
    const { hostname, port } = new URL(endpoint);

    expect(await askWith(endpoint, { host: '10.0.0.1:4010' }, { path: '/health' })).toEqual({
      status: 200,
      answer: 'OK',
    });

    const socket = connect(Number(port), hostname);
    socket.end('GET /health HTTP/1.0\r\n\r\n');
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('to a link of another site with its page', async () => {
    const { endpoint } = await openSandbox();
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };

    expect(await askWith(endpoint, headers, { path: '/' })).toMatchObject({ status: 200 });
  });
});

describe('the sandbox refuses', () => {
  it.each([
    'evil.example',
    'localhost.evil.example:4010',
    'example.com',
    'evilexample.com',
    '0.0.0.0',
    '10.0.0.1',
    '127.999.999.999',
  ])('the name %s', async (host) => {
    const { endpoint } = await openSandbox({ allowHosts: ['.example.com'] });

    for (const [method, path] of [
      ['GET', '/messages'],
      ['GET', '/'],
      ['POST', '/'],
      ['GET', '/events'],
      ['DELETE', '/messages'],
    ] as const) {
      // eslint-disable-next-line no-await-in-loop -- One after the other, as a page would.
      const { status } = await askWith(endpoint, { host }, { method, path });

      expect(status).not.toBe(200);
      expect(status).not.toBe(204);
    }
  });

  it('a name, and says how to allow it', async () => {
    const { endpoint } = await openSandbox();
    const { answer } = await askWith(endpoint, { host: 'runner:4010' });

    expect(JSON.parse(answer)).toEqual({
      error:
        'The sandbox does not answer to the name "runner". If it is to, start it with --allow-host runner.',
    });
  });

  it('a request to no name, but for that of its health', async () => {
    const { endpoint } = await openSandbox();
    const { hostname, port } = new URL(endpoint);
    const socket = connect(Number(port), hostname);
    socket.end('GET /messages HTTP/1.0\r\n\r\n');

    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /);
  });

  it.each([
    'http://evil.example',
    'https://evil.example',
    'null',
    '',
    'http://localhost:1',
    'ftp://127.0.0.1',
  ])('a page of "%s", whatever it asks', async (origin) => {
    const { endpoint } = await openSandbox();
    const refused = { status: 403 };

    expect(await askWith(endpoint, { origin })).toMatchObject(refused);
    expect(await askWith(endpoint, { origin }, { method: 'POST', path: '/' })).toMatchObject(
      refused
    );
    expect(await askWith(endpoint, { origin }, { method: 'DELETE' })).toMatchObject(refused);
    expect(await askWith(endpoint, { origin }, reset)).toMatchObject(refused);
  });

  it.each(['cross-site', 'same-site'])(
    'a page of which the browser says %s, even if its Origin is right',
    async (site) => {
      const { endpoint } = await openSandbox();
      const headers = { 'sec-fetch-site': site, origin: endpoint };

      expect(await askWith(endpoint, headers)).toMatchObject({ status: 403 });
      expect(await askWith(endpoint, headers, reset)).toMatchObject({ status: 403 });
    }
  );

  it('a request before it reads a large body', async () => {
    const { endpoint } = await openSandbox();
    const before = process.memoryUsage().heapUsed;
    const part = Buffer.alloc(1024 * 1024, 'a');
    const request = http.request(endpoint, { method: 'POST', headers: { host: 'evil.example' } });
    const answered = once(request, 'response');
    // The sandbox ends the connection of whoever goes on writing.
    request.on('error', vi.fn());

    // As fast as the other side reads.
    Readable.from(Array.from({ length: 100 }, () => part)).pipe(request);

    expect(await answered).toMatchObject([{ statusCode: 403 }]);
    request.destroy();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(80 * 1024 * 1024);
    expect(await ask(`${endpoint}/messages`)).toMatchObject({ status: 200 });
  });
});

describe('behind a proxy that has a name of its own for the sandbox, its page', () => {
  const origin = 'https://sandbox.example';

  it('may ask over https, where the browser says that it is of the same origin', async () => {
    const { endpoint } = await openSandbox();
    const headers = { ...nginxHost(endpoint), origin, 'sec-fetch-site': 'same-origin' };

    expect(await askWith(endpoint, headers, reset)).toMatchObject({ status: 204 });
  });

  it.each(['http://sandbox.example', 'http://sandbox.example:8080'])(
    'may ask from %s, where the sandbox was told the name',
    async (plain) => {
      const { endpoint } = await openSandbox({ allowHosts: ['sandbox.example'] });
      const headers = nginxHost(endpoint);

      expect(await askWith(endpoint, { ...headers, origin: plain }, reset)).toMatchObject({
        status: 204,
      });
      expect(
        await askWith(endpoint, { ...headers, origin: 'http://evil.example' }, reset)
      ).toMatchObject({ status: 403 });
    }
  );

  it('may ask where the proxy passes on the name', async () => {
    const { endpoint } = await openSandbox({ allowHosts: ['sandbox.example'] });
    const headers = { host: 'sandbox.example', origin };

    expect(await askWith(endpoint, headers, reset)).toMatchObject({ status: 204 });
  });

  it('is told how it may ask, where it may not', async () => {
    const { endpoint } = await openSandbox();
    const headers = { ...nginxHost(endpoint), origin: 'http://sandbox.example' };
    const { status, answer } = await askWith(endpoint, headers, reset);

    expect(status).toBe(403);
    expect(answer).toContain('--allow-host and the name in the address bar');
  });
});

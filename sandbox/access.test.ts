import http from 'node:http';

import { describe, expect, it } from 'vitest';

import { ask } from '../test/helpers/sandbox-client.js';
import { openSandbox } from '../test/helpers/sandbox.js';

/** Asks under whatever name and from whatever page; fetch would not. */
const statusOf = async (
  endpoint: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
  path = '/messages',
) =>
  new Promise<number | undefined>((resolve, reject) => {
    http
      .request(`${endpoint}${path}`, { method, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject)
      .end();
  });

describe('the sandbox', () => {
  it('answers to the names of this computer', async () => {
    const { endpoint } = await openSandbox();
    const { port } = new URL(endpoint);

    for (const host of ['localhost', 'app.localhost', '127.0.0.1', '[::1]', 'LOCALHOST']) {
      expect(await statusOf(endpoint, { host: `${host}:${port}` })).toBe(200);
    }
  });

  it.each([
    'evil.example',
    'localhost.evil.example:4010',
    '0.0.0.0',
    '10.0.0.1',
    '127.999.999.999',
    'xn--.localhost',
  ])('does not answer to %s', async (host) => {
    const { endpoint } = await openSandbox();

    expect(await statusOf(endpoint, { host })).toBe(403);
    expect(await statusOf(endpoint, { host }, 'POST', '/')).toBe(403);
    expect(await statusOf(endpoint, { host }, 'GET', '/events')).toBe(403);
    expect(await statusOf(endpoint, { host }, 'DELETE')).toBe(403);
  });

  it('answers to the names that it is told, and says how to tell it', async () => {
    const { endpoint } = await openSandbox({ allowHosts: ['Sandbox', 'tests.internal'] });
    const { port } = new URL(endpoint);

    expect(await statusOf(endpoint, { host: `sandbox:${port}` })).toBe(200);
    expect(await statusOf(endpoint, { host: 'tests.internal' })).toBe(200);
    expect(await statusOf(endpoint, { host: 'other.internal' })).toBe(403);

    const said = await new Promise<string>((resolve) => {
      http.get(`${endpoint}/messages`, { headers: { host: 'runner:4010' } }, (response) => {
        response.setEncoding('utf8').once('data', resolve);
      });
    });
    expect(JSON.parse(said)).toEqual({
      error:
        'The sandbox does not answer to the name "runner". If it is to, start it with --allow-host runner.',
    });
  });

  it('refuses pages of other addresses, whatever they ask', async () => {
    const { endpoint } = await openSandbox();
    const { port } = new URL(endpoint);

    for (const origin of [
      'http://evil.example',
      'https://evil.example',
      'null',
      '',
      `http://localhost:${port}`,
      `ftp://127.0.0.1:${port}`,
    ]) {
      expect(await statusOf(endpoint, { origin }, 'POST', '/')).toBe(403);
      expect(await statusOf(endpoint, { origin }, 'DELETE')).toBe(403);
      expect(await statusOf(endpoint, { origin }, 'POST', '/reset')).toBe(403);
    }

    expect(await statusOf(endpoint, { origin: endpoint }, 'POST', '/')).toBe(400);
    expect(await statusOf(endpoint, { origin: endpoint }, 'DELETE')).toBe(204);
  });

  it('answers to its own page behind https, which keeps the name', async () => {
    const { endpoint } = await openSandbox({ allowHosts: ['sandbox.example'] });
    const host = 'sandbox.example';

    expect(await statusOf(endpoint, { host, origin: `https://${host}` }, 'DELETE')).toBe(204);
    expect(await statusOf(endpoint, { host, origin: `https://${host}:8443` }, 'DELETE')).toBe(403);
    expect(await statusOf(endpoint, { host, origin: 'https://evil.example' }, 'DELETE')).toBe(403);
  });

  it('reads nothing of what it refuses', async () => {
    const { endpoint } = await openSandbox();
    const before = process.memoryUsage().heapUsed;
    const part = Buffer.alloc(1024 * 1024, 'a');

    const status = await new Promise<number | undefined>((resolve, reject) => {
      let left = 100;
      const request = http.request(
        endpoint,
        { method: 'POST', headers: { host: 'evil.example' } },
        (response) => {
          left = 0;
          response.resume();
          // The sandbox ends the line of whoever goes on writing.
          response.on('error', () => undefined);
          request.on('error', () => undefined);
          resolve(response.statusCode);
        },
      );
      const write = (): void => {
        while (left > 0 && request.write(part)) {
          left -= 1;
        }
      };

      request.on('error', reject).on('drain', write);
      write();
    });

    expect(status).toBe(403);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(80 * 1024 * 1024);
    expect((await ask(`${endpoint}/messages`)).status).toBe(200);
  });
});

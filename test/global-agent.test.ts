/* eslint-disable @silverhand/fp/no-mutating-methods -- What comes in by callbacks is collected. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, describe, expect, inject, it } from 'vitest';

import { makeCertificate } from './helpers/certificate.js';
import { config } from './helpers/fixtures.js';
import { ok, passOn, serve, serveRaw } from './helpers/servers.js';

const certificate = await makeCertificate();

afterAll(certificate.remove);

/**
 * Sends a message with the packed connector, in a process of its own.
 *
 * @param before Code that runs before the connector is loaded, and code that runs after.
 * @returns What the process printed.
 */
const sendAlone = async (
  endpoint: string,
  { before, after = '' }: Readonly<{ before: string; after?: string }>,
  environment: Record<string, string> = {}
): Promise<string> => {
  const connector = pathToFileURL(path.join(inject('connector'), 'lib', 'index.js')).href;
  const message = {
    to: '8613800138000',
    type: 'SignIn',
    payload: { code: '482913' },
  };
  const script = `
    import http from 'node:http';
    import https from 'node:https';
    ${before}
    const { default: createConnector } = await import(${JSON.stringify(connector)});
    ${after}
    const getConfig = async () => (${JSON.stringify({ ...config, endpoint })});
    const { sendMessage } = await createConnector({ getConfig });
    await sendMessage(${JSON.stringify(message)});
    console.log('sent');
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    {
      cwd: path.resolve(import.meta.dirname, '..'),
      env: {
        PATH: process.env.PATH,
        NODE_EXTRA_CA_CERTS: certificate.file,
        ...environment,
      },
    }
  );

  return stdout.trim();
};

describe('the packed connector loads and sends', () => {
  it('beside global-agent, through its proxy', async () => {
    const server = await serve((response) => response.end(ok), certificate);
    const asked: string[] = [];
    const proxy = await serveRaw((socket) =>
      socket.once('data', (chunk) => {
        asked.push(chunk.toString());
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        passOn(socket, server.port);
      })
    );
    const printed = await sendAlone(
      `https://localhost:${server.port}`,
      { before: "await import('global-agent/bootstrap.js');" },
      { GLOBAL_AGENT_HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }
    );

    expect(printed).toBe('sent');
    expect(asked).toEqual([expect.stringContaining(`CONNECT localhost:${server.port} `)]);
    expect(server.forms).toHaveLength(1);
  });

  it.each([
    ['is missing', { before: 'https.globalAgent = undefined;' }],
    ['has no options', { before: 'https.globalAgent = {};' }],
    ['is replaced later', { before: '', after: 'https.globalAgent = {};' }],
  ])('where the global agent %s', async (_, code) => {
    const server = await serve((response) => response.end(ok), certificate);

    expect(await sendAlone(`https://localhost:${server.port}`, code)).toBe('sent');
    expect(server.forms).toHaveLength(1);
  });
});
/* eslint-enable @silverhand/fp/no-mutating-methods */

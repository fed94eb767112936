import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { form } from '../test/helpers/form.js';
import { runProgram } from '../test/helpers/program.js';
import { ask, post } from '../test/helpers/sandbox-client.js';
import { closeAfterwards } from '../test/helpers/servers.js';

import { bundleSandbox } from './bundle.js';

// Each starts a process, on a computer that may have other things to do.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A folder in which there is nothing but the file: no checkout and no package is near. */
const folder = await mkdtemp(path.join(tmpdir(), 'sms-sandbox-'));
closeAfterwards(async () => rm(folder, { recursive: true }));
const bundled = await bundleSandbox();
await writeFile(path.join(folder, 'sms-sandbox.mjs'), bundled);

const run = (...options: readonly string[]) => runProgram(folder, 'sms-sandbox.mjs', ...options);

/** Starts a sandbox on a free port, until the tests of the file are over. */
const start = async (...options: readonly string[]) => {
  const { read, wait, stop } = run('--port', '0', ...options);
  closeAfterwards(stop);

  await wait(/Ctrl\+C stops the sandbox/);
  const [, port = ''] = /:(\d+); Ctrl\+C/.exec(read()) ?? [];

  return { endpoint: `http://127.0.0.1:${port}`, port, read, wait };
};

describe('sms-sandbox.mjs', () => {
  it('needs neither a checkout nor packages: it has its page and checks signatures', async () => {
    const { endpoint } = await start();
    const textOf = async (file: string) => {
      const response = await fetch(`${endpoint}/${file}`);

      return response.text();
    };

    expect(await textOf('')).toContain('<script type="module" src="page.js">');
    expect(await textOf('page.js')).toContain('SMS sandbox');
    expect(await textOf('page.css')).toContain(':root');
    expect(await textOf('logo.svg')).toContain('<svg');
    expect(await post(endpoint, form())).toMatchObject({ answer: { Code: 'OK' } });
    expect(await post(endpoint, form({}, 'wrong'))).toMatchObject({
      answer: { Code: 'SignatureDoesNotMatch' },
    });
  });

  it('says whose code it holds, and nothing of the computer on which it was made', () => {
    expect(bundled).toContain('hono 4.');
    expect(bundled).toContain('@alicloud/openapi-util 0.');
    expect(bundled).not.toContain(path.resolve(import.meta.dirname, '..'));
  });

  it('prints the config, and each request', async () => {
    const { endpoint, port, read, wait } = await start();
    const config = read().slice(read().indexOf('{'), read().indexOf('\n}') + 2);

    expect(JSON.parse(config)).toMatchObject({ endpoint, signName: '恒创联众' });
    expect(read()).not.toContain('refuses this endpoint');

    await post(endpoint, form({}, 'wrong'));
    await wait(/SignatureDoesNotMatch.*: wrong AccessKey Secret/);

    const second = run('--port', port);
    expect(await second.end()).toBe(1);
    expect(second.read()).toMatch(/^The sandbox cannot start: .*EADDRINUSE/);
  });

  it('does as its options say', async () => {
    const options =
      '--host 0.0.0.0 --allow-host tests.internal --no-interval --sign-name 某某签名 --fault lost';
    const { endpoint, read, wait } = await start(...options.split(' '));
    await wait(/Fault "lost": accepts the message, which never arrives\./);

    expect(read()).toContain('"signNameOverride": "某某签名"');
    expect(await ask(`${endpoint}/faults`)).toMatchObject({
      answer: { next: null, all: 'lost', numbers: {}, interval: false },
    });
    expect(await post(endpoint, form())).toMatchObject({
      answer: { Code: 'isv.INVALID_PARAMETERS' },
    });
  });

  it('lists its options, and says what is wrong with one', async () => {
    const help = run('--help');
    expect(await help.end()).toBe(0);
    expect(help.read()).toContain('node sms-sandbox.mjs [options]');

    const { read, end } = run('--port', '65536');
    expect(await end()).toBe(2);
    expect(read()).toBe('"65536" is not a port.\n--help lists the options.\n');
  });
});

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it, vi } from 'vitest';

import { form } from '../test/helpers/form.js';
import { runProgram } from '../test/helpers/program.js';
import { ask, post } from '../test/helpers/sandbox-client.js';
import { closeAfterwards } from '../test/helpers/servers.js';
import { faults } from './service/faults.js';

// Each starts a process, on a computer that may have other things to do.
vi.setConfig({ testTimeout: 60_000 });

const root = path.resolve(import.meta.dirname, '..');

const run = (...options: readonly string[]) =>
  runProgram(root, '--import', 'tsx', 'sandbox/cli.ts', ...options);

/** Starts a sandbox on a free port, until the tests of the file are over. */
const start = async (...options: readonly string[]) => {
  const { read, wait, stop } = run('--port', '0', ...options);
  closeAfterwards(stop);

  await wait(/Ctrl\+C stops the sandbox/);
  const [, port = ''] = /:(\d+); Ctrl\+C/.exec(read()) ?? [];

  return { endpoint: `http://127.0.0.1:${port}`, read, wait };
};

describe('npm run sandbox', () => {
  it('prints the config, and each request with what Logto shows of it', async () => {
    const { endpoint, read, wait } = await start();
    const config = read().slice(read().indexOf('{'), read().indexOf('\n}') + 2);

    expect(JSON.parse(config)).toMatchObject({ endpoint, signName: '恒创联众' });
    expect(read()).not.toContain('refuses this endpoint');

    await post(endpoint, form({}, 'wrong'));
    await wait(/invalid_config: .*\n {10}Error in key path "accessKeySecret"/);
  });

  it('does as its options say', async () => {
    const { endpoint, read, wait } = await start(
      '--host',
      '0.0.0.0',
      '--allow-host',
      'tests.internal',
      '--allow-host',
      'runner',
      '--no-interval',
      '--sign-name',
      '某某签名',
      '--fault',
      'lost',
    );
    await wait(/Fault "lost": accepts the message, which never arrives\./);

    expect(read()).toContain('"signNameOverride": "某某签名"');
    expect((await ask(`${endpoint}/faults`)).answer).toEqual({
      next: null,
      all: 'lost',
      numbers: {},
      interval: false,
    });
    expect((await post(endpoint, form())).answer).toMatchObject({ Code: 'isv.INVALID_PARAMETERS' });
  });

  it('lists its options, the faults and the API, in lines of 80 columns', async () => {
    const { read, end } = run('--help');

    expect(await end()).toBe(0);
    // What is Chinese is two columns wide.
    const widths = read()
      .split('\n')
      .map((line) => line.replace(/[\u2e80-\uffef]/g, '  ').length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);

    const docs = await readFile(path.join(root, 'docs/sandbox.md'), 'utf8');
    const routes = [...docs.matchAll(/^\| `([A-Z]+) (\/[a-z/]+)` \|/gm)];
    expect(routes).toHaveLength(16);

    for (const [, method = '', route = ''] of routes) {
      expect(read()).toContain(`  ${method.padEnd(7)}${route} `);
    }

    for (const name of Object.keys(faults)) {
      expect(read()).toContain(`  ${name} `);
    }
  });

  it.each([
    [['--port', '65536'], '"65536" is not a port.'],
    [['--sign-name', '【某某签名】'], 'without 【】, < > and blanks around it.'],
    [['--fault', 'toString'], 'There is no fault "toString".'],
    [['--allow-host', 'http://a:1'], '"http://a:1" is not a host'],
    [['--ports', '1'], "Unknown option '--ports'"],
  ])('%j: %s', async (options, expected) => {
    const { read, end } = run(...options);

    expect(await end()).toBe(2);
    expect(read()).toContain(expected);
    expect(read()).toContain('--help lists the options.');
  });

  it('says that it cannot start where the port is taken', async () => {
    const { endpoint } = await start();
    const { read, end } = run('--port', new URL(endpoint).port);

    expect(await end()).toBe(1);
    expect(read()).toMatch(/^The sandbox cannot start: .*EADDRINUSE/);
  });
});

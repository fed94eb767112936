import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { readOptions, usage } from './options.js';
import { faults } from './service/faults.js';

const root = path.resolve(import.meta.dirname, '..');

describe('the options', () => {
  it('need not be given', () => {
    expect(readOptions([])).toEqual({
      help: false,
      port: 4010,
      host: '127.0.0.1',
      allowHosts: [],
      signName: undefined,
      fault: undefined,
      isUnlimited: false,
    });
  });

  it('are read', () => {
    const args =
      '--port 0 --host ::1 --allow-host tests.internal --allow-host=runner --no-interval --sign-name 某某签名 --fault lost -h';

    expect(readOptions(args.split(' '))).toEqual({
      help: true,
      port: 0,
      host: '::1',
      allowHosts: ['tests.internal', 'runner'],
      signName: '某某签名',
      fault: 'lost',
      isUnlimited: true,
    });
  });

  it.each([
    ['--port=65536', '"65536" is not a port.'],
    ['--port=', '"" is not a port.'],
    ['--host=', '--host wants an address'],
    ['--host= ', '--host wants an address'],
    ['--sign-name=【某某签名】', 'write it without 【】, < > and spaces around it'],
    ['--fault=toString', 'There is no fault "toString".'],
    ['--allow-host=http://a:1', '"http://a:1" is not a host'],
    ['--ports=1', "Unknown option '--ports'"],
    ['run', "Unexpected argument 'run'"],
  ])('are refused: %s: %s', (option, expected) => {
    expect(() => readOptions([option])).toThrow(expected);
  });

  it('are listed with the faults and the API, in lines of 80 columns', async () => {
    // What is Chinese is two columns wide.
    const widths = usage.split('\n').map((line) => line.replace(/[\u2e80-\uffef]/g, '  ').length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);

    const docs = await readFile(path.join(root, 'docs/sandbox.md'), 'utf8');
    const options = [...docs.matchAll(/^\| `(--[a-z-]+)` \|/gm)];
    expect(options).toHaveLength(14);

    for (const [, option = ''] of options) {
      expect(usage).toContain(`  ${option} `);
    }

    const routes = [...docs.matchAll(/^\| `([A-Z]+) (\/[a-z/]+)` \|/gm)];
    expect(routes).toHaveLength(16);

    for (const [, method = '', route = ''] of routes) {
      expect(usage).toContain(`  ${method.padEnd(7)}${route} `);
    }

    for (const name of Object.keys(faults)) {
      expect(usage).toContain(`  ${name} `);
    }
  });
});

/* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- Events and rounds are counted. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { bundleSandbox } from '../sandbox/bundle.js';

import { form } from './helpers/form.js';
import { runProgram } from './helpers/program.js';
import { ask, post } from './helpers/sandbox-client.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A folder in which there is nothing but the file: no checkout and no package is near. */
let folder = '';

/** The text of a page that is there. */
const load = async (url: string): Promise<string> => {
  const response = await fetch(url);

  return response.ok ? response.text() : '';
};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sms-sandbox-'));
  await writeFile(path.join(folder, 'sms-sandbox.mjs'), await bundleSandbox());
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('sms-sandbox.mjs', () => {
  it('starts without a checkout and without packages, page and all', async () => {
    const { read, wait, stop } = runProgram(folder, 'sms-sandbox.mjs', '--port', '0');

    try {
      await wait(/Ctrl\+C stops the sandbox/);
      const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(read())?.[0] ?? '';

      expect(await load(endpoint)).toContain('<script type="module" src="/page.js">');
      expect(await load(`${endpoint}/page.js`)).not.toBe('');
      expect(await load(`${endpoint}/page.css`)).not.toBe('');
      expect(await load(`${endpoint}/logo.svg`)).toContain('<svg');

      // The signer of Aliyun's own is CommonJS.
      expect(await post(endpoint, form())).toMatchObject({ answer: { Code: 'OK' } });
      await post(endpoint, form());
      expect(await ask(`${endpoint}/requests`)).toMatchObject({
        answer: [{ delivered: true }, { delivered: false, answerCode: 'biz.FREQUENCY' }],
      });
    } finally {
      await stop();
    }
  });

  it('says what its options are, and whose code it holds', async () => {
    const { read, end } = runProgram(folder, 'sms-sandbox.mjs', '--help');
    await end();
    const text = await bundleSandbox();

    expect(read()).toContain('node sms-sandbox.mjs [options]');
    expect(text).toContain('hono 4.');
    expect(text).toContain('@alicloud/openapi-util 0.');
    // A plain file: nothing that tells of the computer on which it was made.
    expect(text).not.toContain(path.resolve(import.meta.dirname, '..'));
  });
});
/* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */

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
      const page = await fetch(endpoint);

      expect(await page.text()).toContain('<script type="module" src="/page.js">');
      expect((await fetch(`${endpoint}/page.js`)).status).toBe(200);
      expect((await fetch(`${endpoint}/page.css`)).status).toBe(200);
      expect(await (await fetch(`${endpoint}/logo.svg`)).text()).toContain('<svg');

      // The signer of Aliyun's own is CommonJS.
      expect((await post(endpoint, form())).answer).toMatchObject({ Code: 'OK' });
      await post(endpoint, form());
      expect((await ask(`${endpoint}/requests`)).answer).toMatchObject([
        { delivered: true },
        { delivered: false, answerCode: 'biz.FREQUENCY' },
      ]);
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

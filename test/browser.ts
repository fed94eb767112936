/**
 * Drives the sandbox's page in the Chromium that is installed, and sends to it through the connector as Logto does.
 * With `--screenshots` it takes the pictures in docs/ instead.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { TemplateType } from '@logto/connector-kit';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

import { type Sandbox, startSandbox } from '../sandbox/server.js';
import createConnector from '../src/index.js';
import { form } from './helpers/form.js';

const findBrowser = (): string | undefined => {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const paths = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const { CHROMIUM } = process.env;

  return (CHROMIUM ? [CHROMIUM] : paths).find((file) => existsSync(file));
};

const executablePath = findBrowser();

if (executablePath === undefined) {
  console.error('There is no Chromium here. Install one: apt-get install chromium fonts-noto-cjk');
  console.error('Or write the path of a Chromium or Chrome into the environment as CHROMIUM.');
  process.exit(1);
}

const browser = await chromium.launch({
  executablePath,
  args: ['--disable-quic', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
});

/** A page of a sandbox of its own. */
type Opened = Readonly<{ page: Page; sandbox: Sandbox; complaints: string[] }>;

/** Opens the page, hands it over, and sees that it asked for nothing elsewhere and that nothing went wrong in it. */
const open = async (
  options: BrowserContextOptions,
  use: (opened: Opened) => Promise<void>,
): Promise<void> => {
  const sandbox = await startSandbox();
  const context = await browser.newContext({
    locale: 'en',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });

  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    page.setDefaultTimeout(20_000);
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      complaints.push(...(['error', 'warning'].includes(message.type()) ? [message.text()] : []));
    });

    await page.goto(sandbox.endpoint);
    await page.locator('#config pre').waitFor({ state: 'attached' });
    await use({ page, sandbox, complaints });

    const elsewhere = asked.filter(
      (url) => !url.startsWith(`${sandbox.endpoint}/`) && !url.startsWith('data:'),
    );
    assert.deepEqual(elsewhere, [], 'The page asked for something elsewhere.');
    assert.deepEqual(complaints, [], 'The page complained.');
  } finally {
    await context.close();
    await sandbox.close();
  }
};

type Message = Readonly<{ to?: string; code?: string; type?: TemplateType }>;

/** Sends as Logto does, with the config that the page gives. Tells whether the message was accepted. */
const send = async (
  { page }: Pick<Opened, 'page'>,
  { to = '13800138000', code = '482913', type = TemplateType.SignIn }: Message = {},
): Promise<boolean> => {
  const config: unknown = JSON.parse((await page.locator('#config pre').textContent()) ?? '');
  const { sendMessage } = await createConnector({ getConfig: async () => config });

  return sendMessage({
    to: `86${to}`,
    type,
    payload: { code, locale: 'en', uiLocales: 'en' },
  }).then(
    () => true,
    () => false,
  );
};

const post = async ({ sandbox }: Opened, changes: Record<string, string>): Promise<void> => {
  await (await fetch(sandbox.endpoint, { method: 'POST', body: form(changes) })).text();
};

/** What was copied last. */
const copied = async (page: Page): Promise<string> =>
  page.evaluate<string>('navigator.clipboard.readText()');

/** The rows of the list with a text in them. */
const rows = (page: Page, hasText: string) => page.locator('#list li').filter({ hasText });

const setFault = async (page: Page, fault: string, scope: string, number?: string) => {
  await page.getByRole('button', { name: 'Faults' }).click();
  await page.getByLabel('What goes wrong').selectOption(fault);
  await page.getByLabel('For').selectOption({ label: scope });

  if (number !== undefined) {
    await page.getByRole('textbox').fill(number);
  }

  await page.getByRole('button', { name: 'Set' }).click();
};

/** Presses Tab until the focus is where it should be. */
const tabTo = async (page: Page, selector: string): Promise<void> => {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab');

    if (
      await page.evaluate<boolean>(`document.activeElement.matches(${JSON.stringify(selector)})`)
    ) {
      return;
    }
  }

  assert.fail(`Tab does not lead to ${selector}.`);
};

const isWide = async (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');

const tests: Record<string, () => Promise<void>> = {
  'gives a config that works, and copies the code of a message that arrives': async () =>
    open({}, async ({ page, sandbox }) => {
      await page.getByRole('heading', { name: 'Waiting for a message' }).waitFor();
      await page.getByRole('button', { name: 'Copy the config' }).click();
      await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
      assert.equal(await copied(page), sandbox.config);

      assert(await send({ page }));
      await rows(page, 'delivered').getByRole('button', { name: 'Copy 482913' }).click();
      await page
        .getByRole('button', { name: 'Copy 482913' })
        .filter({ hasText: 'Copied' })
        .waitFor();
      assert.equal(await copied(page), '482913');
      await page.getByText('【恒创联众】您的验证码为482913。').waitFor();
      await page.getByText('No error: the user is asked for the code.').waitFor();
      await page.getByText('Signature right, first try').waitFor();
      assert.match(await page.title(), /^482913/);
    }),

  'shows the newest, but stays with an older one that is read': async () =>
    open({}, async ({ page }) => {
      await send({ page }, { to: '13800138001', code: '111111' });
      await send({ page }, { to: '13800138002', code: '222222' });
      await page.locator('#detail').getByText('222222').first().waitFor();
      await rows(page, '111111').locator('.row').click();
      await page.locator('#detail').getByText('111111').first().waitFor();
      await send({ page }, { to: '13800138003', code: '333333' });
      await rows(page, '333333').waitFor();
      assert.equal(await page.locator('#detail').getByText('333333').count(), 0);
      assert.deepEqual(await page.locator('#list b').allTextContents(), [
        '333333',
        '222222',
        '111111',
      ]);
    }),

  'lets the next message fail, and says what Logto shows': async () =>
    open({}, async ({ page }) => {
      await setFault(page, 'throttled', 'the next message');
      await page.getByText('next message: throttled').waitFor();
      assert.equal(await send({ page }), false);
      await rows(page, 'Throttling.User').waitFor();
      await page.getByText('next message: throttled').waitFor({ state: 'detached' });
      await page.getByText('Trigger rate limit. Please try again later.').waitFor();
      await page.getByText('触发速率限制。请稍后再试。').waitFor();
      await page
        .getByText(/^Error in key path "\w+": \(custom\) /)
        .first()
        .waitFor();
      assert(await send({ page }));
      await rows(page, 'delivered').waitFor();
    }),

  'lets a number fail, or all, until that is removed': async () =>
    open({}, async ({ page, complaints }) => {
      await setFault(page, 'throttled', 'one number', '12');
      await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
      // The browser itself says that the sandbox refused.
      assert.match(complaints.splice(0).join(), /status of 400/);
      await setFault(page, 'throttled', 'one number', '+86 138 0013 8001');
      await page.getByText('138 0013 8001: throttled').waitFor();
      assert.equal(await page.locator('#problem').textContent(), '');
      assert.equal(await send({ page }, { to: '13800138001' }), false);
      assert(await send({ page }, { to: '13800138002' }));

      await setFault(page, 'throttled', 'every message');
      await page.getByText('every message: throttled').waitFor();
      assert.equal(await send({ page }, { to: '13800138003' }), false);

      for (const name of ['Remove: throttled, every message', 'Remove: throttled, 138 0013 8001']) {
        await page.getByRole('button', { name }).click();
        await page.getByRole('button', { name }).waitFor({ state: 'detached' });
      }

      assert(await send({ page }, { to: '13800138001' }));
    }),

  'turns the interval off, and clears': async () =>
    open({}, async ({ page, sandbox }) => {
      assert(await send({ page }));
      assert.equal(await send({ page }), false);
      await rows(page, 'biz.FREQUENCY').waitFor();

      const put = page.waitForResponse((response) => response.request().method() === 'PUT');
      await page.getByRole('switch', { name: '60 s interval' }).uncheck();
      await put;
      assert(await send({ page }));

      await page.getByRole('button', { name: 'Clear' }).click();
      await page.getByRole('heading', { name: 'Waiting for a message' }).waitFor();
      assert.equal(await page.locator('#list li').count(), 0);
      assert.equal(sandbox.messages.length, 0);
    }),

  'shows what the magic numbers do': async () =>
    open({}, async ({ page }) => {
      await page.getByText('Magic numbers').click();
      await page.getByRole('row', { name: '138 0000 0011' }).waitFor();
      assert.equal(await page.getByRole('row').count(), 12);

      assert.equal(await send({ page }, { to: '13800000004' }), false);
      await rows(page, 'isv.OUT_OF_SERVICE').waitFor();
      assert(await send({ page }, { to: '13800000010' }));
      await rows(page, 'accepted, never delivered').waitFor();
      await page.getByText('This request puts nothing on the phone.').waitFor();
      assert(await send({ page }, { to: '13800000009' }));
      await rows(page, 'delivered, no answer').waitFor();
      await rows(page, 'SignatureNonceUsed').waitFor();
      await page.getByText('Signature right, repeat of an earlier request').waitFor();
    }),

  'speaks Chinese': async () =>
    open({ locale: 'zh-CN' }, async ({ page }) => {
      await page.getByRole('heading', { name: '短信沙箱' }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
      await send({ page });
      await rows(page, '已送达').waitFor();
      await page.getByRole('button', { name: '复制 482913' }).click();
      await page.getByRole('status').filter({ hasText: '已复制' }).waitFor();
      assert.doesNotMatch(await page.locator('header').innerText(), /Faults|Clear|interval/);
    }),

  'shows HTML as text': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      const html = '<img src=x onerror=window.broken=true>';
      const TemplateParam = JSON.stringify({ code: html, min: html });
      await post(opened, { TemplateParam });
      await post(opened, { TemplateParam, SignName: html, PhoneNumber: html, TemplateCode: html });
      await rows(page, html).nth(1).waitFor();

      for (const row of await page.locator('.row').all()) {
        await row.click();
        await page.locator('#detail pre').filter({ hasText: html }).first().waitFor();
        assert.equal(await page.locator('main img').count(), 0);
      }

      assert.equal(await page.evaluate('window.broken'), undefined);
    }),

  'fits 360 pixels': async () =>
    open({ viewport: { width: 360, height: 740 } }, async (opened) => {
      const { page } = opened;
      assert.equal(await isWide(page), false, 'empty');
      await post(opened, { TemplateParam: JSON.stringify({ code: 'x'.repeat(200), min: '1' }) });
      await post(opened, { SignName: 'x'.repeat(200) });
      await send({ page }, { to: '13800000010' });
      await rows(page, 'accepted').waitFor();

      for (const summary of await page.locator('summary').all()) {
        await summary.click();
      }

      await page.getByRole('button', { name: 'Faults' }).click();
      await page.getByLabel('For').selectOption({ label: 'one number' });
      assert.equal(await isWide(page), false, 'faults');
      await page.keyboard.press('Escape');

      for (const row of await page.locator('.row').all()) {
        await row.click();
        assert.equal(await isWide(page), false, await row.innerText());
      }
    }),

  'works by keyboard': async () =>
    open({}, async ({ page }) => {
      await send({ page }, { to: '13800138001', code: '111111' });
      await send({ page }, { to: '13800138002', code: '222222' });
      await rows(page, '222222').waitFor();

      // The newest is the first.
      await tabTo(page, '.row');
      await tabTo(page, '.row');
      await page.keyboard.press('Enter');
      await page.locator('#detail').getByText('111111').first().waitFor();
      assert.notEqual(
        await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'),
        'none',
      );
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page
        .getByRole('button', { name: 'Copy 111111' })
        .filter({ hasText: 'Copied' })
        .waitFor();
      assert.equal(await copied(page), '111111');

      await page.evaluate('document.activeElement.blur()');
      await tabTo(page, '#faulty');
      await page.keyboard.press('Enter');
      await page.locator('#fault:focus').waitFor();
      await page.keyboard.type('throttled');
      await tabTo(page, 'form button');
      await page.keyboard.press('Enter');
      await page.getByText('next message: throttled').waitFor();
      await tabTo(page, '#faults button');
      await page.keyboard.press('Space');
      await page.getByText('next message: throttled').waitFor({ state: 'detached' });
    }),

  'is dark where the system is': async () => {
    const [light, dark] = await Promise.all(
      (['light', 'dark'] as const).map(async (colorScheme) => {
        const colors: number[] = [];
        await open({ colorScheme }, async ({ page }) => {
          const color = await page.evaluate<string>(
            'getComputedStyle(document.documentElement).backgroundColor',
          );
          colors.push(...(color.match(/\d+/g) ?? []).map(Number));
        });

        return Math.max(...colors);
      }),
    );

    assert(light !== undefined && light > 200, `light: ${light}`);
    assert(dark !== undefined && dark < 50, `dark: ${dark}`);
  },

  'says when the sandbox is gone, and goes on when it is back': async () =>
    open({}, async ({ page, sandbox, complaints }) => {
      await send({ page });
      await rows(page, '482913').waitFor();
      await sandbox.close();
      await page.getByText('The sandbox has stopped').waitFor();

      const again = await startSandbox({ port: Number(new URL(sandbox.endpoint).port) });

      try {
        await page.getByRole('heading', { name: 'Waiting for a message' }).waitFor();
        assert(await send({ page }));
        await rows(page, '482913').waitFor();
        // The browser itself says that the line was cut.
        assert(complaints.every((line) => line.includes('net::ERR_')));
        complaints.splice(0);
      } finally {
        await page.close();
        await again.close();
      }
    }),
};

const takeScreenshots = async (): Promise<void> => {
  const take = async (name: string, options: BrowserContextOptions, chosen: string) =>
    open({ viewport: { width: 1120, height: 590 }, ...options }, async ({ page }) => {
      await send({ page }, { to: '13800138000', code: '730268' });
      await send(
        { page },
        { to: '13800000009', code: '051947', type: TemplateType.ForgotPassword },
      );
      await send({ page }, { to: '13800000002', code: '914406' });
      await send({ page }, { to: '13912345678', code: '482913', type: TemplateType.SignIn });
      await rows(page, chosen).first().locator('.row').click();
      await page.locator('#detail h3').first().waitFor();
      await page.screenshot({ path: path.join(import.meta.dirname, `../docs/${name}.png`) });
    });

  await take('sandbox-light', {}, '482913');
  await take('sandbox-dark-zh', { locale: 'zh-CN', colorScheme: 'dark' }, '914406');
};

const runTests = async (): Promise<void> => {
  const counts = { passed: 0, failed: 0 };

  for (const [name, run] of Object.entries(tests)) {
    try {
      await run();
      counts.passed += 1;
      console.log(`ok      ${name}`);
    } catch (error: unknown) {
      counts.failed += 1;
      console.log(
        `FAILED  ${name}\n${error instanceof Error ? (error.stack ?? '') : String(error)}`,
      );
    }
  }

  console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
};

try {
  await (process.argv.includes('--screenshots') ? takeScreenshots() : runTests());
} finally {
  await browser.close();
}

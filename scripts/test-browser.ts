/**
 * Drives the sandbox's page in the Chromium that is installed, and prints a line for each check. A text behind it is a part
 * of the names of the checks that are wanted; with `--screenshots` it takes the pictures in docs/ instead.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { TemplateType } from '@logto/connector-kit';
import axe from 'axe-core';
import { type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { z } from 'zod';

import { type Sandbox, startSandbox } from '../sandbox/server.js';
import createConnector from '../src/index.js';
import { form } from '../test/helpers/form.js';

/** A name that is not of this computer alone: a browser gives no clipboard to its pages. */
const otherName = 'sandbox.test';

const wideView = { width: 1280, height: 800 };
const phoneView = { width: 390, height: 844 };

const findBrowser = (): string | undefined => {
  const { CHROMIUM, PATH = '' } = process.env;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = PATH.split(path.delimiter);
  const files = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));

  return (CHROMIUM ? [CHROMIUM] : files).find((file) => existsSync(file));
};

const executablePath = findBrowser();

if (executablePath === undefined) {
  console.error('There is no Chromium here. Install one: apt-get install chromium fonts-noto-cjk');
  console.error('Or write the path of a Chromium or Chrome into the environment as CHROMIUM.');
  process.exit(1);
}

const browser = await chromium.launch({
  executablePath,
  args: [
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--host-resolver-rules=MAP ${otherName} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
  ],
});

/** A page of a sandbox of its own. */
type Opened = Readonly<{
  page: Page;
  sandbox: Sandbox;
  /** What the page and the browser complained of; a test takes out what it provoked. */
  complaints: string[];
}>;

type OpenOptions = BrowserContextOptions & Readonly<{ hostname?: string; script?: string }>;

/**
 * Opens the page, hands it over, and sees that it asked for nothing elsewhere and that nothing went wrong in it.
 *
 * @param options `hostname` is the name by which the page is opened, `script` what runs in the page before its own.
 */
const open = async (
  { hostname, script, ...options }: OpenOptions,
  use: (opened: Opened) => Promise<void>,
): Promise<void> => {
  const sandbox = await startSandbox({ allowHosts: [otherName] });
  const context = await browser.newContext({ locale: 'en', viewport: wideView, ...options });

  try {
    const url = new URL(sandbox.endpoint);
    url.hostname = hostname ?? url.hostname;

    const page = await context.newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    page.setDefaultTimeout(20_000);
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.push(message.text());
      }
    });

    if (script) {
      await page.addInitScript({ content: script });
    }

    await page.goto(url.href);
    await page.locator('.config pre').waitFor();
    await use({ page, sandbox, complaints });

    const elsewhere = asked.filter((it) => new URL(it).host !== url.host);
    assert.deepEqual(elsewhere, [], 'The page asked for something elsewhere.');
    assert.deepEqual(complaints, [], 'The page complained.');
  } finally {
    await context.close();
    await sandbox.close();
  }
};

const withClipboard = { permissions: ['clipboard-read', 'clipboard-write'] };

/** The parameters of a message. */
const createMessage = (to: string, code: string) => ({
  PhoneNumber: to,
  TemplateParam: JSON.stringify({ code, min: '10' }),
});

/** Posts a form, and resolves when it is answered or its line is cut. */
const post = async ({ sandbox }: Pick<Opened, 'sandbox'>, body: URLSearchParams): Promise<void> => {
  await fetch(sandbox.endpoint, { method: 'POST', body })
    .then(async (response) => response.text())
    .catch(() => undefined);
};

/** Sends a message, once, and waits until the page shows it. */
const send = async (opened: Opened, to: string, code: string): Promise<void> => {
  const before = opened.sandbox.requests.length;
  await post(opened, form(createMessage(to, code)));
  assert.equal(opened.sandbox.requests.length, before + 1);
  await rows(opened.page, code).first().waitFor();
};

/** The messages in the list with a text in them. */
const rows = (page: Page, hasText: string | RegExp) => page.locator('.item').filter({ hasText });

/** Chooses a row by a click, and waits until it is shown as chosen. */
const choose = async (page: Page, row: Locator): Promise<void> => {
  await row.click();
  await row.and(page.locator('[aria-current=true]')).waitFor();
};

/** The codes in the list, from its top. */
const codes = async (page: Page): Promise<string[]> =>
  page.locator('.item .code').allTextContents();

const openFaults = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: 'Faults' }).click();
  await page.locator('form').waitFor();
};

const setFault = async (page: Page, fault: string, scope: string, number?: string) => {
  await openFaults(page);
  await page.getByLabel('What goes wrong').selectOption(fault);
  await page.getByLabel('For', { exact: true }).selectOption({ label: scope });

  if (number !== undefined) {
    await page.getByLabel('Number', { exact: true }).fill(number);
  }

  await page.getByRole('button', { name: 'Set', exact: true }).click();
};

/** Whether an expression holds for the element that has the focus, which is `it`. */
const isFocused = async (page: Page, expression: string): Promise<boolean> =>
  page.evaluate<boolean>(`((it) => ${expression})(document.activeElement)`);

/** Presses Tab until the focus is where it should be. */
const tabTo = async (page: Page, selector: string): Promise<void> => {
  for (let presses = 0; presses < 30; presses += 1) {
    await page.keyboard.press('Tab');

    if (await isFocused(page, `it.matches(${JSON.stringify(selector)})`)) {
      return;
    }
  }

  assert.fail(`Tab does not lead to ${selector}.`);
};

const isTooWide = async (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');

/** Whether something in the form of the faults goes beyond it. */
const isFormTooNarrow = async (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(
    `((it) => it.scrollWidth > it.clientWidth)(document.querySelector('form'))`,
  );

/** Whether something hides a part of another. */
const isOver = async (upper: Locator, lower: Locator): Promise<boolean> => {
  const over = await upper.boundingBox();
  const under = await lower.boundingBox();
  assert(over && under);

  return (
    over.x < under.x + under.width &&
    under.x < over.x + over.width &&
    over.y < under.y + under.height &&
    under.y < over.y + over.height
  );
};

const waitForTitle = async (page: Page, title: string): Promise<void> => {
  await page.waitForFunction(`document.title === ${JSON.stringify(title)}`);
};

const findingsGuard = z.array(
  z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) }),
);

/** What axe-core finds wrong with the page as it stands. */
const findViolations = async (page: Page): Promise<string[]> => {
  const found = await page.evaluate<unknown>(
    `${axe.source}; axe.run(document).then(({ violations }) => violations)`,
  );

  return findingsGuard
    .parse(found)
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
};

/** A message that is delivered on the repeat, one that is refused, and one that is delivered: so they stand from below. */
const fill = async (opened: Opened): Promise<void> => {
  const repeated = form(createMessage('13800000011', '051947'));
  await post(opened, repeated);
  await post(opened, repeated);
  await send(opened, '13800000002', '914406');
  await send(opened, '13912345678', '482913');
  await rows(opened.page, '051947').waitFor();
};

const tests: Record<string, () => Promise<void>> = {
  'gives a config that works, and copies it and the code of a message that arrives': async () =>
    open(withClipboard, async ({ page, sandbox }) => {
      await page.getByRole('heading', { name: 'Waiting for a message' }).waitFor();
      await page.getByRole('button', { name: 'Copy the config' }).click();
      await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
      const config = await page.evaluate<string>('navigator.clipboard.readText()');
      assert.equal(config, sandbox.config);

      const { sendMessage } = await createConnector({
        getConfig: async () => JSON.parse(config) as unknown,
      });
      await sendMessage({
        to: '8613800138000',
        type: TemplateType.SignIn,
        payload: { code: '482913', locale: 'en', uiLocales: 'en' },
      });

      await rows(page, 'delivered').getByRole('button', { name: 'Copy 482913' }).click();
      await rows(page, 'Copied').waitFor();
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), '482913');
      await page.locator('.phone').getByText('【恒创联众】您的验证码为482913。').waitFor();
      await waitForTitle(page, '482913 · SMS sandbox');
    }),

  'shows all of the config, the endpoint first, and each step until the first sign-in': async () =>
    open({}, async ({ page, sandbox }) => {
      const pre = page.locator('.config pre');
      const lines = ((await pre.textContent()) ?? '').split('\n');
      assert.equal(lines[1], `  "endpoint": "${sandbox.endpoint}",`);
      const box = '(it) => it.scrollHeight > it.clientHeight || it.scrollWidth > it.clientWidth';
      assert.equal(await page.evaluate(`(${box})(document.querySelector('.config pre'))`), false);
      const top = await pre.boundingBox();
      assert(top && top.y + 40 < wideView.height, 'The endpoint is below the window.');

      const steps = await page.locator('.steps li').allTextContents();
      assert.match(steps.join('\n'), /Paste.*\n.*\+86.*\n.*Save and Done.*\n.*Sign-in & account/);
      await page.getByText('"network_mode: service:NAME"').waitFor();
    }),

  'shows the newest, but stays with an older one that is read': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      const phone = page.locator('.phone');
      await send(opened, '13800138001', '111111');
      await send(opened, '13800138002', '222222');
      await phone.getByText('222222').first().waitFor();
      await choose(page, rows(page, '111111').locator('.row'));
      await phone.getByText('111111').first().waitFor();
      await send(opened, '13800138003', '333333');
      assert.equal(await phone.getByText('333333').count(), 0);
      assert.deepEqual(await codes(page), ['333333', '222222', '111111']);
    }),

  'keeps a code that was refused from being taken for one that came': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      await send(opened, '13800138000', '482913');
      await waitForTitle(page, '482913 · SMS sandbox');
      await send(opened, '13800000002', '914406');
      await waitForTitle(page, 'SMS sandbox');

      const refused = rows(page, 'BUSINESS_LIMIT_CONTROL');
      assert.equal(await refused.getByRole('button', { name: 'Copy' }).count(), 0);
      await page.locator('.phone').getByText('Nothing is on the phone.').waitFor();

      const colorOf = async (code: string): Promise<string> =>
        page.evaluate<string>(
          `getComputedStyle([...document.querySelectorAll('.code')].find((it) => it.textContent === '${code}')).color`,
        );
      assert.notEqual(await colorOf('914406'), await colorOf('482913'));
    }),

  'folds a repeat into its message, and finds the SMS': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      const unavailable = form(createMessage('13800000011', '111111'));
      await post(opened, unavailable);
      await rows(page, 'HTTP 503').waitFor();
      await post(opened, unavailable);
      await rows(page, 'delivered').filter({ hasText: '2 requests' }).waitFor();
      await page.locator('.phone').getByText('111111').first().waitFor();

      const cut = form(createMessage('13800000009', '222222'));
      await post(opened, cut);
      await post(opened, cut);
      await rows(page, '222222').filter({ hasText: '2 requests' }).waitFor();
      await page.locator('.phone').getByText('222222').first().waitFor();
      assert.deepEqual(await codes(page), ['222222', '111111']);

      const tries = await page.locator('.try').allInnerTexts();
      assert.equal(tries.length, 2);
      assert.match(tries[0] ?? '', /^Sent the request[^]*no answer[^]*The SMS went to the phone/);
      assert.match(
        tries[1] ?? '',
        /^Sent the same request again[^]*HTTP 400[^]*SignatureNonceUsed/,
      );
    }),

  'folds a resend into the message that was too soon': async () =>
    open({}, async (opened) => {
      const { page, sandbox } = opened;
      await send(opened, '13800138000', '111111');
      await send(opened, '13800138000', '222222');
      await rows(page, 'biz.FREQUENCY').waitFor();
      sandbox.passSeconds(60);
      await post(opened, form(createMessage('13800138000', '222222')));
      await rows(page, '222222').filter({ hasText: '2 requests' }).waitFor();
      assert.deepEqual(await codes(page), ['222222', '111111']);
      await page.getByText('Sent a new request, as the first was too soon').waitFor();
      await page.locator('.phone').getByText('222222').first().waitFor();
    }),

  'says that there is no answer yet, until the line ends': async () =>
    open({}, async (opened) => {
      const { page, sandbox } = opened;
      const controller = new AbortController();
      const body = form(createMessage('13800000008', '482913'));
      const posted = fetch(sandbox.endpoint, {
        method: 'POST',
        body,
        signal: controller.signal,
      }).catch(() => undefined);
      await rows(page, 'no answer yet').waitFor();
      controller.abort();
      await posted;
      await page.getByText('no answer yet').first().waitFor({ state: 'detached' });
      await rows(page, 'no answer').waitFor();
      await page.locator('.chips').getByText('no answer', { exact: true }).waitFor();
    }),

  'filters by number': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      await send(opened, '13800138001', '111111');
      await send(opened, '13900139002', '222222');
      await send(opened, '13800138003', '333333');

      const filter = page.getByRole('searchbox', { name: 'Filter by number' });
      await filter.fill('+86 139');
      await rows(page, '111111').waitFor({ state: 'detached' });
      assert.deepEqual(await codes(page), ['222222']);
      await page.locator('.phone').getByText('222222').first().waitFor();

      await send(opened, '13900139004', '444444');
      await post(opened, form(createMessage('13800138005', '555555')));
      await filter.fill('137');
      await page.getByText('No message to such a number.').waitFor();
      await filter.fill('');
      await rows(page, '555555').waitFor();
      assert.equal((await codes(page)).length, 5);
    }),

  'is walked through by keys': async () =>
    open(withClipboard, async (opened) => {
      const { page } = opened;
      await send(opened, '13800138001', '111111');
      await send(opened, '13800138002', '222222');
      await send(opened, '13800138003', '333333');
      await page.getByRole('list', { name: 'Messages' }).waitFor();
      assert.equal(
        await page
          .getByRole('listitem')
          .filter({ has: page.locator('.row') })
          .count(),
        3,
      );

      const phone = page.locator('.phone');
      await tabTo(page, '.row');
      assert(await isFocused(page, `it.innerText.startsWith('333333')`));
      assert(await isFocused(page, `getComputedStyle(it).outlineStyle !== 'none'`));
      await page.keyboard.press('ArrowDown');
      await phone.getByText('222222').first().waitFor();
      await page.keyboard.press('End');
      await phone.getByText('111111').first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowUp');
      await phone.getByText('222222').first().waitFor();
      assert(await isFocused(page, `it.getAttribute('aria-current') === 'true'`));

      // One row is a stop of Tab, with its button.
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await rows(page, '222222').filter({ hasText: 'Copied' }).waitFor();
      assert.equal(await page.evaluate('navigator.clipboard.readText()'), '222222');
      await page.keyboard.press('Tab');
      assert.equal(await isFocused(page, `it.closest('ol.messages') !== null`), false);
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Home');
      await phone.getByText('333333').first().waitFor();
      await page.keyboard.press('Enter');
      assert(await isFocused(page, `it.matches('.detail')`));
      await page.getByRole('article', { name: 'To 138 0013 8003' }).waitFor();
    }),

  'lets the next message fail': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      await setFault(page, 'throttled', 'the next message');
      await page.locator('form').waitFor({ state: 'hidden' });
      await page.getByText('the next message: throttled').waitFor();
      await send(opened, '13800138000', '111111');
      await rows(page, 'Throttling.User').waitFor();
      await page.getByText('the next message: throttled').waitFor({ state: 'detached' });
      await page.getByText('fault: throttled').waitFor();
      await send(opened, '13800138000', '222222');
      await rows(page, 'delivered').waitFor();
    }),

  'lets a number fail, or all, until that is removed': async () =>
    open({}, async ({ page, sandbox }) => {
      await setFault(page, 'throttled', 'one number', '+86 138 0013 8001');
      await page.getByText('138 0013 8001: throttled').waitFor();
      await setFault(page, 'hang', 'one number', '138 0013 8002');
      await setFault(page, 'lost', 'every message');
      await page.getByText('every message: lost').waitFor();

      await page.getByRole('button', { name: 'Remove: throttled, 138 0013 8001' }).click();
      await page.getByText('138 0013 8001: throttled').waitFor({ state: 'detached' });
      assert(await isFocused(page, `it.innerText === 'Faults'`));
      await page.getByRole('button', { name: 'Remove all' }).click();
      await page.locator('.in-force li').first().waitFor({ state: 'detached' });

      const response = await fetch(new URL('/faults', sandbox.endpoint));
      assert.deepEqual(await response.json(), {
        next: null,
        all: null,
        numbers: {},
        interval: true,
      });
    }),

  'tells of a wrong number beside the field': async () =>
    open({}, async ({ page }) => {
      const field = page.getByLabel('Number', { exact: true });
      await setFault(page, 'hang', 'one number', '12');
      await page.locator('form [role=alert]').filter({ hasText: '11 digits' }).waitFor();
      assert(await isFocused(page, `it.getAttribute('aria-invalid') === 'true'`));
      await field.fill('13800000001');
      await page.keyboard.press('Enter');
      await page.locator('form [role=alert]').filter({ hasText: 'is fixed' }).waitFor();
      await field.fill('13800001500');
      await page.keyboard.press('Enter');
      await page.locator('form [role=alert]').filter({ hasText: 'is fixed' }).waitFor();
      await field.fill('13800138000');
      await page.keyboard.press('Enter');
      await page.getByText('138 0013 8000: hang').waitFor();
    }),

  'sets faults without hiding their button': async () => {
    for (const locale of ['en', 'zh-CN']) {
      for (const width of [1600, 1280, 1000, 800, 390, 360]) {
        await open({ locale, viewport: { width, height: 740 } }, async (opened) => {
          const { page } = opened;
          const button = page.locator('[popovertarget]');
          const faults = page.locator('form');
          const name = `${locale}, ${width} pixels`;
          await fill(opened);
          await button.click();
          await faults.locator('select').last().selectOption('numbers');
          assert.equal(await isOver(faults, button), false, name);

          if (width >= wideView.width) {
            // What the browser would give it, by its longest text, is not more than it has.
            const select = faults.locator('select').first();
            const before = await select.boundingBox();
            await page.evaluate(
              `document.querySelector('form select').style.justifySelf = 'start'`,
            );
            const after = await select.boundingBox();
            assert(before && after && after.width <= before.width, name);
          }
        });
      }
    }
  },

  'turns the interval off, lets time pass, clears and resets': async () =>
    open({}, async (opened) => {
      const { page, sandbox } = opened;
      await send(opened, '13800138000', '111111');
      await send(opened, '13800138000', '222222');
      await rows(page, 'biz.FREQUENCY').waitFor();
      await page.getByRole('button', { name: 'Let 60 s pass' }).click();
      await page.getByRole('status').filter({ hasText: '60 s have passed' }).waitFor();
      await send(opened, '13800138000', '333333');
      assert.equal(sandbox.messages.length, 2);

      const put = page.waitForResponse((response) => response.request().method() === 'PUT');
      await page.getByRole('switch', { name: '60 s interval' }).uncheck();
      await put;
      await send(opened, '13800138000', '444444');
      assert.equal(sandbox.messages.length, 3);

      await setFault(page, 'lost', 'every message');
      await page.getByText('every message: lost').waitFor();
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.getByRole('heading', { name: 'Waiting for a message' }).waitFor();
      assert.equal(sandbox.messages.length, 0);
      assert.equal(await page.getByText('every message: lost').count(), 1);

      await page.getByRole('button', { name: 'Reset' }).click();
      await page.getByText('every message: lost').waitFor({ state: 'detached' });
      await page.locator('[role=switch]:checked').waitFor();
    }),

  'shows what was sent and answered, the essential at a glance': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      await post(opened, form(createMessage('13800000005', '482913'), 'a-wrong-secret'));
      await rows(page, 'SignatureDoesNotMatch').waitFor();
      await page.locator('.chips').getByText('SignatureDoesNotMatch', { exact: true }).waitFor();
      await page.getByText('Not signed with the AccessKey of the sandbox.').waitFor();
      await page.getByRole('term').getByText('SMS signature').waitFor();
      assert.match(await page.locator('.try pre').innerText(), /^\{\n {2}"\w+": /);

      const parameters = page.locator('.parameters');
      assert.equal(await parameters.isVisible(), false);
      await page.getByText('What was sent').click();
      await parameters.getByText('SignatureNonce').waitFor();
    }),

  'shows what the magic numbers do': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      await page.getByRole('row', { name: '138 0000 0011' }).waitFor();
      await page.getByRole('row', { name: '138 0000 1000 – 138 0000 1999' }).waitFor();
      await send(opened, '13800000010', '482913');
      await rows(page, 'accepted, never delivered').waitFor();
      assert.equal(await page.getByRole('row').count(), 0);
      await page.getByText('Magic numbers').click();
      await page.getByRole('row', { name: '138 0000 0011' }).waitFor();
    }),

  'speaks Chinese': async () =>
    open({ ...withClipboard, locale: 'zh-CN' }, async (opened) => {
      const { page } = opened;
      await page.getByRole('heading', { name: '短信沙箱' }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
      await page.getByText('点击“保存并完成”。').waitFor();
      await page.getByText('登录与账户 → 注册与登录').waitFor();
      assert.doesNotMatch(await page.locator('header').innerText(), /Faults|Clear|interval/);

      await send(opened, '13800138000', '482913');
      await rows(page, '已送达').waitFor();
      await page.getByRole('button', { name: '复制 482913' }).click();
      await page.getByRole('status').filter({ hasText: '已复制' }).waitFor();

      await page.getByRole('button', { name: '模拟故障' }).click();
      await page.getByLabel('作用于').selectOption({ label: '一个号码' });
      await page.getByRole('button', { name: '设置', exact: true }).click();
      await page.locator('form [role=alert]').filter({ hasText: '11 位数字' }).waitFor();
    }),

  'copies where the browser gives no clipboard': async () =>
    open({ hostname: otherName }, async (opened) => {
      const { page, complaints } = opened;
      assert.equal(await page.evaluate('navigator.clipboard'), undefined);
      await send(opened, '13800138000', '482913');
      await page.getByRole('button', { name: 'Copy 482913' }).click();
      await rows(page, 'Copied').waitFor();
      await page.getByRole('searchbox').focus();
      await page.keyboard.press('Control+V');
      assert.equal(await page.getByRole('searchbox').inputValue(), '482913');
      // The browser says of such a page that it takes no notice of some header.
      complaints.splice(0);
    }),

  'says so where nothing copies, and leaves the code selected': async () =>
    open({ script: 'document.execCommand = () => false' }, async (opened) => {
      const { page } = opened;
      await page.evaluate(
        `navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))`,
      );
      await send(opened, '13800138000', '482913');
      await page.getByRole('button', { name: 'Copy 482913' }).click();
      await rows(page, 'copy it by hand').waitFor();
      assert.equal(await page.evaluate('getSelection().toString()'), '482913');
    }),

  'shows HTML as text': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      const html = '<img src=x onerror=window.broken=true>';
      const TemplateParam = JSON.stringify({ code: html, min: html });
      await post(opened, form({ TemplateParam }));
      await post(
        opened,
        form({ TemplateParam, SignName: html, PhoneNumber: html, TemplateCode: html }),
      );
      await rows(page, html).nth(1).waitFor();

      for (const row of await page.locator('.row').all()) {
        await choose(page, row);
        await page.locator('.detail').getByText(html).first().waitFor({ state: 'attached' });
        assert.equal(await page.locator('main img').count(), 0);
      }

      assert.equal(await page.evaluate('window.broken'), undefined);
    }),

  'keeps up with a thousand messages': async () =>
    open({}, async (opened) => {
      const { page } = opened;

      for (let sent = 0; sent < 1000; sent += 50) {
        const posts = Array.from({ length: 50 }, async (_, index) =>
          post(opened, form(createMessage('13800001000', String(100_000 + sent + index)))),
        );
        await Promise.all(posts);
      }

      await post(opened, form(createMessage('13800001001', '482913')));
      await rows(page, '482913').waitFor();
      assert.equal(await page.locator('.item').count(), 1000);
      await page.getByRole('searchbox').fill('13800001001');
      await rows(page, '100999').waitFor({ state: 'detached' });
      assert.deepEqual(await codes(page), ['482913']);
    }),

  'leaves no hole beside the phone': async () =>
    open({}, async (opened) => {
      const { page } = opened;
      await fill(opened);

      for (const row of await page.locator('.row').all()) {
        await choose(page, row);
        const bottoms = await page.evaluate<number[]>(
          `[...document.querySelectorAll('.detail .columns > .stack')].map((it) => it.lastElementChild.getBoundingClientRect().bottom)`,
        );
        assert.equal(bottoms.length, 2);
        const [left = 0, right = 0] = bottoms;
        assert(Math.abs(left - right) < 20, `${await row.innerText()}: ${left} and ${right}`);
      }
    }),

  'fits a phone of 390 and of 360 pixels': async () => {
    for (const width of [390, 360]) {
      await open({ viewport: { width, height: 740 } }, async (opened) => {
        const { page } = opened;
        assert.equal(await isTooWide(page), false, 'empty');
        const TemplateParam = JSON.stringify({ code: 'x'.repeat(200), min: '1' });
        await post(opened, form({ TemplateParam }));
        const another = createMessage('13800138000', '111111');
        await post(opened, form({ ...another, SignName: 'x'.repeat(200) }));
        await fill(opened);

        for (const row of await page.locator('.row').all()) {
          await choose(page, row);
          await page.locator('.detail').waitFor();
          assert.equal(await isTooWide(page), false, await row.innerText());
        }

        for (const summary of await page.locator('summary:visible').all()) {
          await summary.click();
        }

        assert.equal(await isTooWide(page), false, 'unfolded');
        await page.evaluate('window.scrollTo(0, 0)');
        await choose(page, rows(page, '914406').locator('.row'));
        const box = await page.locator('.phone').boundingBox();
        assert(box && box.y >= 0 && box.y < 200, 'A click leads to what is read.');

        await page.evaluate('window.scrollTo(0, 0)');
        await openFaults(page);
        await page.getByLabel('For', { exact: true }).selectOption({ label: 'one number' });
        assert.equal(await isTooWide(page), false, 'faults');
        assert.equal(await isFormTooNarrow(page), false);
        const faults = await page.locator('form').boundingBox();
        assert(faults && faults.x >= 0 && faults.x + faults.width <= width);
      });
    }
  },

  'is dark where the system is': async () => {
    const brightnessIn = async (colorScheme: 'light' | 'dark'): Promise<number> => {
      let brightness = Number.NaN;
      await open({ colorScheme }, async ({ page }) => {
        const color = await page.evaluate<string>(
          'getComputedStyle(document.documentElement).backgroundColor',
        );
        brightness = Math.max(...(color.match(/\d+/g) ?? []).map(Number));
      });

      return brightness;
    };

    assert((await brightnessIn('light')) > 200);
    assert((await brightnessIn('dark')) < 50);
  },

  'says when the sandbox is gone, and goes on when it is back': async () =>
    open({}, async (opened) => {
      const { page, sandbox, complaints } = opened;
      await send(opened, '13800138000', '482913');
      await sandbox.close();
      await page.getByText('The sandbox has stopped').waitFor();
      await page.getByRole('button', { name: 'Clear' }).click();
      await page.getByText('The sandbox does not answer.').waitFor();

      const again = await startSandbox({ port: Number(new URL(sandbox.endpoint).port) });

      try {
        await page.getByRole('heading', { name: 'Waiting for a message' }).waitFor();
        assert.equal(await page.getByText('The sandbox does not answer.').count(), 0);
        assert.equal(await page.getByText('The sandbox has stopped').count(), 0);
        await send({ ...opened, sandbox: again }, '13800138000', '482913');
        // The browser itself says that the line was cut.
        assert(complaints.every((line) => line.includes('net::ERR_')));
        complaints.splice(0);
      } finally {
        await page.close();
        await again.close();
      }
    }),
};

for (const locale of ['en', 'zh-CN']) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [wideView, phoneView]) {
      const name = `gives axe-core nothing to find: ${locale}, ${colorScheme}, ${viewport.width} pixels`;

      tests[name] = async () =>
        open({ locale, colorScheme, viewport }, async (opened) => {
          const { page } = opened;
          assert.deepEqual(await findViolations(page), [], 'empty');
          await fill(opened);

          for (const row of await page.locator('.row').all()) {
            await choose(page, row);
            assert.deepEqual(await findViolations(page), [], await row.innerText());
          }

          for (const summary of await page.locator('summary:visible').all()) {
            await summary.click();
          }

          assert.deepEqual(await findViolations(page), [], 'unfolded');
          await page.evaluate('window.scrollTo(0, 0)');
          await page.locator('[popovertarget]').click();
          await page.locator('form select').last().selectOption('next');
          await page.locator('form .main').click();
          await page.locator('.in-force li').waitFor();
          await page.locator('[popovertarget]').click();
          await page.locator('form select').last().selectOption('numbers');
          await page.locator('form .main').click();
          await page.locator('form [role=alert]').filter({ hasText: /./ }).waitFor();
          assert.deepEqual(await findViolations(page), [], 'faults');
        });
    }
  }
}

const takeScreenshots = async (): Promise<void> => {
  const take = async (name: string, options: OpenOptions, chosen: string) =>
    open(options, async (opened) => {
      const { page } = opened;
      await send(opened, '13800138000', '730268');
      await fill(opened);
      await choose(page, rows(page, chosen).locator('.row'));
      await page.evaluate('window.scrollTo(0, 0)');
      await page.mouse.move(0, 0);
      await page.screenshot({ path: path.join(import.meta.dirname, `../docs/${name}.png`) });
    });

  await take('sandbox-light', {}, '482913');
  await take('sandbox-dark-zh', { locale: 'zh-CN', colorScheme: 'dark' }, '914406');
  await take('sandbox-phone', { viewport: phoneView }, '482913');
};

/** Runs the checks with a text in their names. */
const runTests = async (wanted: string): Promise<void> => {
  const chosen = Object.entries(tests).filter(([name]) => name.includes(wanted));
  let passed = 0;
  let failed = 0;

  for (const [name, run] of chosen) {
    try {
      await run();
      passed += 1;
      console.log(`ok      ${name}`);
    } catch (error: unknown) {
      failed += 1;
      console.log(`FAILED  ${name}`);
      console.log(error instanceof Error ? error.stack : error);
    }
  }

  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
};

const argument = process.argv[2] ?? '';

try {
  await (argument === '--screenshots' ? takeScreenshots() : runTests(argument));
} finally {
  await browser.close();
}

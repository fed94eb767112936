import { expect, type Page } from '@playwright/test';

import { form } from '../../test/helpers/form.js';
import { startSandbox } from '../server.js';

import { choose, createMessage, otherName, post, rows, send, test } from './fixtures.js';

const readClipboard = async (page: Page): Promise<string> =>
  page.evaluate<string>('navigator.clipboard.readText()');

const phoneOf = (page: Page) => page.locator('.phone');

const codesOf = (page: Page) => page.locator('.item .code');

const faultOf = (page: Page, scope: string) => page.getByLabel(scope, { exact: true });

test.describe('the page, with a clipboard,', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('copies the config, and the code of a message that arrives', async ({ page, sandbox }) => {
    await expect(page.getByRole('heading', { name: 'Waiting for a message' })).toBeVisible();
    await page.getByRole('button', { name: 'Copy the config' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Copied' })).toBeAttached();
    expect(await readClipboard(page)).toBe(sandbox.config);

    await send(sandbox, '13800138000', '482913');
    await rows(page, 'delivered').getByRole('button', { name: 'Copy 482913' }).click();
    await expect(rows(page, 'Copied')).toBeVisible();
    expect(await readClipboard(page)).toBe('482913');
    await expect(phoneOf(page)).toContainText('【恒创联众】您的验证码为482913。');
    await expect(page).toHaveTitle('482913 · SMS sandbox');
  });

  test('is walked through by keys', async ({ page, sandbox }) => {
    await send(sandbox, '13800138001', '111111');
    await send(sandbox, '13800138002', '222222');
    await send(sandbox, '13800138003', '333333');
    await expect(codesOf(page)).toHaveText(['333333', '222222', '111111']);

    // One row is a stop of Tab, with its button; the arrows lead to the others.
    await page.getByRole('searchbox').focus();
    await page.keyboard.press('Tab');
    await expect(page.locator('.row:focus')).toContainText('333333');
    await page.keyboard.press('ArrowDown');
    await expect(phoneOf(page)).toContainText('222222');
    await page.keyboard.press('End');
    await expect(phoneOf(page)).toContainText('111111');
    await page.keyboard.press('ArrowUp');
    await expect(page.locator('.row:focus')).toHaveAttribute('aria-current', 'true');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect(rows(page, '222222')).toContainText('Copied');
    expect(await readClipboard(page)).toBe('222222');

    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Home');
    await expect(phoneOf(page)).toContainText('333333');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('article', { name: 'To 138 0013 8003' })).toBeFocused();
  });
});

test('shows all of the config, the endpoint first, in the window', async ({ page, sandbox }) => {
  const config = page.locator('.config pre');

  await expect(config).toContainText(`{\n  "endpoint": "${sandbox.endpoint}",`);
  await expect(config).toBeInViewport();
});

test('shows the newest, but stays with an older one that is read', async ({ page, sandbox }) => {
  await send(sandbox, '13800138001', '111111');
  await send(sandbox, '13800138002', '222222');
  await expect(phoneOf(page)).toContainText('222222');
  await choose(rows(page, '111111').locator('.row'));
  await expect(phoneOf(page)).toContainText('111111');
  await send(sandbox, '13800138003', '333333');
  await expect(codesOf(page)).toHaveText(['333333', '222222', '111111']);
  await expect(phoneOf(page)).toContainText('111111');
});

test('keeps a code that was refused from being taken for one that came', async ({
  page,
  sandbox,
}) => {
  await send(sandbox, '13800138000', '482913');
  await expect(page).toHaveTitle('482913 · SMS sandbox');
  await send(sandbox, '13800000002', '914406');
  await expect(page).toHaveTitle('SMS sandbox');

  const refused = rows(page, 'BUSINESS_LIMIT_CONTROL');
  await expect(refused.getByRole('button', { name: 'Copy' })).toHaveCount(0);
  await expect(phoneOf(page)).toHaveText('Nothing is on the phone.');
});

test('says of a refusal its code and what Aliyun means by it', async ({ page, sandbox }) => {
  await send(sandbox, '13800000004', '482913');
  await expect(page.locator('.try')).toContainText('isv.OUT_OF_SERVICE');
  await expect(page.locator('.try')).toContainText('no balance is left');
  await expect(page.locator('.try')).toContainText('fault: noBalance');
});

test('folds a retry into its message, and finds the SMS', async ({ page, sandbox }) => {
  const unavailable = form(createMessage('13800000011', '111111'));
  await post(sandbox, unavailable);
  await expect(rows(page, 'HTTP 503')).toBeVisible();
  await post(sandbox, unavailable);
  await expect(rows(page, 'delivered').filter({ hasText: '2 requests' })).toBeVisible();
  await expect(phoneOf(page)).toContainText('111111');

  const cut = form(createMessage('13800000009', '222222'));
  await post(sandbox, cut);
  await expect(rows(page, 'delivered, but no answer')).toBeVisible();
  await post(sandbox, cut);
  await expect(rows(page, '222222')).toContainText('2 requests');
  await expect(phoneOf(page)).toContainText('222222');
  await expect(codesOf(page)).toHaveText(['222222', '111111']);
  await expect(page.locator('.try')).toHaveText([
    /^Request.*no answer.*The SMS went to the phone/,
    /^Retry of the same request.*HTTP 400.*SignatureNonceUsed/,
  ]);
});

test('folds a resend into the message that was too soon', async ({ page, sandbox }) => {
  await send(sandbox, '13800138000', '111111');
  await send(sandbox, '13800138000', '222222');
  await expect(rows(page, 'biz.FREQUENCY')).toBeVisible();
  sandbox.passSeconds(60);
  await send(sandbox, '13800138000', '222222');
  await expect(rows(page, '222222')).toContainText('2 requests');
  await expect(codesOf(page)).toHaveText(['222222', '111111']);
  await expect(page.getByText('Resend with a new nonce')).toBeVisible();
  await expect(phoneOf(page)).toContainText('222222');
});

test('says that there is no answer yet, until the connection ends', async ({ page, sandbox }) => {
  const controller = new AbortController();
  const body = form(createMessage('13800000008', '482913'));
  const posted = fetch(sandbox.endpoint, { method: 'POST', body, signal: controller.signal });
  await expect(rows(page, 'no answer yet')).toBeVisible();
  controller.abort();
  await expect(posted).rejects.toThrow();
  await expect(rows(page, 'no answer yet')).toHaveCount(0);
  await expect(page.locator('.chips').getByText('no answer', { exact: true })).toBeVisible();
});

test('filters by number', async ({ page, sandbox }) => {
  await send(sandbox, '13800138001', '111111');
  await send(sandbox, '13900139002', '222222');
  const filter = page.getByRole('searchbox', { name: 'Filter by number' });
  await filter.fill('+86 139');
  await expect(codesOf(page)).toHaveText(['222222']);
  await expect(phoneOf(page)).toContainText('222222');
  await filter.fill('137');
  await expect(page.getByText('No message to such a number.')).toBeVisible();
  await filter.fill('');
  await expect(codesOf(page)).toHaveText(['222222', '111111']);
});

test('lets the next message fail, or every one, and shows the faults of numbers', async ({
  page,
  sandbox,
}) => {
  await faultOf(page, 'Next message').selectOption('throttled');
  await send(sandbox, '13800138000', '111111');
  await expect(rows(page, 'Throttling.User')).toBeVisible();
  await expect(faultOf(page, 'Next message')).toHaveValue('');
  await send(sandbox, '13800138000', '222222');
  await expect(rows(page, 'delivered')).toBeVisible();

  await faultOf(page, 'Every message').selectOption('lost');
  await expect(faultOf(page, 'Every message')).toHaveValue('lost');
  await send(sandbox, '13800138001', '333333');
  await expect(rows(page, 'accepted, never delivered')).toBeVisible();
  await faultOf(page, 'Every message').selectOption('no fault');
  await expect(faultOf(page, 'Every message')).toHaveValue('');

  await fetch(`${sandbox.endpoint}/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"numbers":{"13800138001":"hang"}}',
  });
  await expect(page.getByText('138 0013 8001: hang')).toBeVisible();
});

test('turns the interval off, lets time pass, and resets', async ({ page, sandbox }) => {
  await send(sandbox, '13800138000', '111111');
  await send(sandbox, '13800138000', '222222');
  await expect(rows(page, 'biz.FREQUENCY')).toBeVisible();
  await page.getByRole('button', { name: 'Let 60 s pass' }).click();
  await expect(page.getByRole('status').filter({ hasText: '60 s have passed' })).toBeAttached();
  await send(sandbox, '13800138000', '333333');
  await expect(rows(page, 'delivered')).toHaveCount(2);

  const interval = page.getByRole('switch', { name: '60 s interval' });
  await Promise.all([page.waitForResponse(/faults$/), interval.uncheck()]);
  await send(sandbox, '13800138000', '444444');
  await expect(rows(page, 'delivered')).toHaveCount(3);

  await faultOf(page, 'Every message').selectOption('lost');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(page.getByRole('heading', { name: 'Waiting for a message' })).toBeVisible();
  await expect(faultOf(page, 'Every message')).toHaveValue('');
  await expect(interval).toBeChecked();
});

test('shows what was sent and answered', async ({ page, sandbox }) => {
  await post(sandbox, form(createMessage('13800000005', '482913'), 'a-wrong-secret'));
  await expect(rows(page, 'SignatureDoesNotMatch')).toBeVisible();
  await expect(page.getByText('Not signed with the AccessKey of the sandbox.')).toBeVisible();
  await expect(page.getByRole('term').getByText('SMS signature')).toBeVisible();
  await expect(page.locator('.try pre')).toHaveText(/^{\n {2}"\w+": /);

  await expect(page.locator('.parameters')).toBeHidden();
  await page.getByText('What was sent').click();
  await expect(page.locator('.parameters')).toContainText('SignatureNonce');
});

test('shows what the magic numbers do', async ({ page, sandbox }) => {
  const row = page.getByRole('row', { name: '138 0000 1000 – 138 0000 1999' });
  await expect(row).toBeVisible();
  await send(sandbox, '13800000010', '482913');
  await expect(row).toBeHidden();
  await page.getByText('Magic numbers').click();
  await expect(row).toBeVisible();
});

test('shows HTML as text', async ({ page, sandbox }) => {
  const html = '<img src=x onerror=window.broken=true>';
  const TemplateParam = JSON.stringify({ code: html, min: html });
  await post(sandbox, form({ TemplateParam }));
  await choose(rows(page, html).locator('.row'));
  await expect(phoneOf(page)).toContainText(html);
  await post(
    sandbox,
    form({ TemplateParam, SignName: html, PhoneNumber: html, TemplateCode: html })
  );
  await expect(rows(page, html)).toHaveCount(2);
  await choose(rows(page, html).locator('.row').first());
  await expect(page.locator('.facts')).toContainText(html);
  await expect(page.locator('main img')).toHaveCount(0);
  expect(await page.evaluate('window.broken')).toBeUndefined();
});

test('keeps up with a thousand messages', async ({ page, sandbox }) => {
  const codes = Array.from({ length: 1000 }, (_, index) => String(100_000 + index));

  while (codes.length > 0) {
    // eslint-disable-next-line no-await-in-loop, @silverhand/fp/no-mutating-methods -- Fifty at a time.
    await Promise.all(codes.splice(0, 50).map(async (code) => send(sandbox, '13800001000', code)));
  }

  await send(sandbox, '13800001001', '482913');
  await expect(rows(page, '482913')).toBeVisible();
  await expect(page.locator('.item')).toHaveCount(1000);
  await page.getByRole('searchbox').fill('13800001001');
  await expect(codesOf(page)).toHaveText(['482913']);
});

test.describe('in Chinese', () => {
  test.use({ locale: 'zh-CN', permissions: ['clipboard-write'] });

  test('speaks Chinese', async ({ page, sandbox }) => {
    await expect(page.getByRole('heading', { name: '短信沙箱' })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByText('点击“保存并完成”。')).toBeVisible();
    await expect(page.locator('header')).not.toContainText(/Reset|interval/);
    await faultOf(page, '每条短信').selectOption('lost');
    await send(sandbox, '13800138000', '111111');
    await expect(rows(page, '已受理，但未送达')).toBeVisible();
    await send(sandbox, '13800000002', '914406');
    await expect(page.locator('.try')).toContainText('该号码已达上限');
    await send(sandbox, '13800000000', '482913');
    await page.getByRole('button', { name: '复制 482913' }).click();
    await expect(page.getByRole('status').filter({ hasText: '已复制' })).toBeAttached();
  });
});

test.describe('where the browser gives no clipboard', () => {
  // The browser says of such a page that it takes no notice of some header.
  test.use({ hostname: otherName, mayComplain: /cross-origin-opener-policy|origin-keyed/i });

  test('copies all the same', async ({ page, sandbox }) => {
    expect(await page.evaluate('navigator.clipboard')).toBeUndefined();
    await send(sandbox, '13800138000', '482913');
    await page.getByRole('button', { name: 'Copy 482913' }).click();
    await expect(rows(page, 'Copied')).toBeVisible();
    await page.getByRole('searchbox').focus();
    await page.keyboard.press('Control+V');
    await expect(page.getByRole('searchbox')).toHaveValue('482913');
  });

  test('says so where nothing copies, and leaves the code selected', async ({ page, sandbox }) => {
    await page.evaluate('void (document.execCommand = () => false)');
    await send(sandbox, '13800138000', '482913');
    await page.getByRole('button', { name: 'Copy 482913' }).click();
    await expect(rows(page, 'copy it by hand')).toBeVisible();
    expect(await page.evaluate('getSelection().toString()')).toBe('482913');
  });
});

test.describe('when the sandbox is gone', () => {
  test.use({ mayComplain: /net::ERR_/ });

  test('says so, and goes on when it is back', async ({ page, sandbox }) => {
    await send(sandbox, '13800138000', '482913');
    await expect(rows(page, '482913')).toBeVisible();
    await sandbox.close();
    await expect(page.getByText('The sandbox has stopped')).toBeVisible();
    await page.getByRole('button', { name: 'Reset' }).click();
    await expect(page.getByText('The sandbox does not answer.')).toBeVisible();
    await faultOf(page, 'Every message').selectOption('lost');
    await expect(faultOf(page, 'Every message')).toHaveValue('');

    const again = await startSandbox({ port: Number(new URL(sandbox.endpoint).port) });

    try {
      await expect(page.getByRole('heading', { name: 'Waiting for a message' })).toBeVisible();
      await expect(page.getByText('The sandbox does not answer.')).toHaveCount(0);
      await expect(page.getByText('The sandbox has stopped')).toHaveCount(0);
      await send(again, '13800138000', '111111');
      await expect(codesOf(page)).toHaveText(['111111']);
    } finally {
      await page.close();
      await again.close();
    }
  });
});

import { expect, type Locator, type Page, test as base } from '@playwright/test';

import { form } from '../../test/helpers/form.js';
import { type Sandbox, startSandbox } from '../server.js';

/** A name that is not of this computer alone: a browser gives no clipboard to its pages. */
export const otherName = 'sandbox.test';

type Options = Readonly<{
  /** The name by which the page is opened. */
  hostname: string;
  /** What the browser may complain of. */
  mayComplain: RegExp | undefined;
}>;

/**
 * A sandbox for each test, with its page open in `page`; which asks for nothing elsewhere, and of which neither the page nor
 * the browser complains.
 */
export const test = base.extend<Options & Readonly<{ sandbox: Sandbox }>>({
  hostname: ['127.0.0.1', { option: true }],
  mayComplain: [undefined, { option: true }],

  // eslint-disable-next-line no-empty-pattern -- Playwright reads from it which fixtures are wanted.
  sandbox: async ({}, use) => {
    const sandbox = await startSandbox({ allowHosts: [otherName] });
    await use(sandbox);
    await sandbox.close();
  },

  page: async ({ page, sandbox, hostname, mayComplain }, use) => {
    const { port } = new URL(sandbox.endpoint);
    const host = `${hostname}:${port}`;
    const complaints = new Set<string>();
    const elsewhere = new Set<string>();

    page.on('request', (request) => {
      if (new URL(request.url()).host !== host) {
        elsewhere.add(request.url());
      }
    });
    page.on('pageerror', ({ message }) => complaints.add(message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        complaints.add(message.text());
      }
    });

    await page.goto(`http://${host}`);
    await page.locator('.config pre').waitFor();
    await use(page);

    expect([...elsewhere], 'The page asked for something elsewhere.').toEqual([]);
    expect([...complaints].filter((complaint) => !mayComplain?.test(complaint))).toEqual([]);
  },
});

/** The parameters of a message. */
export const createMessage = (to: string, code: string) => ({
  PhoneNumber: to,
  TemplateParam: JSON.stringify({ code, min: '10' }),
});

/** Posts a form, and resolves when it is answered or its connection is cut. */
export const post = async ({ endpoint }: Pick<Sandbox, 'endpoint'>, body: URLSearchParams) => {
  try {
    const response = await fetch(endpoint, { method: 'POST', body });
    await response.text();
  } catch {
    // Some faults cut it.
  }
};

/** Sends a message, once. */
export const send = async (sandbox: Sandbox, to: string, code: string): Promise<void> =>
  post(sandbox, form(createMessage(to, code)));

/** A message that is delivered on the retry, one that is refused, and one that is delivered: so they stand from below. */
export const fill = async (page: Page, sandbox: Sandbox): Promise<void> => {
  const retried = form(createMessage('13800000011', '051947'));
  await post(sandbox, retried);
  await post(sandbox, retried);
  await send(sandbox, '13800000002', '914406');
  await send(sandbox, '13912345678', '482913');
  await expect(rows(page, '482913').first()).toBeVisible();
};

/** The messages in the list with a text in them. */
export const rows = (page: Page, hasText: string | RegExp): Locator =>
  page.locator('.item').filter({ hasText });

/** Chooses a row by a click, and waits until it is shown as chosen. */
export const choose = async (row: Locator): Promise<void> => {
  await row.click();
  await expect(row).toHaveAttribute('aria-current', 'true');
};

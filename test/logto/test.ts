/** What a test of a user's flow has: a browser whose answers are searched for secrets, numbers and users of its own. */
import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';

import { type BrowserContext, expect, type Page, test as base } from '@playwright/test';

import { endpoint, findUsers, manage } from './logto.js';
import { findSecrets } from './secrets.js';

export { expect } from '@playwright/test';

export type User = Readonly<{ username: string; password: string; id: string }>;

type Fixtures = Readonly<{
  /** A mobile number of mainland China that nobody had before; the users who have it go when the test ends. */
  number: string;
  /** A second one. */
  otherNumber: string;
  /** Makes a user with a name and a password, and with a number where one is given; goes when the test ends. */
  createUser: (number?: string) => Promise<User>;
}>;

/** A fixture: a new number, and nobody has it afterwards. */
// eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures that are needed from the pattern.
const lendNumber = async ({}, use: (number: string) => Promise<void>): Promise<void> => {
  const number = `139${String(randomInt(100_000_000)).padStart(8, '0')}`;
  await use(number);

  const users = await findUsers(number);
  await Promise.all(users.map(async (id) => manage('DELETE', `/users/${id}`)));
};

/** What comes from files, and is the same for everybody. */
const files = new Set(['script', 'stylesheet', 'image', 'font', 'media', 'manifest']);

/**
 * Collects all that a browser is answered: the address, the headers and the body of each answer, as one text. It stands
 * between the browser and Logto, since a browser forgets the answers of a page that it left.
 */
const collectAnswers = async (context: BrowserContext): Promise<Set<string>> => {
  const answers = new Set<string>();

  await context.route('**', async (route) => {
    if (files.has(route.request().resourceType())) {
      await route.continue();

      return;
    }

    const response = await route.fetch({ maxRedirects: 0 });
    answers.add(
      `${response.url()} ${JSON.stringify(response.headersArray())} ${await response.text()}`
    );
    await route.fulfill({ response });
  });

  return answers;
};

export const test = base.extend<Fixtures>({
  context: async ({ context, number, otherNumber }, use) => {
    const answers = await collectAnswers(context);
    await use(context);
    await context.unrouteAll({ behavior: 'ignoreErrors' });
    expect(await findSecrets([...answers], [number, otherNumber])).toEqual([]);
  },
  number: lendNumber,
  otherNumber: lendNumber,
  // eslint-disable-next-line no-empty-pattern -- As above.
  createUser: async ({}, use) => {
    const ids = new Set<string>();
    await use(async (number) => {
      const username = `u${randomUUID().replaceAll('-', '')}`;
      const password = `Pw-${randomUUID()}`;
      const { id } = z.object({ id: z.string() }).parse(
        await manage('POST', '/users', {
          username,
          password,
          ...(number && { primaryPhone: `86${number}` }),
        })
      );
      ids.add(id);

      return { id, username, password };
    });
    await Promise.all([...ids].map(async (id) => manage('DELETE', `/users/${id}`)));
  },
});

/** Opens an app of Logto's, which leads to its sign-in page, or to another one that is named. */
export const openApp = async (page: Page, firstScreen?: string): Promise<void> => {
  const query = firstScreen ? `?first_screen=${firstScreen}` : '';
  await page.goto(`${endpoint}/demo-app${query}`);
};

/** Types a number or a name where Logto asks for it, and goes on. Returns when that was, in milliseconds. */
export const submitIdentifier = async (page: Page, identifier: string): Promise<number> => {
  await page.locator('[name=identifier]').fill(identifier);
  const time = Date.now();
  await page.locator('[type=submit]:visible').click();

  return time;
};

/** Signs in with a name and a password, as far as no code is needed. */
export const signInByPassword = async (
  page: Page,
  { username, password }: Pick<User, 'username' | 'password'>
): Promise<void> => {
  await submitIdentifier(page, username);
  await page.locator('[name=password]').fill(password);
  await page.locator('[type=submit]:visible').click();
};

/** Pastes a code into its six fields, which sends it. */
export const pasteCode = async (page: Page, code: string): Promise<void> => {
  const first = page.locator('input[inputmode=numeric]').first();
  // What is typed before the page is ready is lost; then it puts the cursor there.
  await expect(first).toBeFocused();
  await first.evaluate((element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', text);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
  }, code);
};

const tokenGuard = z.object({ access_token: z.string(), id_token: z.string() });

/** Waits until the app gets its tokens; gives the id of the user whom they name. */
export const waitForToken = async (page: Page): Promise<string> => {
  const response = await page.waitForResponse(
    (it) => new URL(it.url()).pathname === '/oidc/token' && it.ok()
  );
  const { id_token: idToken } = tokenGuard.parse(await response.json());
  const [, claims = ''] = idToken.split('.');

  const { sub } = z
    .object({ sub: z.string() })
    .parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));

  return sub;
};

/** Pastes a code, and waits until the app gets its tokens; gives the id of the user whom they name. */
export const getTokenWith = async (page: Page, code: string): Promise<string> => {
  const token = waitForToken(page);
  await pasteCode(page, code);

  return token;
};

/** Console, where its admin comes in. */
import { randomBytes } from 'node:crypto';

import { type Page } from '@playwright/test';

import { type Access, adminEndpoint } from './logto.js';

/** How an admin comes in. */
export type Admin = Pick<Access, 'name' | 'password'>;

/** The address of a page of Console. */
export const consoleUrl = (route: string): string => `${adminEndpoint}/console${route}`;

/**
 * Signs in with a name and a password, and waits until the connectors are there; throws with what Logto says where they
 * are not. The page speaks English.
 */
export const signInToConsole = async (page: Page, { name, password }: Admin): Promise<void> => {
  await page.goto(consoleUrl('/connectors/passwordless'));
  await page.locator('[name=identifier]').fill(name);
  await page.locator('[name=password]').fill(password);
  await page.locator('[type=submit]:visible').click();

  const refusal = page.locator('[role=alert], [role=toast]');
  // What the Management API told: before that, leaving the page would be leaving before the sign-in is done.
  const arrived = page.getByRole('row', { name: 'SMS connector' });
  await refusal.or(arrived).first().waitFor();

  if (await refusal.first().isVisible()) {
    throw new Error(String(await refusal.first().textContent()));
  }
};

/** Registers as the admin of a Logto that has none, and prints how to come in again. The page speaks English. */
export const registerAdmin = async (page: Page): Promise<Admin> => {
  const name = process.env.LOGTO_ADMIN_NAME ?? 'admin';
  const password = process.env.LOGTO_ADMIN_PASSWORD ?? `Lt-${randomBytes(9).toString('base64url')}`;

  await page.goto(consoleUrl('/welcome'));
  await page.getByRole('button').click();
  await page.locator('[name=identifier]').fill(name);
  await page.locator('[type=submit]:visible').click();
  await page.locator('[name=newPassword]').fill(password);
  await page.locator('[name=confirmPassword]').fill(password);
  await page.locator('[type=submit]:visible').click();
  await page.getByRole('link', { name: 'Connectors' }).waitFor();

  console.log(
    `Registered Console's admin: LOGTO_ADMIN_NAME=${name} LOGTO_ADMIN_PASSWORD=${password}`
  );

  return { name, password };
};

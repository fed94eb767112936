/** Signing in to Console, as its admin. */
import { type Page } from '@playwright/test';

import { adminEndpoint } from './logto.js';

/** The address of a page of Console. */
export const consoleUrl = (route: string): string => `${adminEndpoint}/console${route}`;

/** Signs in with a name and a password, and waits until Console is there; throws with what Logto says where it is not. */
export const signInToConsole = async (
  page: Page,
  { name, password }: Readonly<{ name: string; password: string }>
): Promise<void> => {
  await page.goto(consoleUrl('/connectors/passwordless'));
  await page.locator('[name=identifier]').fill(name);
  await page.locator('[name=password]').fill(password);
  await page.locator('[type=submit]:visible').click();

  const refusal = page.locator('[role=alert], [role=toast]');
  const arrived = page.getByRole('link', { name: /Connectors|连接器/ });
  await refusal.or(arrived).first().waitFor();

  if (await refusal.first().isVisible()) {
    throw new Error(String(await refusal.first().textContent()));
  }
};

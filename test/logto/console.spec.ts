import { expect, type Page, test } from '@playwright/test';

import { consoleUrl, signInToConsole } from './console.js';
import { factoryId, getAccess, getSmsConnector, manage, setSmsConnector } from './logto.js';
import { type JsonObject, sandboxConfig, waitForMessage } from './sandbox.js';

test.use({ locale: 'en' });

// Every test begins with the connector as it is set up for the sandbox, and the next project finds it so.
test.beforeEach(async ({ page }) => {
  await setSmsConnector(factoryId, sandboxConfig);
  await signInToConsole(page, getAccess());
});

test.afterAll(async () => {
  await setSmsConnector(factoryId, sandboxConfig);
});

const name = 'Aliyun Message Authentication Service';

/** Takes the connector's config away, and opens its guide as an admin who sets up SMS. */
const openGuide = async (page: Page): Promise<void> => {
  const connector = await getSmsConnector();
  await (connector && manage('DELETE', `/connectors/${connector.id}`));
  await page.goto(consoleUrl('/connectors/passwordless'));
  await page
    .getByRole('row', { name: 'SMS connector' })
    .getByRole('button', { name: 'Set up' })
    .click();
  await page.getByText(name, { exact: true }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByText(`README: ${name}`)).toBeVisible();
};

/** Opens the page of the connector that is set up. */
const openDetails = async (page: Page): Promise<void> => {
  await page.goto(consoleUrl('/connectors/passwordless'));
  await page.getByRole('row', { name }).click();
  await expect(page.getByRole('button', { name: 'Check README' })).toBeVisible();
};

/** Replaces all that is in the JSON editor. */
const paste = async (page: Page, config: JsonObject): Promise<void> => {
  await page.locator('textarea:not([readonly])').fill(JSON.stringify(config, undefined, 2));
};

/** Sends a test message. Returns when that was, in milliseconds. */
const sendTest = async (page: Page, number: string): Promise<number> => {
  await page.locator('[name=sendTo]').fill(`+86${number}`);
  const time = Date.now();
  await page.getByRole('button', { name: 'Send', exact: true }).click();

  return time;
};

test('the admin finds the tile, and at 1280 px sees the first step of the guide, with nothing to scroll sideways', async ({
  page,
}) => {
  await openGuide(page);
  await expect(page.locator('ol > li').first()).toBeInViewport({ ratio: 1 });

  const scrolling = await page.evaluate(() =>
    Array.from(document.querySelectorAll('*'))
      .filter(
        (element) =>
          /auto|scroll/.test(getComputedStyle(element).overflowX) &&
          element.scrollWidth > element.clientWidth + 1
      )
      .map(({ className }) => className)
  );
  expect(scrolling).toEqual([]);

  // All of it is within the window: no part of the guide hangs over its edge, where nobody can scroll to.
  const button = await page.getByRole('button', { name: 'Send', exact: true }).boundingBox();
  expect(button && button.x + button.width).toBeLessThan(1280);
});

test('the admin who sets up a wrong signature is told so, and with the right one sends a test and saves', async ({
  page,
}) => {
  await openGuide(page);
  await paste(page, { ...sandboxConfig, signName: '恒创联合' });
  await sendTest(page, '13800000000');
  const toast = page.getByText('Error in key path');
  await expect(toast).toContainText('Error in key path "signName"');
  await expect(toast).toContainText('请填写 "恒创联众"');
  await expect(toast).toContainText('Write "恒创联众"');

  await paste(page, sandboxConfig);
  const time = await sendTest(page, '13800000000');
  await expect(page.getByText('Test message sent')).toBeVisible();
  expect(await waitForMessage('13800000000', time)).toMatchObject({ templateCode: '100001' });

  await page.getByRole('button', { name: 'Save and Done' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  expect(await getSmsConnector()).toMatchObject({ connectorId: factoryId, config: sandboxConfig });
});

test('the admin whose AccessKey Secret Aliyun refuses is told by the test which key is wrong', async ({
  page,
}) => {
  await openDetails(page);
  await paste(page, { ...sandboxConfig, accessKeySecret: 'sandbox-wrong-secret' });
  await sendTest(page, '13800001000');
  const toast = page.getByText('Error in key path');
  await expect(toast).toContainText('"accessKeySecret"');
  await expect(toast).toContainText('SignatureDoesNotMatch');
});

test('the admin takes a key away with null: the test goes out without it, and it is no longer saved', async ({
  page,
}) => {
  // A signature that Aliyun no longer takes, and that is sent as it is written.
  await setSmsConnector(factoryId, { ...sandboxConfig, signNameOverride: '速通互联验证码' });
  await openDetails(page);
  await paste(page, { ...sandboxConfig, signNameOverride: null });
  const time = await sendTest(page, '13800001000');
  expect(await waitForMessage('13800001000', time)).toMatchObject({ signName: '恒创联众' });

  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const connector = await getSmsConnector();
  expect(connector?.config).toEqual(sandboxConfig);
});

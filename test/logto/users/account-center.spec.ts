import { z } from 'zod';

import { type Page } from '@playwright/test';

import { endpoint, manage, readConnectorLog } from '../logto.js';
import { getRequests, waitForMessage } from '../sandbox.js';
import { expect, signInByPassword, test, pasteCode, type User } from '../test.js';

/** Presses the button that sends a code. Returns when that was, in milliseconds. */
const send = async (page: Page): Promise<number> => {
  const time = Date.now();
  await page.getByRole('button', { name: '发送验证码' }).click();

  return time;
};

/** Signs in to the page of the account center on which a number is bound, and confirms the number that the user has. */
const openPhonePage = async (page: Page, user: User, number: string): Promise<void> => {
  await page.goto(`${endpoint}/account/phone`);
  await signInByPassword(page, user);
  const { code, templateCode } = await waitForMessage(number, await send(page));
  expect(templateCode).toBe('100005');
  await pasteCode(page, code);
};

test('a user confirms the number in the account center, and binds another one', async ({
  page,
  number,
  otherNumber,
  createUser,
}) => {
  const user = await createUser(number);
  await openPhonePage(page, user, number);
  await page.locator('[name=phone]').fill(otherNumber);
  const { code, templateCode } = await waitForMessage(otherNumber, await send(page));
  expect(templateCode).toBe('100002');
  await pasteCode(page, code);
  await expect(page).toHaveURL(/success/);
  expect(await manage('GET', `/users/${user.id}`)).toHaveProperty(
    'primaryPhone',
    `86${otherNumber}`
  );
});

test.describe('a failure in the account center', () => {
  const noBalance = '13800000004';

  test.use({ otherNumber: noBalance });

  test('is told to the user, and to the admin in what core writes', async ({
    page,
    number,
    otherNumber,
    createUser,
  }) => {
    const log = await readConnectorLog();
    test.skip(log === undefined, 'What core writes cannot be read: name its file in LOGTO_LOG.');
    await openPhonePage(page, await createUser(number), number);
    await page.locator('[name=phone]').fill(otherNumber);
    await send(page);
    await expect(page.locator('[role=toast]')).toHaveText(
      '连接器发生错误：验证码发送失败，请几分钟后再试。'
    );

    const requests = await getRequests(otherNumber);
    const { RequestId } = z
      .object({ RequestId: z.string() })
      .parse(JSON.parse(requests.at(-1)?.answer ?? ''));
    const line = new RegExp(
      `connector-aliyun-sms-mas: general .*\\(isv\\.OUT_OF_SERVICE, RequestId ${RequestId}\\)`
    );
    await expect.poll(readConnectorLog).toContainEqual(expect.stringMatching(line));
  });
});

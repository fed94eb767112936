import { randomUUID } from 'node:crypto';

import { findUsers } from '../logto.js';
import { waitForMessage } from '../sandbox.js';
import {
  expect,
  getTokenWith,
  openApp,
  signInByPassword,
  submitIdentifier,
  test,
  pasteCode,
  waitForToken,
} from '../test.js';

test(
  'a new user registers by phone, and the app gets a token',
  { tag: '@basic' },
  async ({ page, number }) => {
    await openApp(page, 'register');
    const time = await submitIdentifier(page, number);
    const { code, templateCode, text } = await waitForMessage(number, time);
    expect(templateCode).toBe('100001');
    expect(text).toContain(`您的验证码为${code}`);

    const id = await getTokenWith(page, code);
    expect(await findUsers(number)).toEqual([id]);
  }
);

test(
  'a user signs in by phone, and the app gets a token',
  { tag: '@basic' },
  async ({ page, number, createUser }) => {
    const { id } = await createUser(number);
    await openApp(page);
    const time = await submitIdentifier(page, number);
    const { code, templateCode } = await waitForMessage(number, time);
    expect(templateCode).toBe('100001');

    expect(await getTokenWith(page, code)).toBe(id);
  }
);

test('a user who forgot the password sets a new one by phone, and signs in with it', async ({
  page,
  number,
  createUser,
}) => {
  const { id, username } = await createUser(number);
  await openApp(page);
  await submitIdentifier(page, username);
  await page.getByText('忘记密码？').click();
  const time = await submitIdentifier(page, number);
  const { code, templateCode, text } = await waitForMessage(number, time);
  expect(templateCode).toBe('100003');
  expect(text).toContain('重置密码');
  await pasteCode(page, code);

  const password = `Pw-${randomUUID()}`;
  await page.locator('[name=newPassword]').fill(password);
  await page.locator('[type=submit]:visible').click();
  const token = waitForToken(page);
  await signInByPassword(page, { username, password });
  expect(await token).toBe(id);
});

test('a user who writes a 0 before the number registers all the same', async ({ page, number }) => {
  await openApp(page, 'register');
  const time = await submitIdentifier(page, `0${number}`);
  const { code } = await waitForMessage(number, time);
  await getTokenWith(page, code);
});

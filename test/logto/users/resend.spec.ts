import { manage } from '../logto.js';
import { forgetNumber, getRequests, letTimePass, waitForMessage } from '../sandbox.js';
import { expect, getTokenWith, openApp, submitIdentifier, test } from '../test.js';

test('a user who asks for another code at the moment the button opens, too soon for Aliyun, gets it and signs in', async ({
  page,
  number,
  createUser,
}) => {
  test.setTimeout(120_000);
  const getAnswerCodes = async () => {
    const requests = await getRequests(number);

    return requests.map(({ answerCode }) => answerCode);
  };
  const { id } = await createUser(number);
  await openApp(page);
  await waitForMessage(number, await submitIdentifier(page, number));
  const button = page.getByText('重发验证码');
  await button.waitFor({ timeout: 90_000 });

  // It opens after 59 s, and Aliyun's interval is 60 s: on a busy machine the press may come after both. So the number
  // gets another message now, and its interval ends while the connector waits.
  await forgetNumber(number);
  await manage('POST', '/verification-codes', { phone: `86${number}` });
  const time = Date.now();
  const endInterval = async () => {
    await expect.poll(getAnswerCodes, { intervals: [100] }).toEqual(['OK', 'biz.FREQUENCY']);
    await letTimePass(60);
  };
  await Promise.all([endInterval(), button.click()]);

  await expect(page.getByText('验证码已经发送', { exact: true })).toBeVisible();
  expect(await getAnswerCodes()).toEqual(['OK', 'biz.FREQUENCY', 'OK']);
  const { code } = await waitForMessage(number, time);
  expect(await getTokenWith(page, code)).toBe(id);
});

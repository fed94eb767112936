import { getRequests, setFaults, waitForMessage } from '../sandbox.js';
import { expect, getTokenWith, openApp, submitIdentifier, test } from '../test.js';

/** The codes that Aliyun answered to the requests for a number. */
const getAnswerCodes = async (number: string): Promise<string[]> => {
  const requests = await getRequests(number);

  return requests.map(({ answerCode }) => answerCode);
};

test('a user who asks for another code at the moment the button opens, too soon for Aliyun, gets it and signs in', async ({
  page,
  number,
  createUser,
}) => {
  test.setTimeout(120_000);
  const { id } = await createUser(number);
  await openApp(page);
  await waitForMessage(number, await submitIdentifier(page, number));

  // It opens about a second too early, but on a busy machine later: it is too soon until the first refusal.
  await setFaults({ numbers: { [number]: 'frequency' } });
  const resend = page.getByText('重发验证码');
  await resend.waitFor({ timeout: 90_000 });
  const time = Date.now();
  await resend.click();
  await expect
    .poll(async () => getAnswerCodes(number), { intervals: [50] })
    .toEqual(['OK', 'biz.FREQUENCY']);
  await setFaults({ numbers: { [number]: null } });

  const { code } = await waitForMessage(number, time);
  await expect(page.getByText('验证码已经发送')).toBeVisible();
  expect(await getAnswerCodes(number)).toEqual(['OK', 'biz.FREQUENCY', 'OK']);
  expect(await getTokenWith(page, code)).toBe(id);
});

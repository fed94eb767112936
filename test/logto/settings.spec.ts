import { factoryId, getFailures, manage, setSmsConnector, signInByPhone } from './logto.js';
import { languages } from './magic-numbers.js';
import { getRequests, sandboxConfig, waitForMessage } from './sandbox.js';
import { expect, getTokenWith, openApp, signInByPassword, submitIdentifier, test } from './test.js';

test.describe('where a second factor by phone is asked for', () => {
  test.beforeAll(async () => {
    // Logto has it only where codes by phone are not a way to sign in.
    const [phone, username] = signInByPhone.signIn.methods;
    await manage('PATCH', '/sign-in-exp', {
      signUp: { identifiers: ['username'], password: true, verify: false },
      signIn: {
        methods: [{ ...phone, verificationCode: false, isPasswordPrimary: true }, username],
      },
      mfa: { factors: ['PhoneVerificationCode'], policy: 'Mandatory' },
    });
  });

  test.afterAll(async () => {
    await manage('PATCH', '/sign-in-exp', signInByPhone);
  });

  test('a user without a number binds one while signing in, and the app gets a token', async ({
    page,
    number,
    createUser,
  }) => {
    const user = await createUser();
    await openApp(page);
    await signInByPassword(page, user);
    // What is typed before the page is ready is lost; then it puts the cursor there.
    await expect(page.locator('[name=identifier]')).toBeFocused();
    const { code, templateCode } = await waitForMessage(
      number,
      await submitIdentifier(page, number)
    );
    expect(templateCode).toBe('100001');
    expect(await getTokenWith(page, code)).toBe(user.id);
    expect(await manage('GET', `/users/${user.id}`)).toHaveProperty('primaryPhone', `86${number}`);
  });

  test('a user confirms the number while signing in, and the app gets a token', async ({
    page,
    number,
    createUser,
  }) => {
    const user = await createUser(number);
    const time = Date.now();
    await openApp(page);
    await signInByPassword(page, user);
    const { code, templateCode } = await waitForMessage(number, time);
    expect(templateCode).toBe('100001');
    expect(await getTokenWith(page, code)).toBe(user.id);
  });
});

/** What a user reads where the config is to blame. */
const invalidConfig = {
  en: "The connector's config is invalid.",
  'zh-CN': '连接器配置错误',
};

test.describe('where Aliyun refuses the AccessKey of the config', () => {
  test.beforeAll(async () => {
    await setSmsConnector(factoryId, {
      ...sandboxConfig,
      accessKeySecret: `${sandboxConfig.accessKeySecret}-wrong`,
    });
  });

  test.afterAll(async () => {
    await setSmsConnector(factoryId, sandboxConfig);
  });

  for (const language of languages) {
    test.describe(language, () => {
      test.use({ locale: language });

      test(`a user reads: ${invalidConfig[language]}`, async ({ page, number }) => {
        await openApp(page);
        await submitIdentifier(page, `+86${number}`);
        await expect(page.locator('[role=toast]')).toHaveText(invalidConfig[language]);
        const requests = await getRequests(number);
        expect(requests.map(({ answerCode }) => answerCode)).toEqual(['SignatureDoesNotMatch']);
      });
    });
  }

  test('the audit log names the AccessKeySecret in the first hundred characters', async ({
    page,
    number,
  }) => {
    await openApp(page);
    await submitIdentifier(page, number);
    await expect(page.locator('[role=toast]')).toBeVisible();
    const failures = await getFailures();
    const failure = failures.find((it) => it.number === number);
    expect(failure?.error.message.slice(0, 100)).toContain(
      '请填写创建该 AccessKey 时显示的 Secret'
    );
  });
});

import { languages, readMagicNumbers } from '../magic-numbers.js';
import { getRequests } from '../sandbox.js';
import { expect, openApp, submitIdentifier, test } from '../test.js';

/** What the user of a number outside of mainland China reads. */
const foreign = {
  en: 'The request is with wrong input parameter(s).',
  'zh-CN': '请求参数错误',
};

for (const language of languages) {
  test.describe(language, () => {
    test.use({ locale: language });

    for (const { number: magicNumber, sentence } of readMagicNumbers(language)) {
      test.describe(() => {
        test.use({ number: magicNumber });

        test(
          sentence
            ? `the user of ${magicNumber} reads: ${sentence}`
            : `the user of ${magicNumber} is asked for the code`,
          async ({ page, number }) => {
            await openApp(page);
            await submitIdentifier(page, `+86${number}`);

            await (sentence
              ? expect(page.locator('[role=toast]')).toHaveText(sentence)
              : expect(page.locator('[inputmode=numeric]')).toHaveCount(6));
          }
        );
      });
    }

    test(`the user of a number in Hong Kong reads: ${foreign[language]}`, async ({ page }) => {
      await openApp(page);
      await submitIdentifier(page, '+85261234567');
      await expect(page.locator('[role=toast]')).toHaveText(foreign[language]);
      const requests = await getRequests();
      expect(requests.filter(({ to }) => to.includes('61234567'))).toEqual([]);
    });
  });
}

import { expect, type Page } from '@playwright/test';

import { form } from '../../test/helpers/form.js';

import { choose, fill, post, test } from './fixtures.js';

const isTooWide = async (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');

for (const width of [390, 360]) {
  test.describe(`on a phone of ${width} pixels`, () => {
    test.use({ viewport: { width, height: 740 } });

    test('fits, whatever came', async ({ page, sandbox }) => {
      expect(await isTooWide(page)).toBe(false);
      const TemplateParam = JSON.stringify({ code: 'x'.repeat(200), min: '1' });
      await post(sandbox, form({ TemplateParam }));
      await post(sandbox, form({ SignName: 'x'.repeat(200) }));
      await page.locator('select').last().selectOption('garbage');
      await fill(page, sandbox);
      const list = page.locator('.row');

      for (const row of await list.all()) {
        // eslint-disable-next-line no-await-in-loop -- One after the other, as a person would.
        await choose(row);
        // eslint-disable-next-line no-await-in-loop
        expect(await isTooWide(page)).toBe(false);
      }

      for (const summary of await page.locator('summary:visible').all()) {
        // eslint-disable-next-line no-await-in-loop
        await summary.click();
      }

      expect(await isTooWide(page)).toBe(false);
      await page.evaluate('window.scrollTo(0, 0)');
      await choose(list.first());
      // A tap leads to what is read.
      await expect(page.locator('.phone')).toBeInViewport();
    });
  });
}

for (const [colorScheme, isDark] of [
  ['light', false],
  ['dark', true],
] as const) {
  test.describe(`where the system is ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('is so as well', async ({ page }) => {
      const color = await page.evaluate<string>(
        'getComputedStyle(document.documentElement).backgroundColor'
      );
      const brightness = Math.max(...(color.match(/\d+/g) ?? []).map(Number));

      expect(brightness < 128).toBe(isDark);
    });
  });
}

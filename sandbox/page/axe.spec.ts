import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

import { choose, fill, test } from './fixtures.js';

/** What axe-core finds wrong with the page as it stands. */
const findViolations = async (page: Page): Promise<unknown> =>
  page.evaluate(
    `${axe.source}; axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`
  );

for (const locale of ['en', 'zh-CN']) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ]) {
      test.describe(`${locale}, ${colorScheme}, ${viewport.width} pixels`, () => {
        test.use({ locale, colorScheme, viewport });

        test('gives axe-core nothing to find', async ({ page, sandbox }) => {
          expect(await findViolations(page)).toEqual([]);
          await page.locator('select').last().selectOption('lost');
          await fill(page, sandbox);

          for (const row of await page.locator('.row').all()) {
            // eslint-disable-next-line no-await-in-loop -- One after the other, as a person would.
            await choose(row);
            // eslint-disable-next-line no-await-in-loop
            expect(await findViolations(page)).toEqual([]);
          }

          for (const summary of await page.locator('summary:visible').all()) {
            // eslint-disable-next-line no-await-in-loop
            await summary.click();
          }

          expect(await findViolations(page)).toEqual([]);
        });
      });
    }
  }
}

import path from 'node:path';

import { choose, fill, rows, send, test } from './fixtures.js';

/** Takes the pictures of the READMEs: `npm run test:browser -- --project pictures`. */
const pictures = [
  { name: 'light', chosen: '482913', use: {} },
  { name: 'dark-zh', chosen: '051947', use: { locale: 'zh-CN', colorScheme: 'dark' } },
  { name: 'phone', chosen: '482913', use: { viewport: { width: 390, height: 844 } } },
] as const;

for (const { name, chosen, use } of pictures) {
  test.describe(name, () => {
    test.use(use);

    test('is taken', async ({ page, sandbox }) => {
      await send(sandbox, '13800138000', '730268');
      await fill(page, sandbox);
      await choose(rows(page, chosen).locator('.row'));
      await page.evaluate('window.scrollTo(0, 0)');
      await page.mouse.move(0, 0);
      await page.screenshot({ path: path.join(import.meta.dirname, `../pictures/${name}.png`) });
    });
  });
}

import { existsSync } from 'node:fs';
import path from 'node:path';

import { defineConfig } from '@playwright/test';

import { otherName } from './page/fixtures.js';

const findBrowser = (): string | undefined => {
  const { CHROMIUM, PATH = '' } = process.env;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = PATH.split(path.delimiter);
  const files = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));

  return (CHROMIUM ? [CHROMIUM] : files).find((file) => existsSync(file));
};

const executablePath = findBrowser();

if (!executablePath) {
  throw new Error(
    'There is no Chromium here. Install one: apt-get install chromium fonts-noto-cjk. Or write the path of a Chromium or Chrome into the environment as CHROMIUM.'
  );
}

/** The page in the Chromium that is installed; the pictures in `pictures/` are a project of their own. */
export default defineConfig({
  testDir: 'page',
  testMatch: '*.spec.ts',
  outputDir: '../node_modules/.playwright',
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  projects: [
    { name: 'page', testIgnore: 'pictures.spec.ts' },
    { name: 'pictures', testMatch: 'pictures.spec.ts' },
  ],
  use: {
    actionTimeout: 20_000,
    locale: 'en',
    viewport: { width: 1280, height: 800 },
    launchOptions: {
      executablePath,
      args: [
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        `--host-resolver-rules=MAP ${otherName} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
      ],
    },
  },
});

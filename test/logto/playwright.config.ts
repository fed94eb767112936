/**
 * Drives a running Logto in a browser: `npm run test:logto`.
 *
 * @see CONTRIBUTING for what it needs.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

import { defineConfig } from '@playwright/test';

import { sandboxUrl } from './sandbox.js';

const root = path.resolve(import.meta.dirname, '../..');

const browsers = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
const executablePath = browsers.find((file) => file && existsSync(file));

export default defineConfig({
  testDir: '.',
  outputDir: path.join(root, 'test-results'),
  globalSetup: './prepare.ts',
  globalTimeout: 10 * 60_000,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  workers: 3,
  reporter: [
    ['list'],
    ['html', { open: 'never', outputFolder: path.join(root, 'playwright-report') }],
  ],
  use: {
    // Logto's pages then speak Chinese, and offer +86.
    locale: 'zh-CN',
    viewport: { width: 1280, height: 900 },
    actionTimeout: 20_000,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
  // A sandbox that answers already is used as it is.
  webServer: {
    command: 'npm run sandbox',
    cwd: root,
    url: `${sandboxUrl}/faults`,
    reuseExistingServer: true,
  },
  // Each waits for the one before: Console and the settings are everybody's.
  projects: [
    { name: 'console', testMatch: 'console.spec.ts', fullyParallel: false },
    { name: 'users', testMatch: 'users/*.spec.ts', dependencies: ['console'] },
    {
      name: 'settings',
      testMatch: 'settings.spec.ts',
      dependencies: ['users'],
      fullyParallel: false,
    },
    { name: 'afterwards', testMatch: 'audit-log.spec.ts', dependencies: ['settings'] },
  ],
});

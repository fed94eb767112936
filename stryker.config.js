/** `vitest.config.ts` says which tests are run. */
const config = {
  testRunner: 'vitest',
  // What waits for a network is left to the tests that play whole calls.
  mutate: ['src/*.ts', '!src/*.test.ts', '!src/{client,index,metadata,trace}.ts'],
  vitest: { related: false },
  // Vitest ends at the first failure before that is told, now and then.
  disableBail: true,
  // A constant would need all tests: texts and codes are held by docs/errors.md, patterns by what uses them.
  ignoreStatic: true,
  reporters: ['clear-text', 'html', 'progress-append-only'],
  clearTextReporter: { reportTests: false },
  htmlReporter: { fileName: 'coverage/mutation.html' },
  tempDirName: 'coverage/stryker',
  thresholds: { high: 97, low: 97, break: 97 },
};

export default config;

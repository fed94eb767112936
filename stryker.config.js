const config = {
  testRunner: 'vitest',
  // What waits for a network is left to the tests that play whole calls, and texts to docs/errors.md.
  mutate: ['src/*.ts', '!src/*.test.ts', '!src/{client,index,metadata}.ts'],
  testFiles: ['src/!(client*|index*).test.ts', 'scripts/docs/errors.test.ts'],
  mutator: { excludedMutations: ['StringLiteral'] },
  // A run that ends at the first test that fails can lose this failure.
  disableBail: true,
  timeoutMS: 60_000,
  reporters: ['clear-text', 'html', 'progress-append-only'],
  clearTextReporter: { reportTests: false },
  htmlReporter: { fileName: 'coverage/mutation.html' },
  tempDirName: 'coverage/stryker',
  thresholds: { high: 97, low: 97, break: 97 },
};

export default config;

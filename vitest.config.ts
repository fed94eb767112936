import { defineConfig } from 'vitest/config';

/** Whether Stryker runs the tests, with what it changed in src. */
const isMutated = process.env.STRYKER_MUTATOR_WORKER !== undefined;

/** The tests that it runs: none that waits. The one of errors.md holds the texts. A mutant is switched on by a variable. */
const mutated = {
  name: 'mutated',
  isolate: false,
  include: ['src/*.test.ts', 'scripts/docs/errors.test.ts'],
  exclude: ['src/{client,index,trace}*.test.ts'],
};

export default defineConfig({
  test: {
    // The connector writes a line for each call that fails.
    silent: 'passed-only',
    // CommonJS packages look as they do to Node.js.
    deps: { interopDefault: false },
    // Much of what they do is waiting: what waits within a file waits at the same time, and no test hurries.
    maxConcurrency: 50,
    maxWorkers: 4,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    coverage: {
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts'],
      reporter: ['text'],
      // Left: the proxy of the environment, which tests set in processes of their own; and what the types of got and
      // Node.js allow and no server brings about.
      thresholds: { branches: 98 },
    },
    projects: isMutated
      ? [{ extends: true, test: mutated }]
      : [
          {
            extends: true,
            test: {
              name: 'unit',
              include: ['{src,sandbox,scripts,docs}/**/*.test.ts'],
            },
          },
          {
            extends: true,
            test: {
              name: 'package',
              include: ['test/*.test.ts'],
              globalSetup: 'test/helpers/pack.ts',
            },
          },
          {
            extends: true,
            test: {
              name: 'hosts',
              include: ['test/hosts/*.test.ts'],
              globalSetup: 'test/hosts/setup.ts',
              testTimeout: 120_000,
            },
          },
        ],
  },
});

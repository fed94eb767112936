import { defineConfig } from 'vitest/config';

/** The tests that send, and so wait. */
export default defineConfig({
  test: {
    // CommonJS packages look as they do to Node.js.
    deps: { interopDefault: false },
    setupFiles: 'mutation/network.setup.js',
    include: ['mutation/network.loads.test.js', 'src/client.*test.ts', 'src/index.*test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // CommonJS packages look as they do to Node.js.
    deps: { interopDefault: false },
    globalSetup: 'test/global-setup.ts',
    // Much of what they do is waiting.
    maxWorkers: 2,
    include: [
      'src/**/*.test.ts',
      'sandbox/**/*.test.ts',
      'scripts/**/*.test.ts',
      'docs/*.test.ts',
      'test/**/*.test.ts',
    ],
    coverage: { include: ['src/**/*.ts'], exclude: ['src/**/*.test.ts'], reporter: ['text'] },
  },
});

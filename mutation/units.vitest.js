import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // CommonJS packages look as they do to Node.js.
    deps: { interopDefault: false },
    include: ['mutation/units.test.js'],
  },
});

import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** The tests that send, and so wait, the quick ones first: Stryker stops at the first test that fails. */
const files = [
  'mutation/network.loads.test.js',
  'src/client.answer.test.ts',
  'src/index.test.ts',
  'src/index.resend.test.ts',
  'src/client.repeat.test.ts',
  'src/client.proxy.test.ts',
  'src/client.tls.test.ts',
  'src/client.connect.test.ts',
  'src/client.pool.test.ts',
  'src/client.time.test.ts',
  'src/client.load.test.ts',
];

const rankOf = ({ moduleId }) => files.findIndex((file) => moduleId.endsWith(file));

class InOrder extends BaseSequencer {
  sort(specifications) {
    return specifications.toSorted((left, right) => rankOf(left) - rankOf(right));
  }
}

export default defineConfig({
  test: {
    // CommonJS packages look as they do to Node.js.
    deps: { interopDefault: false },
    setupFiles: 'mutation/network.setup.js',
    include: files,
    sequence: { sequencer: InOrder },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});

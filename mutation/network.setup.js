import fs from 'node:fs';
import process from 'node:process';

import { beforeEach, vi } from 'vitest';

const { __stryker__: stryker } = globalThis;
const mutant = stryker?.activeMutant;

// What the tests start as a process of its own learns from the environment which mutant is active.
process.env.__STRYKER_ACTIVE_MUTANT__ = mutant ?? '';

// Stryker has one test run at a time. These wait, at the same time.
vi.setConfig({ maxConcurrency: 50 });

beforeEach(({ skip, onTestFailed }) => {
  if (stryker) {
    // With several tests under way nobody knows whose code runs: every test is for every mutant.
    stryker.currentTestId = undefined;
  }

  if (mutant !== undefined) {
    // One test that fails is enough. Vitest's own bail ends the thread, and the failure can be lost with it.
    const failed = `failed-${mutant}`;

    if (fs.existsSync(failed)) {
      skip();
    }

    onTestFailed(() => {
      fs.writeFileSync(failed, '');
    });
  }
});

import process from 'node:process';

import { vi } from 'vitest';

// Stryker has one test run at a time. These wait, at the same time.
vi.setConfig({ maxConcurrency: 50 });

// What the tests start as a process of its own learns from the environment which mutant is active.
process.env.__STRYKER_ACTIVE_MUTANT__ = globalThis.__stryker__?.activeMutant ?? '';

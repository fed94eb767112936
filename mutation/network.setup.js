import process from 'node:process';

// What the tests start as a process of its own learns from the environment which mutant is active.
process.env.__STRYKER_ACTIVE_MUTANT__ = globalThis.__stryker__?.activeMutant ?? '';

import { it } from 'vitest';

// Stryker sees tests alone: a mutant that no file can be loaded with would count as one that survives.
it('src loads', async () => {
  await import('../src/index.js');
});

import { it } from 'vitest';

// In one file, so that what they import is loaded once for each mutant.
const files = import.meta.glob(['../src/*.test.ts', '!../src/client.*', '!../src/index.*']);

for (const [name, load] of Object.entries(files)) {
  try {
    await load();
  } catch (error) {
    // Stryker sees tests alone: a mutant that no file can be loaded with would count as one that survives.
    it(`${name} loads`, () => {
      throw error;
    });
  }
}

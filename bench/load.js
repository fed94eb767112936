/* eslint-disable no-await-in-loop -- One step after the other. */
// Prints how long an import takes in a fresh process, in milliseconds; the further arguments are imported before.
import { performance } from 'node:perf_hooks';

const [target, ...loadedBefore] = process.argv.slice(2);

for (const name of loadedBefore) {
  await import(name);
}

const start = performance.now();
await import(target);
const end = performance.now();

process.stdout.write(String(end - start));
/* eslint-enable no-await-in-loop */

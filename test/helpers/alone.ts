import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { z } from 'zod';

import { build } from 'esbuild';

// `import { type … }` would run the file here.
import type { Request } from './child.js';
import { closeAfterwards } from './servers.js';

const root = path.resolve(import.meta.dirname, '../..');

/** What came of a call in a process of its own. */
const resultsGuard = z.array(z.object({ outcome: z.unknown(), milliseconds: z.number() }));

/** What is left when nothing is under way. */
const leftGuard = z.object({ heap: z.number(), sockets: z.number(), timers: z.number() });

/**
 * Starts a process with the connector in it: for what only the environment can set, and where nothing else may open
 * sockets or fill the heap.
 *
 * @param environment Its environment variables, besides PATH.
 */
export const startAlone = async (environment: Readonly<Record<string, string>> = {}) => {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'child.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    write: false,
  });
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--input-type=module', '--eval', outputFiles[0]?.text ?? ''],
    {
      cwd: root,
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...environment },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    }
  );
  const ended = once(child, 'exit');

  closeAfterwards(() => child.kill('SIGKILL'));

  const ask = async <Output>(guard: z.ZodType<Output>, ...request: Request): Promise<Output> => {
    child.send(request);
    const answer: unknown[] = await Promise.race([
      once(child, 'message'),
      ended.then(() => {
        throw new Error('The process has ended.');
      }),
    ]);

    return guard.parse(answer[0]);
  };

  return {
    /**
     * Posts to each endpoint at the same time, in 8 s if not told. Returns what came of it, as `call` does.
     *
     * @param localhost The addresses of localhost, if not its own.
     * @param busy How long the process does nothing else right after it has sent, in milliseconds.
     */
    post: async (
      endpoints: readonly string[],
      time = 8000,
      localhost?: readonly string[],
      busy?: number
    ) => ask(resultsGuard, 'post', { endpoints, time, localhost, busy }),
    sendInRows: async (endpoint: string, length: number) =>
      ask(z.number(), 'sendInRows', { endpoint, length }),
    look: async () => ask(leftGuard, 'look'),
    /** Lets it end, as soon as nothing in it keeps it alive. Returns its exit code. */
    end: async (): Promise<unknown> => {
      child.disconnect();
      const exit: unknown[] = await ended;

      return exit[0];
    },
  };
};

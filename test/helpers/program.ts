/* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- Events and rounds are counted. */
/* eslint-disable no-await-in-loop -- One step after the other. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that runs in a process of its own. */
export type Program = Readonly<{
  /** All that it has printed so far, to either stream. */
  read: () => string;
  /** Resolves when what it has printed matches; throws with that if the program ends before. */
  wait: (expected: RegExp) => Promise<void>;
  /** Resolves with its exit code when it has ended. */
  end: () => Promise<unknown>;
  /** Ends it. */
  stop: () => Promise<void>;
}>;

/** Runs a script with Node.js in a folder, with nothing of this process's environment but the path. */
export const runProgram = (folder: string, ...args: readonly string[]): Program => {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  let output = '';
  const keep = (part: string): void => {
    output += part;
  };

  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);

  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  return {
    read: () => output,
    wait: async (expected) => {
      while (!expected.test(output)) {
        if (hasEnded()) {
          throw new Error(`The program ended without ${expected.source}: ${output}`);
        }

        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), closed]);
      }
    },
    end: async () => {
      await closed;

      return child.exitCode;
    },
    stop: async () => {
      child.kill();
      await closed;
    },
  };
};
/* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */
/* eslint-enable no-await-in-loop */

// Processes that do one task after another for the process that started them.
import { fork } from 'node:child_process';

const children = new Set();

/** Ends every process that was started here and still runs. */
export const stopAll = () => {
  for (const child of children) {
    child.kill('SIGKILL');
  }
};

/** Starts a script of this folder; `call` has it do one task and gives what came of it. One call at a time. */
export const start = (script, args, { env = {}, execArgv = [] } = {}) => {
  const child = fork(new URL(script, import.meta.url), args.map(String), {
    env: { ...process.env, ...env },
    execArgv,
  });

  children.add(child);
  child.once('exit', () => children.delete(child));

  return {
    call: (task, ...taskArgs) =>
      new Promise((resolve, reject) => {
        const onExit = () => reject(new Error(`${script} ${args.join(' ')} ended during ${task}.`));

        child.once('exit', onExit).once('message', ({ result, error }) => {
          child.off('exit', onExit);

          if (error) {
            reject(new Error(`${script} ${args.join(' ')}, ${task}: ${error}`));
          } else {
            resolve(result);
          }
        });
        child.send({ task, taskArgs });
      }),
    stop: () => child.kill('SIGKILL'),
  };
};

/** The other side: does the tasks that arrive, and ends with the process that started it. */
export const serveTasks = (tasks) => {
  process.on('message', async ({ task, taskArgs }) => {
    try {
      process.send({ result: await tasks[task](...taskArgs) });
    } catch (error) {
      process.send({ error: String(error?.stack ?? error) });
    }
  });
  process.once('disconnect', () => process.exit());
};

/* eslint-disable no-await-in-loop -- One step after the other. */
import { exec, execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { build } from 'esbuild';

/** A release of Logto. */
export type Release = Readonly<{
  /** The version of @logto/cli, which is Logto's. */
  cli: string;
  /** The version of @logto/connector-kit. */
  kit: string;
  /** Where its packages are installed. */
  packages: string;
}>;

/** A Logto without a database: what its CLI needs, and what a connector meets. */
export type Instance = Release &
  Readonly<{
    /** The folder that `-p` takes. */
    folder: string;
    core: string;
  }>;

/** All that a connector can import in an instance. */
const provided = [
  '@logto/cli',
  '@logto/connector-kit',
  '@logto/shared',
  '@silverhand/essentials',
  'got',
  'ky',
  'zod',
];

/** Makes an instance of a release, without any connector. */
export const makeInstance = async ({ cli, kit, packages }: Release): Promise<Instance> => {
  const folder = await mkdtemp(path.join(packages, 'logto-'));
  const core = path.join(folder, 'packages/core');

  // Links, as pnpm makes them in a real instance: nothing else is in reach of a connector.
  for (const name of provided) {
    const link = path.join(core, 'node_modules', name);

    await mkdir(path.dirname(link), { recursive: true });
    await symlink(await realpath(path.join(packages, 'node_modules', name)), link);
  }

  await writeFile(path.join(folder, 'package.json'), '{ "scripts": { "cli": "logto" } }');
  await writeFile(path.join(core, 'package.json'), '{ "name": "@logto/core", "type": "module" }');
  await build({
    entryPoints: [path.join(import.meta.dirname, 'child.ts')],
    outdir: core,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
  });

  return { cli, kit, packages, folder, core };
};

/** Runs a command line in an instance, where `logto` is its own. Returns what is printed; `logto` exits with 0 even when it fails. */
export const runCommand = async (
  { packages, folder }: Instance,
  command: string
): Promise<string> => {
  const PATH = [path.join(packages, 'node_modules/.bin'), process.env.PATH].join(path.delimiter);
  const { stdout } = await promisify(exec)(command, { cwd: folder, env: { ...process.env, PATH } });

  return stdout;
};

type Task = Readonly<{
  /** What is checked, and what the messages are sent with. */
  config?: Record<string, unknown>;
  messages?: ReadonlyArray<Readonly<{ to: string; type: string; locale?: string }>>;
  /** The Node.js to run. */
  node?: string;
}>;

/**
 * Has an instance load its connectors, and the first of them do a task.
 *
 * @returns What child.ts reports, and what is printed besides.
 */
export const examine = async (
  { core }: Instance,
  { config = {}, messages = [], node = process.execPath }: Task = {}
): Promise<Readonly<{ report: unknown; printed: string }>> => {
  const { stdout, stderr: printed } = await promisify(execFile)(
    node,
    ['--disable-warning=ExperimentalWarning', 'child.js', JSON.stringify({ config, messages })],
    { cwd: core }
  );

  return { report: JSON.parse(stdout), printed };
};
/* eslint-enable no-await-in-loop */

/**
 * Packs the connector, and installs releases of Logto and of Node.js, as they are on npm. In the environment:
 *
 * - HOSTS: the releases of Logto, such as `1.37.1,1.43.0`;
 * - NODES: the majors of Node.js, such as `20,22`, or `current`;
 * - CLONE=1: takes the package from a fresh clone of HEAD, as a new user does.
 */
import { exec } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

import { type TestProject } from 'vitest/node';

import { type Instance, makeInstance, type Release, runCommand } from './instance.js';

declare module 'vitest' {
  // An interface, since it extends vitest's own.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface ProvidedContext {
    /** An instance of each Logto, with the connector, and what the command that added it printed. */
    hosts: ReadonlyArray<Instance & Readonly<{ printed: string }>>;
    /** Each Node.js: its name, and the file that runs. */
    nodes: ReadonlyArray<Readonly<{ major: string; file: string }>>;
    /** Where the connector was packed: its `dist` has the file. */
    checkout: string;
    /** The command that adds it to an instance, as `npm run package` prints it. */
    addCommand: string;
  }
}

const root = path.resolve(import.meta.dirname, '../..');
const { HOSTS = '1.37.1,1.40.1,1.42.0,1.43.0', NODES = '20,22,24', CLONE } = process.env;

/** Runs a command line, and returns what it prints. */
const run = async (command: string, cwd = root): Promise<string> => {
  const { stdout } = await promisify(exec)(command, { cwd });

  return stdout;
};

/** Has npm install packages into a new folder, without their install scripts. */
const install = async (folder: string, dependencies: Record<string, string>): Promise<void> => {
  await mkdir(folder);
  await writeFile(
    path.join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies })
  );
  await run('npm install --ignore-scripts --prefer-offline', folder);
};

const packConnector = async (temporary: string) => {
  const checkout = CLONE ? path.join(temporary, 'clone') : root;

  if (CLONE) {
    await run(`git clone --quiet '${root}' '${checkout}'`);
    await run('npm ci --prefer-offline', checkout);
  }

  const [command = ''] = /connector add .+/.exec(await run('npm run package', checkout)) ?? [];

  // Not with the newest Logto's command, which npx would get, but with each Logto's own.
  return { checkout, addCommand: `logto ${command.replace('<your Logto folder>', '.')}` };
};

const installRelease = async (temporary: string, cli: string): Promise<Release> => {
  const packages = path.join(temporary, cli);
  const dependencies = await run(`npm view @logto/cli@${cli} dependencies --json`);
  // A Logto holds the kit that it was released with: the oldest that its CLI takes.
  const { '@logto/connector-kit': range } = z
    .object({ '@logto/connector-kit': z.string() })
    .parse(JSON.parse(dependencies));
  const kit = range.replace('^', '');

  await install(packages, {
    '@logto/cli': cli,
    '@logto/connector-kit': kit,
    got: '14.0.0',
    ky: '^1.2.3',
    zod: '3.24.3',
  });

  return { cli, kit, packages };
};

const installNode = async (temporary: string, major: string) => {
  if (major === 'current' || process.version.startsWith(`v${major}.`)) {
    return { major, file: process.execPath };
  }

  // The package "node" downloads these in its install script.
  const name = `node-${process.platform}-${process.arch}`;
  const folder = path.join(temporary, `node-${major}`);
  await install(folder, { [name]: major });

  return { major, file: path.join(folder, 'node_modules', name, 'bin', 'node') };
};

const setUp = async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  if (Number.parseInt(await run('npm --version'), 10) >= 12) {
    throw new Error("Logto's CLI needs an older npm: npx -y -p npm@11 npm run test:hosts");
  }

  console.log('Packing the connector, and installing each Logto and Node.js …');

  const temporary = await realpath(await mkdtemp(path.join(os.tmpdir(), 'logto-hosts-')));
  const [{ checkout, addCommand }, releases, nodes] = await Promise.all([
    packConnector(temporary),
    Promise.all(HOSTS.split(',').map(async (cli) => installRelease(temporary, cli))),
    Promise.all(NODES.split(',').map(async (major) => installNode(temporary, major))),
  ]);

  const hosts = await Promise.all(
    releases.map(async (release) => {
      const instance = await makeInstance(release);

      return { ...instance, printed: await runCommand(instance, addCommand) };
    })
  );

  provide('hosts', hosts);
  provide('nodes', nodes);
  provide('checkout', checkout);
  provide('addCommand', addCommand);

  return async () => rm(temporary, { recursive: true });
};

export default setUp;

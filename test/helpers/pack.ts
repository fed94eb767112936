import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { type TestProject } from 'vitest/node';

declare module 'vitest' {
  // An interface, since it extends vitest's own.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions
  interface ProvidedContext {
    /** The file that `npm pack` makes. */
    tarball: string;
    /** A folder of connectors as a Logto instance has it, with the packed connector in it. */
    connectors: string;
    /** The packed connector's own folder in it. */
    connector: string;
  }
}

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

/** Packs the package once, before any test looks at it: packing rebuilds `lib`. */
const pack = async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  console.log('Packing the package, as npm publish would …');

  // Below node_modules, so that the connector's imports resolve as they do in an instance.
  const folder = await mkdtemp(path.join(root, 'node_modules', '.packed-'));
  const connectors = path.join(folder, 'packages', 'core', 'connectors');
  const connector = path.join(connectors, '@logto-connector-aliyun-sms-mas');

  await run('npm', ['pack', '--pack-destination', folder], { cwd: root });
  const [name = ''] = await readdir(folder);
  const tarball = path.join(folder, name);

  await mkdir(connector, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', connector, '--strip-components=1']);

  provide('tarball', tarball);
  provide('connectors', connectors);
  provide('connector', connector);

  return async () => rm(folder, { recursive: true });
};

export default pack;

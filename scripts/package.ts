/**
 * Writes to `dist` the file that `logto connector add` takes, and the sandbox as one file; with each its checksum.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import packageJson from '../package.json' with { type: 'json' };
import { bundleSandbox } from '../sandbox/bundle.js';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'dist');

/** What a shell may read as something else than a part of a name. */
const unusual = /[^\w%+,./:=@-]/;

/** What to type, for the shell that reads it and for the second one that Logto's CLI passes the path through. */
const quote = (file: string): string => (unusual.test(file) ? `"'${file}'"` : file);

/** What to type, for the shell that reads it alone. */
const quoteOnce = (file: string): string => (unusual.test(file) ? `"${file}"` : file);

/** `logto connector add` cannot read what `npm pack` prints since npm 12, so it gets an older npm to run. */
const getCommand = async (): Promise<string> => {
  const { stdout } = await run('npm', ['--version']);

  return Number.parseInt(stdout, 10) < 12
    ? 'npx @logto/cli'
    : 'npx -y -p npm@11 -p @logto/cli logto';
};

// Npm names the file after the scope. Logto takes a file by its name, which must begin with "connector-". Without the
// version, the commands that people copy stay as they are.
const name = `${path.posix.basename(packageJson.name)}.tgz`;
const sandboxName = 'sms-sandbox.mjs';

/** A file in `dist`. */
const place = (file: string): string => path.join(folder, file);

/** Writes the checksum of a file beside it, as `sha256sum --check` reads it; returns a line about the file. */
const finish = async (file: string): Promise<string> => {
  const content = await readFile(place(file));
  const checksum = createHash('sha256').update(content).digest('hex');
  await writeFile(place(`${file}.sha256`), `${checksum}  ${file}\n`);

  return `${path.relative(root, place(file))}  ${(content.length / 1024).toFixed(1)} KiB
SHA-256 ${checksum}`;
};

await rm(folder, { recursive: true, force: true });
await mkdir(folder);
await run('npm', ['pack', '--pack-destination', folder], { cwd: root });
const [packed = ''] = await readdir(folder);
await rename(place(packed), place(name));
await writeFile(place(sandboxName), await bundleSandbox());

console.log(`
${await finish(name)}

Add it, then restart Logto:
  ${await getCommand()} connector add ${quote(place(name))} -p <your Logto folder>

With Docker, where "logto" is the name of the container:
  docker cp ${quoteOnce(place(name))} logto:/tmp/
  docker exec logto npm run cli connector add \\
    /tmp/${name}
  docker restart logto

${await finish(sandboxName)}

A stand-in for Aliyun, to try the connector with. It needs Node.js alone:
  node ${quoteOnce(path.relative(process.cwd(), place(sandboxName)))}
`);

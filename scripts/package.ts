/** Writes the file that `logto connector add` takes, and its checksum, to `dist`. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import packageJson from '../package.json' with { type: 'json' };

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'dist');

/** In bytes. */
const sizeLimit = 40 * 1024;

/** What to type, for the shell that reads it and for the second one that Logto's CLI passes the path through. */
const quote = (file: string): string => (/[^\w@%+=:,./-]/.test(file) ? `"'${file}'"` : file);

/** `logto connector add` cannot read what `npm pack` prints since npm 12, so it gets an older npm to run. */
const getCommand = async (): Promise<string> => {
  const { stdout } = await run('npm', ['--version']);

  return Number.parseInt(stdout) < 12 ? 'npx @logto/cli' : 'npx -y -p npm@11 -p @logto/cli logto';
};

// npm names the file after the scope. Logto takes a file by its name, which must begin with "connector-".
const name = `${path.posix.basename(packageJson.name)}-${packageJson.version}.tgz`;
const file = path.join(folder, name);

await rm(folder, { recursive: true, force: true });
await mkdir(folder);
await run('npm', ['pack', '--pack-destination', folder], { cwd: root });
const [packed = ''] = await readdir(folder);
await rename(path.join(folder, packed), file);

const content = await readFile(file);
const size = `${(content.length / 1024).toFixed(1)} KiB`;

if (content.length > sizeLimit) {
  await rm(folder, { recursive: true });
  throw new Error(`The package is too large: ${size}, and ${sizeLimit / 1024} KiB is the limit.`);
}

const checksum = createHash('sha256').update(content).digest('hex');
// As `sha256sum --check` reads it.
await writeFile(`${file}.sha256`, `${checksum}  ${name}\n`);

console.log(`
${path.relative(root, file)}  ${size}
SHA-256 ${checksum}

Add it, then restart Logto:
  ${await getCommand()} connector add ${quote(file)} -p <your Logto folder>
`);

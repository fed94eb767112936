/* eslint-disable @silverhand/fp/no-mutating-methods -- What comes in by callbacks is collected. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';

import { build } from 'esbuild';
import { describe, expect, inject, it } from 'vitest';

import packageJson from '../package.json' with { type: 'json' };

const folder = inject('connector');

/** All that a connector finds in a Logto instance and that this one may use. */
const provided = ['@logto/connector-kit', '@silverhand/essentials', 'got', 'zod'];

describe('the package', () => {
  it('holds the built files, what an admin needs and the logo, and nothing else', async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));

    expect(files.sort()).toEqual([
      'LICENSE',
      'README.md',
      'README.zh-CN.md',
      'docs/Dockerfile',
      'docs/config-template.json',
      'docs/errors.md',
      'docs/guide.md',
      'docs/install.md',
      'lib/index.d.ts',
      'lib/index.js',
      'logo.svg',
      'package.json',
    ]);
  });

  it('has less than 50 kB', async () => {
    const { size } = await stat(inject('tarball'));

    expect(size).toBeLessThan(50_000);
  });

  it('imports what Logto provides and what Node.js has, and depends on just that', async () => {
    const { metafile } = await build({
      entryPoints: [path.join(folder, 'lib/index.js')],
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      metafile: true,
      write: false,
    });
    const inputs = Object.values(metafile.inputs);
    const imports = inputs.flatMap((input) => input.imports.map((it) => it.path));
    const packages = imports.filter((name) => !isBuiltin(name));

    expect(inputs).toHaveLength(1);
    expect([...new Set(packages)].sort()).toEqual(provided);
    expect(Object.keys(packageJson.dependencies).sort()).toEqual(provided);
  });

  it('mentions no source map, since it has none', async () => {
    const code = await readFile(path.join(folder, 'lib/index.js'), 'utf8');

    expect(code).not.toContain('sourceMappingURL');
  });
});
/* eslint-enable @silverhand/fp/no-mutating-methods */

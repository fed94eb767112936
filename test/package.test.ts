import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

import { publint } from 'publint';
import ts from 'typescript';
import { describe, expect, inject, it } from 'vitest';

import packageJson from '../package.json' with { type: 'json' };

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');
const tarball = inject('tarball');
const unpacked = path.join(inject('connectors'), '@logto-connector-aliyun-sms-mas');

/** Runs a command that is installed with the development dependencies. Returns its exit code and what it prints. */
const runTool = async (name: string, ...options: string[]): Promise<string> => {
  try {
    const { stdout } = await run(path.join(root, 'node_modules', '.bin', name), options, {
      cwd: root,
    });

    return stdout;
  } catch (error: unknown) {
    // The error itself does not show what the tool printed to stdout.
    const printed = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';

    throw new Error(`${name} failed: ${printed || String(error)}`, { cause: error });
  }
};

const listFiles = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });

  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)))
    .sort();
};

/** What the files of the package import that are of a kind, its own files left out. */
const importsOf = async (extension: '.js' | '.d.ts'): Promise<Set<string>> => {
  const files = (await listFiles(unpacked)).filter((file) => file.endsWith(extension));
  const contents = await Promise.all(
    files.map(async (file) => readFile(path.join(unpacked, file), 'utf8')),
  );

  return new Set(
    contents
      .flatMap((content) => ts.preProcessFile(content, true, true).importedFiles)
      .map(({ fileName }) => fileName)
      .filter((name) => !name.startsWith('.')),
  );
};

/** All that a connector finds in a Logto instance and that this one may use. */
const provided = ['@logto/connector-kit', '@silverhand/essentials', 'got', 'zod'];

describe('the package', () => {
  it('holds the built files, what an admin needs and the logo, and nothing else', async () => {
    expect(await listFiles(unpacked)).toEqual([
      'LICENSE',
      'README.md',
      'README.zh-CN.md',
      'docs/Dockerfile',
      'docs/config-template.json',
      'docs/errors.md',
      'docs/install.md',
      'lib/config.d.ts',
      'lib/index.d.ts',
      'lib/index.js',
      'logo.svg',
      'package.json',
    ]);
  });

  it('mentions no source maps, since it has none', async () => {
    const files = (await listFiles(unpacked)).filter((file) => /\.(?:js|ts)$/.test(file));

    for (const file of files) {
      expect(await readFile(path.join(unpacked, file), 'utf8'), file).not.toContain(
        'sourceMappingURL',
      );
    }
  });

  it('has at most 40 KiB', async () => {
    const { size } = await stat(tarball);

    expect(size).toBeLessThanOrEqual(40 * 1024);
  });

  it('imports what Logto provides and what Node.js has, and depends on just that', async () => {
    const imports = [...(await importsOf('.js'))];

    expect(imports.filter((name) => !name.startsWith('node:')).sort()).toEqual(provided);
    expect(imports.filter((name) => name.startsWith('node:') && !isBuiltin(name))).toEqual([]);
    expect(Object.keys(packageJson.dependencies).sort()).toEqual(provided);
  });

  it('has types that need no more than its code does', async () => {
    const imports = await importsOf('.js');

    expect([...(await importsOf('.d.ts'))].filter((name) => !imports.has(name))).toEqual([]);
  });

  it('has no fault that publint knows', async () => {
    const content = new Uint8Array(await readFile(tarball));
    const { messages } = await publint({ pack: { tarball: content.buffer }, level: 'warning' });

    expect(messages).toEqual([]);
  });

  it('has types that resolve wherever ES modules do', { timeout: 120_000 }, async () => {
    const printed = await runTool(
      'attw',
      tarball,
      '--profile=esm-only',
      '--no-definitely-typed',
      '--format=json',
    );

    expect(JSON.parse(printed)).toMatchObject({
      analysis: { packageName: packageJson.name, types: { kind: 'included' } },
    });
  });
});

describe('the project', () => {
  it('has no unused file, export or dependency', { timeout: 120_000 }, async () => {
    expect(await runTool('knip', '--no-config-hints')).toBe('');
  });
});

const consumer = `
import { type CreateConnector, type SmsConnector } from '@logto/connector-kit';
import createConnector, { type AliyunSmsMasConfig } from '${packageJson.name}';

export const create: CreateConnector<SmsConnector> = createConnector;

export const config: AliyunSmsMasConfig = {
  accessKeyId: 'id',
  accessKeySecret: 'secret',
  signName: '恒创联众',
  templates: [{ usageType: 'Generic', templateCode: '100001' }],
  signNameOverride: '某某签名',
  codeExpirationMinutes: 5,
  intervalSeconds: 55,
  endpoint: 'https://dypnsapi.aliyuncs.com',
};

// @ts-expect-error A template code is text.
export const number: AliyunSmsMasConfig = { ...config, templates: [{ usageType: 'Generic', templateCode: 100001 }] };

// @ts-expect-error There is no such usage type.
export const type: AliyunSmsMasConfig = { ...config, templates: [{ usageType: 'Signin', templateCode: '100001' }] };

// @ts-expect-error There is no such signature.
export const signature: AliyunSmsMasConfig = { ...config, signName: '某某签名' };

// @ts-expect-error There is no such key.
export const key: AliyunSmsMasConfig = { ...config, region: 'cn-hangzhou' };

const { signName, ...rest } = config;

// @ts-expect-error The signature is required.
export const incomplete: AliyunSmsMasConfig = rest;

// @ts-expect-error Not any: nothing above would be checked.
export const notAny: undefined = createConnector;
`;

describe("a consumer's project", () => {
  it("compiles with the package's types and connector-kit's", { timeout: 120_000 }, async () => {
    // Below node_modules, where connector-kit and zod are found, each once.
    const folder = await mkdtemp(path.join(root, 'node_modules', '.consumer-'));

    try {
      await cp(unpacked, path.join(folder, 'node_modules', packageJson.name), { recursive: true });
      await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
      await writeFile(path.join(folder, 'index.ts'), consumer);
      await writeFile(
        path.join(folder, 'tsconfig.json'),
        JSON.stringify({
          compilerOptions: {
            module: 'nodenext',
            moduleResolution: 'nodenext',
            target: 'es2022',
            lib: ['es2023'],
            types: [],
            strict: true,
            noEmit: true,
          },
          files: ['index.ts'],
        }),
      );

      expect(await runTool('tsc', '--project', folder)).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

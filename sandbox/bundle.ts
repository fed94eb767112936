/** The one place that knows how the sandbox is bundled: its page, and all of it in one file. Needs a checkout. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { build, type BuildOptions, type Plugin } from 'esbuild';
import { z } from 'zod';

const root = path.join(import.meta.dirname, '..');
const pageFolder = path.join(import.meta.dirname, 'page');

type Bundle = Readonly<{
  /** The text of each file, by its name. */
  texts: ReadonlyMap<string, string>;
  /** The folders of the packages that are in it. */
  packages: readonly string[];
}>;

/** Bundles without writing anything. */
const bundle = async (options: BuildOptions): Promise<Bundle> => {
  const { outputFiles, metafile } = await build({
    bundle: true,
    format: 'esm',
    charset: 'utf8',
    logLevel: 'warning',
    absWorkingDir: root,
    outdir: root,
    ...options,
    write: false,
    metafile: true,
  });
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const packages = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []);

  return {
    texts: new Map(outputFiles.map((file) => [path.basename(file.path), file.text])),
    packages: [...new Set(packages)].sort(),
  };
};

const bundlePageFiles = async () => {
  const { texts, packages } = await bundle({
    entryPoints: [
      { in: path.join(pageFolder, 'main.tsx'), out: 'page' },
      { in: path.join(pageFolder, 'page.css'), out: 'page' },
    ],
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
  });
  const page = {
    html: await readFile(path.join(pageFolder, 'index.html'), 'utf8'),
    script: texts.get('page.js') ?? '',
    style: texts.get('page.css') ?? '',
    logo: await readFile(path.join(root, 'logo.svg'), 'utf8'),
  };

  return { page, packages };
};

/** Builds the page, as text. Throws, and prints why, if it cannot be built. */
export const bundlePage = async () => {
  const { page } = await bundlePageFiles();

  return page;
};

/** Has a bundle hold the page, in place of the code that builds it. */
const embed = (page: object): Plugin => ({
  name: 'embed',
  setup: (build) => {
    build.onLoad({ filter: /sandbox[/\\]page-files\.ts$/ }, () => ({
      contents: `const page = ${JSON.stringify(page)};\nexport const loadPage = async () => page;`,
    }));
  },
});

const manifestGuard = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** The name and the licence of a package, with its text if the package holds it. */
const readLicense = async (packageFolder: string): Promise<string> => {
  const folder = path.join(root, packageFolder);
  const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const { name, version, license } = manifestGuard.parse(manifest);
  const file = (await readdir(folder)).find((it) => /^licen[cs]e/i.test(it));
  const text = file ? await readFile(path.join(folder, file), 'utf8') : '';

  return `${name} ${version}, ${license}\n\n${text}`.trimEnd();
};

/** Builds `sms-sandbox.mjs`: the sandbox, its page, and all that they need but Node.js. Returns its text. */
export const bundleSandbox = async (): Promise<string> => {
  const { page, packages: pagePackages } = await bundlePageFiles();
  const { texts, packages } = await bundle({
    entryPoints: [{ in: path.join(import.meta.dirname, 'cli.ts'), out: 'sms-sandbox' }],
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node20',
    // Some packages are CommonJS, and `require` what Node.js has.
    banner: {
      js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    plugins: [embed(page)],
  });
  const folders = [...new Set([...pagePackages, ...packages])].sort();
  const licenses = await Promise.all(folders.map(readLicense));
  const notice = ['This file holds code of these packages.', ...licenses].join('\n\n---\n\n');

  return `${texts.get('sms-sandbox.mjs') ?? ''}\n/*\n${notice.replaceAll('*/', '* /')}\n*/\n`;
};

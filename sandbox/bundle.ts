/** How the sandbox is bundled: its page, and all of it in one file. Needs a checkout. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { build, type BuildOptions, type Plugin } from 'esbuild';

const folder = import.meta.dirname;

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
    absWorkingDir: folder,
    outdir: folder,
    ...options,
    write: false,
    metafile: true,
  });
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const packages = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []);

  return {
    texts: new Map(outputFiles.map((file) => [path.basename(file.path), file.text])),
    packages: [...new Set(packages)].slice().sort(),
  };
};

/** What the page consists of, as text. */
export type PageFiles = Readonly<{ html: string; script: string; style: string; logo: string }>;

const bundlePage = async (): Promise<
  Readonly<{ page: PageFiles; packages: readonly string[] }>
> => {
  const { texts, packages } = await bundle({
    entryPoints: [
      { in: path.join(folder, 'page/main.tsx'), out: 'page' },
      { in: path.join(folder, 'page/page.css'), out: 'page' },
    ],
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
  });
  const page = {
    html: await readFile(path.join(folder, 'page/index.html'), 'utf8'),
    script: texts.get('page.js') ?? '',
    style: texts.get('page.css') ?? '',
    logo: await readFile(path.join(folder, '../logo.svg'), 'utf8'),
  };

  return { page, packages };
};

/* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- The page is built once, when it is first asked for. */
let built: ReturnType<typeof bundlePage> | undefined;

/** Builds the page, once. In `sms-sandbox.mjs` the built page stands in place of this file. Throws if it cannot be built. */
export const loadPage = async (): Promise<PageFiles> => {
  built ??= bundlePage();
  const { page } = await built;

  return page;
};
/* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */

/** Has a bundle hold the page, in place of the code that builds it. */
const embed = (page: PageFiles): Plugin => ({
  name: 'embed',
  setup: ({ onLoad }) => {
    onLoad({ filter: /sandbox[/\\]bundle\.ts$/ }, () => ({
      contents: `const page = ${JSON.stringify(page)};\nexport const loadPage = async () => page;`,
    }));
  },
});

const manifestGuard = z.object({ name: z.string(), version: z.string(), license: z.string() });

/** The name and the licence of a package, with its text if the package holds it. */
const readLicense = async (packageFolder: string): Promise<string> => {
  const place = path.join(folder, packageFolder);
  const manifest: unknown = JSON.parse(await readFile(path.join(place, 'package.json'), 'utf8'));
  const { name, version, license } = manifestGuard.parse(manifest);
  const files = await readdir(place);
  const file = files.find((it) => /^licen[cs]e/i.test(it));
  const text = file ? await readFile(path.join(place, file), 'utf8') : '';

  return `${name} ${version}, ${license}\n\n${text}`.trimEnd();
};

/** Builds `sms-sandbox.mjs`: the sandbox, its page, and all that they need but Node.js. Returns its text. */
export const bundleSandbox = async (): Promise<string> => {
  const { page, packages: pagePackages } = await bundlePage();
  const { texts, packages } = await bundle({
    entryPoints: [{ in: path.join(folder, 'cli.ts'), out: 'sms-sandbox' }],
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
  const folders = [...new Set([...pagePackages, ...packages])].slice().sort();
  const licenses = await Promise.all(folders.map(async (it) => readLicense(it)));
  const notice = ['This file holds code of these packages.', ...licenses].join('\n\n---\n\n');

  return `${texts.get('sms-sandbox.mjs') ?? ''}\n/*\n${notice.replaceAll('*/', '* /')}\n*/\n`;
};

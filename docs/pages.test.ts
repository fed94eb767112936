import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

import { describe, expect, it } from 'vitest';

import packageJson from '../package.json' with { type: 'json' };
import { type AliyunSmsMasConfig, configGuard } from '../src/config.js';

const root = path.join(import.meta.dirname, '..');

const read = async (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');

/** The pages of a folder. What the change log says was true once. */
const pagesIn = async (folder: string): Promise<string[]> => {
  const files = await readdir(path.join(root, folder));

  return files
    .filter((file) => /^Dockerfile$|\.(?:md|yml)$/.test(file) && file !== 'CHANGELOG.md')
    .map((file) => path.join(folder, file));
};

const folders = await Promise.all(['', 'docs', 'sandbox'].map(async (it) => pagesIn(it)));
const files = folders.flat();
const texts = new Map(
  await Promise.all(files.map(async (file) => [file, await read(file)] as const))
);

/** What the first group of a pattern matches, each time. */
const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, match = '']) => match);

const fencesIn = (text: string, language = String.raw`\w*`): string[] =>
  matches(text, new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'));

/** What stands in `code`, without fences. */
const codeIn = (text: string): string[] => matches(text, /(?<!`)`([^\n`]+)`(?!`)/g);

const linksIn = (text: string): string[] => matches(text, /]\(([^\s)]+)\)/g);

/** The anchors of the headings, as GitHub and Console make them. */
const anchorsIn = (text: string): string[] =>
  matches(text, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-')
  );

/** Every key there is; tsc names one that is missing or unknown. */
const config: Required<AliyunSmsMasConfig> = {
  accessKeyId: 'fake-id',
  accessKeySecret: 'fake-secret',
  signName: '恒创联众',
  templates: [{ usageType: 'Generic', templateCode: '100001' }],
  signNameOverride: '某某签名',
  codeExpirationMinutes: 10,
  endpoint: 'https://dypnsapi.aliyuncs.com',
};

const parse = (json: string): Record<string, unknown> =>
  z.record(z.unknown()).parse(JSON.parse(json));

const fillIn = (text: string): string => text.replaceAll(/<[\w-]+>/g, 'fake');

const isAccepted = (input: unknown): boolean => configGuard.safeParse(input).success;

/** What the sandbox tells of a message has a `signName`, too. */
const isOfConfig = (key: string): boolean => key in config && key !== 'signName';

/** The parts of a config in a text: fences of JSON that have one of its keys, and inline ones such as `"key": 1`. */
const examplesIn = (text: string): Array<Record<string, unknown>> => {
  const fences = fencesIn(fillIn(text), 'json').map((json) => parse(json));
  const inline = codeIn(fillIn(text))
    .filter((code) => /^"\w+": /.test(code))
    .map((code) => parse(`{${code.replace(/,$/, '')}}`));

  return [...fences.filter((it) => Object.keys(it).some((key) => isOfConfig(key))), ...inline];
};

describe.each([...texts])('%s', (file, text) => {
  it('shows configs that Console accepts, and parts of one', () => {
    const refused = examplesIn(text).filter(
      (it) => !isAccepted('accessKeyId' in it ? it : { ...config, ...it })
    );

    expect(refused).toEqual([]);
  });

  it('names commands that exist', () => {
    const commands = matches(text, /npm run (?:--silent )?([\w:]+)/g);

    // `cli` is a command of Logto's own.
    expect(commands.filter((it) => !(it in packageJson.scripts) && it !== 'cli')).toEqual([]);
  });

  it('links to files and headings that exist', () => {
    const dead = linksIn(text)
      .filter((link) => !link.startsWith('https:'))
      .filter((link) => {
        const [name, anchor] = link.split('#');
        const target = name ? path.join(path.dirname(file), name) : file;

        return anchor === undefined
          ? !existsSync(path.join(root, target))
          : !anchorsIn(texts.get(target) ?? '').includes(decodeURIComponent(anchor));
      });

    expect(dead).toEqual([]);
  });

  it('names files that exist', () => {
    const own = text.replaceAll(/https?:\/\/[^\s)`]+/g, '');
    const named = matches(
      own,
      /(?<![\w./-])((?:bench|docs|sandbox|scripts|src|test)\/[\w./-]*\w)/g
    );

    expect(named.filter((it) => !existsSync(path.join(root, it)))).toEqual([]);
  });
});

/** The code in each row of the tables. */
const rowsIn = (text: string) => matches(text, /^(\|.+)$/gm).map((row) => new Set(codeIn(row)));

/** The English and the Chinese text of a page. */
const bothOf = (file: string): readonly [string, string] => {
  const [english = '', chinese = ''] = (texts.get(file) ?? '').split('\n## 中文\n');

  return [english, chinese || (texts.get(file.replace('.md', '.zh-CN.md')) ?? '')];
};

describe.each(['README.md', 'docs/guide.md', 'docs/install.md'])(
  '%s, in English and in Chinese,',
  (file) => {
    const [english, chinese] = bothOf(file);

    it('shows the same commands and configs', () => {
      expect(fencesIn(english)).not.toEqual([]);
      expect(fencesIn(chinese)).toEqual(fencesIn(english));
    });

    it('has the same rows in its tables', () => {
      expect(rowsIn(chinese)).toEqual(rowsIn(english));
    });
  }
);

describe('docs/guide.md', () => {
  const guide = texts.get('docs/guide.md') ?? '';

  it.each(bothOf('docs/guide.md'))('tells of every key of the config, and of no other', (text) => {
    const names = matches(
      text,
      /^- (`\w+`(?:[,、] ?`\w+`)*)[:：].*(?:required|optional|必填|可选)/gm
    );

    expect(new Set(names.flatMap((it) => codeIn(it)))).toEqual(new Set(Object.keys(config)));
  });

  it('shows the least privilege that RAM can give', () => {
    expect(fencesIn(guide, 'json').map((json) => parse(json))).toContainEqual({
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: ['dypns:SendSmsVerifyCode'], Resource: '*' }],
    });
  });

  it('fits beside the JSON editor of Console, and so does the config template', async () => {
    const template = await read('docs/config-template.json');
    const lines = [...fencesIn(guide), template].join('\n').split('\n');

    expect(lines.filter((line) => line.length > 60)).toEqual([]);
  });

  it('links to nothing that Console cannot open', () => {
    expect(linksIn(guide).filter((it) => !/^(?:https:\/\/|#)/.test(it))).toEqual([]);
  });
});

describe('docs/config-template.json', () => {
  it('is accepted once the placeholders are replaced, and not before', async () => {
    const template = await read('docs/config-template.json');

    expect(isAccepted(parse(template))).toBe(false);
    expect(isAccepted(parse(fillIn(template)))).toBe(true);
  });
});

describe('CHANGELOG.md', () => {
  it('begins with this version', async () => {
    expect(/^## (.+)$/m.exec(await read('CHANGELOG.md'))?.[1]).toBe(packageJson.version);
  });
});

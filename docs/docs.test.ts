import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import packageJson from '../package.json' with { type: 'json' };
import { type AliyunSmsMasConfig, configGuard } from '../src/config.js';

const root = path.join(import.meta.dirname, '..');
const template = 'docs/config-template.json';
const read = async (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');

const readme = await read('README.md');
const changelog = await read('CHANGELOG.md');
const [english = '', chinese = ''] = readme.split('\n## 中文\n');
const pages = await Promise.all(
  [
    'README.md',
    'README.zh-CN.md',
    'sandbox/README.md',
    'sandbox/README.zh-CN.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...(await readdir(path.join(root, 'docs')))
      .filter((file) => /^Dockerfile$|\.(?:md|yml)$/.test(file))
      .map((file) => `docs/${file}`),
  ].map(async (file) => ({ file, text: await read(file) })),
);

/** What the first group of a pattern matches, each time. */
const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, match = '']) => match);

const fencesIn = (text: string, language = String.raw`\w*`): string[] =>
  matches(text, new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'));

/** What stands in `code`, but for fences. */
const codeIn = (text: string): string[] => matches(text, /(?<!`)`([^`\n]+)`(?!`)/g);

const linksIn = (text: string): string[] => matches(text, /\]\(([^)\s]+)\)/g);

/** The anchors of the headings, as GitHub and Console make them. */
const anchorsIn = (text: string): string[] =>
  matches(text, /^#+ (.+)$/gm).map((heading) => {
    const words = heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '');

    return `#${words.replaceAll(' ', '-')}`;
  });

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

const fillIn = (text: string): string => text.replace(/<[\w-]+>/g, 'fake');

const isAccepted = (input: unknown): boolean => configGuard.safeParse(input).success;

/** The parts of a config in a text: fences of JSON that have one of its keys, and inline ones such as `"key": 1`. */
const examplesIn = (text: string): Array<Record<string, unknown>> => {
  const fences = fencesIn(fillIn(text), 'json').map(parse);
  const inline = codeIn(fillIn(text))
    .filter((code) => /^"\w+": /.test(code))
    .map((code) => parse(`{${code.replace(/,$/, '')}}`));
  // What the sandbox tells of a message has a `signName`, too.
  const isOfConfig = (key: string): boolean => key in config && key !== 'signName';

  return [...fences.filter((it) => Object.keys(it).some(isOfConfig)), ...inline];
};

describe.each(pages)('$file', ({ file, text }) => {
  it('shows configs that Console accepts, and parts of one', () => {
    const refused = examplesIn(text).filter(
      (it) => !isAccepted('accessKeyId' in it ? it : { ...config, ...it }),
    );

    expect(refused).toEqual([]);
  });

  it('names commands that exist', () => {
    const commands = matches(text, /npm run (?:--silent )?([\w:]+)/g);

    // `cli` is a command of Logto's own.
    expect(commands.filter((it) => !(it in packageJson.scripts) && it !== 'cli')).toEqual([]);
  });

  it('links to headings that exist', () => {
    const anchors = linksIn(text).filter((it) => it.startsWith('#'));

    expect(anchorsIn(text)).toEqual(expect.arrayContaining(anchors));
  });

  it('names files that exist', () => {
    const own = text.replace(/https?:\/\/[^\s)`]+/g, '');
    const named = matches(
      own,
      /(?<![\w./-])((?:bench|docs|sandbox|scripts|src|test)\/[\w./-]*\w)/g,
    );
    const linked = linksIn(own)
      .filter((it) => !it.startsWith('#'))
      .map((it) => path.join(path.dirname(file), it));
    const missing = [...named, ...linked].filter((it) => !existsSync(path.join(root, it)));

    expect(missing).toEqual([]);
  });

  it('names intervalSeconds only to say how to get rid of it', () => {
    const lines = text.split('\n').filter((line) => line.includes('intervalSeconds'));

    expect(lines.filter((line) => !line.includes('null'))).toEqual([]);
  });

  it('has the same code and addresses in both languages', () => {
    const [first = '', second = first] = text.split('\n## 中文\n');
    const addressesIn = (part: string) => linksIn(part).filter((it) => it.startsWith('https:'));

    expect(fencesIn(second)).toEqual(fencesIn(first));
    expect(new Set(codeIn(second))).toEqual(new Set(codeIn(first)));
    expect(new Set(addressesIn(second))).toEqual(new Set(addressesIn(first)));
  });
});

describe('README.md', () => {
  it('ends with README.zh-CN.md, whatever the size of its headings', async () => {
    const [, , ...paragraphs] = (await read('README.zh-CN.md')).split('\n\n');
    // Console finds no picture of the checkout.
    const bodyOf = (text: string): string =>
      text
        .replace(/^#+ /gm, '# ')
        .replace(/^!\[.+\n\n/gm, '')
        .trim();

    expect(bodyOf(chinese)).toBe(bodyOf(paragraphs.join('\n\n')));
  });

  it.each([
    { language: 'English', text: english },
    { language: 'Chinese', text: chinese },
  ])('names every optional key of the config, and no unknown one: $language', ({ text }) => {
    const listed = matches(text, /^(?:\||-) `([a-z]\w*)`/gm).filter((it) => it !== 'to');
    const optional = Object.keys(config).filter((key) => isAccepted({ ...config, [key]: null }));

    expect(Object.keys(config)).toEqual(expect.arrayContaining(listed));
    expect(listed).toEqual(expect.arrayContaining(optional));
  });

  it('shows the least privilege that RAM can give, and the two commands of a checkout', () => {
    expect(fencesIn(readme, 'json').map(parse)).toContainEqual({
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: ['dypns:SendSmsVerifyCode'], Resource: '*' }],
    });
    expect(fencesIn(readme, 'sh')).toContain('npm ci && npm run demo\nnpm ci && npm test\n');
  });

  it('fits beside the JSON editor of Console, and so does the config template', async () => {
    const code = [...fencesIn(readme), await read(template)].join('\n').split('\n');

    expect(code.filter((line) => line.length > 60)).toEqual([]);
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
    // Nothing else can be opened there.
    expect(linksIn(readme).filter((it) => !/^(?:https:\/\/|#)/.test(it))).toEqual([]);
  });
});

describe(template, async () => {
  const text = await read(template);

  it('is accepted once the placeholders are replaced', () => {
    expect(isAccepted(parse(text))).toBe(false);
    expect(isAccepted(parse(fillIn(text)))).toBe(true);
  });
});

describe('CHANGELOG.md', () => {
  it('begins with this version', () => {
    expect(/^## (.+)$/m.exec(changelog)?.[1]).toBe(packageJson.version);
  });
});

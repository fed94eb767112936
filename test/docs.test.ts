import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { ConnectorError, ConnectorErrorCodes, TemplateType } from '@logto/connector-kit';
import { ZodError } from 'zod';
import { describe, expect, it } from 'vitest';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import packageJson from '../package.json' with { type: 'json' };
import { faults } from '../sandbox/service/faults.js';
import { magicNumbers } from '../sandbox/service/magic-numbers.js';
import { acceptedSentence, sentenceOf } from '../sandbox/verdict.js';
import { configGuard, isRetired, signNames, usageTypes } from '../src/config.js';
import { userSentences } from '../src/error.js';
import createConnector from '../src/index.js';
import { type Meaning, meanings, transportMeanings, unknownMeaning } from '../src/meanings.js';

const root = path.join(import.meta.dirname, '..');
const read = async (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');

const readme = await read('README.md');
const chinese = await read('README.zh-CN.md');
const install = await read('docs/install.md');
const errors = await read('docs/errors.md');

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, match = '']) => match);

/** What stands in `code`, but for fences. */
const codeIn = (markdown: string): string[] => matches(markdown, /(?<!`)`([^`\n]+)`(?!`)/g);

const fencesIn = (markdown: string, language = String.raw`\w+`): string[] =>
  matches(markdown, new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'));

/** What stands below a heading, up to the next one. */
const sectionOf = (markdown: string, heading: RegExp): string =>
  markdown.split(/^#+ (?=.*\n)/m).find((section) => heading.test(section)) ?? '';

/** The cells of each table row, header and rule left out. */
const rowsOf = (markdown: string): string[][] =>
  matches(markdown, /^(?!\| ---)(?!.*\n\| ---)\| (.*) \|$/gm).map((row) => row.split(' | '));

const parse = (json: string): object => {
  const value: unknown = JSON.parse(json);

  return typeof value === 'object' && value !== null ? value : {};
};

const issuesOf = (config: unknown): string[] =>
  configGuard.safeParse(config).error?.issues.map(({ message }) => message) ?? [];

const secrets = { accessKeyId: 'fake-id', accessKeySecret: 'fake-secret' };
const config = { ...configTemplate, ...secrets };
const [english = '', readmeChinese = ''] = readme.split('\n## 中文\n');

describe.each([
  { part: 'the English README', text: english, fallback: /Default: (.+?)\. / },
  { part: 'the Chinese README', text: chinese, fallback: /默认：(.+?)。/ },
])('$part', ({ text, fallback }) => {
  const json = fencesIn(text, 'json').map(parse);

  it('lists every key of the config, in its order, with its default', () => {
    const known = matches(issuesOf({ ...config, unknown: 1 }).join('\n'), /The keys are: (.+)\./g);
    const { codeExpirationMinutes, endpoint } = configGuard.parse({
      ...config,
      codeExpirationMinutes: undefined,
    });
    const defaults = new Map(Object.entries({ codeExpirationMinutes, endpoint }));

    const defaultOf = (key: string): string =>
      issuesOf({ ...config, [key]: undefined }).length > 0
        ? 'required'
        : defaults.has(key)
          ? `\`${defaults.get(key)}\``
          : 'none';

    const listed = rowsOf(sectionOf(text, /^(?:Config|配置)\n/))
      .filter(([name = '']) => /^`[a-z]/.test(name))
      .map(([name = '', meaning = '']) => [
        name.slice(1, -1),
        /^(?:Required|必填)/.test(meaning)
          ? 'required'
          : fallback.exec(`${meaning} `)?.[1]?.replace('无', 'none'),
      ]);

    expect(listed).toEqual(known[0]?.split(', ').map((key) => [key, defaultOf(key)]));
  });

  it('lists the usage types of each template', () => {
    const listed = rowsOf(text).flatMap(([template = '', types = '']) =>
      matches(template, /^`(\d{6})`/g).flatMap((templateCode) =>
        codeIn(types).map((usageType) => ({ usageType, templateCode })),
      ),
    );

    expect(new Set(listed)).toEqual(new Set(configTemplate.templates));
    expect(listed.map(({ usageType }) => usageType).sort()).toEqual([...usageTypes].sort());
  });

  it('lists every signature, and says which are retired', () => {
    const [current = '', retired = ''] = matches(
      sectionOf(text, /^(?:Signatures|签名)\n/),
      /^- (.+)$/gm,
    );

    expect([codeIn(current), codeIn(retired).filter((it) => it !== 'signName')]).toEqual([
      signNames.filter((name) => !isRetired(name)),
      signNames.filter(isRetired),
    ]);
    expect(retired).toContain('2026-08-31');
  });

  it('shows a config that needs nothing but an AccessKey', () => {
    const [shown] = json.filter((part) => 'signName' in part);

    expect(issuesOf({ ...shown, ...secrets })).toEqual([]);
    expect(issuesOf(shown)).toHaveLength(2);
  });

  it('shows how to send with a newer signature', () => {
    const [line = ''] = codeIn(text).filter((it) => it.startsWith('"signNameOverride"'));
    const part = parse(`{${line.replace(/,$/, '').replace('<signature>', '某某签名')}}`);

    expect(Object.keys(part)).toEqual(['signNameOverride']);
    expect(issuesOf({ ...config, ...part })).toEqual([]);
  });

  it('shows the least privilege that RAM can give', () => {
    expect(json).toContainEqual({
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: ['dypns:SendSmsVerifyCode'], Resource: '*' }],
    });
  });

  it('quotes a help text of the config, and what the user reads, as they are', () => {
    const [quoted = 'nothing'] = matches(
      text,
      /`Error in key path "templates\.0\.templateCode": \(custom\) ([^`]+?) …`/g,
    );
    const templates = [{ usageType: 'Generic', templateCode: 1 }];
    const language = text === chinese ? 'zh' : 'en';

    expect(issuesOf({ ...config, templates })[0]).toMatch(new RegExp(`^${quoted}`));

    for (const sentence of Object.values(userSentences)) {
      expect(text).toContain(sentence[language]);
      expect(errors).toContain(sentence[language]);
    }
  });

  it('gives the two commands of a fresh checkout', () => {
    expect(fencesIn(text, 'sh')).toContain('npm ci && npm run demo\nnpm ci && npm test\n');
  });

  it('adds the connector to Docker as docs/install.md does', () => {
    const [command = 'nothing'] = fencesIn(text, 'sh').filter((it) => it.startsWith('docker'));

    expect(fencesIn(install, 'sh').filter((it) => it === command)).toHaveLength(2);
  });
});

describe('README.md', () => {
  it('ends with README.zh-CN.md, headings a level lower', () => {
    const body = chinese.slice(chinese.indexOf('通过阿里云短信认证服务'));

    // Console finds no picture of the checkout.
    expect(readmeChinese.trimStart()).toBe(
      body.replace(/^## /gm, '### ').replace(/^!\[.+\n\n/gm, ''),
    );
  });

  it('has the same code, fences and links in both languages', () => {
    const links = (text: string) => new Set(matches(text, /\]\((https:[^)]+)\)/g));

    expect(new Set(codeIn(readmeChinese))).toEqual(new Set(codeIn(english)));
    expect(fencesIn(readmeChinese)).toEqual(fencesIn(english));
    expect(links(readmeChinese)).toEqual(links(english));
  });

  it('fits beside the JSON editor of Console, and so does the config template', async () => {
    const lines = [...fencesIn(readme), await read('docs/config-template.json')]
      .join('')
      .split('\n');

    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    expect(readme.split('\n').length).toBeLessThanOrEqual(321);
    expect(readme).not.toMatch(/^####/m);
  });

  it('links to whole addresses and to headings of its own, as Console needs it', () => {
    const targets = matches(readme, /\]\(([^)]*)\)/g).filter((it) => !it.startsWith('https://'));
    const headings = matches(readme, /^#+ (.+)$/gm).map(
      (it) => `#${it.toLowerCase().replaceAll(' ', '-')}`,
    );

    expect(new Set(targets)).toEqual(
      new Set(['#中文', '#signatures', '#install-and-upgrade', '#签名', '#安装与升级']),
    );
    expect(headings).toEqual(expect.arrayContaining(targets));
  });
});

describe('docs/install.md', () => {
  it('has the same code and fences in both languages', () => {
    const [english = '', chinese = ''] = install.split('\n## 中文\n');

    expect(new Set(codeIn(chinese))).toEqual(new Set(codeIn(english)));
    expect(fencesIn(chinese)).toEqual(fencesIn(english));
  });
});

describe('docs/sandbox.md', async () => {
  const sandbox = await read('docs/sandbox.md');
  const [english = '', chinese = ''] = sandbox.split('\n## 中文\n');

  it('has the same code and fences in both languages, in lines of 60 characters', () => {
    expect(new Set(codeIn(chinese))).toEqual(new Set(codeIn(english)));
    expect(fencesIn(chinese)).toEqual(fencesIn(english));
    expect(
      fencesIn(sandbox)
        .join('')
        .split('\n')
        .filter((line) => line.length > 60),
    ).toEqual([]);
  });

  it.each([
    ['en', english, /^Magic numbers\n/, /^Faults\n/],
    ['zh', chinese, /^特殊号码\n/, /^故障\n/],
  ] as const)('lists every magic number and every fault: %s', (language, text, magic, fault) => {
    expect(rowsOf(sectionOf(text, magic))).toEqual(
      magicNumbers.map((it) => [
        it.from === it.to ? `\`${it.from}\`` : `\`${it.from}\`–\`${it.to}\``,
        it[language],
        (it.fault && !it.isOnce ? sentenceOf(it.fault) : acceptedSentence)[language],
      ]),
    );
    expect(rowsOf(sectionOf(text, fault))).toEqual(
      Object.entries(faults).map(([name, it]) => [`\`${name}\``, it[language]]),
    );
  });
});

describe('docs/errors.md', () => {
  /** What has no code of its own, or another case besides. */
  const labels = new Map<Meaning, string>([
    [unknownMeaning, 'any other code of Aliyun<br>阿里云的其他返回码'],
    [meanings.unavailable, '502, 503, 504 without a code 无返回码'],
    [transportMeanings.unreadable, "an answer that is not Aliyun's 不是阿里云的响应"],
    [
      transportMeanings.unanswered,
      'any other failure once the request was out<br>请求发出后的其他故障',
    ],
    [transportMeanings.unreachable, 'any other failure before<br>请求发出前的其他故障'],
  ]);

  const namesOf = ({ codes, pattern }: Meaning): string[] => [
    ...codes,
    ...(pattern?.source.split('|') ?? []).map((it) =>
      it.startsWith('^') ? `${it.slice(1)}…` : `…${it}…`,
    ),
  ];

  const keys: Readonly<Record<string, string>> = {
    signature: 'signName',
    template: 'templates.<n>.templateCode',
    interval: 'intervalSeconds',
  };

  const toRow = (meaning: Meaning): string =>
    [
      ...namesOf(meaning).map((name) => `\`${name}\``),
      labels.get(meaning) ?? [],
      ...meaning.suspects.map((suspect) => `→ \`${keys[suspect] ?? suspect}\``),
    ]
      .flat()
      .join('<br>');

  /** An address as it is would be too wide, and would not end where Chinese goes on. */
  const toText = ({ en, zh }: Readonly<{ en: string; zh: string }>): string =>
    `${en}<br>${zh}`.replace(/https:\/\/([\w.]+)[\w./-]*[\w/]/g, '[$1]($&)');

  const all: readonly Meaning[] = [
    ...Object.values(meanings),
    unknownMeaning,
    ...Object.values(transportMeanings),
  ];

  it.each([
    'RateLimitExceeded',
    'InvalidRequestParameters',
    'InvalidConfig',
    'General',
    'InvalidResponse',
  ] as const)('lists every code, key and sentence of %s', (name) => {
    expect(rowsOf(sectionOf(errors, new RegExp(`^${name}\n`)))).toEqual(
      all
        .filter(({ error }) => error === ConnectorErrorCodes[name])
        .map((it) => [toRow(it), toText(it)]),
    );
  });

  it('lists no error that is not in the code', () => {
    expect(matches(errors, /^### (\w+)$/gm)).toHaveLength(new Set(all.map((it) => it.error)).size);
  });

  it('lists what is refused before anything is sent', async () => {
    const refuse = async (to: string, code: string | undefined, getConfig = async () => config) => {
      const { sendMessage } = await createConnector({ getConfig });

      return sendMessage({ to, type: TemplateType.Generic, payload: { ...(code && { code }) } });
    };
    const refusals = [
      refuse('85261234567', '123456'),
      refuse('8613800138000', undefined),
      refuse('8613800138000', '123'),
      refuse('8613800138000', '123456', async () => Promise.reject(new Error('No database'))),
    ];
    const outcomes = await Promise.allSettled(refusals);
    const rows = outcomes.map((outcome) => {
      const error: unknown = outcome.status === 'rejected' && outcome.reason;
      const data: unknown = error instanceof ConnectorError && error.data;

      return data instanceof ZodError
        ? data.issues.map(({ path, message }) => [
            path.length > 0 ? `→ \`${path.join('.')}\`` : 'General',
            message.replace('\n', '<br>'),
          ])[0]
        : [];
    });

    expect(
      rowsOf(sectionOf(errors, /^Before anything is sent/)).map(([key = '', text]) => [
        key.split('<br>').at(-1),
        text,
      ]),
    ).toEqual(rows);
  });
});

describe('every page', async () => {
  const all = await readdir(path.join(root, 'docs'));
  const files = all.filter((it) => it.endsWith('.md'));
  const pages = await Promise.all(
    ['README.md', 'README.zh-CN.md', ...files.map((file) => `docs/${file}`), 'docs/Dockerfile'].map(
      async (file) => ({ file, text: await read(file) }),
    ),
  );

  it.each(pages)('$file names the file of this version, and commands that exist', ({ text }) => {
    const versions = matches(text, /connector-aliyun-sms-mas-([\d.]+)\.tgz/g);
    const commands = matches(text, /npm run ([\w:]+)/g).filter((it) => it !== 'cli');

    expect(versions.filter((it) => it !== packageJson.version)).toEqual([]);
    expect(commands.filter((it) => !(it in packageJson.scripts))).toEqual([]);
  });

  it.each(pages)('$file names pages that exist', ({ text }) => {
    const names = matches(text, /(?:\bdocs\/|\]\()([\w-]+\.(?:md|json|yml|png))/g);

    expect(names.filter((it) => !all.includes(it) && !it.startsWith('README'))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  it('begins with this version', async () => {
    expect(/^## (.+)$/m.exec(await read('CHANGELOG.md'))?.[1]).toBe(packageJson.version);
  });
});

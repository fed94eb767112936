import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { type ConnectorErrorCodes } from '@logto/connector-kit';
import { describe, expect, it } from 'vitest';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import packageJson from '../package.json' with { type: 'json' };
import { configGuard, defaultEndpoint, isRetired, signNames, usageTypes } from '../src/config.js';
import { meanings, transportMeanings, unknownMeaning, unreadableMeaning } from '../src/meanings.js';

const read = async (file: string): Promise<string> =>
  readFile(path.join(import.meta.dirname, '..', file), 'utf8');

/** The cells of each table row, header and rule left out. */
const rowsOf = (markdown: string): string[][] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** What the code fences of a language hold. */
const fencesOf = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(/^( *)```(\w+)\n([\s\S]*?)\n\1```$/gm)].flatMap(([, , name, text = '']) =>
    name === language ? [text] : [],
  );

const parse = (json: string): object => {
  const value: unknown = JSON.parse(json);

  return typeof value === 'object' && value !== null ? value : {};
};

const keys = { accessKeyId: 'fake-id', accessKeySecret: 'fake-secret' };
const readmes = await Promise.all(
  ['README.md', 'README.zh-CN.md'].map(async (file) => ({ file, markdown: await read(file) })),
);
const [{ markdown: english } = { markdown: '' }, { markdown: chinese } = { markdown: '' }] =
  readmes;

describe.each(readmes)('$file', ({ markdown }) => {
  const rows = rowsOf(markdown);
  const json = fencesOf(markdown, 'json').map(parse);

  it('shows the config template, which passes the guard once keys are written into it', () => {
    expect(json).toContainEqual(configTemplate);
    expect(configGuard.safeParse({ ...configTemplate, ...keys }).error).toBeUndefined();
  });

  it('shows no other part of a config than what the guard takes', () => {
    const parts = json.filter((part) => !('Statement' in part));

    expect(parts).toHaveLength(1);

    for (const part of parts) {
      expect(configGuard.safeParse({ ...configTemplate, ...part, ...keys }).error).toBeUndefined();
    }
  });

  it('shows where signNameOverride goes', () => {
    const [lines = ''] = fencesOf(markdown, 'text');
    const part = parse(`{${lines.trim().replace(/,$/, '')}}`);
    const config = { ...configTemplate, ...keys, ...part };

    expect(Object.keys(part)).toEqual(['signName', 'signNameOverride']);
    expect(configGuard.safeParse({ ...config, signNameOverride: '新签名' }).success).toBe(true);
    // As it is, it is a placeholder.
    expect(configGuard.safeParse(config).success).toBe(false);
  });

  it('shows the least privilege that RAM can give', () => {
    expect(json).toContainEqual({
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: ['dypns:SendSmsVerifyCode'], Resource: '*' }],
    });
  });

  it('lists every key of the config, in its order, with its default', () => {
    const config = configGuard.parse({ ...configTemplate, ...keys, signNameOverride: '新签名' });
    const listed = rows
      .filter(([name = '']) => Object.keys(config).some((key) => name === `\`${key}\``))
      .filter((row) => row.length === 4);

    expect(listed.map(([name]) => name)).toEqual(
      [
        'accessKeyId',
        'accessKeySecret',
        'signName',
        'templates',
        'signNameOverride',
        'codeExpirationMinutes',
        'endpoint',
      ].map((key) => `\`${key}\``),
    );
    expect(listed.slice(5).map(([, , fallback]) => fallback)).toEqual([
      '`10`',
      `\`${defaultEndpoint}\``,
    ]);
    expect(Object.keys(config)).toHaveLength(listed.length);
  });

  it('lists the template code of every usage type', () => {
    const listed = rows
      .filter(([type = '']) => usageTypes.some((usageType) => type === `\`${usageType}\``))
      .map(([type, code]) => [type, code]);

    expect(listed).toEqual(
      configTemplate.templates.map(({ usageType, templateCode }) => [
        `\`${usageType}\``,
        `\`${templateCode}\``,
      ]),
    );
    expect(listed).toHaveLength(usageTypes.length);
  });

  it('lists every signature, and says which are retired', () => {
    const listed = rows.filter(([name = '']) => signNames.some((it) => name === `\`${it}\``));

    expect(listed.map(([name, state = '']) => [name, state.includes('2026-08-31')])).toEqual(
      signNames.map((name) => [`\`${name}\``, isRetired(name)]),
    );
  });

  it('quotes help texts as they are', () => {
    const quoted = /`Error in key path "templates\.0\.templateCode": \(custom\) ([^`]+?) …`/.exec(
      markdown,
    )?.[1];
    const { error } = configGuard.safeParse({
      ...configTemplate,
      ...keys,
      templates: [{ usageType: 'Generic', templateCode: 1 }],
    });

    expect(error?.issues[0]?.message.startsWith(quoted ?? 'nothing quoted')).toBe(true);
  });

  it('quotes errors as they are', () => {
    const sentences = [...Object.values(meanings), ...Object.values(transportMeanings)].flatMap(
      ({ en, zh }) => [en, zh],
    );
    const quotes = rows.flatMap(([cell = '']) => /^`…\s?(.+?)\s?…`$/.exec(cell)?.[1] ?? []);

    expect(quotes).toHaveLength(5);

    for (const quote of quotes) {
      expect(
        sentences.some((sentence) => sentence.includes(quote)),
        quote,
      ).toBe(true);
    }
  });

  it('names the file of this version', () => {
    const names = markdown.match(/connector-aliyun-sms-mas-[\d.]+\.tgz/g) ?? [];

    expect(new Set(names)).toEqual(
      new Set([`connector-aliyun-sms-mas-${packageJson.version}.tgz`]),
    );
  });

  it('gives commands that exist', () => {
    const scripts = [...markdown.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);

    expect(Object.keys(packageJson.scripts)).toEqual(
      expect.arrayContaining(scripts.filter((name) => name !== 'cli')),
    );
    expect(fencesOf(markdown, 'sh')).toEqual(
      expect.arrayContaining(['npm ci && npm run demo', 'npm ci && npm test']),
    );
  });
});

describe('README.md', () => {
  it('has no relative links, which Console cannot follow', () => {
    const targets = [...english.matchAll(/\]\(([^)]*)\)/g)].map(([, target]) => target);

    expect(targets.filter((target) => !target?.startsWith('https://'))).toEqual([]);
  });

  it('has the sections, code and tables of README.zh-CN.md, and a Chinese one', () => {
    const shape = (markdown: string) =>
      [...markdown.matchAll(/^(#+ |```.*$| +```.*$|\|(?= ---))/gm)].map(([token]) => token);

    expect(shape(english.slice(0, english.indexOf('\n## 中文')))).toEqual(shape(chinese));
    expect(fencesOf(english, 'sh')).toEqual(fencesOf(chinese, 'sh'));
    expect(fencesOf(english, 'dockerfile')).toEqual(fencesOf(chinese, 'dockerfile'));
  });
});

describe('docs/errors.md', () => {
  it('lists every code and sentence of the tables in the code', async () => {
    const names: Partial<Record<ConnectorErrorCodes, string>> = {
      rate_limit_exceeded: 'RateLimitExceeded',
      invalid_request_parameters: 'InvalidRequestParameters',
      invalid_config: 'InvalidConfig',
      general: 'General',
      invalid_response: 'InvalidResponse',
    };
    const parts = {
      accessKeyId: '`accessKeyId`',
      accessKeySecret: '`accessKeySecret`',
      signature: '`signName` or `signNameOverride`',
      template: '`templates.<n>.templateCode`',
    };
    const rows = [
      ...Object.values(meanings),
      unknownMeaning,
      unreadableMeaning,
      ...Object.values(transportMeanings),
    ].map((meaning) => [
      meaning.codes.map((code) => `\`${code}\``).join(', '),
      names[meaning.error],
      ('configParts' in meaning ? meaning.configParts : []).map((part) => parts[part]).join(', '),
      meaning.en,
      meaning.zh,
    ]);
    const listed = rowsOf(await read('docs/errors.md')).filter(
      ([code, , , english]) => code !== '---' && english !== undefined && english !== 'English',
    );

    expect(listed).toEqual(rows);
  });
});

describe('CHANGELOG.md', () => {
  it('begins with this version', async () => {
    expect(/^## (.+)$/m.exec(await read('CHANGELOG.md'))?.[1]).toBe(packageJson.version);
  });
});

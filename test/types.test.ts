import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import ts from 'typescript';
import { afterAll, describe, expect, inject, it } from 'vitest';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import { configGuard } from '../src/config.js';

import { config, generic } from './helpers/fixtures.js';

const keys = { accessKeyId: 'fake-id', accessKeySecret: 'fake-secret' };
const optional = { signNameOverride: '新签名', codeExpirationMinutes: 5, endpoint: 'https://a.cn' };
const none = { signNameOverride: null, codeExpirationMinutes: null, endpoint: null };

const good: ReadonlyArray<readonly [name: string, config: unknown]> = [
  ['with what it must have', config],
  ['as the template has it', { ...configTemplate, ...keys }],
  ['with every key', { ...config, ...optional }],
  ['with null at each key that need not be set', { ...config, ...none }],
  ['with a retired signature', { ...config, signName: '速通互联验证码' }],
];
const bad: ReadonlyArray<readonly [name: string, config: unknown]> = [
  ['without any key', {}],
  ['with null as its templates', { ...config, templates: null }],
  ['with null as its AccessKey Secret', { ...config, accessKeySecret: null }],
  ["with somebody's own signature", { ...config, signName: '某某科技' }],
  ['with the minutes as a text', { ...config, codeExpirationMinutes: '5' }],
  ['with a key by another name', { ...config, endPoint: 'https://a.cn' }],
  ['with a number as a template code', { ...config, templates: [{ ...generic, templateCode: 1 }] }],
  ['with a key too many in an entry', { ...config, templates: [{ ...generic, code: '100001' }] }],
];

// Where the packed connector finds what it imports.
const folder = await mkdtemp(path.resolve('node_modules', '.types-'));
const from = path.join(inject('connector'), 'lib', 'index.js');

/** Writes a module that uses the packed connector. */
const writeModule = async (name: string, line: string): Promise<string> => {
  const file = path.join(folder, `${name}.ts`);
  const imports = `import createConnector, { type AliyunSmsMasConfig } from ${JSON.stringify(from)};
import { type CreateConnector, type SmsConnector } from '@logto/connector-kit';`;

  await writeFile(file, `${imports}\n${line}\n`);

  return file;
};

const program = ts.createProgram(
  await Promise.all([
    writeModule('factory', 'export const it: CreateConnector<SmsConnector> = createConnector;'),
    ...[...good, ...bad].map(async ([name, value]) =>
      writeModule(name, `export const it: AliyunSmsMasConfig = ${JSON.stringify(value)};`)
    ),
  ]),
  { module: ts.ModuleKind.NodeNext, strict: true, skipLibCheck: true, noEmit: true, types: [] }
);

/** What TypeScript finds wrong with a file. */
const complaintsOf = (file: string): string[] =>
  program
    .getSemanticDiagnostics(program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

describe('the published types', () => {
  afterAll(async () => rm(folder, { recursive: true }));

  it("have Logto's own type for what makes the connector", () => {
    expect(complaintsOf(path.join(folder, 'factory.ts'))).toEqual([]);
  });

  it.each(good)('take a config %s, as Console does', (name, value) => {
    expect(complaintsOf(path.join(folder, `${name}.ts`))).toEqual([]);
    expect(configGuard.safeParse(value).success).toBe(true);
  });

  it.each(bad)('refuse a config %s, as Console does', (name, value) => {
    expect(complaintsOf(path.join(folder, `${name}.ts`))).toHaveLength(1);
    expect(configGuard.safeParse(value).success).toBe(false);
  });
});

import { ZodError, type ZodIssue } from 'zod';

import { describe, expect, it } from 'vitest';

import { toIssues } from './issues.js';

const custom = (path: Array<string | number>, message = 'wrong'): ZodIssue => ({
  code: 'custom',
  path,
  message,
});

const unknownKeys = (path: Array<string | number>, ...keys: string[]): ZodIssue => ({
  code: 'unrecognized_keys',
  path,
  keys,
  message: 'Unrecognized key(s) in object',
});

const templates = [
  { usageType: 'SignIn' },
  { usageType: 'Register' },
  { usageType: 'ForgotPassword' },
  { usageType: 'BindMfa' },
  { usageType: 'Misspelt' },
  { usageType: 5 },
  'text',
];

const config = { templates };

/** What is told of these issues: the path and the text of each. */
const tell = (issues: ZodIssue[], input: unknown = config): string[] =>
  toIssues(new ZodError(issues), input).map(({ path, message }) => `${path.join('.')} ${message}`);

const codeOf = (index: number): ZodIssue => custom(['templates', index, 'templateCode']);

describe('toIssues', () => {
  it('leaves as they are the faults of keys outside of templates, the same one at two keys too', () => {
    expect(tell([custom(['accessKeyId']), custom(['accessKeySecret']), custom([])])).toEqual([
      'accessKeyId wrong',
      'accessKeySecret wrong',
      ' wrong',
    ]);
  });

  it('tells three and no more, the first ones', () => {
    const keys = ['a', 'b', 'c', 'd'];

    expect(tell(keys.map((key) => custom([key])))).toEqual(['a wrong', 'b wrong', 'c wrong']);
    expect(tell([unknownKeys([], 'a', 'b'), unknownKeys([], 'c', 'd')])).toHaveLength(3);
  });

  it('names the entry of a fault by its usage type', () => {
    expect(tell([codeOf(1)])).toEqual(['templates.1.templateCode wrong (Register)']);
  });

  it('names an entry by its place, as people count, where it has no usage type of Logto', () => {
    for (const index of [4, 5, 6]) {
      expect(tell([codeOf(index)])).toEqual([
        `templates.${index}.templateCode wrong (#${index + 1})`,
      ]);
    }

    for (const input of [null, 'text', { templates: 'text' }, { templates: [] }]) {
      expect(tell([codeOf(0)], input)).toEqual(['templates.0.templateCode wrong (#1)']);
    }
  });

  it('tells the same fault of several entries once, where it stands first, and names them', () => {
    expect(tell([codeOf(0), codeOf(4)])).toEqual(['templates.0.templateCode wrong (SignIn, #5)']);
    expect(tell([codeOf(0), codeOf(1), codeOf(2)])).toEqual([
      'templates.0.templateCode wrong (SignIn, Register, ForgotPassword)',
    ]);
  });

  it('names three of them', () => {
    expect(tell([codeOf(0), codeOf(1), codeOf(2), codeOf(3)])).toEqual([
      'templates.0.templateCode wrong (SignIn, Register, ForgotPassword, …)',
    ]);
  });

  it('counts a fault that stands in several entries as one of the three', () => {
    expect(tell([codeOf(0), codeOf(1), codeOf(2), custom(['endpoint']), custom(['more'])])).toEqual(
      [
        'templates.0.templateCode wrong (SignIn, Register, ForgotPassword)',
        'endpoint wrong',
        'more wrong',
      ]
    );
  });

  it('keeps apart another fault, and the same one at another key of an entry', () => {
    const other = custom(['templates', 1, 'templateCode'], 'worse');
    const elsewhere = custom(['templates', 1, 'usageType']);

    expect(tell([codeOf(0), other, elsewhere])).toEqual([
      'templates.0.templateCode wrong (SignIn)',
      'templates.1.templateCode worse (Register)',
      'templates.1.usageType wrong (Register)',
    ]);
  });

  it('keeps apart the fault of an entry, of the list and of the config', () => {
    const issues = [custom([]), custom(['templates']), custom(['templates', 0])];

    expect(tell(issues)).toEqual([' wrong', 'templates wrong', 'templates.0 wrong (SignIn)']);
    expect(tell(issues.toReversed())).toEqual([
      'templates.0 wrong (SignIn)',
      'templates wrong',
      ' wrong',
    ]);
  });

  it('names no entry of another list', () => {
    expect(tell([custom(['more', 0, 'templateCode'])])).toEqual(['more.0.templateCode wrong']);
  });

  it('tells each unknown key at its place, and that null takes it away', () => {
    const told = tell([unknownKeys([], 'intervalSeconds', 'region')]);

    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^intervalSeconds [^\n]*null[^\n]*。\n[^\n]*null[^\n]*\.$/);
    expect(told[1]?.replace('region', 'intervalSeconds')).toBe(told[0]);
  });

  it('takes no key of the config and of an entry for one, whichever comes first', () => {
    const ofConfig = unknownKeys([], 'code');
    const ofEntry = unknownKeys(['templates', 0], 'code');

    expect(tell([ofConfig, ofEntry])).toHaveLength(2);
    expect(tell([ofEntry, ofConfig])).toHaveLength(2);
  });

  it('tells an unknown key once that several entries have', () => {
    const told = tell([
      unknownKeys(['templates', 0], 'code', 'name'),
      unknownKeys(['templates', 1], 'code'),
    ]);

    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^templates\.0\.code .*null/);
    expect(told[0]).toMatch(/\(SignIn, Register\)$/);
    expect(told[1]).toMatch(/^templates\.0\.name .*null/);
    expect(told[1]).toMatch(/\(SignIn\)$/);
  });
});

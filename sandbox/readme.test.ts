import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { usage } from './options.js';
import { faults, magicNumbers } from './service/faults.js';

const read = async (file: string): Promise<string> =>
  readFile(path.join(import.meta.dirname, file), 'utf8');

const english = await read('README.md');
const chinese = await read('README.zh-CN.md');

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, match = '']) => match);

const fencesIn = (text: string) => matches(text, /^(```\w+\n[^]*?^```)$/gm);
const codeIn = (text: string) => new Set(matches(text, /(?<!`)`([^\n`]+)`(?!`)/g));

describe('the README', () => {
  it('has the same code in both languages', () => {
    expect(fencesIn(chinese)).toEqual(fencesIn(english));
    expect(codeIn(chinese)).toEqual(codeIn(english));
  });

  it.each(Object.entries(faults))('tells of the fault %s what the page does', (name, fault) => {
    expect(english).toContain(`| \`${name}\` | ${fault.en} |\n`);
    expect(chinese).toContain(`| \`${name}\` | ${fault.zh} |\n`);
  });

  it.each(magicNumbers)('tells of the magic number $from what the page does', (number) => {
    const { from, to, en, zh } = number;
    const name = from === to ? `\`${from}\`` : `\`${from}\`–\`${to}\``;

    expect(english).toContain(`| ${name} | ${en} | `);
    expect(chinese).toContain(`| ${name} | ${zh} | `);
  });

  it.each(matches(english, /^\| `(--[a-z-]+)` \|/gm))('and --help both tell of %s', (option) => {
    expect(usage).toContain(`  ${option} `);
    expect(chinese).toContain(`| \`${option}\` |`);
  });

  it.each(matches(english, /^\| `([A-Z]+ \/[/a-z]+)` \|/gm))(
    'and --help both tell of %s',
    (route) => {
      const [method = '', address = ''] = route.split(' ');

      expect(usage).toContain(`  ${method.padEnd(7)}${address} `);
      expect(chinese).toContain(`| \`${route}\` |`);
    }
  );
});

/** The magic numbers of the sandbox, as the table of its README has them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../sandbox');

/** The number of a row, the first one of a range, and what the user reads, which is the last column. */
const row = /^\| `(\d{11})`.* \| ([^|]+) \|$/gm;

/** The languages in which the user's sentences are looked at. */
export const languages = ['en', 'zh-CN'] as const;

export type Language = (typeof languages)[number];

/** Where the table is, and what it says where the user is asked for the code. */
const tables: Record<Language, Readonly<{ file: string; success: string }>> = {
  en: { file: 'README.md', success: 'No error: the user is asked for the code.' },
  'zh-CN': { file: 'README.zh-CN.md', success: '不报错，提示用户输入验证码。' },
};

/** Each number with the sentence that its user reads, `undefined` where the user is asked for the code. */
export const readMagicNumbers = (language: Language) => {
  const { file, success } = tables[language];
  const text = readFileSync(path.join(folder, file), 'utf8');
  const rows = [...text.matchAll(row)].map(([, number = '', sentence = '']) => ({
    number,
    sentence: sentence === success ? undefined : sentence,
  }));

  if (rows.length === 0) {
    throw new Error(`There is no table of magic numbers in sandbox/${file}.`);
  }

  return rows;
};

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

import { type AllConnector, ConnectorError, type CreateConnector } from '@logto/connector-kit';
import { describe, expect, inject, it } from 'vitest';

import { toldUser } from './helpers/errors.js';
import { openSandbox } from './helpers/sandbox.js';
import { refusal } from './helpers/send.js';

const folder = path.resolve(import.meta.dirname, '../sandbox');
const entry = pathToFileURL(path.join(inject('connector'), 'lib/index.js')).href;
const createConnector = z
  .object({
    default: z.custom<CreateConnector<AllConnector>>((value) => typeof value === 'function'),
  })
  .parse(await import(entry)).default;

/** The rows of the table of magic numbers: the first and the last number, the error in Logto, and what the user reads. */
const readRows = async (file: string) => {
  const text = await readFile(path.join(folder, file), 'utf8');

  return [
    ...text.matchAll(/^\| `(\d{11})`(?:–`(\d{11})`)? \| [^|]+ \| (?:`(\w+)`|—) \| ([^|]+) \|$/gm),
  ].map(([, from = '', to = from, error, sentence = '']) => ({ from, to, error, sentence }));
};

const sandbox = await openSandbox();
const delivered = new Set([
  '13800000000',
  '13800000009',
  '13800000011',
  '13800001000',
  '13800001999',
]);

describe.concurrent.each([
  { file: 'README.md', locale: 'en' },
  { file: 'README.zh-CN.md', locale: 'zh-CN' },
])('through the built connector, as $file says,', async ({ file, locale }) => {
  const rows = await readRows(file);
  const numbers = rows.flatMap(({ from, to, ...row }) =>
    [...new Set([from, to])].map((number) => ({ number, ...row }))
  );

  it.each(numbers)('$number comes to $error: $sentence', async ({ number, error, sentence }) => {
    const code = locale === 'en' ? '111111' : '222222';
    const thrown = await refusal(
      JSON.parse(sandbox.config),
      { to: `86${number}`, payload: { code, locale } },
      createConnector
    );
    const messages = sandbox.messages.filter((it) => it.phoneNumber === number && it.code === code);

    expect(messages).toHaveLength(delivered.has(number) ? 1 : 0);

    if (error === undefined) {
      expect(thrown).toBeUndefined();
    } else {
      expect(z.instanceof(ConnectorError).parse(thrown).code).toBe(error);
      // Of the others Logto has a sentence of its own.
      expect(sentence.endsWith(toldUser(thrown) ?? '')).toBe(true);
      expect(toldUser(thrown) !== undefined).toBe(error === 'general');
    }
  });
});

it('the tables have all magic numbers', async () => {
  const [english, chinese] = await Promise.all(
    ['README.md', 'README.zh-CN.md'].map(async (page) => readRows(page))
  );

  expect(english?.map(({ from }) => from)).toContain('13800000011');
  expect(chinese?.map(({ from, to, error }) => [from, to, error])).toEqual(
    english?.map(({ from, to, error }) => [from, to, error])
  );
});

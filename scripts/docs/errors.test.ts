import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, it } from 'vitest';

import { renderErrors } from './errors.js';

it('docs/errors.md is up to date: npm run docs', async () => {
  const file = path.join(import.meta.dirname, '..', '..', 'docs', 'errors.md');

  expect(await readFile(file, 'utf8')).toBe(renderErrors());
});

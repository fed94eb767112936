/** Writes the pages of `docs` that are made from code. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

import { renderErrors } from './errors.js';

await writeFile(path.join(import.meta.dirname, '../../docs/errors.md'), renderErrors());

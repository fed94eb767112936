import { type Optional } from '@silverhand/essentials';
import { z, type ZodError, ZodIssueCode } from 'zod';

import { inBoth, type Issue } from './error.js';
import { isUsageType } from './usage-types.js';

/** How many issues are told at a time: a toast has room for three, and stands for five seconds. */
const issueLimit = 3;

/** How many entries of `templates` are named where one fault stands in several. */
const nameLimit = 3;

const unknownKeyHelp = inBoth({
  zh: '未知参数：请更正拼写。要去掉它，请将值改为 null。',
  en: 'Unknown key: correct its spelling. To take it away, write null as its value.',
});

const templatesGuard = z.object({ templates: z.array(z.unknown()) });
const entryGuard = z.object({ usageType: z.string().refine(isUsageType) });

/** The entry of `templates` that an issue stands in: by its usage type, or by its place where it has none. */
const nameEntry = (input: unknown, [first, index]: Issue['path']): Optional<string> => {
  if (first !== 'templates' || typeof index !== 'number') {
    return undefined;
  }

  const entry = templatesGuard.safeParse(input).data?.templates[index];

  return entryGuard.safeParse(entry).data?.usageType ?? `#${index + 1}`;
};

const withNames = (message: string, names: readonly string[]): string => {
  if (names.length === 0) {
    return message;
  }

  const shown = names.slice(0, nameLimit).join(', ');

  return `${message} (${shown}${names.length > nameLimit ? ', …' : ''})`;
};

/**
 * Makes the issues to tell of those that zod found: one for each unknown key, one for a fault that stands in several
 * entries of `templates`, and no more than can be read.
 *
 * @param input The config that was refused.
 */
export const toIssues = (error: ZodError, input: unknown): Issue[] => {
  const found = error.issues.flatMap((issue): Issue[] =>
    issue.code === ZodIssueCode.unrecognized_keys
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKeyHelp }))
      : [issue],
  );
  const merged: Array<Issue & { names: string[] }> = [];

  for (const { path, message } of found) {
    const name = nameEntry(input, path);
    const same =
      name !== undefined &&
      merged.find((it) => it.names.length > 0 && it.message === message && it.path[2] === path[2]);

    if (same) {
      same.names.push(name);
    } else {
      merged.push({ path, message, names: name === undefined ? [] : [name] });
    }
  }

  return merged
    .slice(0, issueLimit)
    .map(({ path, message, names }) => ({ path, message: withNames(message, names) }));
};

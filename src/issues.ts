import { z, type ZodError, ZodIssueCode } from 'zod';

import { inBoth, type Issue } from './error.js';
import { isUsageType } from './usage-types.js';

/** How many issues are told at a time: a toast has room for three, and stands for five seconds. */
const issueLimit = 3;

/** How many entries of `templates` are named where one fault stands in several. */
const nameLimit = 3;

const unknownKeyHelp = inBoth({
  zh: '请更正拼写，或将值改为 null 以去掉它：未知参数。',
  en: 'Correct the spelling, or write null as the value to take it away: this key is unknown.',
});

const withTemplatesGuard = z.object({ templates: z.array(z.unknown()) });
const withUsageTypeGuard = z.object({ usageType: z.string().refine(isUsageType) });

/** The entry of `templates` with an index: by its usage type, or by its place where it has none. */
const nameEntry = (input: unknown, index: number): string => {
  const entry = withTemplatesGuard.safeParse(input).data?.templates[index];

  return withUsageTypeGuard.safeParse(entry).data?.usageType ?? `#${index + 1}`;
};

/** A fault, and the places that have it, as far as they have names. */
type Fault = Issue & Readonly<{ names: Set<string> }>;

const toFault = ({ path, message }: Issue, input: unknown): Fault => {
  const [first, index] = path;
  const isInEntry = first === 'templates' && typeof index === 'number';

  return { path, message, names: new Set(isInEntry ? [nameEntry(input, index)] : []) };
};

/** Whether two faults are one, in several entries of `templates`: the same text for the same key. */
const isSameFault = (left: Fault, right: Fault): boolean =>
  left.names.size > 0 &&
  right.names.size > 0 &&
  left.message === right.message &&
  left.path.at(-1) === right.path.at(-1);

const withNames = ({ message, names }: Fault): string => {
  if (names.size === 0) {
    return message;
  }

  const shown = [...names].slice(0, nameLimit);

  return `${message} (${shown.join(', ')}${names.size > nameLimit ? ', …' : ''})`;
};

/**
 * Makes the issues to tell of those that zod found: one for each unknown key, one for a fault that stands in several
 * entries of `templates`, and no more than can be read.
 *
 * @param input The config that was refused.
 */
export const toIssues = (error: ZodError, input: unknown): Issue[] => {
  const issues = error.issues.flatMap((issue): Issue[] =>
    issue.code === ZodIssueCode.unrecognized_keys
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKeyHelp }))
      : [issue]
  );
  const faults = new Set<Fault>();

  for (const issue of issues) {
    const fault = toFault(issue, input);
    const same = [...faults].find((it) => isSameFault(it, fault));

    if (same) {
      for (const name of fault.names) {
        same.names.add(name);
      }
    } else {
      faults.add(fault);
    }
  }

  return [...faults]
    .slice(0, issueLimit)
    .map((fault) => ({ path: fault.path, message: withNames(fault) }));
};

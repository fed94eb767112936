import { type ZodError, type ZodIssue, ZodIssueCode } from 'zod';

import { inBoth, type Issue } from './error.js';
import {
  findMisnamedEntryKeys,
  findMisnamedKeys,
  findWrapper,
  isMissing,
  isObject,
  type UnknownObject,
} from './keys.js';
import { isUsageType } from './usage-types.js';

/** How many issues are told at a time: a toast has room for three, and stands for five seconds. */
const issueLimit = 3;

/** How many entries of `templates` are named that have the same fault. */
const entryLimit = 3;

const unknownKeyHelp = inBoth({
  zh: '请更正拼写，不需要时请将值改为 null：未知参数。',
  en: 'Correct the spelling, or write null to take it away: this key is unknown.',
});

const wrapperHelp = inBoth({
  zh: '请去掉这一层，将其中的参数直接写在最外层。',
  en: 'Take this layer away, and write the keys inside it at the top.',
});

const misnamedHelp = (key: string): string =>
  inBoth({ zh: `请将参数名改为 "${key}"。`, en: `Rename this key to "${key}".` });

const missingHelp = (keys: readonly string[]): string => {
  const list = keys.map((key) => `"${key}"`);

  // Without quotes: a line may break between 、 and a name, and not between 、 and a quote.
  return inBoth({ zh: `请填写 ${keys.join('、')}。`, en: `Write ${list.join(', ')}.` });
};

/** The entry of `templates` that a path leads into, if it is an object. Nothing else has a path of several steps. */
const findEntry = ({ templates }: UnknownObject, [, index]: Issue['path']): UnknownObject => {
  const entry: unknown = Array.isArray(templates) ? templates[Number(index)] : undefined;

  return isObject(entry) ? entry : {};
};

/** The issues of an issue of zod's: one for each unknown key, and what to call a key that is there by another name. */
const splitIssue = (issue: ZodIssue, config: UnknownObject): Issue[] => {
  const isUnknownKeys = issue.code === ZodIssueCode.unrecognized_keys;
  const holder = isUnknownKeys ? issue.path : issue.path.slice(0, -1);
  const misnamed =
    holder.length === 0
      ? findMisnamedKeys(config)
      : findMisnamedEntryKeys(findEntry(config, holder));
  const toIssue = (name: string, key: string) => ({
    path: [...holder, name],
    message: misnamedHelp(key),
  });

  if (isUnknownKeys) {
    return issue.keys.map((name) => {
      const key = misnamed.get(name);

      return key === undefined
        ? { path: [...holder, name], message: unknownKeyHelp }
        : toIssue(name, key);
    });
  }

  const names = [...misnamed].filter(([, key]) => key === issue.path.at(-1));

  return names.length > 0 ? names.map(([name, key]) => toIssue(name, key)) : [issue];
};

/** Makes one issue of those for keys that are not there, if there are several. */
const joinMissing = (issues: readonly Issue[], config: UnknownObject): readonly Issue[] => {
  const isOfMissing = ({ path: [key] }: Issue): boolean => isMissing(config, String(key));
  const [first, ...others] = issues.filter((issue) => isOfMissing(issue));

  if (!first || others.length === 0) {
    return issues;
  }

  const keys = [first, ...others].map(({ path }) => path.join('.'));

  return [
    { path: first.path, message: missingHelp(keys) },
    ...issues.filter((issue) => !isOfMissing(issue)),
  ];
};

/**
 * Makes one issue of those for the same fault in several entries of `templates`. It stands where the fault stands first,
 * and names the entries: by their usage type, or by their place where they have none.
 */
const joinEntries = (issues: readonly Issue[], config: UnknownObject): Issue[] => {
  const faults = new Map<string, Issue & { entries: Set<string> }>();

  for (const issue of issues) {
    const { path, message } = issue;
    const [first, index, ...rest] = path;
    const isOfEntry = index !== undefined;
    const id = JSON.stringify([isOfEntry ? [first, rest] : path, message]);
    const fault = faults.get(id) ?? { path, message, entries: new Set() };

    faults.set(id, fault);

    if (isOfEntry) {
      const { usageType } = findEntry(config, path);

      fault.entries.add(isUsageType(usageType) ? usageType : `${first}.${index}`);
    }
  }

  return [...faults.values()].slice(0, issueLimit).map(({ path, message, entries }) => {
    const names = [...entries];
    const shown = [...names.slice(0, entryLimit), ...(names.length > entryLimit ? ['…'] : [])];
    // The path says by itself where the only one without a usage type is.
    const isInPath = names.length === 1 && names[0] === path.slice(0, 2).join('.');

    return {
      path,
      message: names.length === 0 || isInPath ? message : `${message} (${shown.join(', ')})`,
    };
  });
};

/**
 * Makes the issues to tell of those that zod found: no more than can be read, each at the key that is to be mended.
 *
 * @param input The config that was refused.
 */
export const toIssues = (error: ZodError, input: unknown): Issue[] => {
  const config = isObject(input) ? input : {};
  const wrapper = findWrapper(config);

  if (wrapper !== undefined) {
    return [{ path: [wrapper], message: wrapperHelp }];
  }

  const issues = error.issues.flatMap((issue) => splitIssue(issue, config));

  return joinEntries(joinMissing(issues, config), config);
};

import { type Optional } from '@silverhand/essentials';
import { z } from 'zod';

import { inBoth, type Sentence } from './error.js';

/** Says what to do about a text that cannot be used, or nothing where it can. */
export type FindProblem = (text: string) => Optional<Sentence>;

/** Finds what a copy brought along in a text that should be printable ASCII. */
export const findStray: FindProblem = (text) => {
  if (text.trim() !== text) {
    return {
      zh: '请删除首尾的空格或换行。',
      en: 'Delete the space or line break at the beginning or end.',
    };
  }

  if (/[<>＜＞]/.test(text)) {
    return { zh: '请删除值中的 < >。', en: 'Delete the < > inside the value.' };
  }

  if (/["'`‘’“”＂]/.test(text)) {
    return { zh: '请删除值中多余的引号。', en: 'Delete the quotes inside the value.' };
  }

  if (/\s/.test(text)) {
    return { zh: '请删除中间的空格或换行。', en: 'Delete the space or line break inside.' };
  }

  if (!/^[!-~]*$/.test(text)) {
    return {
      zh: '请重新输入：含有中文、全角或不可见字符。',
      en: 'Type it again: it holds characters other than plain English ones.',
    };
  }
};

/**
 * A guard of a text that must not be empty.
 *
 * @param missing What is told where the text is empty, or the value is no text.
 */
export const textGuard = (missing: Sentence, findProblem: FindProblem) =>
  z.string({ message: inBoth(missing) }).superRefine((text, context) => {
    const problem = text === '' ? missing : findProblem(text);

    if (problem) {
      context.addIssue({ code: z.ZodIssueCode.custom, message: inBoth(problem) });
    }
  });

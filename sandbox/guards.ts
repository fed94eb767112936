/** What the API takes. What is wrong is told in sentences of this file: zod's own are for programmers. */
import { z } from 'zod';

import { readNumber } from './numbers.js';
import { findMagicNumber, isFaultName, unknownFault } from './service/faults.js';

const quote = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

/** An object that has no other keys than these. */
const objectGuard = <Shape extends z.ZodRawShape>(shape: Shape) => {
  const names = Object.keys(shape);
  const only = names.length > 0 ? `, only ${quote(names)}` : '';

  return z.strictObject(shape, {
    errorMap: (issue) => ({
      message:
        issue.code === z.ZodIssueCode.unrecognized_keys
          ? `There is no ${quote(issue.keys)} here${only}.`
          : 'Write a JSON object.',
    }),
  });
};

const numberHelp = 'A number has 11 digits, with or without 86 before.';

/** A number with or without the country code, which becomes the 11 digits of it. */
const numberGuard = z.string({ message: numberHelp }).transform((text, context) => {
  const number = readNumber(text);

  if (number === undefined) {
    context.addIssue({ code: z.ZodIssueCode.custom, message: numberHelp });

    return z.NEVER;
  }

  return number;
});

const timeHelp =
  'A time is such as 2026-11-24T08:00:00.000Z, or in milliseconds since 1970, not in seconds.';

/** In milliseconds this is in 2001. A time in seconds is a smaller number, but for 0, which is before all. */
const smallestTime = 1e12;

/** A time, which becomes milliseconds since 1970. */
const timeGuard = z.string({ message: timeHelp }).transform((text, context) => {
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(text);
  // A plus that is not encoded arrives as a space.
  const time = isNumber ? Number(text) : Date.parse(text.replace(' ', '+'));

  if (Number.isNaN(time) || (isNumber && time !== 0 && time < smallestTime)) {
    context.addIssue({ code: z.ZodIssueCode.custom, message: timeHelp });

    return z.NEVER;
  }

  return time;
});

/** The query of what takes none. */
export const noQueryGuard = objectGuard({});

export const numberQueryGuard = objectGuard({ to: numberGuard.optional() });

const waitHelp = 'Write a number of seconds, from 0 to 60.';

export const latestQueryGuard = objectGuard({
  to: numberGuard.optional(),
  after: timeGuard.optional(),
  /** In seconds. */
  wait: z.coerce.number({ message: waitHelp }).min(0, waitHelp).max(60, waitHelp).default(0),
});

const faultGuard = z
  .string({ message: 'Write the name of a fault, or null.' })
  .refine(isFaultName, (name) => ({ message: unknownFault(name) }))
  .nullable();

const numbersGuard = z
  .record(numberGuard, faultGuard, {
    message: 'Write an object such as {"13912345678":"hang"}, or null.',
  })
  .superRefine((numbers, context) => {
    for (const [number, fault] of Object.entries(numbers)) {
      if (fault && findMagicNumber(number)) {
        context.addIssue({
          code: z.ZodIssueCode.custom,
          path: [number],
          message: 'This is a magic number: no fault has an effect on it.',
        });
      }
    }
  });

export const faultChangesGuard = objectGuard({
  next: faultGuard,
  all: faultGuard,
  numbers: numbersGuard.nullable(),
  interval: z.boolean({ message: 'Write true or false.' }),
}).partial();

const secondsHelp = 'Write a number above 0, and at most 86400, which is a day.';

/** The body of `POST /clock`. */
export const clockGuard = objectGuard({
  seconds: z.number({ message: secondsHelp }).positive(secondsHelp).max(86_400, secondsHelp),
  to: numberGuard.optional(),
});

/** What a guard found wrong: a sentence for each fault, behind the name of the key that has it. */
export const describeProblems = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => [...path, message].join(': ')).join(' ');

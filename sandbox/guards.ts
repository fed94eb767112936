/** What the API takes. */
import { z } from 'zod';

import { isFaultName } from './service/faults.js';
import { findMagicNumber } from './service/magic-numbers.js';

/** A number with or without the country code, which becomes the 11 digits of it. */
const numberGuard = z
  .string()
  // A plus that is not encoded arrives as a space.
  .regex(/^([+ ]?86|0086)?1\d{10}$/, 'A number has 11 digits, with or without 86 before.')
  .transform((number) => number.slice(-11));

const timeHelp = 'A time is such as 2026-11-24T08:00:00.000Z, or in milliseconds since 1970.';

/** A time, which becomes milliseconds since 1970. */
const timeGuard = z.string().transform((text, context) => {
  const isNumber = /^\d+$/.test(text);
  // As in a number, a plus arrives as a space.
  const time = isNumber ? Number(text) : Date.parse(text.replace(' ', '+'));

  if (Number.isNaN(time)) {
    context.addIssue({ code: z.ZodIssueCode.custom, message: timeHelp });

    return z.NEVER;
  }

  return time;
});

/** The query of what takes none. */
export const noQueryGuard = z.strictObject({});

export const numberQueryGuard = z.strictObject({ to: numberGuard.optional() });

export const latestQueryGuard = z.strictObject({
  to: numberGuard.optional(),
  after: timeGuard.optional(),
  /** In seconds. */
  wait: z.coerce.number().min(0).max(60).default(0),
});

const faultGuard = z.string().refine(isFaultName, 'There is no fault of this name.').nullable();

const numbersGuard = z.record(numberGuard, faultGuard).superRefine((numbers, context) => {
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

export const faultChangesGuard = z
  .strictObject({
    next: faultGuard,
    all: faultGuard,
    numbers: numbersGuard.nullable(),
    interval: z.boolean(),
  })
  .partial();

/** The body of `POST /clock`: at most a day. */
export const clockGuard = z.strictObject({ seconds: z.number().positive().max(86_400) });

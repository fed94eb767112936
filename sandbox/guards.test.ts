import { type z } from 'zod';

import { describe, expect, it } from 'vitest';

import {
  clockGuard,
  describeProblems,
  faultChangesGuard,
  latestQueryGuard,
  noQueryGuard,
  numberQueryGuard,
} from './guards.js';

/** What is said of something that a guard refuses; nothing of what it takes. */
const problemsOf = (guard: z.ZodTypeAny, input: unknown): string | undefined => {
  const { error } = guard.safeParse(input);

  return error && describeProblems(error);
};

const numberHelp = 'A number has 11 digits, with or without 86 before.';
const timeHelp =
  'A time is such as 2026-11-24T08:00:00.000Z, or in milliseconds since 1970, not in seconds.';
const waitHelp = 'Write a number of seconds, from 0 to 60.';
const secondsHelp = 'Write a number above 0, and at most 86400, which is a day.';

describe('a number', () => {
  it.each([
    '13912345678',
    '139 1234 5678',
    '139-1234-5678',
    '+86 139 1234 5678',
    '86-139-1234-5678',
    '008613912345678',
    // A plus that is not encoded arrives as a space.
    ' 8613912345678',
  ])('may be written "%s"', (to) => {
    expect(numberQueryGuard.parse({ to })).toEqual({ to: '13912345678' });
    expect(latestQueryGuard.parse({ to })).toEqual({ to: '13912345678', wait: 0 });
    expect(faultChangesGuard.parse({ numbers: { [to]: 'hang' } })).toEqual({
      numbers: { '13912345678': 'hang' },
    });
  });

  it.each(['', '85261234567', '1381234567', ['13912345678', '13812345678']])('is not %j', (to) => {
    expect(problemsOf(numberQueryGuard, { to })).toBe(`to: ${numberHelp}`);
  });
});

describe('a time', () => {
  it.each([
    ['2026-11-24T08:00:00.500Z', 1_795_507_200_500],
    ['2026-11-24T16:00:00.500+08:00', 1_795_507_200_500],
    ['2026-11-24T16:00:00.500 08:00', 1_795_507_200_500],
    ['1795507200500', 1_795_507_200_500],
    ['1970-01-01T00:00:00.000Z', 0],
    ['0', 0],
  ])('may be written %s', (after, time) => {
    expect(latestQueryGuard.parse({ after })).toEqual({ after: time, wait: 0 });
  });

  it.each(['', 'then', '1', '1795507200', '1795507200.5', '-1795507200500', '999999999999'])(
    'is not "%s"',
    (after) => {
      expect(problemsOf(latestQueryGuard, { after })).toBe(`after: ${timeHelp}`);
    }
  );
});

describe('what is wrong', () => {
  it.each([
    [noQueryGuard, { to: '1' }, 'There is no "to" here.'],
    [numberQueryGuard, { number: '1', a: '' }, 'There is no "number", "a" here, only "to".'],
    [latestQueryGuard, { since: '1' }, 'There is no "since" here, only "to", "after", "wait".'],
    [latestQueryGuard, { wait: 'soon' }, `wait: ${waitHelp}`],
    [latestQueryGuard, { wait: '61' }, `wait: ${waitHelp}`],
    [latestQueryGuard, { wait: '-1' }, `wait: ${waitHelp}`],
    [latestQueryGuard, { to: '1', wait: 'x' }, `to: ${numberHelp} wait: ${waitHelp}`],
    [clockGuard, { seconds: 0 }, `seconds: ${secondsHelp}`],
    [clockGuard, { seconds: 86_401 }, `seconds: ${secondsHelp}`],
    [clockGuard, { seconds: '60' }, `seconds: ${secondsHelp}`],
    [
      clockGuard,
      { minutes: 1 },
      `seconds: ${secondsHelp} There is no "minutes" here, only "seconds", "to".`,
    ],
    [clockGuard, 60, 'Write a JSON object.'],
    [faultChangesGuard, '', 'Write a JSON object.'],
    [
      faultChangesGuard,
      { nope: 1 },
      'There is no "nope" here, only "next", "all", "numbers", "interval".',
    ],
    [
      faultChangesGuard,
      { next: 'nope' },
      expect.stringMatching(/^next: There is no fault "nope"\. There are frequency, dayLimit, /),
    ],
    [faultChangesGuard, { all: 1 }, 'all: Write the name of a fault, or null.'],
    [faultChangesGuard, { interval: 1 }, 'interval: Write true or false.'],
    [
      faultChangesGuard,
      { numbers: 'hang' },
      'numbers: Write an object such as {"13912345678":"hang"}, or null.',
    ],
    [faultChangesGuard, { numbers: { '1': 'hang' } }, `numbers: 1: ${numberHelp}`],
    [
      faultChangesGuard,
      { numbers: { '86 138 0000 1234': 'hang' } },
      'numbers: 13800001234: This is a magic number: no fault has an effect on it.',
    ],
  ])('is said in plain sentences: %#', (guard, input, expected) => {
    expect(problemsOf(guard, input)).toEqual(expected);
  });
});

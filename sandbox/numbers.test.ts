import { describe, expect, it } from 'vitest';

import { matches, readNumber, spaced } from './numbers.js';

describe('readNumber', () => {
  it.each([
    '13800138000',
    '138 0013 8000',
    '138-0013-8000',
    '8613800138000',
    '+86 138 0013 8000',
    '008613800138000',
  ])('reads %s', (text) => {
    expect(readNumber(text)).toBe('13800138000');
  });

  it.each(['', '12', '1380013800', '138001380000', '23800138000', '+1 380 013 8000', 'number'])(
    'does not take "%s" for a number',
    (text) => {
      expect(readNumber(text)).toBeUndefined();
    }
  );
});

describe('spaced', () => {
  it('writes a number as people read it, and any other text as it is', () => {
    expect(spaced('13800138000')).toBe('138 0013 8000');
    expect(spaced('86138')).toBe('86138');
  });
});

describe('matches', () => {
  it.each(['', ' ', '138', '8000', '138 0013 8000', '+86 138', '0086138', '86 138 0013 8000'])(
    'finds a number by "%s"',
    (typed) => {
      expect(matches('13800138000', typed)).toBe(true);
    }
  );

  it.each(['139', '138 0013 8001', 'x'])('does not find it by "%s"', (typed) => {
    expect(matches('13800138000', typed)).toBe(false);
  });

  it('takes an 86 that begins no whole number for a part of one', () => {
    expect(matches('13800008613', '8613')).toBe(true);
    expect(matches('13800001300', '8613')).toBe(false);
  });
});

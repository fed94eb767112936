import { describe, expect, it } from 'vitest';

import { faults } from './faults.js';
import { findMagicNumber, magicNumbers } from './magic-numbers.js';

describe('a magic number', () => {
  it.each([
    ['13800000000', undefined],
    ['13800000004', 'noBalance'],
    ['13800000008', 'hang'],
    ['13800000011', 'gatewayDown'],
    ['13800001000', undefined],
    ['13800001537', undefined],
    ['13800001999', undefined],
  ])('%s has the fault %s', (number, fault) => {
    expect(findMagicNumber(number)).toBeDefined();
    expect(findMagicNumber(number)?.fault).toBe(fault);
  });

  it.each(['13800000012', '13800000999', '13800002000', '8613800001000', '1380000100', ''])(
    '%s is none',
    (number) => {
      expect(findMagicNumber(number)).toBeUndefined();
    },
  );

  it('says what it does, as its fault does unless it meets it once', () => {
    for (const { fault, isOnce, en, zh } of magicNumbers) {
      expect(en).not.toBe('');
      expect(zh).not.toBe('');

      if (fault && !isOnce) {
        expect({ en, zh }).toMatchObject({ en: faults[fault].en, zh: faults[fault].zh });
      }
    }
  });
});

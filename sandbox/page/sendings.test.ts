import { describe, expect, it } from 'vitest';

import { createRequest } from '../../test/helpers/requests.js';

import { deliveredTry, fateOf, fold, lastTry } from './sendings.js';

const idsOf = (...requests: Parameters<typeof fold>[0]) =>
  fold(requests).map(({ id, tries }) => [id, tries.map((it) => it.id)]);

describe('fold', () => {
  it('lists requests that stand for themselves, the newest first', () => {
    expect(idsOf(createRequest(1), createRequest(2))).toEqual([
      [2, [2]],
      [1, [1]],
    ]);
  });

  it('puts a repeat, a resend, and the repeat of a resend under the first request', () => {
    expect(
      idsOf(
        createRequest(1),
        createRequest(2, { repeats: 1 }),
        createRequest(3),
        createRequest(4, { resends: 3 }),
        createRequest(5, { repeats: 4 })
      )
    ).toEqual([
      [3, [3, 4, 5]],
      [1, [1, 2]],
    ]);
  });

  it('leaves a sending where its first request came, however late the others come', () => {
    expect(
      idsOf(createRequest(1), createRequest(2), createRequest(3, { repeats: 1 })).map(([id]) => id)
    ).toEqual([2, 1]);
  });

  it('lists a repeat by itself where the first request is not known', () => {
    expect(idsOf(createRequest(7, { repeats: 6 }), createRequest(8, { repeats: 6 }))).toEqual([
      [8, [8]],
      [7, [7]],
    ]);
  });
});

describe('fateOf', () => {
  const none = { delivered: false, status: null, answerCode: '' };
  const used = { delivered: false, status: 400, answerCode: 'SignatureNonceUsed' };

  it.each([
    ['delivered', [createRequest(1)]],
    ['lost', [createRequest(1, { delivered: false })]],
    ['refused', [createRequest(1, { delivered: false, answerCode: 'isv.OUT_OF_SERVICE' })]],
    ['refused', [createRequest(1, none), createRequest(2, { ...none, repeats: 1 })]],
    ['open', [createRequest(1, { ...none, isOpen: true })]],
    ['unnoticed', [createRequest(1, { status: null, answerCode: '' })]],
    [
      'delivered',
      [
        createRequest(1, { status: null, answerCode: '' }),
        createRequest(2, { ...used, repeats: 1 }),
      ],
    ],
  ])('tells %s', (fate, requests) => {
    expect(fold(requests).map((sending) => fateOf(sending))).toEqual([fate]);
  });
});

describe('the tries of a sending', () => {
  it('tells the one that was delivered from the last one', () => {
    const [sending] = fold([createRequest(1), createRequest(2, { repeats: 1, delivered: false })]);

    expect(sending && deliveredTry(sending)?.id).toBe(1);
    expect(sending && lastTry(sending).id).toBe(2);
  });

  it('finds none that was delivered where none was', () => {
    const [sending] = fold([createRequest(1, { delivered: false })]);

    expect(sending && deliveredTry(sending)).toBeUndefined();
  });
});

import { noop } from '@silverhand/essentials';
import { type ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { toldUser } from '../test/helpers/errors.js';
import { config } from '../test/helpers/fixtures.js';
import { refusal } from '../test/helpers/send.js';
import { answerOf, serve } from '../test/helpers/servers.js';

/**
 * A model of Aliyun and of the gateway before it: a nonce is carried out once, and a number gets one message a minute.
 * What becomes of each copy is random; whatever the connector makes of it, a person gets one SMS at most, and is told
 * the truth.
 *
 * `MODEL_CALLS=1000 MODEL_SEEDS=1,2,3,4,5` makes it larger.
 */
const calls = Number(process.env.MODEL_CALLS ?? 300);
const seeds = (process.env.MODEL_SEEDS ?? '20261126').split(',').map(Number);

/** What becomes of a copy: whether it reaches the service, and how its answer, if there is one, gets back. */
const fateArbitrary = fc.record({
  isReached: fc.boolean(),
  way: fc.oneof(
    { weight: 3, arbitrary: fc.constant('answer' as const) },
    { weight: 2, arbitrary: fc.constantFrom('cut' as const, 'page' as const) },
    { weight: 1, arbitrary: fc.constantFrom('hang' as const, 'throttle' as const) }
  ),
  isRefused: fc.nat(9).map((it) => it === 0),
  delay: fc.oneof(fc.nat(200), fc.nat(3000)),
});

type Fate = typeof fateArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const numbers = Array.from({ length: calls }, (_, index) =>
  String(13_800_000_000 + index).padStart(11, '0')
);

/** The service: carries out a form, and answers with a code. */
const createService = () => {
  const nonces = new Set<string>();
  const sent = new Map<string, number>();
  const refused = new Set<string>();

  const carryOut = (number: string, nonce: string, isRefused: boolean): string => {
    if (nonces.has(nonce)) {
      return 'SignatureNonceUsed';
    }

    nonces.add(nonce);

    if (isRefused) {
      refused.add(number);

      return 'isv.OUT_OF_SERVICE';
    }

    if (sent.has(number)) {
      return 'biz.FREQUENCY';
    }

    sent.set(number, (sent.get(number) ?? 0) + 1);

    return 'OK';
  };

  return { carryOut, refused, countOf: (number: string): number => sent.get(number) ?? 0 };
};

const sendBack = (response: ServerResponse, way: Fate['way'], code: string): void => {
  switch (way) {
    case 'answer': {
      response.end(answerOf(code));
      break;
    }
    case 'throttle': {
      response.writeHead(400).end(answerOf('Throttling.User'));
      break;
    }
    case 'page': {
      response.writeHead(503).end('<h1>?</h1>');
      break;
    }
    case 'cut': {
      response.socket?.destroy();
      break;
    }
    case 'hang': {
      break;
    }
  }
};

beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(noop);
});

afterAll(() => {
  vi.restoreAllMocks();
});

describe('many messages at once through a service where anything may fail', () => {
  it.each(seeds)(
    'reach each person once at most, and each is told the truth: seed %i',
    async (seed) => {
      const [fates = []] = fc.sample(
        fc.array(fc.array(fateArbitrary, { minLength: 20, maxLength: 20 }), {
          minLength: calls,
          maxLength: calls,
        }),
        { seed, numRuns: 1 }
      );
      const service = createService();
      const copies = new Map<string, number>();
      const { endpoint } = await serve((response, form) => {
        const parameters = new URLSearchParams(form);
        const number = parameters.get('PhoneNumber') ?? '';
        const copy = copies.get(number) ?? 0;
        const { isReached, way, isRefused, delay } = fates[numbers.indexOf(number)]?.[copy] ?? {
          isReached: true,
          way: 'answer',
          isRefused: false,
          delay: 0,
        };

        copies.set(number, copy + 1);
        setTimeout(() => {
          // A gateway that throttles does so before it looks at the nonce; what else comes back may be of a copy that
          // never reached the service.
          const code =
            way === 'answer' || (isReached && way !== 'throttle')
              ? service.carryOut(number, parameters.get('SignatureNonce') ?? '', isRefused)
              : '';

          sendBack(response, way, code);
        }, delay);
      });
      const delays = monitorEventLoopDelay();
      delays.enable();
      // Its first interval is not counted.
      await sleep(100);
      const results = await Promise.all(
        numbers.map(async (number) => {
          const start = performance.now();
          const error = await refusal({ ...config, endpoint }, { to: `86${number}` });
          const isOpen = error !== undefined && (toldUser(error) ?? '').includes('迟到');

          return { number, error, isOpen, time: performance.now() - start };
        })
      );
      delays.disable();
      const toldSent = results.filter(({ error }) => error === undefined);
      const toldRefused = results.filter(({ error, isOpen }) => error !== undefined && !isOpen);
      const lostRefusals = toldSent.filter(({ number }) => service.countOf(number) === 0);
      const doubles = numbers.filter((number) => service.countOf(number) > 1);
      const wrongRefusals = toldRefused.filter(({ number }) => service.countOf(number) > 0);
      const slowest = Math.max(...results.map(({ time }) => time));

      console.log(
        [
          `seed ${seed}: ${calls} calls, ${toldSent.length} told as sent, ${toldRefused.length} as refused`,
          `${results.filter(({ isOpen }) => isOpen).length} as open`,
          `${lostRefusals.length} told as sent whose refusal was lost`,
          `slowest ${Math.round(slowest)} ms, event loop late by ${Math.round(delays.max / 1e6)} ms`,
        ].join(', ')
      );
      expect(doubles).toEqual([]);
      expect(wrongRefusals).toEqual([]);
      // Each of them was refused, and the refusal was lost.
      expect(lostRefusals.filter(({ number }) => !service.refused.has(number))).toEqual([]);

      // In 8 s with a quarter to spare; a busy computer is late to begin and to end.
      expect(slowest).toBeLessThan(8250 + (2 * delays.max) / 1e6);
    }
  );
});

import nock from 'nock';
import { z } from 'zod';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { pathsOf, saidIn, toldUser } from '../test/helpers/errors.js';
import { config } from '../test/helpers/fixtures.js';
import { createRecord } from '../test/helpers/record.js';
import { referenceSignature } from '../test/helpers/reference-signature.js';
import { refusal } from '../test/helpers/send.js';
import { answerOf, ok, serve } from '../test/helpers/servers.js';

/** How Aliyun answers a request, or a gateway before it: with a code, with a page of this status, or never a byte. */
type Reply = Readonly<{ code: string } | { status: number } | { error: string }>;

const hosts = Array.from({ length: 100 }, (_, index) => `https://${index}.example.com`).values();

/**
 * Sends a message to an address of its own, so that the tests can wait at the same time.
 *
 * @param replies How the first requests are answered.
 * @returns The forms that were sent, and what was thrown, or nothing.
 */
const send = async (...replies: Reply[]) => {
  const endpoint = z.string().parse(hosts.next().value);
  const forms = createRecord<string>();

  for (const reply of replies) {
    const request = nock(endpoint).post('/');

    if ('error' in reply) {
      request.replyWithError({ ...new Error(reply.error), code: reply.error });
      continue;
    }

    request.reply((_, body) => {
      forms.add(z.string().parse(body));

      return 'code' in reply
        ? [200, { Code: reply.code, RequestId: 'A-1' }]
        : [reply.status, '<p>Bad gateway</p>'];
    });
  }

  const error = await refusal({ ...config, endpoint });

  return { forms: forms.items, error };
};

const parse = (form = ''): Record<string, string> => Object.fromEntries(new URLSearchParams(form));

beforeAll(() => {
  nock.disableNetConnect();
  nock.enableNetConnect('127.0.0.1');
});

afterAll(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

describe.concurrent('a message that Aliyun refused for a moment', () => {
  it.each(['biz.FREQUENCY', 'FREQUENCY_FAIL', 'Throttling.User', 'Throttling', 'isp.QPS_LIMIT'])(
    'is resent after a pause, with the same code and a new nonce: %s',
    async (code) => {
      const start = performance.now();
      const { forms, error } = await send({ code }, { code: 'OK' });

      expect(error).toBeUndefined();
      // Aliyun's interval of 60 s is a second longer than Logto's.
      expect(performance.now() - start).toBeGreaterThan(1400);

      const [first = {}, second = {}] = forms.map((form) => parse(form));
      const { SignatureNonce, Timestamp, Signature, ...same } = first;
      const { Signature: secondSignature, ...signed } = second;

      expect(forms).toHaveLength(2);
      expect(signed).toMatchObject(same);
      expect(signed.SignatureNonce).not.toBe(SignatureNonce);
      expect(Date.parse(signed.Timestamp ?? '')).toBeGreaterThan(Date.parse(Timestamp ?? ''));
      expect(secondSignature).not.toBe(Signature);
      expect(secondSignature).toBe(referenceSignature(signed, 'POST', config.accessKeySecret));
    }
  );

  it('and refused again is told, and not sent a third time', async () => {
    const { forms, error } = await send(
      { code: 'biz.FREQUENCY' },
      { code: 'FREQUENCY_FAIL' },
      { code: 'OK' }
    );

    expect(error).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(pathsOf(error)).toEqual(['to']);
    expect(saidIn(error)).toContain('FREQUENCY_FAIL');
    expect(forms).toHaveLength(2);
  });

  it('is told as what the resend was answered', async () => {
    const { error } = await send({ code: 'biz.FREQUENCY' }, { code: 'BUSINESS_LIMIT_CONTROL' });

    expect(saidIn(error)).toContain('(BUSINESS_LIMIT_CONTROL, ');
  });

  it('is told as what Aliyun said, where the resend does not get out', async () => {
    const lost = Array.from({ length: 20 }, () => ({ error: 'ENOTFOUND' }));
    const { error } = await send({ code: 'biz.FREQUENCY' }, ...lost);

    expect(error).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(saidIn(error)).toContain('(biz.FREQUENCY, ');
  });

  it('is told as no answer, where the resend went out and got none', async () => {
    const pages = Array.from({ length: 20 }, () => ({ status: 503 }));
    const { error } = await send({ code: 'biz.FREQUENCY' }, ...pages);

    expect(error).toMatchObject({ code: 'general' });
    expect(toldUser(error)).toMatch(/迟到的验证码无效/);
  });

  it.each([
    'BUSINESS_LIMIT_CONTROL',
    'isv.BUSINESS_LIMIT_CONTROL',
    'isv.DAY_LIMIT_CONTROL',
    'isv.MONTH_LIMIT_CONTROL',
    'isv.OUT_OF_SERVICE',
    'ServiceUnavailable',
    'SignatureNonceUsed',
  ])('is none that was refused for longer, and is not resent: %s', async (code) => {
    const { forms, error } = await send({ code }, { code: 'OK' });

    expect(error).toBeDefined();
    expect(forms).toHaveLength(1);
  });

  it.each(['biz.FREQUENCY', 'Throttling.User'])(
    'is not resent after a copy without an answer, which may have sent it: %s',
    async (code) => {
      const { forms, error } = await send({ status: 503 }, { code }, { code: 'OK' });

      expect(error).toBeDefined();
      // The second is a retry: the same bytes.
      expect(new Set(forms).size).toBe(1);
    }
  );
});

describe.concurrent('a burst of twice what Aliyun takes in a second', () => {
  it('is sent, all of it', async () => {
    const perSecond = 50;
    const taken = createRecord<number>();
    const { endpoint } = await serve((response) => {
      const now = performance.now();

      if (taken.items.filter((time) => now - time < 1000).length >= perSecond) {
        response.writeHead(400).end(answerOf('Throttling.User'));
        return;
      }

      taken.add(now);
      response.end(ok);
    });
    const sending = Array.from({ length: 2 * perSecond }, async () =>
      refusal({ ...config, endpoint })
    );
    const errors = await Promise.all(sending);

    expect(errors.filter((error) => error !== undefined)).toEqual([]);
    expect(taken.items).toHaveLength(2 * perSecond);
  });
});

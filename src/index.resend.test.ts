import nock from 'nock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { referenceSignature } from '../sandbox/service/signature.js';
import { pathsOf, saidIn } from '../test/helpers/errors.js';
import { config } from '../test/helpers/fixtures.js';
import { refusal } from '../test/helpers/send.js';

/** How Aliyun answers a request, or a gateway before it: with a code, or with a page of this status. */
type Reply = Readonly<{ code: string } | { status: number }>;

let hosts = 0;

/**
 * Sends a message to an address of its own, so that the tests can wait at the same time.
 *
 * @param replies How the first requests are answered.
 * @returns The forms that were sent, and what was thrown, or nothing.
 */
const send = async (...replies: Reply[]) => {
  hosts += 1;
  const endpoint = `https://${hosts}.example.com`;
  const forms: string[] = [];

  for (const reply of replies) {
    nock(endpoint)
      .post('/')
      .reply((_, body) => {
        forms.push(z.string().parse(body));

        return 'code' in reply
          ? [200, { Code: reply.code, RequestId: 'A-1' }]
          : [reply.status, '<p>Bad gateway</p>'];
      });
  }

  const error = await refusal({ ...config, endpoint });

  return { forms, error };
};

const parse = (form = ''): Record<string, string> => Object.fromEntries(new URLSearchParams(form));

beforeAll(() => {
  nock.disableNetConnect();
});

afterAll(() => {
  nock.cleanAll();
  nock.enableNetConnect();
});

describe.concurrent('a message that came too soon for Aliyun', () => {
  it.each(['biz.FREQUENCY', 'FREQUENCY_FAIL'])(
    'is sent anew after a pause, with the same code: %s',
    async (code) => {
      const start = performance.now();
      const { forms, error } = await send({ code }, { code: 'OK' });

      expect(error).toBeUndefined();
      // Aliyun's interval of 60 s is a second longer than Logto's.
      expect(performance.now() - start).toBeGreaterThan(1400);

      const [first = {}, second = {}] = forms.map(parse);
      const { SignatureNonce, Timestamp, Signature, ...same } = first;
      const { Signature: secondSignature, ...signed } = second;

      expect(forms).toHaveLength(2);
      expect(signed).toMatchObject(same);
      expect(signed.SignatureNonce).not.toBe(SignatureNonce);
      expect(Date.parse(signed.Timestamp ?? '')).toBeGreaterThan(Date.parse(Timestamp ?? ''));
      expect(secondSignature).not.toBe(Signature);
      expect(secondSignature).toBe(referenceSignature(signed, 'POST', config.accessKeySecret));
    },
  );

  it('is told where it is refused again, and not sent a third time', async () => {
    const { forms, error } = await send(
      { code: 'biz.FREQUENCY' },
      { code: 'FREQUENCY_FAIL' },
      { code: 'OK' },
    );

    expect(error).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(pathsOf(error)).toEqual(['to']);
    expect(saidIn(error)).toContain('FREQUENCY_FAIL');
    expect(forms).toHaveLength(2);
  });

  it('is told as what the second answer means', async () => {
    const { forms, error } = await send(
      { code: 'biz.FREQUENCY' },
      { code: 'BUSINESS_LIMIT_CONTROL' },
    );

    expect(saidIn(error)).toContain('(BUSINESS_LIMIT_CONTROL, ');
    expect(forms).toHaveLength(2);
  });

  it('is sent anew through nothing but the interval: no other limit is tried again', async () => {
    const limits = [
      'BUSINESS_LIMIT_CONTROL',
      'isv.BUSINESS_LIMIT_CONTROL',
      'isv.DAY_LIMIT_CONTROL',
      'isp.QPS_LIMIT',
      'Throttling.User',
      'isv.SOME_NEW_FREQUENCY_RULE',
    ];

    for (const code of limits) {
      const { forms, error } = await send({ code }, { code: 'OK' });

      expect(error).toMatchObject({ code: 'rate_limit_exceeded' });
      expect(forms).toHaveLength(1);
    }
  });

  it('is not sent anew after a try without an answer, which most likely sent it', async () => {
    const { forms, error } = await send({ status: 503 }, { code: 'biz.FREQUENCY' }, { code: 'OK' });

    expect(error).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(forms).toHaveLength(2);
    // The repeat of the client, whose bytes are the same.
    expect(forms[1]).toBe(forms[0]);
  });
});

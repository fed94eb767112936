import { describe, expect, it } from 'vitest';

import { form } from '../test/helpers/form.js';
import { type FaultName, faults, isFaultName } from './service/faults.js';
import { answerOfService, noReply } from './service/replies.js';
import { type Answered, findSignatureProblem, isEndpoint, judge, sentenceOf } from './verdict.js';

const answered = (changes: Partial<Answered> = {}): Answered => ({
  form: form(),
  fault: undefined,
  reply: answerOfService('OK', 'OK'),
  isRepeat: false,
  isResend: false,
  isReused: false,
  ...changes,
});

const nothing = { en: '', zh: '' };

describe('the verdict', () => {
  it('is that a message was sent which Aliyun accepted', () => {
    expect(judge(answered())).toEqual({ result: 'sent', error: '', user: nothing, admin: nothing });
  });

  it('is an error with a sentence for the user and a line for the admin, in both languages', () => {
    const reply = answerOfService('MOBILE_NUMBER_ILLEGAL', 'x');
    const { result, error, user, admin } = judge(answered({ reply }));

    expect([result, error]).toEqual(['error', 'invalid_request_parameters']);
    expect(user).toEqual({
      en: 'The request is with wrong input parameter(s).',
      zh: '请求参数错误',
    });
    expect(admin.en).toMatch(/^Error in key path "to": \(custom\) [^\p{Script=Han}]+$/u);
    expect(admin.zh).toMatch(/^Error in key path "to": \(custom\) .*\p{Script=Han}/u);
  });

  it.each(['biz.FREQUENCY', 'FREQUENCY_FAIL'])(
    'after %s is that the connector sends anew, once',
    (code) => {
      const reply = answerOfService(code, 'x');

      expect(judge(answered({ reply })).result).toBe('resends');
      expect(judge(answered({ reply, isResend: true }))).toMatchObject({
        result: 'error',
        error: 'rate_limit_exceeded',
      });
      // No answer came to the first try: a message may be on its way.
      expect(judge(answered({ reply, isRepeat: true })).result).toBe('error');
    },
  );

  it.each<FaultName>(['reset', 'cut', 'truncate'])(
    'after the fault %s is that the connector repeats, once',
    (fault) => {
      expect(judge(answered({ fault, reply: noReply })).result).toBe('repeats');
      expect(judge(answered({ fault, reply: noReply, isRepeat: true })).result).toBe('error');
    },
  );

  it.each<FaultName>(['hang', 'stall', 'drip'])(
    'after the fault %s depends on the connection: one just made may take all the time',
    (fault) => {
      expect(judge(answered({ fault, reply: noReply, isReused: true })).result).toBe('repeats');
      expect(judge(answered({ fault, reply: noReply }))).toMatchObject({
        result: 'error',
        user: { en: expect.stringContaining('may still arrive') as unknown },
      });
    },
  );

  it('takes a used nonce for sent on a repeat alone', () => {
    const reply = answerOfService('SignatureNonceUsed', 'x');

    expect(judge(answered({ reply, isRepeat: true })).result).toBe('sent');
    expect(judge(answered({ reply })).result).toBe('error');
  });

  it('reads any request, however little it holds', () => {
    const reply = answerOfService('MissingAction', 'x');

    expect(judge(answered({ form: new URLSearchParams(), reply })).result).toBe('error');
  });
});

describe('the sentence of a fault', () => {
  it('is what the user reads in the end', () => {
    expect(sentenceOf('lost').en).toBe('No error: the user is asked for the code.');
    expect(sentenceOf('frequency').en).toBe('Trigger rate limit. Please try again later.');
    expect(sentenceOf('cut').zh).toContain('可能仍会送达');
    expect(sentenceOf('noBalance').en).toContain('could not be sent');
  });

  it('is one and the same for many of them', () => {
    const names = Object.keys(faults).filter(isFaultName);
    const groups = new Set(names.map((name) => sentenceOf(name).zh));

    expect(groups.size).toBeGreaterThan(3);
    expect(groups.size).toBeLessThan(10);
  });
});

describe('an endpoint', () => {
  it('is taken over http on this computer alone', () => {
    expect(isEndpoint('http://127.0.0.1:4010')).toBe(true);
    expect(isEndpoint('http://192.168.1.5:4010')).toBe(false);
    expect(isEndpoint('https://192.168.1.5:4010')).toBe(true);
  });
});

describe('a signature of SMS', () => {
  it.each(['恒创联众', '某某签名', 'Some name'])('may be "%s"', (signature) => {
    expect(findSignatureProblem(signature)).toBeUndefined();
  });

  it.each(['', ' ', ' x ', '【某某签名】', '<name>', 'a\u001b[2J'])('is not %j', (signature) => {
    expect(findSignatureProblem(signature)).toMatch(/^Write a signature[^\p{C}\p{Script=Han}]+$/u);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { pathsOf, saidIn, toldUser } from '../test/helpers/errors.js';
import { code, config, errorOf, number, readFixture } from '../test/helpers/fixtures.js';

import { type Outcome } from './client.js';

const requestId = 'CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47';

const answered = (
  answerCode: string,
  answerRequestId: string | undefined = requestId,
  mayBeDelivered = false
): Outcome => ({ answer: { code: answerCode, requestId: answerRequestId }, mayBeDelivered });

const notSent =
  '验证码发送失败，请几分钟后再试。\nThe code could not be sent. Try again in a few minutes.';
const late =
  '请一分钟后重新获取验证码；迟到的验证码无效。\nTry again in a minute. A code that arrives late will not work.';

/** What came of a call where a copy went out and got no answer. */
const unanswered: Outcome = {
  failure: 'unanswered',
  reference: 'ETIMEDOUT',
  mayBeDelivered: true,
};

describe('a message', () => {
  it('counts as sent with OK, whether or not a copy before it got no answer', () => {
    expect(errorOf(answered('OK'))).toBeUndefined();
    expect(errorOf(answered('OK', undefined, true))).toBeUndefined();
  });

  it('counts as sent where its nonce was used after a copy without an answer, and only there', () => {
    expect(errorOf(answered('SignatureNonceUsed', requestId, true))).toBeUndefined();
    expect(errorOf(answered('SignatureNonceUsed'))).toBeDefined();
  });

  it('is not sent with any other answer, nor without one', () => {
    expect(errorOf(answered('biz.FREQUENCY', requestId, true))).toBeDefined();
    expect(errorOf(unanswered)).toBeDefined();
  });
});

describe('after a copy that got no answer', () => {
  it.each(['Throttling.User', 'isp.QPS_LIMIT', 'ServiceUnavailable', 'InternalError'])(
    "the gateway's refusal of a retry is told as no answer, with its code behind: %s",
    (answerCode) => {
      const error = errorOf(answered(answerCode, requestId, true));
      const [chinese, english] = saidIn(errorOf(unanswered)).split('\n');

      expect(error).toMatchObject({ code: 'general' });
      expect(toldUser(error)).toBe(late);
      expect(saidIn(error)).toBe(
        `${chinese}\n${english?.replace('ETIMEDOUT', `${answerCode}, RequestId ${requestId}`)}`
      );
    }
  );

  it.each(['isv.OUT_OF_SERVICE', 'isv.INVALID_PARAMETERS', 'biz.FREQUENCY'])(
    "the service's refusal of a retry is told as without one: %s",
    (answerCode) => {
      const error = errorOf(answered(answerCode, requestId, true));
      const same = errorOf(answered(answerCode));

      expect(saidIn(error)).toBe(saidIn(same));
      expect(toldUser(error)).toBe(toldUser(same));
    }
  );
});

describe('the admin', () => {
  it('reads code and RequestId once, behind both languages', () => {
    const lines = saidIn(errorOf(answered('isv.SMS_TEMPLATE_ILLEGAL'))).split('\n');

    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/。$/);
    expect(lines[1]).toMatch(
      new RegExp(`\\. \\(SignIn, isv\\.SMS_TEMPLATE_ILLEGAL, RequestId ${requestId}\\)$`)
    );
  });

  it('reads of no usage type where it is not at fault', () => {
    const lines = saidIn(errorOf(answered('SignatureDoesNotMatch'))).split('\n');

    expect(lines[1]).toMatch(
      new RegExp(`\\. \\(SignatureDoesNotMatch, RequestId ${requestId}\\)$`)
    );
  });

  it('reads what is known of a failure', () => {
    const failure = { failure: 'unreadable', mayBeDelivered: true } as const;

    expect(saidIn(errorOf({ ...failure, reference: 'HTTP 302' }))).toMatch(/\. \(HTTP 302\)$/);
  });

  it('reads a short line for each further suspect', () => {
    const error = errorOf(answered('UNKNOWN'));
    const lines = saidIn(error).split('\n');

    expect(pathsOf(error)).toEqual(['accessKeyId', 'to']);
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain(requestId);
    expect(lines[2]).toMatch(/^也可能.{1,20}。$/);
    expect(lines[3]).toMatch(/^Or .{1,40}\.$/);
  });

  it('reads one issue where signature or template may be refused, with the usage type', () => {
    const error = errorOf(answered('isv.INVALID_PARAMETERS'));

    expect(pathsOf(error)).toEqual(['signName']);
    expect(saidIn(error)).toMatch(/恒创联众.*10{4}1.*\n.*恒创联众.*10{4}1.* \(SignIn, isv\./);
  });

  it.each(['InvalidAccessKeyId.NotFound', 'SignatureDoesNotMatch'])(
    'reads of the address as well where %s comes from one of the config',
    (answerCode) => {
      const sandbox = readFixture({}, { endpoint: 'http://127.0.0.1:4010' });
      const byDefault = readFixture({}, { endpoint: 'https://dypnsapi.aliyuncs.com/' });
      const error = errorOf(answered(answerCode), sandbox);

      expect(pathsOf(error)).toHaveLength(2);
      expect(pathsOf(error)[1]).toBe('endpoint');
      expect(saidIn(error)).toMatch(/\n也可能.*地址.*null。\nOr .*address.*null\.$/);
      expect(pathsOf(errorOf(answered(answerCode), byDefault))).toHaveLength(1);
    }
  );

  it('is sent to the key of the config that decided', () => {
    const given = readFixture(
      {},
      { signNameOverride: '新签名', templates: [{ usageType: 'Generic', templateCode: '1' }] }
    );

    expect(pathsOf(errorOf(answered('isv.SMS_SIGN_ILLEGAL'), given))).toEqual(['signNameOverride']);
    expect(pathsOf(errorOf(answered('isv.SMS_TEMPLATE_ILLEGAL'), given))).toEqual([
      'templates.0.templateCode',
    ]);
  });

  it('reads both languages, whatever that of the message', () => {
    for (const locale of ['zh-CN', 'en', undefined]) {
      expect(saidIn(errorOf(answered('ServiceUnavailable'), readFixture({ locale })))).toBe(
        saidIn(errorOf(answered('ServiceUnavailable')))
      );
    }
  });

  const unreachable: Outcome = {
    failure: 'unreachable',
    reference: 'ENOTFOUND',
    mayBeDelivered: false,
  };

  it('reads the default address where one of their own cannot be reached', () => {
    const given = readFixture({}, { endpoint: 'https://dypnsapi.cn-hangzhou.aliyuncs.com' });
    const own = errorOf(unreachable, given);

    expect(pathsOf(own)).toEqual(['endpoint']);
    expect(saidIn(own)).toMatch(
      /https:\/\/dypnsapi\.aliyuncs\.com.*\n.*https:\/\/dypnsapi\.aliyuncs\.com.* \(ENOTFOUND\)$/
    );
    expect(saidIn(errorOf(unreachable))).not.toContain('https:');
  });

  it('reads of the address only where it cannot be reached', () => {
    const given = readFixture({}, { endpoint: 'https://example.com' });
    const untrusted: Outcome = { ...unreachable, failure: 'untrusted' };

    expect(saidIn(errorOf(untrusted, given))).toBe(saidIn(errorOf(untrusted)));
  });
});

describe('the end user', () => {
  const failure = { reference: 'X', mayBeDelivered: false } as const;

  it.each([
    ['an answer', answered('ServiceUnavailable'), notSent],
    ['an unknown answer', answered('isv.NEWEST'), notSent],
    ['no connection', { ...failure, failure: 'unreachable' }, notSent],
    ['an untrusted server', { ...failure, failure: 'untrusted' }, notSent],
    ['an unanswered request', unanswered, late],
    ["a gateway's page", { ...unanswered, failure: 'gatewayDown' }, late],
    ['a nonce that was used by somebody else', answered('SignatureNonceUsed'), late],
  ] satisfies Array<[string, Outcome, string]>)(
    'is told what to do after %s',
    (_, outcome, sentence) => {
      expect(toldUser(errorOf(outcome))).toBe(sentence);
    }
  );

  it('is told it in their language, or in both where Logto says none', () => {
    const inBoth = toldUser(errorOf(answered('ServiceUnavailable')));
    const zh = toldUser(errorOf(answered('ServiceUnavailable'), readFixture({ locale: 'zh-CN' })));
    const en = toldUser(errorOf(answered('ServiceUnavailable'), readFixture({ locale: 'fr' })));

    expect(zh).toMatch(/^[^\n ]+$/);
    expect(en).toMatch(/^[ -~]+$/);
    expect(inBoth).toBe(`${zh}\n${en}`);
  });

  it('is told nothing that only the admin can change', () => {
    const forAdmins =
      /[A-Z]{2}|[\d"]|AccessKey|Aliyun|Logto|key|config|server|阿里云|余额|配置|签名/;

    expect(toldUser(errorOf(answered('ServiceUnavailable')))).not.toMatch(forAdmins);
    expect(toldUser(errorOf(unanswered))).not.toMatch(forAdmins);
  });

  it('is told by Logto alone where it has a sentence', () => {
    for (const answerCode of ['biz.FREQUENCY', 'SignatureDoesNotMatch', 'MOBILE_NUMBER_ILLEGAL']) {
      expect(toldUser(errorOf(answered(answerCode, requestId, true)))).toBeUndefined();
    }
  });
});

/** What stands in brackets behind the last line of an error. */
const referenceOf = (outcome: Outcome): string =>
  / \((?<reference>[^()]*)\)$/.exec(saidIn(errorOf(outcome)))?.groups?.reference ?? '';

describe('Code and RequestId', () => {
  it.each([
    '失败',
    'isv.A\nisv.B',
    'A\n',
    'A\u001B[31m',
    '%34%38%32%39%31%33',
    'Code&PhoneNumber',
    'OLeaidS1JvxuMvnyHOwuJ+uX5qY=',
    'A'.repeat(65),
    '-'.repeat(65),
    ' ',
    ' A',
    `x${code}`,
    `A-${number}`,
    `A ${number.slice(0, 3)} ${number.slice(3, 7)}-${number.slice(7)}`,
    `A-${config.accessKeyId.toUpperCase()}`,
    `A-${config.accessKeyId}`,
    `${config.accessKeySecret}-A`,
  ])('is not shown where it is %j, of a wrong form or confidential', (hostile) => {
    expect(referenceOf(answered('ServiceUnavailable', hostile))).toBe('ServiceUnavailable');
    expect(referenceOf(answered(hostile))).toBe(`RequestId ${requestId}`);
  });

  it.each(['A', 'isv.A_b-1', 'MK:0001', '600017', '__proto__', 'Not so fast', 'A'.repeat(64)])(
    'is shown where it is short and printable: %j',
    (plain) => {
      expect(referenceOf(answered(plain))).toBe(`${plain}, RequestId ${requestId}`);
    }
  );

  it.each(['1', 'a-B', '-'.repeat(64)])('shows a RequestId such as %j', (plain) => {
    expect(referenceOf(answered('ServiceUnavailable', plain))).toBe(
      `ServiceUnavailable, RequestId ${plain}`
    );
  });

  it('does without a RequestId', () => {
    for (const missing of [undefined, '']) {
      const answer = { code: 'ServiceUnavailable', requestId: missing };

      expect(referenceOf({ answer, mayBeDelivered: false })).toBe('ServiceUnavailable');
    }
  });

  it('leave no trace where neither can be shown', () => {
    const lines = saidIn(errorOf(answered(`FREQUENCY.${code}`, code))).split('\n');

    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/\.$/);
  });

  it('never show what is confidential, whatever the answer', () => {
    const confidential = [code, number, config.accessKeyId, config.accessKeySecret];
    const piece = fc.oneof(
      fc.constantFrom(...confidential, 'isv.', 'FREQUENCY', 'Missing', 'OK', 'A', '-', '\n'),
      fc.string({ maxLength: 3 })
    );
    const hostile = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
    const locale = fc.constantFrom('en', 'zh');

    fc.assert(
      fc.property(hostile, hostile, fc.boolean(), locale, (answerCode, id, isRetry, locale) => {
        const error = errorOf(answered(answerCode, id, isRetry), readFixture({ locale }));
        const told = error instanceof Error ? `${error.stack} ${JSON.stringify(error)}` : '';

        expect(confidential.filter((part) => told.includes(part))).toEqual([]);
      })
    );
  });
});

import { describe, expect, it } from 'vitest';

import { pathsOf, saidIn, shownToUser, toldUser } from '../test/helpers/errors.js';
import { errorOf } from '../test/helpers/fixtures.js';

import { type Failure } from './client.js';
import { type Sentence } from './error.js';
import { userSentences } from './explain.js';
import {
  type CodeMeaning,
  failureMeanings,
  meanings,
  unknownMeaning,
  unreachableEndpoint,
} from './meanings.js';

/** What Aliyun's documentation, or people who met them, say of some codes. */
type Known = Readonly<{
  means: string;
  /** The codes that are known, and so stand in docs/errors.md. */
  codes: string;
  /** Codes that nobody has seen, and whose names say that they mean the same. */
  alike?: string;
  /** Logto's code for it. */
  error: string;
  /** The keys at fault. */
  keys: string[];
  /** What an admin must be told, in Chinese and in English. */
  tell?: Array<string | RegExp>;
}>;

const template = 'templates.2.templateCode';

const knownCodes: readonly Known[] = [
  {
    means: 'the 60 s interval for this number has not passed',
    codes: 'biz.FREQUENCY FREQUENCY_FAIL',
    alike: 'isv.SOME_NEW_FREQUENCY_RULE',
    error: 'rate_limit_exceeded',
    keys: ['to'],
  },
  {
    means: "a limit of the number's own: a minute, an hour, a day",
    codes: 'BUSINESS_LIMIT_CONTROL isv.BUSINESS_LIMIT_CONTROL',
    alike: 'isv.HOUR_LIMIT_CONTROL',
    error: 'rate_limit_exceeded',
    keys: ['to'],
    tell: ['24'],
  },
  {
    means: "the account's own quota",
    codes: 'isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL',
    error: 'rate_limit_exceeded',
    keys: ['accessKeyId'],
  },
  {
    means: 'flow control; more names behind a point; too many calls a second',
    codes: 'Throttling Throttling.User Throttling.Api Throttling.System isp.QPS_LIMIT',
    alike: 'Throttling.Newest ThrottlingByProduct',
    error: 'rate_limit_exceeded',
    keys: ['accessKeyId'],
  },
  {
    means: "the number's format is wrong",
    codes: 'MOBILE_NUMBER_ILLEGAL isv.MOBILE_NUMBER_ILLEGAL MobileNumberIllgeal',
    error: 'invalid_request_parameters',
    keys: ['to'],
  },
  {
    means: 'number blocked',
    codes: 'SECURITY_INTERCEPTED',
    error: 'invalid_request_parameters',
    keys: ['to'],
  },
  {
    means: 'content: the text holds something forbidden. Nothing to do with the number',
    codes: 'isv.BLACK_KEY_CONTROL_LIMIT isv.SMS_CONTENT_ILLEGAL',
    error: 'general',
    keys: [template],
  },
  {
    means: 'no such AccessKey',
    codes: 'InvalidAccessKeyId.NotFound InvalidAccessKeyId',
    error: 'invalid_config',
    keys: ['accessKeyId'],
  },
  {
    means: 'the AccessKey is disabled',
    codes: 'InvalidAccessKeyId.Inactive Forbidden.AccessKeyDisabled NoEnabledAccessKey',
    error: 'invalid_config',
    keys: ['accessKeyId'],
  },
  {
    means: 'the AccessKey is a temporary one, whose ID begins with STS.',
    codes: 'MissingSecurityToken',
    error: 'invalid_config',
    keys: ['accessKeyId'],
    tell: ['STS.'],
  },
  {
    means: 'wrong AccessKeySecret',
    codes: 'SignatureDoesNotMatch IncompleteSignature',
    error: 'invalid_config',
    keys: ['accessKeySecret'],
  },
  {
    means: 'the RAM user lacks dypns:SendSmsVerifyCode',
    codes:
      'Forbidden Forbidden.RAM Forbidden.NoPermission Forbidden.SubUser Forbidden.NotSupportRAM NoPermission AccessDenied UnauthorizedOperation isv.RAM_PERMISSION_DENY isp.RAM_PERMISSION_DENY RamPermissionDeny isv.FORBIDDEN_ACTION',
    error: 'invalid_config',
    keys: ['accessKeyId'],
    tell: ['dypns:SendSmsVerifyCode'],
  },
  {
    means: '短信认证 is not switched on',
    codes:
      'FUNCTION_NOT_OPENED isv.FUNCTION_NOT_OPENED FunctionNotSubscribed OFFER_NOT_ORDER_STATUS isv.PRODUCT_UNSUBSCRIBE isv.PRODUCT_UN_SUBSCRIPT Unsupported.Account BIZ_NOT_OPEN_STATUS',
    error: 'invalid_config',
    keys: ['accessKeyId'],
    tell: ['短信认证'],
  },
  {
    means: "the account's owner has not passed real-name verification",
    codes: 'Forbidden.UserVerification',
    error: 'general',
    keys: ['accessKeyId'],
  },
  {
    means: 'no money, in arrears, or suspended for it',
    codes:
      'isv.OUT_OF_SERVICE isv.AMOUNT_NOT_ENOUGH AMOUNT_NOT_ENOUGH InsufficientBalance OutOfService RESOURCE_NOT_ENOUGH',
    error: 'general',
    keys: ['accessKeyId'],
  },
  {
    means: 'arrears first, else try again or ask Aliyun',
    codes: 'isv.ACCOUNT_ABNORMAL',
    error: 'general',
    keys: ['accessKeyId'],
    tell: [/欠费.*稍后再试|arrears.*try again/],
  },
  {
    means: "the account's state",
    codes:
      'isv.ACCOUNT_NOT_EXISTS InvalidAccountStatus Forbidden.RiskControl isv.SECURITY_FROZEN_ACCOUNT',
    error: 'general',
    keys: ['accessKeyId'],
  },
  {
    means: "the caller's address",
    codes: 'isv.DENY_IP_RANGE',
    error: 'general',
    keys: ['endpoint'],
    tell: ['IP'],
  },
  {
    means: 'signature not accepted: the console shows retired ones as passed, so name the current',
    codes:
      'isv.SMS_SIGNATURE_ILLEGAL isv.SMS_SIGN_ILLEGAL InvalidSignName SmsSignNameNotExist isv.SIGN_STATE_ILLEGAL isv.SIGN_SOURCE_ILLEGAL isv.SMS_SIGNATURE_SCENE_ILLEGAL',
    error: 'invalid_config',
    keys: ['signName'],
    tell: ['恒创联众'],
  },
  {
    means: 'template not accepted, or its variables do not match',
    codes: 'isv.SMS_TEMPLATE_ILLEGAL isv.TEMPLATE_MISSING_PARAMETERS',
    error: 'invalid_config',
    keys: [template],
    tell: ['100001'],
  },
  {
    means: 'a variable is not what it may be: only by a bug here',
    codes:
      'isv.TEMPLATE_PARAMS_ILLEGAL isv.INVALID_JSON_PARAM isv.PARAM_LENGTH_LIMIT isv.PARAM_NOT_SUPPORT_URL',
    error: 'general',
    keys: [template],
    tell: [/缺陷|bug/],
  },
  {
    means: '签名或者模版无效: signature or template unknown, retired, not a pair',
    codes: 'isv.INVALID_PARAMETERS INVALID_PARAMETERS InvalidParameters',
    error: 'invalid_config',
    keys: ['signName', template],
    tell: ['恒创联众', '100001'],
  },
  {
    means: "this machine's clock is off",
    codes: 'InvalidTimeStamp.Expired InvalidTimeStamp.Format',
    error: 'general',
    keys: ['endpoint'],
    tell: [/时钟|clock/],
  },
  {
    means: 'a request with this nonce was already accepted',
    codes: 'SignatureNonceUsed',
    error: 'general',
    keys: ['endpoint'],
  },
  {
    means: 'no reason given: not switched on, no balance, or the number cannot receive',
    codes: 'UNKNOWN',
    error: 'general',
    keys: ['accessKeyId', 'to'],
    tell: [/开通.*余额.*号码|activated.*balance.*number/],
  },
  {
    means: "on Aliyun's side; mostly passing, but seen with lasting causes: RAM rights",
    codes:
      'isp.SYSTEM_ERROR isv.SYSTEM_ERROR isp.UNKNOWN isp.UNKNOWN_ERR_CODE SystemError InternalError UnknowError',
    error: 'general',
    keys: ['accessKeyId'],
    tell: [/持续.*RAM|persists.*RAM/],
  },
  {
    means: 'down for a moment',
    codes: 'ServiceUnavailable',
    error: 'general',
    keys: ['endpoint'],
  },
  {
    means: "the endpoint is another product's, or a programming error",
    codes:
      'InvalidApi.NotFound InvalidAction.NotFound InvalidVersion NoSuchVersion InvalidProtocol.NeedSsl UnsupportedOperation UnsupportedHTTPMethod',
    alike: 'InvalidParameter InvalidParameter.Format MissingPhoneNumber Missing.Whatever',
    error: 'general',
    keys: ['endpoint'],
    tell: ['https://dypnsapi.aliyuncs.com', /缺陷|bug/],
  },
];

const each = knownCodes.flatMap(({ codes, alike, ...known }) =>
  [codes, alike].flatMap((list) => list?.split(' ') ?? []).map((code) => ({ ...known, code }))
);

/** Where an unknown code can be looked up. */
const lookUp = 'OpenAPI 问题诊断';

/** Expects a line in Chinese, then one in English, that both hold what the admin must be told. */
const expectTold = (error: unknown, tell: Known['tell'] = []): void => {
  const lines = saidIn(error).split('\n');

  for (const line of lines.slice(0, 2)) {
    for (const text of tell) {
      expect(line).toMatch(text);
    }
  }

  expect(lines[0]).toMatch(/\p{Script=Han}/u);
  expect(lines[1]).toMatch(/^[A-Z]/);
};

describe("Aliyun's codes", () => {
  it.each(each)('$code: $means', ({ code, error: logtoCode, keys, tell }) => {
    const answer = { code, requestId: undefined };
    const error = errorOf({ answer, mayBeDelivered: false });

    expect(error).toMatchObject({ code: logtoCode });
    expect(pathsOf(error)).toEqual(keys);
    expectTold(error, tell);
    expect(saidIn(error)).not.toContain(lookUp);

    for (const language of ['en', 'zh'] as const) {
      // Logto's own sentence is whole, with ours in its one place.
      expect(shownToUser(error, language)).not.toContain('{{');
      expect(shownToUser(error, language).endsWith(toldUser(error) ?? '')).toBe(true);
    }
  });

  it('are in one meaning each', () => {
    const rows: readonly CodeMeaning[] = Object.values(meanings);
    const codes = rows.flatMap((row) => row.codes);

    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('that are known are those of the table, and no others', () => {
    const known = knownCodes.flatMap(({ codes }) => codes.split(' '));
    const rows: readonly CodeMeaning[] = Object.values(meanings);

    expect(rows.flatMap(({ codes }) => codes).sort()).toEqual(known.sort());
  });

  // Neither a part of a known code, nor another case of it, nor what every object has.
  it.each([
    'isv.NEWEST',
    'XThrottling',
    'xMissing',
    'XInvalidParameter',
    'ok',
    'unknown',
    'Forbidden.',
    'constructor',
    'toString',
    'tooFrequent',
  ])('such as %s are unknown: the admin can look them up', (code) => {
    const error = errorOf({ answer: { code, requestId: undefined }, mayBeDelivered: false });

    expect(error).toMatchObject({ code: 'general' });
    expect(pathsOf(error)).toEqual(['accessKeyId']);
    expectTold(error, [lookUp, 'RequestId']);
  });
});

describe('no answer of Aliyun', () => {
  const failures: Record<Failure, { error: string; tell: Array<string | RegExp> }> = {
    tooManyCalls: { error: 'rate_limit_exceeded', tell: [/未发送|not sent/] },
    unreachable: { error: 'general', tell: ['DNS', /未发送|Nothing was sent/] },
    untrusted: { error: 'general', tell: [/证书|certificate/, /未发送|Nothing was sent/] },
    unanswered: { error: 'general', tell: [/短信可能已发出|may have been sent/] },
    gatewayDown: { error: 'general', tell: [/短信可能已发出|may have been sent/] },
    unreadable: { error: 'invalid_response', tell: [/代理|proxy/] },
  };

  it.each(Object.entries(failures))('%s', (name, { error: logtoCode, tell }) => {
    const failure = Object.keys(failures).find((it): it is Failure => it === name);
    const error = failure && errorOf({ failure, reference: 'X', mayBeDelivered: false });

    expect(error).toMatchObject({ code: logtoCode });
    expect(pathsOf(error)).toEqual(['endpoint']);
    expectTold(error, tell);
  });
});

describe('every sentence', () => {
  const sentences: Sentence[] = [
    ...Object.values(meanings),
    unknownMeaning,
    ...Object.values(failureMeanings),
    unreachableEndpoint,
    ...Object.values(userSentences),
  ];

  it('is in both languages, and as short as a toast is', () => {
    for (const { zh, en } of sentences) {
      expect(zh).toMatch(/^\p{Script=Han}.{5,59}。$/u);
      expect(en).toMatch(/^[A-Z].{9,119}\.$/);
      // A name of Aliyun's pages is Chinese in English too.
      expect(en.replaceAll(/短信认证|号码认证服务|恒创联众|问题诊断/g, '')).not.toMatch(
        /\p{Script=Han}/u
      );
    }
  });

  it('holds no address but that of the service, since none in a toast can be clicked', () => {
    const addresses = sentences.flatMap(
      ({ zh, en }) => `${zh} ${en}`.match(/https?:[^\s;；]+/g) ?? []
    );

    expect(addresses.filter((it) => !it.startsWith('https://dypnsapi.aliyuncs.com'))).toEqual([]);
  });
});

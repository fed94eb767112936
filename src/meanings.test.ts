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
  untraceableMeaning,
} from './meanings.js';

/** What is thrown for a code of Aliyun's. */
const errorFor = (code: string, requestId?: string): unknown =>
  errorOf({ answer: { code, requestId }, mayBeDelivered: false });

/** What is told of a code, without the code. */
const toldOf = (code: string): string => saidIn(errorFor(code)).replace(code, '');

/** Expects a line in Chinese, then one in English, that both hold what the admin must be told. */
const expectTold = (error: unknown, tell: ReadonlyArray<string | RegExp> = []): void => {
  const [chinese, english] = saidIn(error).split('\n');

  for (const text of tell) {
    expect(chinese).toMatch(text);
    expect(english).toMatch(text);
  }

  expect(chinese).toMatch(/\p{Script=Han}/u);
  expect(english).toMatch(/^[A-Z]/);
};

describe("Aliyun's codes", () => {
  it.each([
    ['biz.FREQUENCY', 'rate_limit_exceeded', 'to', /一分钟|minute/],
    ['BUSINESS_LIMIT_CONTROL', 'rate_limit_exceeded', 'to', '24'],
    ['isv.DAY_LIMIT_CONTROL', 'rate_limit_exceeded', 'accessKeyId', /上限|limit/],
    ['MOBILE_NUMBER_ILLEGAL', 'invalid_request_parameters', 'to', /号码|number/],
    ['InvalidAccessKeyId.NotFound', 'invalid_config', 'accessKeyId', 'AccessKey ID'],
    ['SignatureDoesNotMatch', 'invalid_config', 'accessKeySecret', 'Secret'],
    ['NoPermission', 'invalid_config', 'accessKeyId', 'dypns:SendSmsVerifyCode'],
    ['Forbidden', 'invalid_config', 'accessKeyId', 'dypns:SendSmsVerifyCode'],
    ['Forbidden', 'invalid_config', 'accessKeyId', /泄露|leaked/],
    ['FUNCTION_NOT_OPENED', 'invalid_config', 'accessKeyId', '短信认证'],
    ['isv.OUT_OF_SERVICE', 'general', 'accessKeyId', /充值|Top up/],
    ['isv.SMS_SIGNATURE_ILLEGAL', 'invalid_config', 'signName', '恒创联众'],
    [
      'isv.INVALID_PARAMETERS',
      'invalid_config',
      'signName',
      /恒创联众.*"10{4}1".*(?:升级|upgrade)/,
    ],
    ['isv.SMS_TEMPLATE_ILLEGAL', 'invalid_config', 'templates.2.templateCode', '"100001"'],
    ['InvalidTimeStamp.Expired', 'general', 'endpoint', /时钟|clock/],
    ['InvalidAction.NotFound', 'general', 'endpoint', 'https://dypnsapi.aliyuncs.com'],
    ['SMS_SYSTEM_ERROR', 'general', 'accessKeyId', /稍后再试|Try again later/],
  ] as const)('say what to do: %s is %s, at %s', (code, error, key, text) => {
    expect(errorFor(code)).toMatchObject({ code: error });
    expect(pathsOf(errorFor(code))).toEqual([key]);
    expectTold(errorFor(code), [text]);
  });

  it.each([
    ['isv.NEW_FREQUENCY_RULE', 'biz.FREQUENCY'],
    ['Throttling.Newest', 'Throttling'],
    ['isv.QPS_LIMIT', 'isp.QPS_LIMIT'],
    ['InvalidTimeStamp.Newest', 'InvalidTimeStamp.Expired'],
    ['isv.WEEK_LIMIT', 'BUSINESS_LIMIT_CONTROL'],
    ['MOBILE_NEW_LIMIT', 'BUSINESS_LIMIT_CONTROL'],
    ['VALVE:M_MC', 'BUSINESS_LIMIT_CONTROL'],
    ['isv.MOBILE_NEW_RULE', 'MOBILE_NUMBER_ILLEGAL'],
    ['isv.NEW_PRODUCT_UNSUBSCRIBED', 'FUNCTION_NOT_OPENED'],
    ['isv.NEW_SIGN_RULE', 'isv.SMS_SIGNATURE_ILLEGAL'],
    ['InvalidSignName.Newest', 'isv.SMS_SIGNATURE_ILLEGAL'],
    ['isv.NEW_TEMPLATE_RULE', 'isv.SMS_TEMPLATE_ILLEGAL'],
    ['InvalidTemplateParam', 'isv.SMS_TEMPLATE_ILLEGAL'],
    ['InvalidParameterNewest', 'InvalidAction.NotFound'],
    ['MissingNewest', 'InvalidAction.NotFound'],
  ])('that nobody listed are told by their family: %s as %s', (code, known) => {
    expect(toldOf(code)).toBe(toldOf(known));
  });

  it.each([
    ['isv.BLACK_KEY_CONTROL_LIMIT', '…LIMIT…', /违禁/],
    ['isv.PARAM_LENGTH_LIMIT', '…LIMIT…', /模板变量/],
    ['isv.SMS_TEST_NUMBER_LIMIT', '…LIMIT…', /签名.*模板/],
    ['MOBILE_IN_BLACK', '…MOBILE…', /拦截/],
    ['isv.SIGN_NOT_MATCH_WITH_TEMPLATE', '…SIGN…', /签名.*模板/],
    ['isv.TEMPLATE_PARAMS_ILLEGAL', '…TEMPLATE…', /模板变量/],
    ['MissingSecurityToken', 'Missing…', /STS/],
  ])('are told by their name and not by a family: %s not as %s', (code, _, text) => {
    expect(toldOf(code)).toMatch(text);
  });

  it('have one meaning each', () => {
    const rows: readonly CodeMeaning[] = Object.values(meanings);
    const codes = rows.flatMap((row) => row.codes);

    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('leave a whole sentence of Logto for the end user, with ours in its place', () => {
    for (const { codes } of Object.values(meanings)) {
      for (const language of ['en', 'zh'] as const) {
        const error = errorFor(codes[0] ?? '');

        expect(shownToUser(error, language)).not.toContain('{{');
        expect(shownToUser(error, language).endsWith(toldUser(error) ?? '')).toBe(true);
      }
    }
  });
});

// Neither a part of a known code, nor another case of it, nor what every object has.
describe.each([
  'isv.NEWEST',
  'XThrottling',
  'xMissing',
  'ok',
  'unknown',
  'Forbidden.',
  'constructor',
  'tooFrequent',
  'MK:0001',
  '600017',
  'Too many',
])('the unknown code %s', (code) => {
  it('can be looked up by its RequestId', () => {
    const error = errorFor(code, 'R-1');

    expect(error).toMatchObject({ code: 'general' });
    expect(pathsOf(error)).toEqual(['accessKeyId']);
    expectTold(error, ['OpenAPI 问题诊断', 'RequestId']);
    expect(saidIn(error).endsWith(` (${code}, RequestId R-1)`)).toBe(true);
  });

  it('sends nobody to look up a RequestId that is not there, or cannot be shown', () => {
    for (const requestId of [undefined, '', 'R 1', '482913']) {
      const error = errorFor(code, requestId);

      expect(error).toMatchObject({ code: 'general' });
      expect(saidIn(error)).not.toMatch(/RequestId|问题诊断/);
      expect(saidIn(error).endsWith(` (${code})`)).toBe(true);
    }
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
    untraceableMeaning,
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

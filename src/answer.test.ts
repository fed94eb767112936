import { ConnectorErrorCodes, TemplateType } from '@logto/connector-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { pathsOf, saidIn, toldUser } from '../test/errors.js';
import { type Outcome, readAnswer, type Sent } from './answer.js';
import { configGuard } from './config.js';
import { readMessage } from './request.js';

const code = '482913';
const number = '13800138000';

const base = {
  accessKeyId: 'LTAIfake7Zq9WvXk3',
  accessKeySecret: 'Fake0JmXw5QzRkTvBn8YpLsD2HcGf6',
  signName: '恒创联众',
  templates: [
    { usageType: 'Generic', templateCode: '100001' },
    { usageType: 'ForgotPassword', templateCode: '100003' },
    { usageType: 'SignIn', templateCode: '100001' },
  ],
};

const sentWith = (language: Sent['language'], changes: object = {}): Sent => {
  const config = configGuard.parse({ ...base, ...changes });
  const message = { to: `86${number}`, type: TemplateType.SignIn, payload: { code } };

  return { config, language, message: readMessage(message, config, language) };
};

const sent = sentWith('en');
const requestId = 'CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47';

const answerOf = (answer: object, isUnanswered = false): Outcome => ({
  status: 200,
  body: JSON.stringify(answer),
  isUnanswered,
});

const readCode = (Code: string, changes: object = {}) =>
  readAnswer(answerOf({ Code, RequestId: requestId }), sentWith('en', changes));

/** Does not belong in a sentence for somebody who wants to sign in. */
const forAdmins = /[A-Z]{2}|[\d"]|AccessKey|Aliyun|Logto|key|config|server|阿里云|余额|配置|签名/;

/** The lines that the admin reads in English and in Chinese, once what holds of every error was checked. */
const readInBoth = (outcome: Outcome, may = outcome.isUnanswered) => {
  const errors = (['en', 'zh', undefined] as const).map((it) => readAnswer(outcome, sentWith(it)));
  const [en = [], zh = [], both] = errors.map((error) => saidIn(error).split('\n'));

  // Line by line, for each key.
  expect(both).toEqual(en.flatMap((line, index) => [line, zh[index]]));
  expect(new Set(both).size).toBe(2 * pathsOf(errors[0]).length);
  expect(en.join().replaceAll('短信认证', '')).not.toMatch(/\p{Script=Han}/u);

  const [userEn, userZh, userBoth] = errors.map(toldUser);

  if (errors[0]?.code === ConnectorErrorCodes.General) {
    expect(userEn).toMatch(may ? /^The code may still arrive/ : /^The code could not be sent/);
    expect(userZh).toMatch(may ? /^验证码可能仍会送达/ : /^验证码发送失败/);
    expect(userBoth).toBe(`${userEn}\n${userZh}`);
    expect(userBoth).not.toMatch(forAdmins);
  } else {
    expect(userBoth).toBeUndefined();
  }

  return { en: en[0], zh: zh[0], code: errors[0]?.code, paths: pathsOf(errors[0]) };
};

/** For use inside an expected value: vitest's own is an `any`. */
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const template = 'templates.2.templateCode';

/** What Aliyun's codes mean: Logto's error, the keys at fault, and what either language must say. */
// prettier-ignore
const rows: Array<[codes: string, error: string, paths: string[], en: RegExp, zh: RegExp]> = [
  ['biz.FREQUENCY FREQUENCY_FAIL isv.SOME_NEW_FREQUENCY_RULE',
    'rate_limit_exceeded', ['to'], /60 seconds/, /60 秒/],
  ['BUSINESS_LIMIT_CONTROL isv.BUSINESS_LIMIT_CONTROL isv.HOUR_LIMIT_CONTROL LIMIT_CONTROL',
    'rate_limit_exceeded', ['to'], /number.* limit .*24 hours/, /号码.*上限.*24 小时/],
  ['isv.DAY_LIMIT_CONTROL isv.MONTH_LIMIT_CONTROL',
    'rate_limit_exceeded', ['accessKeyId'], /account .*own .*limit.* Raise/, /账号.*上限.*调高/],
  ['Throttling Throttling.User Throttling.Api Throttling.System ThrottlingByProduct isp.QPS_LIMIT',
    'rate_limit_exceeded', ['accessKeyId'], /faster than.*minute/, /过于频繁.*一分钟/],
  ['MOBILE_NUMBER_ILLEGAL isv.MOBILE_NUMBER_ILLEGAL',
    'invalid_request_parameters', ['to'], /number cannot receive/, /号码无法接收/],
  ['isv.BLACK_KEY_CONTROL_LIMIT',
    'invalid_request_parameters', ['to'], /number is on a blacklist/, /号码在黑名单/],
  ['InvalidAccessKeyId.NotFound InvalidAccessKeyId',
    'invalid_config', ['accessKeyId'], /not know this AccessKey ID.*RAM/, /AccessKey ID 不存在.*RAM/],
  ['InvalidAccessKeyId.Inactive Forbidden.AccessKeyDisabled',
    'invalid_config', ['accessKeyId'], /disabled.*Enable/, /禁用.*启用/],
  ['SignatureDoesNotMatch IncompleteSignature',
    'invalid_config', ['accessKeySecret'], /Secret does not match/, /不匹配.*与短信签名无关/],
  ['Forbidden Forbidden.RAM Forbidden.NoPermission Forbidden.SubUser Forbidden.NotSupportRAM ' +
    'NoPermission UnauthorizedOperation isv.RAM_PERMISSION_DENY isp.RAM_PERMISSION_DENY',
    'invalid_config', ['accessKeyId'], /RAM.*dypns:SendSmsVerifyCode/, /RAM.*dypns:SendSmsVerifyCode/],
  ['FUNCTION_NOT_OPENED isv.FUNCTION_NOT_OPENED isv.PRODUCT_UNSUBSCRIBE isv.PRODUCT_UN_SUBSCRIPT ' +
    'Unsupported.Account',
    'invalid_config', ['accessKeyId'], /not activated.*\/\/dypns\.console/, /尚未开通.*\/\/dypns\.console/],
  ['BIZ_NOT_OPEN_STATUS RESOURCE_NOT_ENOUGH SECURITY_INTERCEPTED',
    'invalid_config', ['accessKeyId'], /alibabacloud\.com.* aliyun\.com/, /alibabacloud\.com.*（aliyun\.com/],
  ['Forbidden.UserVerification', 'general', ['accessKeyId'], /real-name/, /实名认证/],
  ['isv.OUT_OF_SERVICE isv.AMOUNT_NOT_ENOUGH AMOUNT_NOT_ENOUGH InsufficientBalance',
    'general', ['accessKeyId'], /arrears.*top it up/, /欠费.*充值/],
  ['isv.ACCOUNT_NOT_EXISTS isv.ACCOUNT_ABNORMAL InvalidAccountStatus Forbidden.RiskControl',
    'general', ['accessKeyId'], /account does not exist.*risk control/, /账号不存在.*风控/],
  ['isv.DENY_IP_RANGE', 'general', ['endpoint'], /IP address.*mainland/, /IP 地址.*中国大陆/],
  ['isv.SMS_SIGNATURE_ILLEGAL isv.SMS_SIGN_ILLEGAL',
    'invalid_config', ['signName'], /this signature.*smsCertParamsConfig\/sign/, /该签名.*smsCertParamsConfig\/sign/],
  ['isv.SMS_TEMPLATE_ILLEGAL isv.TEMPLATE_MISSING_PARAMETERS',
    'invalid_config', [template], /this template.*Config\/template/, /该模板.*Config\/template/],
  ['isv.INVALID_PARAMETERS INVALID_PARAMETERS',
    'invalid_config', ['signName', template], /signature or the template.*\/sign .*\/template/, /签名或模板.*\/sign .*\/template/],
  ['InvalidTimeStamp.Expired InvalidTimeStamp.Format', 'general', ['endpoint'], /clock/, /时钟/],
  ['SignatureNonceUsed', 'general', ['endpoint'], /ask for a new code/, /重新获取验证码/],
  ['UNKNOWN', 'general', ['accessKeyId'], /no reason.*not activated.*balance/, /未说明.*开通.*余额/],
  ['isp.SYSTEM_ERROR isv.SYSTEM_ERROR isp.UNKNOWN isp.UNKNOWN_ERR_CODE SystemError InternalError ServiceUnavailable',
    'general', ['endpoint'], /down.*few minutes/, /暂时不可用.*几分钟/],
  ['InvalidApi.NotFound InvalidProtocol.NeedSsl MissingPhoneNumber Missing.Whatever',
    'general', ['endpoint'], /not understand.*"endpoint"/, /无法识别该请求.*"endpoint"/],
  // Unknown: neither a part of a known code, nor another case of it, nor what every object has.
  ['isv.NEWEST XThrottling xMissing ok unknown Forbidden. constructor __proto__ toString tooFrequent',
    'general', ['accessKeyId'], /not know.*\/\/api\.aliyun\.com\/troubleshoot/, /不认识.*\/\/api\.aliyun\.com\/troubleshoot/],
];

describe('an answer with a code', () => {
  it.each(rows.flatMap(([codes, ...row]) => codes.split(' ').map((it) => [it, ...row] as const)))(
    '%s is %s, for %s',
    (Code, error, paths, en, zh) => {
      const answer = answerOf({
        Code,
        Message: '服务器的话 words of theirs',
        RequestId: requestId,
      });
      const read = readInBoth(answer, Code === 'SignatureNonceUsed');

      expect(read).toEqual({ code: error, paths, en: matching(en), zh: matching(zh) });
      // A code begins with a letter, or it is not shown.
      const [label, labelZh] = Code === '__proto__' ? ['', ''] : [`${Code}, `, `返回码 ${Code}，`];

      expect(read.en?.endsWith(` (${label}RequestId ${requestId})`)).toBe(true);
      expect(read.zh?.endsWith(`（${labelZh}RequestId ${requestId}）`)).toBe(true);
      expect(read.en).not.toContain('words of theirs');
      expect(read.zh).not.toContain('服务器的话');
    },
  );

  it('intervalSeconds may be at fault too, where it is sent', () => {
    for (const code of ['isv.INVALID_PARAMETERS', 'INVALID_PARAMETERS']) {
      const error = readAnswer(
        answerOf({ Code: code }),
        sentWith(undefined, { intervalSeconds: 55 }),
      );

      expect(pathsOf(error)).toEqual(['signName', template, 'intervalSeconds']);
      expect(new Set(saidIn(error).split('\n')).size).toBe(saidIn(error).split('\n').length);
      expect(saidIn(error).split('\n').at(-2)).toContain('remove this key');
      expect(saidIn(error).split('\n').at(-1)).toContain('删除该键');
    }
  });

  const forSignature = [
    ...['isv.SMS_SIGNATURE_ILLEGAL', 'isv.SMS_SIGN_ILLEGAL'],
    ...['isv.INVALID_PARAMETERS', 'INVALID_PARAMETERS'],
  ];

  it.each([
    ...['云渚科技验证平台', '云渚科技验证服务'],
    ...['速通互联验证码', '速通互联验证平台', '速通互联验证服务'],
  ])('blames the retired signature %s alone', (signName) => {
    for (const Code of forSignature) {
      const answer = answerOf({ Code, RequestId: requestId });
      const error = readAnswer(answer, sentWith(undefined, { signName, intervalSeconds: 55 }));
      const [en, zh] = saidIn(error).split('\n');

      expect(error?.code).toBe('invalid_config');
      expect(pathsOf(error)).toEqual(['signName']);
      expect(en).toMatch(new RegExp(`${signName}" is retired.*恒创联众.*${Code}.*${requestId}`));
      expect(zh).toMatch(new RegExp(`${signName}”已停用.*恒创联众.*${Code}.*${requestId}`));
    }
  });

  it('blames no retired signature that was not sent, or not refused', () => {
    const retired = { signName: '速通互联验证码' };

    for (const code of forSignature) {
      const error = readCode(code, { ...retired, signNameOverride: '新签名' });

      expect(pathsOf(error)[0]).toBe('signNameOverride');
      expect(saidIn(error)).not.toContain('retired');
    }

    expect(pathsOf(readCode('isv.SMS_TEMPLATE_ILLEGAL', retired))).toEqual([template]);
  });

  it.each([200, 503])('OK means sent, with the status %i too', (status) => {
    for (const isUnanswered of [false, true]) {
      const answer = answerOf({ Code: 'OK', RequestId: [], Model: {} }, isUnanswered);

      expect(readAnswer({ ...answer, status }, sent)).toBeUndefined();
    }
  });

  it('SignatureNonceUsed means sent on the repeat, and no other code does', () => {
    expect(readAnswer(answerOf({ Code: 'SignatureNonceUsed' }, true), sent)).toBeUndefined();
    expect(readAnswer(answerOf({ Code: 'biz.FREQUENCY' }, true), sent)).toBeDefined();
  });
});

describe('Code and RequestId', () => {
  const [id, secret] = [base.accessKeyId, base.accessKeySecret];
  const unknown = (RequestId: unknown, given = sent) =>
    saidIn(readAnswer(answerOf({ Code: 'UNKNOWN', RequestId }), given));

  it.each([
    ...['<b>isv.A</b>', 'The code was not sent', '失败', 'isv.A\nisv.B', 'A\n', 'A\u001B[31m'],
    ...['A%34%38', 'A'.repeat(65), '-'.repeat(65), `x${code}`, `A-${number}`],
    ...[id.slice(0, 6), `A${id.slice(-6)}-`, `A${secret.slice(9, 15)}`, `A${secret.slice(-6)}`],
  ])('is not shown if it is %j, of a wrong form or confidential', (hostile) => {
    const answer = answerOf({ Code: hostile, RequestId: requestId });

    expect(unknown(hostile)).toMatch(/ \(UNKNOWN\)$/);
    expect(saidIn(readAnswer(answer, sent))).toMatch(new RegExp(` \\(RequestId ${requestId}\\)$`));
  });

  it('is not shown if it holds a short AccessKey whole', () => {
    const short = sentWith('en', { accessKeyId: 'tiny', accessKeySecret: 'brief' });

    expect(unknown('A-tiny-1', short)).toMatch(/ \(UNKNOWN\)$/);
    expect(unknown('A-brief-1', short)).toMatch(/ \(UNKNOWN\)$/);
  });

  it('may have five characters in common with an AccessKey, by chance', () => {
    const shared = `A${id.slice(0, 5)}-${secret.slice(0, 5)}`;

    expect(unknown(shared)).toContain(`RequestId ${shared}`);
  });

  it.each([undefined, null, 5, {}, [], ''])('does without the RequestId %j', (missing) => {
    expect(unknown(missing)).toMatch(/ \(UNKNOWN\)$/);
  });

  it('leaves no trace if neither can be shown', () => {
    const answer = answerOf({ Code: `FREQUENCY.${code}`, RequestId: code });
    const { en, zh, code: error } = readInBoth(answer);

    expect(error).toBe('rate_limit_exceeded');
    expect([en?.at(-1), zh?.at(-1)]).toEqual(['.', '。']);
  });

  it('never show what is confidential, whatever the body', () => {
    const parts = [id, secret].flatMap((key) =>
      Array.from({ length: key.length - 5 }, (_, start) => key.slice(start, start + 6)),
    );
    const piece = fc.oneof(
      fc.constantFrom(code, number, id, secret, 'isv.', 'FREQUENCY', 'Missing', 'OK', '-', '\n'),
      fc.constantFrom(...parts),
      fc.string({ maxLength: 3 }),
    );
    const hostile = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
    const answer = fc.record({ Code: hostile, Message: hostile, RequestId: hostile });
    const body = fc.oneof(
      answer.map((it) => JSON.stringify(it)),
      hostile,
    );

    fc.assert(
      fc.property(body, fc.constantFrom('en', 'zh', undefined), (body, language) => {
        const error = readAnswer({ status: 200, body, isUnanswered: false }, sentWith(language));
        const told = `${error?.message} ${JSON.stringify(error?.data)} ${error?.stack}`;

        expect([code, number, ...parts].filter((part) => told.includes(part))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a body without a code', () => {
  const bodies = [
    ...['', 'OK', 'null', '1', '"OK"', '[{"Code":"OK"}]', '{}', '{"Code":""}', '{"Code":1}'],
    ...['{"Code":["OK"]}', '{"code":"OK"}', '{"Model":{"Code":"OK"}}', '{"Code":"OK"'],
    ...['{"__proto__":{"Code":"OK"}}', '<Code>OK</Code>', '<p>Please log in</p>', '['.repeat(6e4)],
  ];

  it.each(bodies)('cannot be read: %j', (body) => {
    for (const status of [200, 302, 400, 500, 501, 505]) {
      expect(readInBoth({ status, body, isUnanswered: false })).toEqual({
        code: 'invalid_response',
        paths: ['endpoint'],
        en: matching(/^The answer cannot be read\..*"endpoint".*proxy\.$/),
        zh: matching(/^无法识别收到的响应.*"endpoint".*代理。$/),
      });
    }
  });

  it.each([502, 503, 504])('says with %i that Aliyun is down, unless there is a code', (status) => {
    for (const body of bodies) {
      expect(readInBoth({ status, body, isUnanswered: true })).toEqual({
        code: 'general',
        paths: ['endpoint'],
        en: matching(/^Aliyun.* is down .*a few minutes\.$/),
        zh: matching(/^阿里云.*暂时不可用.*几分钟后再试。$/),
      });
    }

    const answer = { ...answerOf({ Code: 'Throttling' }), status };

    expect(readAnswer(answer, sent)?.code).toBe('rate_limit_exceeded');
  });
});

describe('no answer', () => {
  // prettier-ignore
  const rows: Array<[failures: string, isUnanswered: boolean, error: string, en: string, zh: string]> = [
    ['ETIMEDOUT ENOTFOUND ECONNRESET EPROTO ENEVERSEEN constructor', false,
      'general', 'could not reach Aliyun, so nothing was sent.*DNS', '无法连接阿里云，短信未发送.*DNS'],
    ['ETIMEDOUT ECONNRESET EPIPE DEPTH_ZERO_SELF_SIGNED_CERT ENEVERSEEN constructor', true,
      'general', 'may still arrive', '仍会送达'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_VERIFY_LEAF_SIGNATURE ' +
      'ERR_TLS_CERT_ALTNAME_INVALID CERT_HAS_EXPIRED', false,
      'general', 'certificate.*not trusted, so nothing was sent', '证书不受信任，短信未发送'],
    ['HPE_INVALID_CONSTANT HPE_HEADER_OVERFLOW', true,
      'invalid_response', 'The answer cannot be read', '无法识别收到的响应'],
    ['TOO_MANY_CALLS', false,
      'rate_limit_exceeded', 'too many messages at this moment, so nothing was sent', '过多，本条未发送'],
  ];

  it.each(
    rows.flatMap(([failures, ...row]) => failures.split(' ').map((it) => [it, ...row] as const)),
  )(
    '%s (sent: %s) is %s, and may have been sent only if a request went out',
    (failure, isUnanswered, code, en, zh) => {
      expect(readInBoth({ failure, isUnanswered })).toEqual({
        code,
        paths: ['endpoint'],
        en: matching(new RegExp(`${en}.* \\(${failure}\\)$`)),
        zh: matching(new RegExp(`${zh}.*（${failure}）$`)),
      });
    },
  );
});

import { ConnectorError } from '@logto/connector-kit';
import { describe, expect, it } from 'vitest';
import { ZodError } from 'zod';

import { readAnswer, type Sent } from './answer.js';
import { configGuard } from './config.js';

type Path = Array<string | number>;

const secrets = [
  '482913',
  '13800138000',
  'fake-access-key-id',
  'fake-access-key-secret',
  'rsg/pwOKRe1tRs+3BZ9eFcKSwq0=',
];

const base = {
  accessKeyId: 'fake-access-key-id',
  accessKeySecret: 'fake-access-key-secret',
  signName: '恒创联众',
  templates: [
    { usageType: 'SignIn', templateCode: '100001' },
    { usageType: 'ForgotPassword', templateCode: '100003' },
    { usageType: 'Generic', templateCode: '100001' },
  ],
};

const sent = (changes: Partial<Sent> = {}, config: object = {}): Sent => ({
  config: configGuard.parse({ ...base, ...config }),
  templateIndex: 2,
  language: 'en',
  secrets,
  ...changes,
});

const requestId = 'CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47';

/** What an answer of Aliyun comes to. */
const read = (answer: unknown, given = sent(), isRepeat = false): ConnectorError | undefined =>
  readAnswer({ body: JSON.stringify(answer), isRepeat }, given);

/** What is said, whether the data is a ZodError or a description. */
const saidIn = (error: ConnectorError | undefined): string => {
  if (error?.data instanceof ZodError) {
    return error.data.issues.map(({ message }) => message).join('\n');
  }

  if (
    typeof error?.data === 'object' &&
    error.data !== null &&
    'errorDescription' in error.data &&
    typeof error.data.errorDescription === 'string'
  ) {
    return error.data.errorDescription;
  }

  throw new TypeError('The error says nothing.');
};

const pathsOf = (error: ConnectorError | undefined): Path[] => {
  if (error?.data instanceof ZodError) {
    return error.data.issues.map(({ path }) => path);
  }

  throw new TypeError('The error names no key of the config.');
};

/** For use inside an expected value: vitest's own is an `any`. */
const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const han = /\p{Script=Han}/u;

/** For each code of Aliyun: Logto's error, what either language must say, and the keys at fault. */
const rows: Array<[code: string, error: string, en: RegExp, zh: RegExp, paths?: Path[]]> = [
  ['biz.FREQUENCY', 'rate_limit_exceeded', /60 seconds/, /60 秒/],
  ['FREQUENCY_FAIL', 'rate_limit_exceeded', /60 seconds/, /60 秒/],
  ['isv.SOME_NEW_FREQUENCY_RULE', 'rate_limit_exceeded', /60 seconds/, /60 秒/],
  ['BUSINESS_LIMIT_CONTROL', 'rate_limit_exceeded', /limit.*later/, /上限.*稍后/],
  ['isv.BUSINESS_LIMIT_CONTROL', 'rate_limit_exceeded', /limit.*later/, /上限.*稍后/],
  ['isv.DAY_LIMIT_CONTROL', 'rate_limit_exceeded', /limit.*later/, /上限.*稍后/],
  ['isv.HOUR_LIMIT_CONTROL', 'rate_limit_exceeded', /limit.*later/, /上限.*稍后/],
  ['LIMIT_CONTROL', 'rate_limit_exceeded', /limit.*later/, /上限.*稍后/],
  ['isp.QPS_LIMIT', 'rate_limit_exceeded', /too many.*minute/, /过多.*一分钟/],
  ['Throttling', 'rate_limit_exceeded', /too many.*minute/, /过多.*一分钟/],
  ['Throttling.User', 'rate_limit_exceeded', /too many.*minute/, /过多.*一分钟/],
  ['Throttling.Api', 'rate_limit_exceeded', /too many.*minute/, /过多.*一分钟/],
  ['Throttling.System', 'rate_limit_exceeded', /too many.*minute/, /过多.*一分钟/],
  ['ThrottlingByProduct', 'rate_limit_exceeded', /too many.*minute/, /过多.*一分钟/],
  ['MOBILE_NUMBER_ILLEGAL', 'invalid_request_parameters', /number cannot/, /号码无法/],
  ['isv.MOBILE_NUMBER_ILLEGAL', 'invalid_request_parameters', /number cannot/, /号码无法/],
  [
    'InvalidAccessKeyId.NotFound',
    'invalid_config',
    /does not know this AccessKey ID.*RAM console/,
    /找不到该 AccessKey ID.*RAM/,
    [['accessKeyId']],
  ],
  [
    'InvalidAccessKeyId.Inactive',
    'invalid_config',
    /disabled.*Enable/,
    /禁用.*启用/,
    [['accessKeyId']],
  ],
  [
    'Forbidden.AccessKeyDisabled',
    'invalid_config',
    /disabled.*Enable/,
    /禁用.*启用/,
    [['accessKeyId']],
  ],
  ...['Forbidden', 'Forbidden.RAM', 'Forbidden.NoPermission', 'NoPermission'].map(
    (code): (typeof rows)[number] => [
      code,
      'invalid_config',
      /RAM.*dypns:SendSmsVerifyCode/,
      /RAM.*dypns:SendSmsVerifyCode/,
      [['accessKeyId']],
    ],
  ),
  ...['isv.RAM_PERMISSION_DENY', 'isp.RAM_PERMISSION_DENY'].map((code): (typeof rows)[number] => [
    code,
    'invalid_config',
    /RAM.*dypns:SendSmsVerifyCode/,
    /RAM.*dypns:SendSmsVerifyCode/,
    [['accessKeyId']],
  ]),
  ...['FUNCTION_NOT_OPENED', 'isv.PRODUCT_UNSUBSCRIBE', 'isv.PRODUCT_UN_SUBSCRIPT'].map(
    (code): (typeof rows)[number] => [
      code,
      'invalid_config',
      /not activated.*https:\/\/dypns\.console\.aliyun\.com\//,
      /未开通.*https:\/\/dypns\.console\.aliyun\.com\//,
      [['accessKeyId']],
    ],
  ),
  ...['SignatureDoesNotMatch', 'IncompleteSignature'].map((code): (typeof rows)[number] => [
    code,
    'invalid_config',
    /^Aliyun could not verify the request's signature: .*AccessKey Secret/,
    /无法验证请求的签名：.*AccessKey Secret/,
    [['accessKeySecret']],
  ]),
  [
    'isv.SMS_SIGNATURE_ILLEGAL',
    'invalid_config',
    /not accept this signature.*https:/,
    /不接受该签名.*https:/,
    [['signName']],
  ],
  [
    'isv.SMS_TEMPLATE_ILLEGAL',
    'invalid_config',
    /not accept this template.*https:/,
    /不接受该模板.*https:/,
    [['templates', 2, 'templateCode']],
  ],
  ...['isv.INVALID_PARAMETERS', 'INVALID_PARAMETERS'].map((code): (typeof rows)[number] => [
    code,
    'invalid_config',
    /signature or the template.*https:/,
    /签名或模板.*https:/,
    [['signName'], ['templates', 2, 'templateCode']],
  ]),
  ['isv.OUT_OF_SERVICE', 'general', /used up.*top it up/, /不足.*充值/],
  ['isv.AMOUNT_NOT_ENOUGH', 'general', /used up.*top it up/, /不足.*充值/],
  ['AMOUNT_NOT_ENOUGH', 'general', /used up.*top it up/, /不足.*充值/],
  ['isv.ACCOUNT_NOT_EXISTS', 'general', /account.*console/, /账号.*控制台/],
  ['isv.ACCOUNT_ABNORMAL', 'general', /account.*console/, /账号.*控制台/],
  ['InvalidTimeStamp.Expired', 'general', /clock.*15 minutes.*NTP/, /时钟.*15 分钟.*NTP/],
  ['InvalidTimeStamp.Format', 'general', /clock.*15 minutes.*NTP/, /时钟.*15 分钟.*NTP/],
  ['SignatureNonceUsed', 'general', /new code/, /重新获取验证码/],
  ['isp.SYSTEM_ERROR', 'general', /Aliyun.*Try again/, /阿里云.*再试/],
  ['isp.UNKNOWN', 'general', /Aliyun.*Try again/, /阿里云.*再试/],
  ['UNKNOWN', 'general', /Aliyun.*Try again/, /阿里云.*再试/],
  ['SystemError', 'general', /Aliyun.*Try again/, /阿里云.*再试/],
  ['InternalError', 'general', /Aliyun.*Try again/, /阿里云.*再试/],
  ['ServiceUnavailable', 'general', /Aliyun.*Try again/, /阿里云.*再试/],
  ['InvalidApi.NotFound', 'general', /"endpoint"/, /"endpoint"/],
  ['InvalidProtocol.NeedSsl', 'general', /"endpoint"/, /"endpoint"/],
  ['MissingPhoneNumber', 'general', /"endpoint"/, /"endpoint"/],
  ['Missing.Whatever', 'general', /"endpoint"/, /"endpoint"/],
];

describe('readAnswer, for a code that is known', () => {
  it.each(rows)('tells %s as %s', (code, error, en, zh, paths) => {
    for (const [language, words] of [
      ['en', en],
      ['zh', zh],
    ] as const) {
      const answer = { Code: code, Message: 'Words of the server', RequestId: requestId };
      const result = read(answer, sent({ language }));
      const said = saidIn(result);

      expect(result?.code).toBe(error);
      expect(said).toMatch(words);
      expect(han.test(said)).toBe(language === 'zh');
      expect(said).not.toContain('Words of the server');
      // The admin finds the request by these, in each line of Console's toast.
      expect(said.split('\n').every((line) => line.includes(code))).toBe(true);
      expect(said.split('\n').every((line) => line.includes(requestId))).toBe(true);

      if (paths) {
        expect(pathsOf(result)).toEqual(paths);
      } else {
        expect(result?.data).toEqual({ errorDescription: said, code, requestId });
      }
    }
  });

  it("reads as Console's toast does", () => {
    const error = read({ Code: 'SignatureDoesNotMatch', Message: 'x', RequestId: requestId });
    const data = error?.data instanceof ZodError ? error.data : undefined;

    // The line that Logto's core builds of an issue.
    expect(
      data?.issues.map(
        ({ path, code, message }) => `Error in key path "${path.join('.')}": (${code}) ${message}`,
      ),
    ).toEqual([
      matching(
        /^Error in key path "accessKeySecret": \(custom\) Aliyun could not verify the request's signature: .* \(SignatureDoesNotMatch, RequestId CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47\)$/,
      ),
    ]);
  });

  it('looks at the code alone, and not for a part of it or its case', () => {
    for (const code of ['XThrottling', 'xMissing', 'ok', 'OK ', 'Forbidden.', 'unknown']) {
      expect(saidIn(read({ Code: code }))).toContain('does not know');
    }
  });

  it.each([0, 1, 2])('names the template in use, entry %i', (templateIndex) => {
    expect(pathsOf(read({ Code: 'isv.SMS_TEMPLATE_ILLEGAL' }, sent({ templateIndex })))).toEqual([
      ['templates', templateIndex, 'templateCode'],
    ]);
  });

  it.each(['isv.SMS_SIGNATURE_ILLEGAL', 'isv.INVALID_PARAMETERS', 'INVALID_PARAMETERS'])(
    'names the signature that was sent, for %s',
    (code) => {
      const [path] = pathsOf(read({ Code: code }, sent({}, { signNameOverride: '新签名' })));

      expect(path).toEqual(['signNameOverride']);
    },
  );

  it.each([
    '云渚科技验证平台',
    '云渚科技验证服务',
    '速通互联验证码',
    '速通互联验证平台',
    '速通互联验证服务',
  ])('names %s as retired', (signName) => {
    for (const code of ['isv.SMS_SIGNATURE_ILLEGAL', 'isv.INVALID_PARAMETERS']) {
      const [en] = saidIn(read({ Code: code }, sent({}, { signName }))).split('\n');
      const [zh] = saidIn(read({ Code: code }, sent({ language: 'zh' }, { signName }))).split('\n');

      expect(en).toContain(`"${signName}" is retired`);
      expect(en).toContain('恒创联众');
      expect(en).toContain(code);
      expect(zh).toContain(`“${signName}”已停用`);
      expect(zh).toContain('恒创联众');
    }
  });

  it('says nothing of retirement where it is not the cause', () => {
    const retired = { signName: '速通互联验证码' };

    for (const [code, config] of [
      ['isv.SMS_SIGNATURE_ILLEGAL', {}],
      ['isv.SMS_SIGNATURE_ILLEGAL', { ...retired, signNameOverride: '新签名' }],
      ['isv.SMS_TEMPLATE_ILLEGAL', retired],
    ] as const) {
      expect(saidIn(read({ Code: code }, sent({}, config)))).not.toContain('retired');
    }

    // Of two keys that may be at fault, only the one is.
    const [, template] = saidIn(read({ Code: 'INVALID_PARAMETERS' }, sent({}, retired))).split(
      '\n',
    );

    expect(template).not.toContain('retired');
  });

  it.each(['SignatureDoesNotMatch', 'IncompleteSignature', 'SignatureNonceUsed', 'biz.FREQUENCY'])(
    'never shows what the server says with %s',
    (code) => {
      const answer = {
        Code: code,
        Message: `Hello friend. server string to sign is:POST&%2F&PhoneNumber%3D13800138000%26TemplateParam%3D%257B%2522code%2522%253A%2522482913%2522`,
      };

      for (const language of ['en', 'zh'] as const) {
        const said = saidIn(read(answer, sent({ language })));

        expect(said).not.toMatch(/friend|string to sign|13800138000|482913/);
      }
    },
  );
});

describe('readAnswer, for a code that is not known', () => {
  const unknown = (message: unknown, language: 'en' | 'zh' = 'en') =>
    saidIn(
      read({ Code: 'isv.NEWEST', Message: message, RequestId: requestId }, sent({ language })),
    );

  it('is a General error with what the server says', () => {
    const answer = { Code: 'isv.NEWEST', Message: 'The order is closed.', RequestId: requestId };
    const error = read(answer);

    expect(error?.code).toBe('general');
    expect(error?.data).toEqual({
      errorDescription: matching(
        /does not know.*Look the code up.* Aliyun says: The order is closed\. \(isv\.NEWEST, RequestId CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47\)$/,
      ),
      code: 'isv.NEWEST',
      requestId,
    });
    expect(unknown('订单已关闭', 'zh')).toMatch(
      /无法识别.*查询.*订单已关闭（isv\.NEWEST, RequestId CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47）$/,
    );
  });

  it('cuts it to one short line', () => {
    const [, says = ''] = unknown(`first\r\nsecond\u2028third ${'word '.repeat(50)}`).split(
      'Aliyun says: ',
    );

    expect(says).toMatch(/^first second third word word/);
    expect(says).not.toMatch(/[\r\n\u2028]/);
    expect(says.length).toBeLessThan(180);
    expect(unknown('字'.repeat(200)).match(/字/g)?.length).toBeLessThanOrEqual(100);
  });

  it.each([
    ['the code', 'The code 482913 is refused.'],
    ['the code in full width', 'The code ４８２９１３ is refused.'],
    ['the number', 'The number 13800138000 is refused.'],
    ['the number with its country code', 'The number +8613800138000 is refused.'],
    ['the AccessKeyId', 'The key fake-access-key-id is refused.'],
    ['the secret', 'The key FAKE-ACCESS-KEY-SECRET is refused.'],
    ['the signature', 'The key rsg/pwOKRe1tRs+3BZ9eFcKSwq0= is refused.'],
    ['the encoded signature', 'The key rsg%2FpwOKRe1tRs%2B3BZ9eFcKSwq0%3D is refused.'],
    [
      'the doubly encoded signature',
      'The key rsg%252FpwOKRe1tRs%252B3BZ9eFcKSwq0%253D is refused.',
    ],
    ['the encoded code', 'The code %34%38%32%39%31%33 is refused.'],
    ['the doubly encoded code', 'The code %2534%2538%2532%2539%2531%2533 is refused.'],
    ['the code in Base64', 'The code NDgyOTEz is refused.'],
  ])('takes %s out of it', (_, message) => {
    const said = unknown(message);
    const folded = said.toLowerCase().replace(/[^\da-z]/g, '');

    expect(folded).not.toMatch(
      /482913|13800138000|fakeaccesskey|rsgpwokre|bz9efckswq0|343832393133|ndgyotez/,
    );
    expect(said).toContain('isv.NEWEST');
  });

  it.each([undefined, null, 5, {}, ['The order is closed.'], '', ' \n ', '482913', '🙂'])(
    'says no more than the code for the message %j',
    (message) => {
      expect(unknown(message)).not.toContain('says');
      expect(unknown(message)).toContain('(isv.NEWEST, ');
    },
  );

  it.each([
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'prototype',
    'valueOf',
    'tooFrequent',
  ])('knows no code %s', (code) => {
    const error = read({ Code: code, Message: 'The order is closed.' });

    expect(error?.code).toBe('general');
    expect(saidIn(error)).toContain('does not know');
  });
});

describe('readAnswer, for a code or request id that does not look like one', () => {
  const hostile = [
    ['a tag', '<script>alert(1)</script>'],
    ['a sentence', 'The code was not sent'],
    ['Chinese', '失败'],
    ['a line break', 'isv.A\nisv.B'],
    ['a final line break', 'isv.A\n'],
    ['an escape', 'isv.A\u001b[31m'],
    ['too long', 'A'.repeat(65)],
    ['the verification code', 'x482913'],
    ['the number', 'A-13800138000'],
    ['the number, split', 'a138-0013-8000'],
    ['the AccessKeyId in upper case', 'FAKE-ACCESS-KEY-ID'],
    ['the secret', 'fake-access-key-secret'],
    ['the code in Base64', 'NDgyOTEz'],
    ['the code in Base64 behind a letter', 'YTQ4MjkxMw'],
    ['the code in Base64 behind two letters', 'YWE0ODI5MTM'],
    ['the code in hex', 'a343832393133'],
    ['the number in hex', 'F-3133383030313338303030'],
    ['percent-encoded', '%34%38%32%39%31%33'],
  ] as const;

  it.each(hostile)('does not show a Code that is %s', (_, code) => {
    const error = read({ Code: code, RequestId: requestId });

    expect(error?.code).toBe('general');
    expect(error?.data).toEqual({
      errorDescription: matching(/ \(RequestId CC3BB6D2-[\w-]{27}\)$/),
      requestId,
    });
    expect(saidIn(error)).not.toContain(code);
  });

  it.each(hostile)('does not show a RequestId that is %s', (_, id) => {
    for (const code of ['UNKNOWN', 'isv.NEWEST']) {
      const error = read({ Code: code, RequestId: id });

      expect(error?.data).toEqual({
        errorDescription: matching(new RegExp(` \\(${code}\\)$`)),
        code,
      });
    }

    // And in the issues of a config that is at fault.
    expect(saidIn(read({ Code: 'SignatureDoesNotMatch', RequestId: id }))).not.toContain(id);
  });

  it('shows neither of a known code that holds a secret', () => {
    const error = read({ Code: 'FREQUENCY.482913', RequestId: '482913' });

    expect(error?.code).toBe('rate_limit_exceeded');
    expect(error?.data).toEqual({ errorDescription: matching(/new one\.$/) });
  });

  it.each([undefined, null, '', 5, {}, []])('does without the RequestId %j', (id) => {
    expect(read({ Code: 'UNKNOWN', RequestId: id })?.data).toEqual({
      errorDescription: matching(/ \(UNKNOWN\)$/),
      code: 'UNKNOWN',
    });
  });
});

describe('readAnswer, for an answer that is not one', () => {
  it.each([
    '',
    ' ',
    'OK',
    'null',
    'true',
    '1',
    '"OK"',
    '[]',
    '[{"Code":"OK"}]',
    '{}',
    '{"Code":""}',
    '{"Code":null}',
    '{"Code":1}',
    '{"Code":["OK"]}',
    '{"Code":{"Code":"OK"}}',
    '{"code":"OK"}',
    '{"Model":{"Code":"OK"}}',
    '{"__proto__":{"Code":"OK"}}',
    '{"Success":true,"Message":"OK"}',
    '{"Code":"OK"',
    '{"Code":"OK"}{"Code":"OK"}',
    "{'Code':'OK'}",
    '<html><body>Please sign in to the network</body></html>',
    '<?xml version="1.0"?><SendSmsVerifyCodeResponse><Code>OK</Code></SendSmsVerifyCodeResponse>',
    '['.repeat(60_000),
    '\u0000',
    '482913',
  ])('tells %j as InvalidResponse', (body) => {
    for (const [language, words] of [
      ['en', /not one of Aliyun's.*"endpoint".*proxy/],
      ['zh', /不是来自阿里云.*"endpoint".*代理/],
    ] as const) {
      const error = readAnswer({ body, isRepeat: false }, sent({ language }));

      expect(error?.code).toBe('invalid_response');
      expect(error?.data).toEqual({ errorDescription: matching(words) });
      expect(saidIn(error)).not.toContain('sign in to the network');
    }
  });

  it.each(['ERR_BODY_TOO_LARGE', 'HPE_INVALID_CONSTANT', 'HPE_HEADER_OVERFLOW'])(
    'tells %s as InvalidResponse too',
    (failure) => {
      const error = readAnswer({ failure }, sent());

      expect(error?.code).toBe('invalid_response');
      expect(saidIn(error)).toMatch(/not one of Aliyun's/);
      expect(saidIn(error)).toContain(failure);
    },
  );
});

describe('readAnswer, for no answer', () => {
  it.each([
    ['ETIMEDOUT', /not answer in time.*may still arrive/, /未及时响应.*仍会送达/],
    ['ENOTFOUND', /could not reach.*DNS/, /无法连接.*DNS/],
    ['EAI_AGAIN', /could not reach.*DNS/, /无法连接.*DNS/],
    ['ECONNREFUSED', /could not reach/, /无法连接/],
    ['ECONNRESET', /could not reach/, /无法连接/],
    ['EPROTO', /could not reach/, /无法连接/],
    ['ENEVERSEEN', /could not reach/, /无法连接/],
    ['constructor', /could not reach/, /无法连接/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted, so nothing was sent/, /不受信任，因此没有发送/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /not trusted, so nothing was sent/, /不受信任，因此没有发送/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted, so nothing/, /不受信任，因此没有发送/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /not trusted, so nothing was sent/, /不受信任，因此没有发送/],
    ['CERT_HAS_EXPIRED', /not trusted, so nothing was sent/, /不受信任，因此没有发送/],
  ])('tells %s as General', (failure, en, zh) => {
    for (const [language, words] of [
      ['en', en],
      ['zh', zh],
    ] as const) {
      const error = readAnswer({ failure }, sent({ language }));

      expect(error?.code).toBe('general');
      expect(saidIn(error)).toMatch(words);
      expect(error?.data).toMatchObject({ code: failure });
    }
  });
});

describe('readAnswer, for an accepted message', () => {
  it.each([
    { Code: 'OK', Message: 'OK', Success: true, RequestId: requestId, Model: { BizId: '1^0' } },
    { Code: 'OK' },
    { Code: 'OK', Message: 5, RequestId: [] },
  ])('has no error for %j', (answer) => {
    expect(read(answer)).toBeUndefined();
    expect(read(answer, sent(), true)).toBeUndefined();
  });

  it('takes a nonce that is used up for accepted on the repeat alone', () => {
    const answer = { Code: 'SignatureNonceUsed', Message: 'x', RequestId: requestId };

    expect(read(answer, sent(), true)).toBeUndefined();
    expect(read(answer, sent(), false)?.code).toBe('general');
    expect(read({ Code: 'biz.FREQUENCY' }, sent(), true)?.code).toBe('rate_limit_exceeded');
  });
});

describe('readAnswer', () => {
  it('returns the error classes that the host looks for', () => {
    const error = read({ Code: 'SignatureDoesNotMatch' });

    expect(error).toBeInstanceOf(ConnectorError);
    expect(error?.data).toBeInstanceOf(ZodError);
    expect(error?.cause).toBeUndefined();
  });

  it('does not show a Code and a RequestId that tell the code together', () => {
    const error = read({ Code: 'A482', Message: '', RequestId: '913-x' });

    expect(JSON.stringify(error?.data)).toContain('A482');
    expect(JSON.stringify(error?.data)).not.toContain('913');
  });
});

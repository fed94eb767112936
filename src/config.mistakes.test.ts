import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { detailsOf, having, havingTemplate, havingTemplateCode } from '../test/helpers/configs.js';
import { config, generic, retiredSignNames } from '../test/helpers/fixtures.js';

import { configGuard } from './config.js';

/** The columns of a text: a Chinese character takes two. */
const widthOf = (line: string): number => line.replaceAll(/[^\0-\u2E7F]/gu, '##').length;

/** Where the mistake is, what Chinese and English say of it, and configs with it. */
type Mistake = readonly [path: string, zh: RegExp, en: RegExp, inputs: readonly unknown[]];

/* eslint-disable unicorn/better-regex -- "100001" is a template's code, which "10{4}1" hides. */
const mistakes: readonly Mistake[] = [
  ['', /JSON 对象/, /JSON object/, [undefined, null, [], 'text', 1]],
  [
    'accessKeyId',
    /填写 AccessKey ID.*双引号/,
    /AccessKey ID.*double quotes/,
    having('accessKeyId', [undefined, '', null, 5]),
  ],
  [
    'accessKeySecret',
    /填写 AccessKey Secret.*双引号/,
    /AccessKey Secret.*double quotes/,
    having('accessKeySecret', [undefined, '', null, 5]),
  ],
  [
    'accessKeyId',
    /占位符.* AccessKey ID/,
    /AccessKey ID .*placeholder/,
    having('accessKeyId', ['<access-key-id>', '<access-key-secret>', 'your-access-key-id']),
  ],
  [
    'accessKeySecret',
    /占位符.* AccessKey Secret/,
    /AccessKey Secret .*placeholder/,
    having('accessKeySecret', ['<access-key-secret>', 'your-access-key-secret', 'Access-Key-ID']),
  ],
  [
    'accessKeyId',
    /长期.*STS\./,
    /permanent.*STS\./,
    having('accessKeyId', ['STS.fake', 'STS.fake ']),
  ],
  [
    'accessKeySecret',
    /首尾的空格/,
    /space.*beginning or end/,
    having('accessKeySecret', [' fake', 'fake ', 'fake\n', '\tfake', 'fa ke ', '\uFEFFfake']),
  ],
  [
    'accessKeyId',
    /删除.*引号/,
    /Delete the quotes inside/,
    having('accessKeyId', ['“fake”', '"fake"', "'fake'", '‘fake’', '＂fake', 'fake”']),
  ],
  [
    'accessKeyId',
    // Not a word of quotes: there are none but those of the JSON.
    /请删除值中的 < >。/,
    /Delete the < > inside the value\./,
    having('accessKeyId', ['<LTAIfake>', '＜LTAIfake＞']),
  ],
  [
    'accessKeySecret',
    /中间的空格/,
    /space .*inside/,
    having('accessKeySecret', ['fa ke', 'fa\nke', 'fa\u3000ke']),
  ],
  [
    'accessKeySecret',
    /不可见字符/,
    /other than plain English/,
    having('accessKeySecret', ['ｆake', 'fake\u200B', 'fаke', '密钥']),
  ],
  [
    'signName',
    /填写 "恒创联众"，不带【】/,
    /Write "恒创联众", without 【】/,
    having('signName', [
      '',
      ' ',
      undefined,
      1,
      '恒创联众 ',
      '恒创联众\u200B',
      '【恒创联众】',
      '[恒创联众]',
      '“速通互联验证码”',
    ]),
  ],
  [
    'signName',
    /填写 "恒创联众".*自己申请的签名不能用/,
    /Write "恒创联众".*of your own cannot be used/,
    having('signName', ['某某科技', '【某某科技】', '登录/注册模板', 'SMS_1']),
  ],
  [
    'signNameOverride',
    /阿里云控制台显示的签名.*null/,
    /as Aliyun's console shows.*null/,
    having('signNameOverride', [
      '',
      5,
      '【恒创联众',
      '】',
      '<signature',
      '>',
      '恒创联众 ',
      ' 恒创联众',
      '恒\n创',
      '恒\uD800',
    ]),
  ],
  [
    'templates',
    /数组.*"Generic"/,
    /list.*"Generic"/,
    having('templates', [undefined, { SignIn: '100001' }, '100001']),
  ],
  [
    'templates',
    /添加 \{ "usageType": "Generic", "templateCode": "100001" \}/,
    /Add \{ "usageType": "Generic", "templateCode": "100001" \}/,
    having('templates', [[], [{ ...generic, usageType: 'SignIn' }]]),
  ],
  [
    'templates.1',
    /每一项.*"Generic"/,
    /each entry.*"Generic"/,
    havingTemplate(['100001', null, []]),
  ],
  [
    'templates.1.usageType',
    /用途（区分大小写）/,
    /usage type; case matters/,
    havingTemplate([{ ...generic, usageType: 'Signin' }, { templateCode: '100001' }]),
  ],
  [
    'templates.1.usageType',
    /重复/,
    /Keep only one.*\(Generic\)/,
    havingTemplate([generic, { ...generic, templateCode: '100002' }]),
  ],
  [
    'templates.1.templateCode',
    /模板 CODE.*双引号.*"100001"/,
    /code of the template.*double quotes.*"100001".*\(SignIn\)/,
    havingTemplateCode(['', 100_001, undefined, null]),
  ],
  [
    'templates.1.templateCode',
    /CODE.*SMS_ .*“短信服务”/,
    /SMS_ .*another product.*\(SignIn\)/,
    havingTemplateCode(['SMS_154950909', 'sms_1', 'SMS_1 ']),
  ],
  [
    'templates.1.templateCode',
    /CODE，例如 "100001"，而不是模板名称/,
    /code .*"100001", and not its name.*\(SignIn\)/,
    havingTemplateCode(['登录/注册模板', ' 登录']),
  ],
  [
    'templates.1.templateCode',
    /首尾的空格/,
    /space.*beginning or end.*\(SignIn\)/,
    havingTemplateCode(['100001 ']),
  ],
  [
    'templates.1.code',
    /null.*未知参数/,
    /null.*unknown.*\(SignIn\)/,
    havingTemplate([{ ...generic, usageType: 'SignIn', code: '100001' }]),
  ],
  ['signname', /null.*未知参数/, /null.*unknown/, having('signname', ['恒创联众'])],
  [
    'codeExpirationMinutes',
    /1 到 60 的整数，不加引号/,
    /whole number from 1 to 60, without quotes/,
    having('codeExpirationMinutes', ['10', 0, 61, 1.5, -5, Number.NaN]),
  ],
  [
    'endpoint',
    /https:\/\/ 开头.*https:\/\/dypnsapi\.aliyuncs\.com .*null/,
    /https:\/\/.*https:\/\/dypnsapi\.aliyuncs\.com, .*null/,
    having('endpoint', [
      'dypnsapi.aliyuncs.com',
      'ftp://127.0.0.1',
      'xhttps://example.com',
      'https:example.com',
      'https:/example.com',
      'https:\\\\example.com',
      'https://',
      'https://exa^mple.com',
      4010,
      '',
    ]),
  ],
  [
    'endpoint',
    /使用 https:\/\/.*http:\/\/ 只能用于 localhost/,
    /Use https:\/\/.*http:\/\/ only localhost/,
    having('endpoint', [
      'http://dypnsapi.aliyuncs.com',
      'http://localhost.example',
      'http://notlocalhost',
      'http://127.0.0.1.example.com',
      'http://127.0.0.1x',
      'http://10.0.0.1',
      'http://[::2]',
      'http://127.0.0.1:4010/path',
      'http://localhost//',
      'http://[::1]/a',
    ]),
  ],
  [
    'endpoint',
    /删除地址中的用户名、密码/,
    /Delete user name, password/,
    having('endpoint', [
      'https://me:fake@example.com',
      'https://me@example.com',
      'https://:fake@example.com',
      'https://@example.com',
      'https:///example.com',
      'https://example.com\\a',
      'https://example.com?',
      'https://example.com/?',
      'https://example.com?https://example.com',
      'https://example.com/#a',
      'https://example.com#',
      'http://localhost?',
    ]),
  ],
  [
    'endpoint',
    /首尾的空格/,
    /space.*beginning or end/,
    having('endpoint', [' https://example.com', 'https://example.com\n', ' example.com']),
  ],
  ['endpoint', /中间的空格/, /space .*inside/, having('endpoint', ['https://a b'])],
  ['endpoint', /不可见字符/, /other than plain/, having('endpoint', ['https://exаmple.com'])],
];
/* eslint-enable unicorn/better-regex */

describe('the mistakes that an admin makes', () => {
  it.each(
    mistakes.flatMap(([path, zh, en, inputs]) =>
      inputs.map((input) => [path, input, zh, en] as const)
    )
  )('in "%s" are told in a line of either language: %o', (path, input, zh, en) => {
    const told = detailsOf(input);
    const prefix = `Error in key path "${path}": (custom) `;
    const lines = told[0]?.slice(prefix.length).split('\n') ?? [];

    expect(told).toHaveLength(1);
    expect(told[0]?.startsWith(prefix)).toBe(true);
    expect(lines).toHaveLength(2);
    expect(told[0]?.replaceAll('\n', ' ')).toMatch(new RegExp(`${zh.source}.* ${en.source}`));
    // As wide as a toast can show without being too long to read.
    expect(lines.filter((line) => widthOf(line) > 120)).toEqual([]);
    // None of them is to be written any more.
    expect(retiredSignNames.filter((name) => told.join(',').includes(name))).toEqual([]);
  });
});

describe('what is told of a config', () => {
  const secret = 'Fake0JmXw5QzRkTvBn8YpLsD2HcGf6';
  const places = [
    { signName: secret },
    { signNameOverride: `【${secret}】` },
    { codeExpirationMinutes: secret },
    { endpoint: secret },
    { endpoint: `http://${secret}` },
    { endpoint: `https://${secret}@example.com` },
    { accessKeyId: `${secret} ` },
    { accessKeySecret: `“${secret}”` },
    { templates: secret },
    { templates: [secret] },
    { templates: [generic, { usageType: secret, templateCode: '100001' }] },
    { templates: [generic, { usageType: 'SignIn', templateCode: `${secret} ` }] },
    { templates: [generic, { usageType: 'SignIn', templateCode: `SMS_${secret}` }] },
    { unknown: secret },
  ];

  it.each(places)(
    'does not repeat a value, which may be a secret in the wrong place: %o',
    (wrong) => {
      const { error } = configGuard.safeParse({ ...config, ...wrong });

      expect(error?.issues.length).toBeGreaterThan(0);
      expect(JSON.stringify(error?.issues)).not.toContain(secret);
    }
  );

  it('is in both languages, and custom, so that Logto shows it: for any JSON whatever', () => {
    const key = fc.constantFrom(
      ...Object.keys(config),
      'endpoint',
      'codeExpirationMinutes',
      'more'
    );
    const entry = fc.record(
      {
        usageType: fc.constantFrom('Generic', 'SignIn', 5, null),
        templateCode: fc.jsonValue({ maxDepth: 1 }),
      },
      { requiredKeys: [] }
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.array(fc.oneof(entry, fc.jsonValue({ maxDepth: 1 })), { maxLength: 6 })
    );
    const input = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.dictionary(key, value, { maxKeys: 4 }).map((changes) => ({ ...config, ...changes }))
    );

    fc.assert(
      fc.property(input, (input) => {
        const { error } = configGuard.safeParse(input);
        const issues = error?.issues ?? [];

        expect(issues.length).toBeLessThanOrEqual(3);

        for (const { code, message } of issues) {
          expect(code).toBe('custom');
          expect(message).toMatch(/^[^\n]*\p{Script=Han}[^\n]*\n[^\n]*[a-z]{2}[^\n]*$/u);
        }
      })
    );
  });
});

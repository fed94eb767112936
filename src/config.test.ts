import type * as Kit from '@logto/connector-kit';
import { TemplateType } from '@logto/connector-kit';
import { describe, expect, it, vi } from 'vitest';
import { type ZodError } from 'zod';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import { type AliyunSmsMasConfig, configGuard } from './config.js';

const generic = { usageType: 'Generic', templateCode: '100001' } as const;

const config: AliyunSmsMasConfig = {
  accessKeyId: 'fake-id',
  accessKeySecret: 'fake-secret',
  signName: '恒创联众',
  templates: [generic],
};

/** What Logto's core makes of a ZodError (`formatZodError` in packages/core/src/errors/RequestError). */
const formatZodError = ({ issues }: ZodError): string[] =>
  issues.map((issue) => {
    const base = `Error in key path "${issue.path.map(String).join('.')}": (${issue.code}) `;

    return issue.code === 'invalid_type'
      ? `${base}Expected ${issue.expected} but received ${issue.received}.`
      : base + issue.message;
  });

const detailsOf = (input: unknown): string[] => {
  const { error } = configGuard.safeParse(input);

  return error ? formatZodError(error) : [];
};

/** Configs that have a key set to each of these values. */
const having = (key: string, ...values: unknown[]): object[] =>
  values.map((value) => ({ ...config, [key]: value }));

/** Configs with each of these as their second template. */
const havingTemplate = (...values: unknown[]): object[] =>
  values.map((value) => ({ ...config, templates: [generic, value] }));

const retired = [
  ...['云渚科技验证平台', '云渚科技验证服务'],
  ...['速通互联验证码', '速通互联验证平台', '速通互联验证服务'],
];

describe('a good config', () => {
  it('gets its defaults, and no interval', () => {
    expect(configGuard.parse(config)).toStrictEqual({
      ...config,
      codeExpirationMinutes: 10,
      endpoint: 'https://dypnsapi.aliyuncs.com',
    });
  });

  it.each([
    { ...configTemplate, accessKeyId: 'fake-id', accessKeySecret: 'fake-secret' },
    ...having('accessKeyId', 'sandbox-access-key-id', 'access-key-id-2'),
    ...having('signName', '恒创联众', ...retired),
    ...having('signNameOverride', '新签名', 'A B', '某某科技 2'),
    ...having('codeExpirationMinutes', 1, 10, 60),
    ...having('intervalSeconds', 1, 55, 600),
    ...having('endpoint', 'https://dypnsapi.aliyuncs.com/', 'https://example.com:8443/aliyun'),
    ...having('endpoint', 'http://127.0.0.1:4010', 'http://127.8.9.10/', 'HTTP://localhost'),
    ...having('endpoint', 'http://[::1]:4010'),
    ...[...Object.values(TemplateType), 'MfaVerification', 'BindMfa']
      .filter((usageType) => usageType !== generic.usageType)
      .flatMap((usageType) => havingTemplate({ usageType, templateCode: 'SMS_100001' })),
  ])('passes, and keeps what it says: %o', (input) => {
    expect(detailsOf(input)).toEqual([]);
    expect(configGuard.parse(input)).toMatchObject(input);
  });

  it('may have templates for the types of newer and older hosts', async () => {
    const { BindMfa, ...older } = TemplateType;
    const input = {
      ...config,
      templates: [generic.usageType, BindMfa, 'Newer'].map((it) => ({ ...generic, usageType: it })),
    };
    expect(detailsOf(input)).toHaveLength(1);

    vi.resetModules();
    vi.doMock('@logto/connector-kit', async (importOriginal) => ({
      ...(await importOriginal<typeof Kit>()),
      TemplateType: { ...older, Newer: 'Newer' },
    }));

    try {
      expect((await import('./config.js')).configGuard.safeParse(input).success).toBe(true);
    } finally {
      vi.doUnmock('@logto/connector-kit');
    }
  });
});

describe('AccessKeys and template codes', () => {
  const build: Record<string, (value: string) => object[]> = {
    accessKeyId: (value) => having('accessKeyId', value),
    accessKeySecret: (value) => having('accessKeySecret', value),
    templateCode: (value) => havingTemplate({ usageType: 'SignIn', templateCode: value }),
  };
  const characters = [
    ...Array.from({ length: 0x300 }, (_, it) => String.fromCharCode(it)),
    // Cyrillic, a variation selector, a Hangul filler, no width, halves of a character, full width.
    ...['і', '\uFE0F', '\u3164', '\u200B', '\uFEFF', '\uD83D', '\uDE00', '😀', '１', '”'],
  ];

  it.each(Object.keys(build))('%s: printable ASCII without quotes, and nothing else', (key) => {
    const isTaken = (value: string): boolean => {
      const lines = build[key]?.(value).flatMap(detailsOf) ?? [];

      expect(lines.join('\n')).toMatch(
        new RegExp(`^$|"${key}" holds something other .*quotes.*\n"${key}" 中有空格.*引号.*$`),
      );

      return lines.length === 0;
    };

    expect(
      characters.filter((it) => [`${it}fake`, `fa${it}ke`, `fake${it}`].some(isTaken)).join(''),
    ).toBe(
      '!#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_abcdefghijklmnopqrstuvwxyz{|}~',
    );
  });
});

describe('the mistakes that an admin makes', () => {
  const types =
    'SignIn, Register, ForgotPassword, OrganizationInvitation, Generic, UserPermissionValidation, BindNewIdentifier, MfaVerification, BindMfa';
  const keys =
    'accessKeyId, accessKeySecret, signName, templates, signNameOverride, codeExpirationMinutes, intervalSeconds, endpoint';

  /** Where the mistake is, what either half of the line says, and the mistakes. */
  // prettier-ignore
  const rows: Array<[path: string, en: RegExp, zh: RegExp, inputs: unknown[]]> = [
    ['', /must be a JSON object: \{ … \}\.$/, /必须是 JSON 对象：\{ … \}。$/,
      [undefined, null, [], 'text', 1]],
    ['accessKeyId', /"accessKeyId" is missing, empty or not text\. .*AccessKey ID in double/, /缺少 "accessKeyId".*AccessKey ID，并加双引号/,
      having('accessKeyId', undefined, '', null, 5)],
    ['accessKeySecret', /"accessKeySecret" is missing, empty or not text\. .*AccessKey Secret in double/, /缺少 "accessKeySecret".*AccessKey Secret，并加双引号/,
      having('accessKeySecret', undefined, '', null, 5)],
    ['accessKeyId', /"accessKeyId" still holds a placeholder\. Write the AccessKey ID/, /"accessKeyId" 仍是占位符，请替换为 AccessKey ID/,
      having('accessKeyId', '<access-key-id>', '<access-key-secret>', 'your-access-key-id')],
    ['accessKeySecret', /"accessKeySecret" still holds a placeholder\. Write the AccessKey Secret/, /"accessKeySecret" 仍是占位符，请替换为 AccessKey Secret/,
      having('accessKeySecret', '<access-key-secret>', 'your-access-key-secret', 'access-key-id')],
    ['signName', /"signName" must be "恒创联众", without 【】.*"signNameOverride"/, /"signName" 请填写 "恒创联众"，不带【】.*"signNameOverride"/,
      having('signName', '某某科技', undefined, 1, '恒创联众 ', '【恒创联众】')],
    ['signNameOverride', /"signNameOverride" must be a signature as Aliyun's console shows it.*remove the key/, /"signNameOverride" 必须与阿里云控制台显示的签名一致.*请删除该键/,
      having('signNameOverride', '', '【恒创联众', '】', '<signature', '>', '恒创联众 ', ' 恒创联众', '恒\n创', '恒\uD800', null)],
    ['templates', /"templates" is missing or not a list\. .*"Generic"/, /缺少 "templates"，或其值不是数组。.*"Generic"/,
      having('templates', undefined, { SignIn: '100001' })],
    ['templates', /no entry for "Generic".*Add \{ "usageType": "Generic"/, /缺少 "Generic".*请添加 \{ "usageType": "Generic"/,
      having('templates', [], [{ ...generic, usageType: 'SignIn' }])],
    ['templates.1', /entry of "templates" must look like \{ "usageType"/, /"templates" 的每一项必须形如 \{ "usageType"/,
      havingTemplate('100001', null)],
    ['templates.1.usageType', new RegExp(`"usageType" must be one of: ${types}\\. Upper and lower case`), new RegExp(`"usageType" 只能是.*大小写：${types}。`),
      havingTemplate({ ...generic, usageType: 'Signin' }, { templateCode: '100001' })],
    ['templates.1.usageType', /"Generic" has more than one entry/, /有多项 "Generic"/,
      havingTemplate(generic)],
    ['templates.1.templateCode', /"templateCode" is missing or not text\. .*"100001"/, /缺少 "templateCode"，或其值不是字符串。.*"100001"/,
      ['', 100_001, undefined].flatMap((templateCode) => havingTemplate({ usageType: 'SignIn', templateCode }))],
    ['templates.1.code', /Unknown key "code".*: usageType, templateCode\.$/, /未知的键 "code".*：usageType, templateCode。$/,
      havingTemplate({ ...generic, usageType: 'SignIn', code: '100001' })],
    ['signname', new RegExp(`Unknown key "signname".*: ${keys}\\.$`), new RegExp(`未知的键 "signname".*：${keys}。$`),
      having('signname', '恒创联众')],
    ['codeExpirationMinutes', /"codeExpirationMinutes" must be a whole number from 1 to 60,.* 10\.$/, /"codeExpirationMinutes" 必须是 1 到 60 的整数.* 10。$/,
      having('codeExpirationMinutes', '10', 0, 61, 1.5, null)],
    ['intervalSeconds', /"intervalSeconds" must be a whole number from 1 to 600,.* 55\.$/, /"intervalSeconds" 必须是 1 到 600 的整数.* 55。$/,
      having('intervalSeconds', '55', 0, 601, 1.5, null)],
    ['endpoint', /"endpoint" must be an address that begins with https:\/\/.*remove the key/, /"endpoint" 必须是以 https:\/\/ 开头的地址.*请删除该键/,
      having('endpoint', 'dypnsapi.aliyuncs.com', 'http://dypnsapi.aliyuncs.com', 'ftp://127.0.0.1', 4010, '',
        'http://localhost.example', 'http://notlocalhost', 'http://127.0.0.1.example.com',
        'http://127.0.0.1:4010/path', 'http://localhost//', 'http://[::1]/a',
        'https://me:fake@example.com', 'https://me@example.com', 'https://:fake@example.com', 'https://@example.com',
        'https:example.com', 'https:/example.com', 'https:\\\\example.com', 'https://example.com\\a',
        'https://example.com?', 'https://example.com/?', 'https://example.com/#a',
        ' https://example.com', 'https://example.com\n', 'https://exаmple.com', 'https://a b')],
  ];

  it.each(
    rows.flatMap(([path, en, zh, inputs]) => inputs.map((it) => [path, it, en, zh] as const)),
  )(
    'in "%s" are told in a line of either language, which stands alone: %o',
    (path, input, en, zh) => {
      const lines = detailsOf(input).join('\n').split('\n');
      const [english = '', chinese = ''] = lines;

      expect(lines).toHaveLength(2);
      expect(english.startsWith(`Error in key path "${path}": (custom) `)).toBe(true);
      expect(english).toMatch(en);
      expect(chinese).toMatch(zh);
      expect(english).not.toMatch(/above|below/);
      expect(chinese).not.toMatch(/上列|以上|见上|上述|同上/);
      // None of them is to be written any more.
      expect(retired.filter((name) => lines.join().includes(name))).toEqual([]);
    },
  );

  it('are told all at once', () => {
    const wrong = { accessKeyId: '', signName: 'x', more: 1, andMore: 1, templates: [1] };

    expect(detailsOf({ ...config, ...wrong })).toHaveLength(5);
  });

  it('are told without the value that was refused, which may be a secret in the wrong place', () => {
    const wrong = {
      accessKeyId: 'fake secret-1',
      signName: 'fake-secret-1',
      templates: [{ usageType: 'fake-secret-1', templateCode: 'fake secret-1' }],
      signNameOverride: '【fake-secret-1】',
      codeExpirationMinutes: 'fake-secret-1',
      intervalSeconds: 'fake-secret-1',
      endpoint: 'http://fake-secret-1',
    };
    const { error } = configGuard.safeParse({ ...config, ...wrong });

    expect(error?.issues).toHaveLength(8);
    expect(JSON.stringify(error?.issues)).not.toContain('secret-1');
  });
});

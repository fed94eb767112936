import type * as Kit from '@logto/connector-kit';
import { TemplateType } from '@logto/connector-kit';
import { describe, expect, it, vi } from 'vitest';
import { ZodError } from 'zod';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import { type AliyunSmsMasConfig, configGuard } from './config.js';

const generic = { usageType: 'Generic', templateCode: '100001' } as const;

const config: AliyunSmsMasConfig = {
  accessKeyId: 'fake-id',
  accessKeySecret: 'fake-secret',
  signName: '恒创联众',
  templates: [generic],
};

/** What Logto core makes of a ZodError (`formatZodError` in packages/core/src/errors/RequestError). */
const formatZodError = ({ issues }: ZodError): string[] =>
  issues.map((issue) => {
    const base = `Error in key path "${issue.path.map(String).join('.')}": (${issue.code}) `;

    return issue.code === 'invalid_type'
      ? base + `Expected ${issue.expected} but received ${issue.received}.`
      : base + issue.message;
  });

/** The lines that Logto prints for a config with these changes. */
const lines = (changes: object, base: object = config): string[] => {
  const { error } = configGuard.safeParse({ ...base, ...changes });

  return error ? formatZodError(error) : [];
};

describe('a good config', () => {
  it('passes, and gets its defaults', () => {
    expect(configGuard.parse(config)).toEqual({
      ...config,
      codeExpirationMinutes: 10,
      endpoint: 'https://dypnsapi.aliyuncs.com',
    });
  });

  it('is the config template once the keys are filled in', () => {
    const filledIn = { ...configTemplate, accessKeyId: 'fake-id', accessKeySecret: 'fake-secret' };

    expect(lines({}, filledIn)).toEqual([]);
  });

  it.each([
    '恒创联众',
    '云渚科技验证平台',
    '云渚科技验证服务',
    '速通互联验证码',
    '速通互联验证平台',
    '速通互联验证服务',
  ])('may have the signature %s', (signName) => {
    expect(lines({ signName })).toEqual([]);
  });

  it.each([...Object.values(TemplateType), 'MfaVerification', 'BindMfa'])(
    'may have a template for %s',
    (usageType) => {
      const templates = [generic, { usageType, templateCode: '100001' }];

      expect(lines({ templates: usageType === 'Generic' ? [generic] : templates })).toEqual([]);
    },
  );

  it('may have a template for a type that only a newer host has', async () => {
    vi.resetModules();
    vi.doMock('@logto/connector-kit', async (importOriginal) => ({
      ...(await importOriginal<typeof Kit>()),
      TemplateType: { ...TemplateType, Newer: 'Newer' },
    }));
    const templates = [generic, { usageType: 'Newer', templateCode: '100001' }];

    try {
      const { configGuard: newerGuard } = await import('./config.js');

      expect(newerGuard.safeParse({ ...config, templates }).success).toBe(true);
      expect(lines({ templates })).toHaveLength(1);
    } finally {
      vi.doUnmock('@logto/connector-kit');
    }
  });

  it.each(['新签名', 'A B', '某某科技 2'])(
    'may have the signNameOverride %j',
    (signNameOverride) => {
      expect(lines({ signNameOverride })).toEqual([]);
    },
  );

  it.each([1, 10, 60])('may say %i minutes', (codeExpirationMinutes) => {
    expect(lines({ codeExpirationMinutes })).toEqual([]);
  });

  it.each([
    'https://dypnsapi.aliyuncs.com',
    'https://dypnsapi.aliyuncs.com/',
    'https://gateway.example.com:8443/aliyun',
    'http://127.0.0.1:4010',
    'http://127.8.9.10',
    'http://localhost:4010',
    'http://[::1]:4010',
  ])('may have the endpoint %s', (endpoint) => {
    expect(lines({ endpoint })).toEqual([]);
  });
});

describe('the mistakes that an admin makes', () => {
  const noKey = (key: string, label: string) =>
    `Error in key path "${key}": (custom) "${key}" is missing, empty or not text. Write the ${label} in double quotes. 缺少 "${key}"，或其值为空、不是文本。请填写 ${label}，并加双引号。`;
  const blanks = (path: string, key: string) =>
    `Error in key path "${path}": (custom) "${key}" holds a space, a line break or an invisible character. Remove it. "${key}" 中有空格、换行或不可见字符，请删除。`;
  const placeholder = (key: string, label: string) =>
    `Error in key path "${key}": (custom) "${key}" still holds the template's placeholder. Write the ${label} in its place. "${key}" 仍是模板中的占位符，请替换为 ${label}。`;
  const signName =
    'Error in key path "signName": (custom) "signName" must be one of: 恒创联众 (current), 云渚科技验证平台, 云渚科技验证服务, 速通互联验证码, 速通互联验证平台, 速通互联验证服务 (retired), without 【】 and spaces. If Aliyun\'s console shows a newer system-provided signature, keep "恒创联众" here and write the newer one in "signNameOverride". "signName" 只能填写“恒创联众”（当前可用）或上列已停用的签名，不带【】和空格。如果阿里云控制台显示了更新的赠送签名，请在此保留“恒创联众”，并把新签名写入 "signNameOverride"。';
  const signNameOverride =
    'Error in key path "signNameOverride": (custom) "signNameOverride" must be a signature as Aliyun\'s console shows it, in double quotes, without 【】, < > and spaces around it. Without a newer signature, remove the key. "signNameOverride" 必须与阿里云控制台显示的签名一致，加双引号，不带【】、< > 和首尾空格。没有更新的签名时，请删除该键。';
  const templates =
    'Error in key path "templates": (custom) "templates" is missing or not a list. Write at least [{ "usageType": "Generic", "templateCode": "100001" }]. 缺少 "templates"，或其值不是列表。请至少填写 [{ "usageType": "Generic", "templateCode": "100001" }]。';
  const entry =
    'Error in key path "templates.1": (custom) Each entry of "templates" must look like { "usageType": "Generic", "templateCode": "100001" }. "templates" 的每一项必须形如 { "usageType": "Generic", "templateCode": "100001" }。';
  const usageType =
    'Error in key path "templates.1.usageType": (custom) "usageType" must be one of: SignIn, Register, ForgotPassword, OrganizationInvitation, Generic, UserPermissionValidation, BindNewIdentifier, MfaVerification, BindMfa. Capitals matter. "usageType" 只能是以上之一，区分大小写。';
  const templateCode =
    'Error in key path "templates.1.templateCode": (custom) "templateCode" is missing or not text. Write it in double quotes, such as "100001". 缺少 "templateCode"，或其值不是文本。请加双引号填写，例如 "100001"。';
  const duplicate =
    'Error in key path "templates.1.usageType": (custom) "Generic" has more than one entry in "templates". Keep one of them. "templates" 中有多项 "Generic"，请只保留一项。';
  const noGeneric =
    'Error in key path "templates": (custom) "templates" has no entry for "Generic", which Console\'s test and every type without an entry use. Add { "usageType": "Generic", "templateCode": "100001" }. "templates" 中缺少 "Generic"：控制台的测试和未列出的类型都使用它。请添加 { "usageType": "Generic", "templateCode": "100001" }。';
  const minutes =
    'Error in key path "codeExpirationMinutes": (custom) "codeExpirationMinutes" must be a whole number from 1 to 60, without quotes, such as 10. "codeExpirationMinutes" 必须是 1 到 60 的整数，不加引号，例如 10。';
  const endpoint =
    'Error in key path "endpoint": (custom) "endpoint" must be an address that begins with https:// (http:// only for localhost or 127.0.0.1), without user name, password, "?" or "#", such as "https://dypnsapi.aliyuncs.com". Without a reason to change it, remove the key. "endpoint" 必须是以 https:// 开头的网址（http:// 只能用于 localhost 或 127.0.0.1），不含用户名、密码、"?" 或 "#"，例如 "https://dypnsapi.aliyuncs.com"。如无需更改，请删除该键。';
  const unknownKey = (path: string, key: string, keys: string) =>
    `Error in key path "${path}": (custom) Unknown key "${key}": correct its spelling or remove it. The keys are: ${keys}. 存在未知的键 "${key}"：请更正拼写或删除，可用的键见上。`;
  const allKeys =
    'accessKeyId, accessKeySecret, signName, templates, signNameOverride, codeExpirationMinutes, endpoint';

  it.each<[string, object, string]>([
    ['no AccessKey ID', { accessKeyId: undefined }, noKey('accessKeyId', 'AccessKey ID')],
    ['an empty AccessKey ID', { accessKeyId: '' }, noKey('accessKeyId', 'AccessKey ID')],
    ['a space in a key', { accessKeyId: 'fake id' }, blanks('accessKeyId', 'accessKeyId')],
    ['a line break', { accessKeySecret: 'fake\n' }, blanks('accessKeySecret', 'accessKeySecret')],
    ['a zero-width space', { accessKeyId: 'fake\u200B' }, blanks('accessKeyId', 'accessKeyId')],
    ['null for a secret', { accessKeySecret: null }, noKey('accessKeySecret', 'AccessKey Secret')],
    [
      'the placeholder of the ID',
      { accessKeyId: configTemplate.accessKeyId },
      placeholder('accessKeyId', 'AccessKey ID'),
    ],
    [
      'the placeholder of the secret',
      { accessKeySecret: configTemplate.accessKeySecret },
      placeholder('accessKeySecret', 'AccessKey Secret'),
    ],
    [
      'the placeholders exchanged',
      { accessKeyId: configTemplate.accessKeySecret },
      placeholder('accessKeyId', 'AccessKey ID'),
    ],
    ['an unknown signature', { signName: '某某科技' }, signName],
    ['no signature', { signName: undefined }, signName],
    ['a number for a signature', { signName: 1 }, signName],
    ['an empty override', { signNameOverride: '' }, signNameOverride],
    ['an override in brackets', { signNameOverride: '【恒创联众】' }, signNameOverride],
    ['a placeholder as override', { signNameOverride: '<signature>' }, signNameOverride],
    ['a space behind an override', { signNameOverride: '恒创联众 ' }, signNameOverride],
    ['a broken character', { signNameOverride: '恒\uD800' }, signNameOverride],
    ['null for an override', { signNameOverride: null }, signNameOverride],
    ['no templates', { templates: undefined }, templates],
    ['templates as an object', { templates: { SignIn: '100001' } }, templates],
    ['a template that is a code alone', { templates: [generic, '100001'] }, entry],
    [
      'a number for a template code',
      { templates: [generic, { usageType: 'SignIn', templateCode: 100_001 }] },
      templateCode,
    ],
    ['no template code', { templates: [generic, { usageType: 'SignIn' }] }, templateCode],
    [
      'an empty template code',
      { templates: [generic, { usageType: 'SignIn', templateCode: '' }] },
      templateCode,
    ],
    [
      'a space in a template code',
      { templates: [generic, { usageType: 'SignIn', templateCode: '100001 ' }] },
      blanks('templates.1.templateCode', 'templateCode'),
    ],
    [
      'a misspelt usage type',
      { templates: [generic, { usageType: 'Signin', templateCode: '100001' }] },
      usageType,
    ],
    ['no usage type', { templates: [generic, { templateCode: '100001' }] }, usageType],
    [
      'a misspelt key in a template',
      { templates: [generic, { usageType: 'SignIn', templateCode: '100001', code: '100001' }] },
      unknownKey('templates.1', 'code', 'usageType, templateCode'),
    ],
    ['two entries for one type', { templates: [generic, generic] }, duplicate],
    ['no Generic', { templates: [{ usageType: 'SignIn', templateCode: '100001' }] }, noGeneric],
    ['an empty list of templates', { templates: [] }, noGeneric],
    ['minutes as text', { codeExpirationMinutes: '10' }, minutes],
    ['no minutes at all', { codeExpirationMinutes: 0 }, minutes],
    ['too many minutes', { codeExpirationMinutes: 61 }, minutes],
    ['half a minute', { codeExpirationMinutes: 1.5 }, minutes],
    ['an endpoint over http', { endpoint: 'http://dypnsapi.aliyuncs.com' }, endpoint],
    ['an endpoint without scheme', { endpoint: 'dypnsapi.aliyuncs.com' }, endpoint],
    ['an endpoint that looks like loopback', { endpoint: 'http://localhost.example' }, endpoint],
    ['a password in the endpoint', { endpoint: 'https://me:fake@example.com' }, endpoint],
    ['a user name in the endpoint', { endpoint: 'https://me@example.com' }, endpoint],
    ['a password alone in the endpoint', { endpoint: 'https://:fake@example.com' }, endpoint],
    ['an endpoint that ends like loopback', { endpoint: 'http://notlocalhost' }, endpoint],
    ['an empty user name in the endpoint', { endpoint: 'https://@example.com' }, endpoint],
    ['an endpoint without slashes', { endpoint: 'https:example.com' }, endpoint],
    ['a query in the endpoint', { endpoint: 'https://example.com/?' }, endpoint],
    ['a fragment in the endpoint', { endpoint: 'https://example.com/#a' }, endpoint],
    ['a space before the endpoint', { endpoint: ' https://example.com' }, endpoint],
    ['another scheme', { endpoint: 'ftp://127.0.0.1' }, endpoint],
    ['a number for an endpoint', { endpoint: 4010 }, endpoint],
    ['a misspelt key', { signname: '恒创联众' }, unknownKey('', 'signname', allKeys)],
  ])('%s: the line says what is wrong and what to write', (_, changes, line) => {
    expect(lines(changes)).toEqual([line]);
  });

  it('are told all at once', () => {
    expect(lines({ accessKeyId: '', signName: 'x', extra: 1, templates: [1] })).toHaveLength(4);
  });

  it.each([undefined, null, [], 'text', 1])('include a config that is no object: %j', (input) => {
    const { error } = configGuard.safeParse(input);

    expect(error && formatZodError(error)).toEqual([
      'Error in key path "": (custom) The config must be a JSON object: { … }. 配置必须是 JSON 对象：{ … }。',
    ]);
  });

  it('are told without the value that was refused, which may be a secret in the wrong place', () => {
    const { error } = configGuard.safeParse({
      ...config,
      signName: 'fake-secret-1',
      accessKeyId: 'fake secret-1',
      signNameOverride: '【fake-secret-1】',
      endpoint: 'http://fake-secret-1',
      templates: [{ usageType: 'fake-secret-1', templateCode: 'fake secret-1' }],
      codeExpirationMinutes: 'fake-secret-1',
    });

    expect(error).toBeInstanceOf(ZodError);
    expect(JSON.stringify(error?.issues)).not.toContain('secret-1');
  });
});

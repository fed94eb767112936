import { describe, expect, it, vi } from 'vitest';

import { detailsOf } from '../test/helpers/configs.js';
import { config, generic } from '../test/helpers/fixtures.js';

import { configGuard, configKeys, savedConfigGuard } from './config.js';

/** The keys that a toast names of a config, in order. */
const keysOf = (input: unknown): string[] =>
  detailsOf(input).map((detail) => /^Error in key path "([^"]*)"/.exec(detail)?.[1] ?? '');

/** The config with a key called by another name. */
const rename = (key: keyof typeof config, name: string) => {
  const { [key]: value, ...rest } = config;

  return { ...rest, [name]: value };
};

/** Counts how often something is read of a value. */
const countReads = (value: Record<string, unknown> | unknown[]) => {
  const read = vi.fn();
  const proxy = new Proxy(value, {
    get: (target, key) => {
      read();

      return Reflect.get(target, key);
    },
    getOwnPropertyDescriptor: (target, key) => {
      read();

      return Reflect.getOwnPropertyDescriptor(target, key);
    },
  });

  return { value: proxy, read };
};

describe('a key that is called by another name', () => {
  it.each([
    ['AccessKeyId', 'accessKeyId'],
    ['access_key_id', 'accessKeyId'],
    ['access-key-id', 'accessKeyId'],
    ['accesskeyid', 'accessKeyId'],
    ['AccessKey ID', 'accessKeyId'],
    ['accessKeyID', 'accessKeyId'],
    ['accessKey', 'accessKeyId'],
    ['ALIYUN_ACCESS_KEY_ID', 'accessKeyId'],
    ['ALIBABA_CLOUD_ACCESS_KEY_ID', 'accessKeyId'],
    ['ALICLOUD_ACCESS_KEY', 'accessKeyId'],
    ['AccessKeySecret', 'accessKeySecret'],
    ['AccessKey Secret', 'accessKeySecret'],
    ['access_key_secret', 'accessKeySecret'],
    ['ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'accessKeySecret'],
    ['ALICLOUD_SECRET_KEY', 'accessKeySecret'],
    ['secretAccessKey', 'accessKeySecret'],
    ['SignName', 'signName'],
    ['ALIYUN_SMS_SIGN_NAME', 'signName'],
    ['Templates', 'templates'],
  ] as const)('is told once, where %s has to be %s', (name, key) => {
    const told = detailsOf(rename(key, name));

    expect(told).toEqual([
      `Error in key path "${name}": (custom) 请将参数名改为 "${key}"。\nRename this key to "${key}".`,
    ]);
  });

  it.each(configKeys)('is told in the way of environment variables too: %s', (key) => {
    const name = `ALIYUN_${key.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`;
    const input =
      key in generic
        ? { ...config, templates: [generic, { ...generic, [key]: null, [name]: 'x' }] }
        : { ...config, [key]: null, [name]: 'x' };

    expect(detailsOf(input).join('\n')).toMatch(new RegExp(`${name}".* "${key}"。\n.* "${key}"`));
  });

  it('is told of the keys of an entry, once for all that have it', () => {
    const told = detailsOf({
      ...config,
      templates: [
        { type: 'Generic', templateCode: '100001' },
        { usageType: 'SignIn', template_code: '100001' },
        { usage_type: 'Register', code: '100001' },
        { usageType: 'ForgotPassword', template_code: '100003' },
      ],
    }).join('\n');

    expect(told).toMatch(/"templates\.0\.type".*"usageType"/);
    expect(told).toMatch(
      /"templates\.1\.template_code".*"templateCode"。\n.*\(SignIn, ForgotPassword\)/
    );
    expect(told).not.toContain('null');
  });

  it('does not hide another mistake', () => {
    const input = { ...rename('accessKeyId', 'AccessKeyId'), endpoint: 'x' };

    expect(keysOf(input)).toEqual(['AccessKeyId', 'endpoint']);
  });

  it('is no ID where it is a secret', () => {
    const told = detailsOf({ ...config, accessKeyId: null, secretAccessKey: 'x' }).join('\n');

    expect(told).toMatch(/"accessKeyId": \(custom\) 请填写[^]*"secretAccessKey": \(custom\).*未知/);
  });

  it('is an unknown key where the right one is there as well', () => {
    expect(detailsOf({ ...config, AccessKeyId: 'fake-id' })).toEqual([
      expect.stringMatching(/"AccessKeyId".*未知参数。\n.*unknown\.$/),
    ]);
  });
});

describe('a config that stands in a key', () => {
  it.each(['config', 'aliyun', 'data'])('is told in one issue, at "%s"', (key) => {
    const told = detailsOf({ connectorId: 'x', [key]: config });

    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(new RegExp(`^Error in key path "${key}": .*去掉这一层.*\n.*layer`));
  });

  it('is told as that where its keys are called by other names', () => {
    expect(keysOf({ config: rename('accessKeyId', 'access_key_id') })).toEqual(['config']);
  });

  it('is an unknown key where the config around it is a whole one', () => {
    expect(detailsOf({ ...config, config })).toEqual([expect.stringMatching(/"config".*未知参数/)]);
  });
});

describe('keys that are not there', () => {
  it('are named in one issue, all four of an empty config', () => {
    const told = detailsOf({});

    expect(told).toHaveLength(1);
    expect(told[0]).toContain(
      '请填写 accessKeyId、accessKeySecret、signName、templates。\nWrite "accessKeyId", "accessKeySecret", "signName", "templates".'
    );
  });

  it('are named in one issue beside other mistakes, null being no value', () => {
    const told = detailsOf({ ...config, signName: null, templates: null, endpoint: 'x' });

    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/"signName": \(custom\) 请填写 signName、templates。/);
    expect(told[1]).toContain('"endpoint"');
  });

  it('have their own help where it is one alone', () => {
    const { templates, ...rest } = config;

    for (const input of [rest, { ...rest, templates: null }]) {
      expect(detailsOf(input)).toEqual([expect.stringMatching(/"templates".*填写数组.*"Generic"/)]);
    }
  });
});

describe('the same mistake in several entries', () => {
  const names = {
    SignIn: '登录/注册模板',
    Register: '登录/注册模板',
    ForgotPassword: '重置密码模板',
    BindMfa: '绑定新手机号模板',
    Generic: '登录/注册模板',
  };

  it('is told once, with the usage types of the first three', () => {
    const templates = Object.entries(names).map(([usageType, templateCode]) => ({
      usageType,
      templateCode,
    }));
    const told = detailsOf({ ...config, templates });

    expect(told).toHaveLength(1);
    expect(told[0]).toContain('"templates.0.templateCode"');
    expect(told[0]).toMatch(/not its name\. \(SignIn, Register, ForgotPassword, …\)$/);
  });

  it('is told with the usage types of all where there are three', () => {
    const templates = ['SignIn', 'Register', 'Generic'].map((usageType) => ({
      usageType,
      templateCode: 'SMS_1',
    }));

    expect(detailsOf({ ...config, templates })).toEqual([
      expect.stringMatching(/ \(SignIn, Register, Generic\)$/),
    ]);
  });

  it('is told with the places of those without a usage type, counted as in the key path', () => {
    const misspelt = { usageType: 'generic', templateCode: '100001' };
    const told = detailsOf({ ...config, templates: [generic, misspelt, 'x', misspelt, 5] });

    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/"templates\.1\.usageType".*\n.*\(templates\.1, templates\.3\)$/);
    expect(told[1]).toMatch(/"templates\.2": .*\n.*\(templates\.2, templates\.4\)$/);
  });

  it('is told without its place where it stands in one entry, since the key path says it', () => {
    for (const entry of ['x', { usageType: 'Signin', templateCode: '100001' }, {}]) {
      const told = detailsOf({ ...config, templates: [generic, entry] }).join('\n');

      expect(told).toContain('"templates.1');
      expect(told).not.toMatch(/[#(]\d|\(templates/);
    }
  });

  it('is kept apart from another mistake, and from the same one at another key', () => {
    const templates = [
      generic,
      { usageType: 'SignIn', templateCode: '100001 ' },
      { usageType: 'Register', templateCode: 'SMS_1' },
      { usageType: 'Register', templateCode: '100001' },
    ];

    expect(keysOf({ ...config, templates })).toEqual([
      'templates.1.templateCode',
      'templates.2.templateCode',
      'templates.3.usageType',
    ]);
    expect(keysOf({ ...config, accessKeyId: ' x', accessKeySecret: ' x' })).toEqual([
      'accessKeyId',
      'accessKeySecret',
    ]);
  });

  it('does not hide that Generic is missing', () => {
    const misspelt = { usageType: 'generic', templateCode: '100001' };

    expect(keysOf({ ...config, templates: [misspelt, misspelt] })).toEqual([
      'templates.0.usageType',
      'templates',
    ]);
  });
});

describe('many mistakes', () => {
  it('are told in three issues, the first ones', () => {
    const wrong = { accessKeyId: '', signName: 'x', more: 1, andMore: 1, templates: [1] };

    expect(keysOf({ ...config, ...wrong })).toEqual(['accessKeyId', 'signName', 'templates.0']);
    expect(keysOf({ ...config, a: 1, b: 1, c: 1, d: 1 })).toEqual(['a', 'b', 'c']);
  });

  it('are told of a config of the built-in connector for another product', () => {
    const told = detailsOf({
      ...config,
      signName: '某某科技',
      templates: ['Generic', 'SignIn'].map((usageType) => ({
        usageType,
        templateCode: 'SMS_154950909',
      })),
      strictPhoneRegionNumberCheck: true,
    });

    expect(told).toHaveLength(3);
    expect(told[0]).toContain('"signName": (custom) 请填写 "恒创联众"');
    expect(told[1]).toMatch(/another product\. \(Generic, SignIn\)$/);
    expect(told[2]).toContain('"strictPhoneRegionNumberCheck": (custom) 请更正拼写');
  });

  it.each([
    ['entries of an unknown type', Array.from({ length: 1000 }, () => ({ usageType: 'x' }))],
    ['entries of one type', Array.from({ length: 1000 }, () => ({ ...generic }))],
    ['entries that are none', Array.from({ length: 1000 }, () => 'x')],
  ])('are told by reading each a few times, where 1000 are %s', (_, entries) => {
    const { value: templates, read } = countReads(entries);

    expect(configGuard.safeParse({ ...config, templates }).success).toBe(false);
    expect(savedConfigGuard.safeParse({ templates }).success).toBe(false);
    expect(read.mock.calls.length).toBeLessThan(20 * 1000);
  });

  it('are told by reading each a few times, where 1000 are unknown keys', () => {
    const keys = Array.from({ length: 1000 }, (_, index) => [`key${index}`, {}] as const);
    const { value: input, read } = countReads({ ...config, ...Object.fromEntries(keys) });

    expect(configGuard.safeParse(input).success).toBe(false);
    expect(read.mock.calls.length).toBeLessThan(20 * 1000);
  });
});

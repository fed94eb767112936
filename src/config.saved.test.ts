import { describe, expect, it } from 'vitest';

import { detailsOf } from '../test/helpers/configs.js';
import { config, generic, logtoMessage, retiredSignNames } from '../test/helpers/fixtures.js';

import { configGuard, savedConfigGuard } from './config.js';
import { readMessage } from './message.js';

const defaults = { codeExpirationMinutes: 10, endpoint: 'https://dypnsapi.aliyuncs.com' };

/** The override that is read of a saved config that has this one. */
const readOverride = (signNameOverride: unknown) =>
  savedConfigGuard.parse({ ...config, signNameOverride }).signNameOverride;

describe('a saved config', () => {
  it.each([
    config,
    { ...config, signNameOverride: '新签名', codeExpirationMinutes: 5 },
    { ...config, signName: retiredSignNames[0], endpoint: 'http://127.0.0.1:4010' },
  ])('that Console took is read as Console took it: %o', (input) => {
    expect(savedConfigGuard.parse(input)).toStrictEqual(configGuard.parse(input));
  });

  it.each(['region', 'signname'])('may have the unknown key %s', (key) => {
    const input = { ...config, [key]: 'x' };

    expect(configGuard.safeParse(input).success).toBe(false);
    expect(savedConfigGuard.parse(input)).toStrictEqual({ ...config, ...defaults });
  });

  it('may have a key too many in an entry', () => {
    const templates = [{ ...generic, code: '100001' }];

    expect(savedConfigGuard.parse({ ...config, templates }).templates).toStrictEqual([generic]);
  });

  it('may have an entry of an unknown usage type, and several of one type', () => {
    const templates = [
      { usageType: 'Newest', templateCode: '100001' },
      generic,
      { ...generic, templateCode: '100002' },
    ];

    expect(savedConfigGuard.parse({ ...config, templates }).templates).toStrictEqual(templates);
  });

  it('may have no Generic, and no entry at all', () => {
    const templates = [{ usageType: 'SignIn', templateCode: 'SMS_1' }];

    expect(savedConfigGuard.parse({ ...config, templates }).templates).toStrictEqual(templates);
    expect(savedConfigGuard.parse({ ...config, templates: [] }).templates).toStrictEqual([]);
  });

  it.each([null, 5, '100001', {}, [], { templateCode: '100001' }, { usageType: null }])(
    'may have an entry of no usage type, which serves no message and keeps its place: %j',
    (entry) => {
      const saved = savedConfigGuard.parse({ ...config, templates: [entry, generic] });

      expect(readMessage(logtoMessage, saved)).toMatchObject({
        message: { templateCode: generic.templateCode },
        origin: { templateIndex: 1 },
      });
    }
  );

  it.each([undefined, null, '', 100_001, '100001 ', '登录/注册模板', 'SMS_1'])(
    'may have an entry with the code %j, which is looked at when it is to be sent with',
    (templateCode) => {
      const templates = [{ usageType: 'SignIn', templateCode }, generic];

      expect(savedConfigGuard.parse({ ...config, templates }).templates).toStrictEqual(templates);
    }
  );

  it.each(['某某科技', '【恒创联众】', ' 恒创联众', 'x', '😀'])(
    'may have the signature %j, as the built-in connector takes it',
    (signName) => {
      expect(savedConfigGuard.parse({ ...config, signName }).signName).toBe(signName);
    }
  );

  it('may have an override that Console would refuse, and does without one that cannot be sent', () => {
    expect(['【新签名】', ' 新签名 ', '<x>'].map((it) => readOverride(it))).toEqual([
      '【新签名】',
      ' 新签名 ',
      '<x>',
    ]);
    expect(
      ['', '恒\uD800', '\uDE00', 5, null, undefined, {}].filter(
        (it) => readOverride(it) !== undefined
      )
    ).toEqual([]);
  });

  it.each(['10', 0, 61, 1.5, {}, null, undefined])(
    'has the default in place of %j as codeExpirationMinutes',
    (codeExpirationMinutes) => {
      expect(
        savedConfigGuard.parse({ ...config, codeExpirationMinutes }).codeExpirationMinutes
      ).toBe(10);
    }
  );

  it('has a key that is null as one that is not there', () => {
    const input = { ...config, endpoint: null, signNameOverride: null, region: null };

    expect(savedConfigGuard.parse(input)).toStrictEqual({ ...config, ...defaults });
  });
});

describe('a saved config that cannot be sent with', () => {
  it.each([
    ['', undefined],
    ['', null],
    ['', []],
    ['', 'text'],
    ['accessKeyId', { ...config, accessKeyId: undefined }],
    ['accessKeyId', { ...config, accessKeyId: null }],
    ['accessKeyId', { ...config, accessKeyId: '<access-key-id>' }],
    ['accessKeyId', { ...config, accessKeyId: 'STS.fake' }],
    ['accessKeySecret', { ...config, accessKeySecret: '' }],
    ['accessKeySecret', { ...config, accessKeySecret: 'fake ' }],
    ['signName', { ...config, signName: undefined }],
    ['signName', { ...config, signName: null }],
    ['signName', { ...config, signName: '' }],
    ['signName', { ...config, signName: 5 }],
    ['templates', { ...config, templates: undefined }],
    ['templates', { ...config, templates: null }],
    ['templates', { ...config, templates: { SignIn: '100001' } }],
    ['endpoint', { ...config, endpoint: 'dypnsapi.aliyuncs.com' }],
    ['endpoint', { ...config, endpoint: 'http://example.com' }],
    ['endpoint', { ...config, endpoint: 5 }],
  ])('is refused at "%s", as Console refuses it: %o', (path, input) => {
    const told = detailsOf(input, savedConfigGuard);

    expect(told).toHaveLength(1);
    expect(told[0]?.startsWith(`Error in key path "${path}": (custom) `)).toBe(true);
    expect(told).toEqual(detailsOf(input));
  });

  it('is refused at "signName" where half of a character in it has no bytes to send', () => {
    const told = detailsOf({ ...config, signName: '恒\uD800' }, savedConfigGuard);

    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^Error in key path "signName": \(custom\) 请填写 "恒创联众"/);
  });

  it('is told as Console tells it where keys are called by other names, or stand a layer too deep', () => {
    const { accessKeyId, ...rest } = config;
    const misnamed = { ...rest, access_key_id: accessKeyId };

    expect(detailsOf(misnamed, savedConfigGuard)).toEqual(detailsOf(misnamed));
    expect(detailsOf({ config }, savedConfigGuard)).toEqual(detailsOf({ config }));
    expect(detailsOf({}, savedConfigGuard)).toEqual(detailsOf({}));
  });
});

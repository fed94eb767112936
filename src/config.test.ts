import { TemplateType } from '@logto/connector-kit';
import { describe, expect, it } from 'vitest';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import { detailsOf, having, havingTemplate, havingTemplateCode } from '../test/helpers/configs.js';
import { config, generic, retiredSignNames } from '../test/helpers/fixtures.js';

import { configGuard, signNameFor, signNames } from './config.js';

const withKeys = (changes: Record<string, unknown>) => ({ ...config, ...changes });

describe('a good config', () => {
  it('gets its defaults, which are the code of 10 minutes and the endpoint of every region', () => {
    expect(configGuard.parse(config)).toStrictEqual({
      ...config,
      codeExpirationMinutes: 10,
      endpoint: 'https://dypnsapi.aliyuncs.com',
    });
  });

  it.each([
    withKeys({ ...configTemplate, accessKeyId: 'fake-id', accessKeySecret: 'fake-secret' }),
    ...having('accessKeyId', ['sandbox-access-key-id', 'access-key-id-2', 'my-access-key-id']),
    ...having('signName', ['恒创联众', ...retiredSignNames]),
    ...having('signNameOverride', ['新签名', 'A B', '某某科技 2']),
    ...having('codeExpirationMinutes', [1, 10, 60]),
    ...having('endpoint', [
      'https://dypnsapi.aliyuncs.com/',
      'https://example.com:8443/aliyun',
      'HTTPS://EXAMPLE.COM/a/b',
      'http://127.0.0.1:4010',
      'http://127.8.9.10/',
      'HTTP://localhost',
      'http://[::1]:4010',
    ]),
    ...havingTemplateCode(['100001', '1', 'A_SMS_1']),
    ...Object.values(TemplateType)
      .filter((usageType) => usageType !== TemplateType.Generic)
      .flatMap((usageType) => havingTemplate([{ usageType, templateCode: '100002' }])),
  ])('passes, and keeps what it says: %o', (input) => {
    expect(detailsOf(input)).toEqual([]);
    expect(configGuard.parse(input)).toMatchObject(input);
  });
});

describe('the signatures', () => {
  it('are the current one, then the retired ones that old configs hold', () => {
    expect(signNames).toEqual(['恒创联众', ...retiredSignNames]);
  });

  it('are sent as 恒创联众 where they are retired, and else as they are', () => {
    expect(retiredSignNames.map((it) => signNameFor(it))).toEqual(
      retiredSignNames.map(() => '恒创联众')
    );
    expect(['恒创联众', '新签名', ''].map((it) => signNameFor(it))).toEqual([
      '恒创联众',
      '新签名',
      '',
    ]);
  });
});

describe('intervalSeconds, which version 1.4.0 had', () => {
  it.each([60, '60', {}, null])('passes as %j, and changes nothing', (intervalSeconds) => {
    expect(configGuard.parse({ ...config, intervalSeconds })).toStrictEqual(
      configGuard.parse(config)
    );
  });
});

describe('null', () => {
  it.each(['signNameOverride', 'codeExpirationMinutes', 'endpoint', 'region'])(
    'takes away %s',
    (key) => {
      expect(configGuard.parse({ ...config, [key]: null })).toStrictEqual(
        configGuard.parse(config)
      );
    }
  );

  it('takes a key away from an entry of templates', () => {
    const templates = [{ ...generic, code: null }];

    expect(configGuard.parse({ ...config, templates }).templates).toStrictEqual([generic]);
  });

  it.each(['accessKeyId', 'accessKeySecret', 'signName', 'templates'])(
    'is as good as no %s, which is refused',
    (key) => {
      const told = detailsOf({ ...config, [key]: null });

      expect(told).toHaveLength(1);
      expect(told).toEqual(detailsOf({ ...config, [key]: undefined }));
    }
  );
});

describe('AccessKeys and template codes', () => {
  const build: Record<string, (values: readonly string[]) => Array<Record<string, unknown>>> = {
    accessKeyId: (values) => having('accessKeyId', values),
    accessKeySecret: (values) => having('accessKeySecret', values),
    templateCode: havingTemplateCode,
  };
  const characters = [
    ...Array.from({ length: 0x1_00 }, (_, it) => String.fromCodePoint(it)),
    // Other scripts and accents, a variation selector, a Hangul filler, no width, halves of a character, full width.
    'і',
    'é',
    '\u0300',
    '\uFE0F',
    '\u3164',
    '\u200B',
    '\uFEFF',
    '\uD83D',
    '\uDE00',
    '😀',
    '１',
    '”',
    '＂',
  ];

  it.each(Object.keys(build))(
    '%s: printable ASCII without quotes and angle brackets, and nothing else',
    (key) => {
      const isTaken = (character: string): boolean => {
        const values = [`${character}fake`, `fa${character}ke`, `fake${character}`];

        return build[key]?.(values).some((input) => detailsOf(input).length === 0) ?? false;
      };

      expect(characters.filter((it) => isTaken(it)).join('')).toBe(
        '!#$%&()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_abcdefghijklmnopqrstuvwxyz{|}~'
      );
    }
  );
});

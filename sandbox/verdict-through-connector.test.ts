/** What the sandbox says that Logto shows, beside what the connector throws. */
import { ConnectorError, TemplateType } from '@logto/connector-kit';
import { describe, expect, it, vi } from 'vitest';
import { z, ZodError } from 'zod';

import createConnector from '../src/index.js';
import { configFor, openSandbox } from '../test/helpers/sandbox.js';
import { type InBoth } from './contract.js';
import { type FaultName, faults, isFaultName } from './service/faults.js';

// A call may take 8 s.
vi.setConfig({ testTimeout: 30_000, maxConcurrency: 20 });

/** Of several entries with one template, the sandbox names the first of its own config. */
const templates = [
  { usageType: 'SignIn', templateCode: '100001' },
  { usageType: 'Generic', templateCode: '100001' },
];

/** Sends as Logto does, and returns what is thrown. */
const send = async (
  endpoint: string,
  to: string,
  locale = 'en',
  config = {},
  type = TemplateType.SignIn,
): Promise<unknown> => {
  const { sendMessage } = await createConnector({
    getConfig: async () => ({ ...configFor(endpoint), templates, ...config }),
  });

  return sendMessage({
    to: `86${to}`,
    type,
    payload: { code: '482913', locale },
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
};

/** The part of a text for the admin that is in a language. */
const pick = (text: string, language: keyof InBoth): string => {
  const [zh = '', en = ''] = text.split('\n');
  const [reference = ''] = /(?: \([^()]*\))?$/.exec(en) ?? [];

  return language === 'zh' ? zh + reference : en;
};

const codeOf = (error: unknown): string => z.instanceof(ConnectorError).parse(error).code;

const dataOf = (error: unknown): ZodError =>
  z.instanceof(ZodError).parse(z.instanceof(ConnectorError).parse(error).data);

/** What Console shows of an error, a line for each key at fault. */
const detailsOf = (error: unknown, language: keyof InBoth): string =>
  dataOf(error)
    .issues.map(
      ({ path, message }) =>
        `Error in key path "${path.join('.')}": (custom) ${pick(message, language)}`,
    )
    .join('\n');

const descriptionGuard = z.object({ errorDescription: z.string() });

/** Logto's own sentences; that of a general error has the connector's in it. */
const sentenceOf = (error: unknown): InBoth | undefined => {
  const description = descriptionGuard.safeParse(dataOf(error)).data?.errorDescription ?? '';
  const sentences: Partial<Record<string, InBoth>> = {
    rate_limit_exceeded: {
      en: 'Trigger rate limit. Please try again later.',
      zh: '触发速率限制。请稍后再试。',
    },
    invalid_config: { en: "The connector's config is invalid.", zh: '连接器配置错误' },
    invalid_response: { en: "The connector's response is invalid.", zh: '连接器错误响应' },
    invalid_request_parameters: {
      en: 'The request is with wrong input parameter(s).',
      zh: '请求参数错误',
    },
    general: {
      en: `Error occurred in connector: ${description}`,
      zh: `连接器发生错误：${description}`,
    },
  };

  return sentences[codeOf(error)];
};

describe.concurrent('a magic number', () => {
  it.each<readonly [number: string, code: string | undefined, delivered: number]>([
    ['13800000000', undefined, 1],
    ['13800000001', 'rate_limit_exceeded', 0],
    ['13800000002', 'rate_limit_exceeded', 0],
    ['13800000003', 'invalid_request_parameters', 0],
    ['13800000004', 'general', 0],
    ['13800000005', 'invalid_config', 0],
    ['13800000006', 'invalid_config', 0],
    ['13800000007', 'invalid_config', 0],
    ['13800000008', 'general', 0],
    ['13800000009', undefined, 1],
    ['13800000010', undefined, 0],
    ['13800000011', undefined, 1],
    ['13800001000', undefined, 1],
    ['13800001999', undefined, 1],
  ])('%s comes to %s, and %i messages, each time', async (number, code, delivered) => {
    const { endpoint, messages } = await openSandbox({ faults: { all: 'throttled' } });
    const errors = await Promise.all([send(endpoint, number), send(endpoint, number)]);

    for (const error of errors) {
      expect(error && codeOf(error)).toBe(code);
    }

    expect(messages).toHaveLength(2 * delivered);
  });
});

describe.concurrent('what Logto shows', () => {
  it.each<FaultName>(Object.keys(faults).filter(isFaultName))(
    'of the fault %s is what the sandbox says, in both languages',
    async (fault) => {
      const { endpoint, requests } = await openSandbox({ faults: { all: fault } });
      const [inEnglish, inChinese] = await Promise.all([
        send(endpoint, '13912345678', 'en'),
        send(endpoint, '13812345678', 'zh-CN'),
      ]);

      for (const [to, language, error] of [
        ['13912345678', 'en', inEnglish],
        ['13812345678', 'zh', inChinese],
      ] as const) {
        const logto = requests.findLast((request) => request.to === to)?.logto;

        if (error === undefined) {
          expect([fault, logto?.result]).toEqual(['lost', 'sent']);
        } else {
          expect(logto?.error).toBe(codeOf(error));
          expect(logto?.user[language]).toBe(sentenceOf(error)?.[language]);
          expect(logto?.admin[language]).toBe(detailsOf(error, language));
        }
      }
    },
  );

  it.each([
    [TemplateType.SignIn, { signNameOverride: '某某签名' }],
    [TemplateType.SignIn, { signName: '速通互联验证码' }],
    // Where the sandbox's own config has 100003.
    [
      TemplateType.ForgotPassword,
      {
        templates: ['SignIn', 'Generic', 'ForgotPassword'].map((usageType) => ({
          usageType,
          templateCode: usageType === 'ForgotPassword' ? '100003' : '100001',
        })),
      },
    ],
  ])('depends on type and config: %s, %j', async (type, config) => {
    const { endpoint, requests } = await openSandbox({ faults: { all: 'badParameters' } });
    const error = await send(endpoint, '13912345678', 'en', config, type);

    expect(requests[0]?.logto.admin.en).toBe(detailsOf(error, 'en'));
  });
});

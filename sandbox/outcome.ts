import { type ConnectorError } from '@logto/connector-kit';
import phrases from '@logto/phrases';
import { z, ZodError } from 'zod';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import * as connector from '../src/answer.js';
import { configGuard, signNames } from '../src/config.js';
import { readVariables } from './checks.js';
import { accessKey, type InBoth } from './service.js';

/** The config that the sandbox takes, all but its `endpoint`. */
export const config = {
  ...configTemplate,
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
};

const checkedConfig = configGuard.parse(config);

const sentences = {
  en: z.record(z.unknown()).parse(phrases.en.errors.connector),
  zh: z.record(z.unknown()).parse(phrases['zh-CN'].errors?.connector),
};

const descriptionGuard = z.object({ errorDescription: z.string() });

/**
 * What Logto shows of an error: to the user its own sentence, with the connector's where there is a place for it; to
 * the admin a line for each key at fault.
 *
 * @see https://github.com/logto-io/logto/blob/master/packages/core/src/errors/RequestError/index.ts
 */
export const readError = ({ code, data }: ConnectorError, language: keyof InBoth) => ({
  user: String(sentences[language][code]).replace(
    '{{errorDescription}}',
    () => descriptionGuard.safeParse(data).data?.errorDescription ?? '',
  ),
  admin: (data instanceof ZodError ? data.issues : [])
    .map(({ path, code, message }) => `Error in key path "${path.join('.')}": (${code}) ${message}`)
    .join('\n'),
});

/** What a request tells of the message and the config that it was made of. */
const readSent = (form: URLSearchParams): Omit<connector.Sent, 'language'> => {
  const get = (name: string): string => form.get(name) ?? '';
  const signName = signNames.find((name) => name === get('SignName'));
  const { code = '' } = readVariables(form) ?? {};
  const [phoneNumber, templateCode] = [get('PhoneNumber'), get('TemplateCode')];
  // Where several usage types share a template, the first of them.
  const templateIndex = config.templates.findIndex((it) => it.templateCode === templateCode);

  return {
    config: {
      ...{ ...checkedConfig, accessKeyId: get('AccessKeyId') },
      ...(signName ? { signName } : { signNameOverride: get('SignName') }),
      ...(form.has('Interval') && { intervalSeconds: Number(get('Interval')) }),
    },
    message: { code, phoneNumber, templateCode, templateIndex: Math.max(templateIndex, 0) },
  };
};

const nothing = { error: '', user: '', admin: '' };

/**
 * What Logto makes of a request, by the connector's own tables: an error; or nothing as yet, as the connector `repeats`
 * what no answer of Aliyun's came to.
 *
 * @param fate What came back, or what the connector calls the failure.
 * @param isRepeat Whether it is the second try; no answer of Aliyun's came to the first one.
 */
export const judge = (
  form: URLSearchParams,
  fate: Readonly<{ status: number; body: string } | { failure: string }>,
  isRepeat: boolean,
) => {
  const outcome = { ...fate, isUnanswered: 'failure' in fate || isRepeat };
  const repeats = !isRepeat && connector.mayPass(fate);
  const tell = (language: keyof InBoth) => {
    const error = repeats ? undefined : connector.readAnswer(outcome, { ...readSent(form), language });

    return error ? { error: error.code, ...readError(error, language) } : nothing;
  };
  const [en, zh] = [tell('en'), tell('zh')];

  return {
    result: repeats ? 'repeats' : en.error ? 'error' : 'sent',
    error: en.error,
    user: { en: en.user, zh: zh.user },
    admin: { en: en.admin, zh: zh.admin },
  } as const;
};

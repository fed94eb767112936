import { type ConnectorError, ConnectorErrorCodes } from '@logto/connector-kit';
import phrases from '@logto/phrases';
import { z, ZodError } from 'zod';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import {
  gatewayStatuses,
  type Outcome,
  parseAnswer,
  readAnswer,
  type Sent,
} from '../src/answer.js';
import { configGuard, signNames } from '../src/config.js';
import { readTemplateParam } from './checks.js';
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
const readSent = (form: URLSearchParams): Omit<Sent, 'language'> => {
  const get = (name: string): string => form.get(name) ?? '';
  const signName = signNames.find((name) => name === get('SignName'));
  // Where several usage types share a template, the first of them.
  const templateIndex = config.templates.findIndex((it) => it.templateCode === get('TemplateCode'));

  return {
    config: {
      ...checkedConfig,
      accessKeyId: get('AccessKeyId'),
      ...(signName ? { signName } : { signNameOverride: get('SignName') }),
      ...(form.has('Interval') && { intervalSeconds: Number(get('Interval')) }),
    },
    message: {
      code: readTemplateParam(get('TemplateParam'))?.code ?? '',
      phoneNumber: get('PhoneNumber'),
      templateCode: get('TemplateCode'),
      templateIndex: Math.max(templateIndex, 0),
    },
  };
};

/**
 * What Logto makes of a request, by the connector's own tables.
 *
 * @param fate What came back, or what the connector calls the failure.
 * @param isRepeat Whether it is the connector's second try.
 * @param isUnanswered Whether Aliyun gave no answer to the first one.
 */
export const judge = (
  form: URLSearchParams,
  fate: Readonly<{ status: number; body: string } | { failure: string }>,
  isRepeat: boolean,
  isUnanswered: boolean,
) => {
  const outcome: Outcome =
    'failure' in fate ? { ...fate, isSent: true } : { ...fate, isRepeat: isUnanswered };
  const sent = readSent(form);
  const error = readAnswer(outcome, { ...sent, language: 'en' });
  // What cannot be read is no failure of the line.
  const isPassing =
    'failure' in fate
      ? error?.code !== ConnectorErrorCodes.InvalidResponse
      : gatewayStatuses.includes(fate.status) && !parseAnswer(fate.body);
  const result = !error ? 'sent' : isPassing && !isRepeat ? 'repeats' : 'error';
  const read = (language: keyof InBoth) => {
    const error = result === 'error' && readAnswer(outcome, { ...sent, language });

    return error ? readError(error, language) : { user: '', admin: '' };
  };
  const [en, zh] = [read('en'), read('zh')];

  return {
    result,
    /** Logto's code for the error, or nothing. */
    error: result === 'error' ? (error?.code ?? '') : '',
    user: { en: en.user, zh: zh.user },
    admin: { en: en.admin, zh: zh.admin },
  } as const;
};

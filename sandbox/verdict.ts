/** What Logto and the connector make of an answer. Nothing else in the sandbox knows the connector's source. */
import { type ConnectorError } from '@logto/connector-kit';
// All of Logto's phrases are 27 MB.
import english from '@logto/phrases/lib/locales/en/errors/connector.js';
import chinese from '@logto/phrases/lib/locales/zh-cn/errors/connector.js';
import { z, ZodError } from 'zod';

import { mayPass, readAnswer, type Sent } from '../src/answer.js';
import { configGuard, signNames } from '../src/config.js';
import { createConfig } from './config.js';
import { type InBoth, type Verdict } from './contract.js';
import { currentSignature } from './service/catalogue.js';
import { readVariables } from './service/checks.js';
import { type Fault, type FaultName, faults } from './service/faults.js';
import { noReply, type Reply } from './service/replies.js';

type Language = keyof InBoth;

/** What the connector calls the failure where it reads no whole answer. */
const failures: Partial<Record<FaultName, string>> = {
  hang: 'ETIMEDOUT',
  stall: 'ETIMEDOUT',
  drip: 'ETIMEDOUT',
  reset: 'ECONNRESET',
  cut: 'ECONNRESET',
  truncate: 'ECONNRESET',
  garbage: 'HPE_INVALID_CONSTANT',
  large: 'HPE_BODY_OVERFLOW',
};

/** Aliyun's codes for a message too soon after the last one: the connector waits a moment and sends a new request. */
const tooSoon = ['biz.FREQUENCY', 'FREQUENCY_FAIL'];

const sentencesGuard = z.record(z.unknown());

const sentences = {
  en: sentencesGuard.parse(english),
  zh: sentencesGuard.parse(chinese),
};

const descriptionGuard = z.object({ errorDescription: z.string() });

const config = createConfig('http://127.0.0.1', currentSignature);
const checkedConfig = configGuard.parse(config);

/** Whether the connector takes an address as its `endpoint`. */
export const isEndpoint = (endpoint: string): boolean =>
  configGuard.safeParse(createConfig(endpoint, currentSignature)).success;

/** The part of an admin's text that is in a language: Chinese stands before English, unless there is one line alone. */
const pick = (text: string, language: Language): string => {
  const [zh = '', en = zh] = text.split('\n');

  return language === 'zh' ? zh : en;
};

/**
 * What Logto shows of an error: to the user its own sentence, with the connector's where there is a place for it; to the
 * admin a line for each key at fault.
 *
 * @see https://github.com/logto-io/logto/blob/master/packages/core/src/errors/RequestError/index.ts
 */
export const readError = ({ code, data }: ConnectorError, language: Language) => {
  const description = descriptionGuard.safeParse(data).data?.errorDescription ?? '';
  const issues = data instanceof ZodError ? data.issues : [];
  const lines = issues.map(
    (issue) =>
      `Error in key path "${issue.path.join('.')}": (${issue.code}) ${pick(issue.message, language)}`,
  );

  return {
    user: String(sentences[language][code]).replace('{{errorDescription}}', () => description),
    admin: lines.join('\n'),
  };
};

/** What a request tells of the message and the config that it was made of. */
const readSent = (form: URLSearchParams): Omit<Sent, 'language'> => {
  const templateCode = form.get('TemplateCode') ?? '';
  const signature = form.get('SignName') ?? '';
  const signName = signNames.find((name) => name === signature);
  const interval = form.get('Interval');
  // Where several usage types share a template, the first of them.
  const templateIndex = config.templates.findIndex((it) => it.templateCode === templateCode);

  return {
    config: {
      ...checkedConfig,
      accessKeyId: form.get('AccessKeyId') ?? '',
      ...(signName ? { signName } : { signNameOverride: signature }),
      ...(interval !== null && { intervalSeconds: Number(interval) }),
    },
    message: {
      code: readVariables(form)?.code ?? '',
      phoneNumber: form.get('PhoneNumber') ?? '',
      templateCode,
      templateIndex: Math.max(templateIndex, 0),
    },
  };
};

/** What is known of a request when it is answered. */
export type Answered = Readonly<{
  form: URLSearchParams;
  /** The fault that it met, if any. */
  fault: FaultName | undefined;
  reply: Reply;
  /** Whether it repeats a request that the connector got no answer to. */
  isRepeat: boolean;
  /** Whether it sends a request anew that was refused as too soon. */
  isResend: boolean;
  /** Whether it came over a connection that an earlier one had used. */
  isReused: boolean;
}>;

const createVerdict = (result: Verdict['result']): Verdict => ({
  result,
  error: '',
  user: { en: '', zh: '' },
  admin: { en: '', zh: '' },
});

/** What Logto makes of a request, by the connector's own tables. */
export const judge = (answered: Answered): Verdict => {
  const { form, fault, reply, isRepeat, isResend, isReused } = answered;
  const failure = fault && failures[fault];
  const fate = failure ? { failure } : { status: reply.status, body: reply.body };
  // A connection that was just made may take all the time there is.
  const isTimeUp = failure === 'ETIMEDOUT' && !isReused;

  if (!isRepeat && !isTimeUp && mayPass(fate)) {
    return createVerdict('repeats');
  }

  if (!failure && tooSoon.includes(reply.code) && !isRepeat && !isResend) {
    return createVerdict('resends');
  }

  const outcome = { ...fate, isUnanswered: failure !== undefined || isRepeat };
  const sent = readSent(form);
  const inEnglish = readAnswer(outcome, { ...sent, language: 'en' });
  const inChinese = readAnswer(outcome, { ...sent, language: 'zh' });

  if (!inEnglish || !inChinese) {
    return createVerdict('sent');
  }

  const en = readError(inEnglish, 'en');
  const zh = readError(inChinese, 'zh');

  return {
    result: 'error',
    error: inEnglish.code,
    user: { en: en.user, zh: zh.user },
    admin: { en: en.admin, zh: zh.admin },
  };
};

const readReply = (fault: Fault, form: URLSearchParams): Reply => {
  switch (fault.kind) {
    case 'answer': {
      return fault.answer(form);
    }
    case 'page': {
      return fault.page;
    }
    case 'line': {
      return noReply;
    }
  }
};

/** What becomes of whoever signs in where the message was accepted. */
export const acceptedSentence: InBoth = {
  en: 'No error: the user is asked for the code.',
  zh: '不报错，提示用户输入验证码。',
};

/** What whoever signs in reads in the end, where every request of a message meets a fault. */
export const sentenceOf = (fault: FaultName): InBoth => {
  const form = new URLSearchParams();
  const answered = {
    form,
    fault,
    reply: readReply(faults[fault], form),
    isRepeat: false,
    isResend: true,
    isReused: false,
  };
  const first = judge(answered);
  const { result, user } =
    first.result === 'repeats' ? judge({ ...answered, isRepeat: true }) : first;

  return result === 'error' ? user : acceptedSentence;
};

/** What Logto and the connector make of an answer. Nothing else in the sandbox knows the connector's source. */
import { ConnectorError } from '@logto/connector-kit';
// All of Logto's phrases are 27 MB.
import english from '@logto/phrases/lib/locales/en/errors/connector.js';
import chinese from '@logto/phrases/lib/locales/zh-cn/errors/connector.js';
import { z, ZodError } from 'zod';

import { isTooSoon } from '../src/answer.js';
import { type Failure, isTransient, type Outcome, readResponse } from '../src/client.js';
import { configGuard, defaultEndpoint } from '../src/config.js';
import { assertAccepted } from '../src/explain.js';
import { type Message } from '../src/message.js';
import { createConfig } from './config.js';
import { type InBoth, type Verdict } from './contract.js';
import { accessKey, currentSignature } from './service/catalogue.js';
import { readVariables } from './service/checks.js';
import { type Fault, type FaultName, faults } from './service/faults.js';
import { noReply, type Reply } from './service/replies.js';

type Language = keyof InBoth;

/** What the connector makes of a line on which no whole answer comes. */
const failures: Partial<Record<FaultName, Readonly<{ failure: Failure; reference: string }>>> = {
  hang: { failure: 'unanswered', reference: 'ETIMEDOUT' },
  stall: { failure: 'unanswered', reference: 'ETIMEDOUT' },
  drip: { failure: 'unanswered', reference: 'ETIMEDOUT' },
  reset: { failure: 'unanswered', reference: 'ECONNRESET' },
  cut: { failure: 'unanswered', reference: 'ECONNRESET' },
  truncate: { failure: 'unanswered', reference: 'ECONNRESET' },
  garbage: { failure: 'unreadable', reference: 'HPE_INVALID_CONSTANT' },
  large: { failure: 'unreadable', reference: 'ANSWER_TOO_LARGE' },
};

const sentencesGuard = z.record(z.unknown());

const sentences = {
  en: sentencesGuard.parse(english),
  zh: sentencesGuard.parse(chinese),
};

const descriptionGuard = z.object({ errorDescription: z.string() });

const config = createConfig('http://127.0.0.1', currentSignature);

/** The part of an admin's text that is in a language: Chinese stands before English. What stands behind is neutral. */
const pick = (text: string, language: Language): string => {
  const [zh = '', en = ''] = text.split('\n');
  const [reference = ''] = /(?: \([^()]*\))?$/.exec(en) ?? [];

  return language === 'zh' ? zh + reference : en;
};

/** Whether the connector takes an address as its `endpoint`. */
export const isEndpoint = (endpoint: string): boolean =>
  configGuard.safeParse(createConfig(endpoint, currentSignature)).success;

/** What the connector says of a signature of SMS in the config, in English; nothing if it takes it. */
export const findSignatureProblem = (signature: string): string | undefined => {
  const { error } = configGuard.safeParse(createConfig('http://127.0.0.1', signature));
  const [issue] = error?.issues ?? [];

  return issue && pick(issue.message, 'en');
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

/** What a request tells of the message that it was made of. */
const readSent = (form: URLSearchParams, language: Language): Message => {
  const get = (name: string): string => form.get(name) ?? '';
  const templateCode = get('TemplateCode');
  const { code = '', min = '' } = readVariables(form) ?? {};
  // Where several usage types share a template, the first of them.
  const templateIndex = config.templates.findIndex((it) => it.templateCode === templateCode);

  return {
    phoneNumber: get('PhoneNumber'),
    code,
    expirationMinutes: Number(min),
    signName: get('SignName'),
    signNameKey: get('SignName') === currentSignature ? 'signName' : 'signNameOverride',
    templateCode,
    templateIndex: Math.max(templateIndex, 0),
    templateUsageType: config.templates[templateIndex]?.usageType ?? 'Generic',
    accessKeyId: get('AccessKeyId'),
    accessKeySecret: accessKey.secret,
    endpoint: defaultEndpoint,
    language,
  };
};

/** What the connector throws for an outcome, if anything. */
const explain = (outcome: Outcome, message: Message): ConnectorError | undefined => {
  try {
    assertAccepted(outcome, message);

    return undefined;
  } catch (error: unknown) {
    return z.instanceof(ConnectorError).parse(error);
  }
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
  const outcome: Outcome = failure
    ? { ...failure, mayBeDelivered: true }
    : readResponse(reply.status, reply.body);
  // A connection that was just made may take all the time there is.
  const isTimeUp = failure?.reference === 'ETIMEDOUT' && !isReused;

  if (!isRepeat && !isTimeUp && isTransient(outcome)) {
    return createVerdict('repeats');
  }

  if ('answer' in outcome && isTooSoon(outcome.answer) && !isRepeat && !isResend) {
    return createVerdict('resends');
  }

  const afterAll = { ...outcome, mayBeDelivered: outcome.mayBeDelivered || isRepeat };
  const inEnglish = explain(afterAll, readSent(form, 'en'));
  const inChinese = explain(afterAll, readSent(form, 'zh'));

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

import { type ConnectorError } from '@logto/connector-kit';
import { conditional, type Optional, trySafe } from '@silverhand/essentials';
import { z } from 'zod';

import { type CheckedConfig, isRetired, signNames } from './config.js';
import { createError, type Issue, type Language, type Sentence, userSentences } from './error.js';
import {
  type Meaning,
  meanings,
  type Suspect,
  transportMeanings,
  unknownMeaning,
} from './meanings.js';
import { type Message } from './request.js';

/** A gateway that could not pass the request on, or not the answer back; unless the body is an answer of Aliyun's. */
const gatewayStatuses: readonly number[] = [502, 503, 504];

/** Answers of business and gateway alike; whatever else they hold is of no use here, and their words are not shown. */
const answerGuard = z.object({
  Code: z.string().min(1),
  RequestId: z.string().optional().catch(undefined),
});

type Answer = z.infer<typeof answerGuard>;

/** Reads a body as an answer of Aliyun's; nothing for any other body. */
const parseAnswer = (body: unknown): Optional<Answer> =>
  answerGuard.safeParse(trySafe((): unknown => JSON.parse(String(body)))).data;

/** What came of a request: a response of whatever status, or what Node.js or got calls the failure. */
export type Outcome = (Readonly<{ status: number; body: string }> | Readonly<{ failure: string }>) &
  Readonly<{
    /** Whether a copy of the request went out that Aliyun gave no answer to: the message may arrive all the same. */
    isUnanswered: boolean;
  }>;

const findMeaning = (table: Readonly<Record<string, Meaning>>, code: string): Optional<Meaning> => {
  const rows = Object.values(table);

  return (
    rows.find(({ codes }) => codes.includes(code)) ??
    rows.find(({ pattern }) => pattern?.test(code))
  );
};

/**
 * Whether the same request may fare better if it is sent again: after a failure of the transport, but for a bad
 * certificate; and after a page of a gateway's, but not after an answer of Aliyun's, which has perhaps used up the nonce.
 */
export const mayPass = (
  outcome: Readonly<{ status: number; body: string } | { failure: string }>,
): boolean => {
  const { unreadable, untrusted } = transportMeanings;

  return 'failure' in outcome
    ? !findMeaning({ unreadable, untrusted }, outcome.failure)
    : gatewayStatuses.includes(outcome.status) && !parseAnswer(outcome.body);
};

/** What was sent, as far as telling what came of it needs it. */
export type Sent = Readonly<{
  config: CheckedConfig;
  message: Message;
  /** Nothing for both. */
  language: Optional<Language>;
}>;

/** Any so many characters of an AccessKey in a row are a part of it. */
const partLength = 6;

const partsOf = (key: string): string[] =>
  Array.from({ length: Math.max(key.length - partLength, 0) + 1 }, (_, index) =>
    key.slice(index, index + partLength),
  );

/** What identifies a request at Aliyun, as far as it looks like that and holds nothing confidential as it is. */
const readReference = (
  { Code, RequestId = '' }: Answer,
  { config: { accessKeyId, accessKeySecret }, message: { code, phoneNumber } }: Sent,
): Sentence => {
  const secrets = [code, phoneNumber, ...partsOf(accessKeyId), ...partsOf(accessKeySecret)];
  const pick = (text: string, form: RegExp, before: string) =>
    conditional(form.test(text) && !secrets.some((it) => text.includes(it)) && before + text);
  const requestId = pick(RequestId, /^[\dA-Za-z-]{1,64}$/, 'RequestId ');
  const join = (label: string, separator: string) =>
    [pick(Code, /^[A-Za-z][\w.-]{0,63}$/, label), requestId].filter(Boolean).join(separator);

  return { en: join('', ', '), zh: join('返回码 ', '，') };
};

const retiredNotice = (signName: string): Sentence => ({
  en: `The signature "${signName}" is retired: Aliyun does not support it after 2026-08-31. Write "${signNames[0]}", or write the signature that Aliyun's console shows in "signNameOverride".`,
  zh: `签名“${signName}”已停用：阿里云在 2026-08-31 之后不再支持。请改为“${signNames[0]}”，或将阿里云控制台显示的签名写入 "signNameOverride"。`,
});

/** Where the keys at fault stand, as far as they are in the config. */
const pathsOf = (
  suspects: readonly Suspect[],
  { config: { signNameOverride, intervalSeconds }, message: { templateIndex } }: Sent,
): Array<Issue['path']> => {
  const paths: Record<Suspect, Array<Issue['path']>> = {
    accessKeyId: [['accessKeyId']],
    accessKeySecret: [['accessKeySecret']],
    signature: [[signNameOverride === undefined ? 'signName' : 'signNameOverride']],
    template: [['templates', templateIndex, 'templateCode']],
    interval: intervalSeconds === undefined ? [] : [['intervalSeconds']],
    endpoint: [['endpoint']],
    to: [['to']],
  };

  return suspects.flatMap((suspect) => paths[suspect]);
};

/** All that is to be said goes with the first key at fault; of each other one, just that it may be the one. */
const toIssues = (meaning: Meaning, reference: Sentence, sent: Sent): Issue[] => {
  const { signName, signNameOverride } = sent.config;
  const withReference = ({ en, zh }: Sentence): Sentence => ({
    en: en + (reference.en && ` (${reference.en})`),
    zh: zh + (reference.zh && `（${reference.zh}）`),
  });

  if (
    meaning.suspects.includes('signature') &&
    signNameOverride === undefined &&
    isRetired(signName)
  ) {
    return [{ path: ['signName'], ...withReference(retiredNotice(signName)) }];
  }

  return pathsOf(meaning.suspects, sent).map((path, index) => ({
    path,
    ...(index === 0
      ? withReference(meaning)
      : path[0] === 'intervalSeconds'
        ? {
            en: 'Or Aliyun does not take it: remove this key.',
            zh: '也可能是阿里云不接受此项：请删除该键后再试。',
          }
        : { en: 'Or this key is at fault.', zh: '也可能是此项有误。' }),
  }));
};

const toError = (
  meaning: Meaning,
  reference: Sentence,
  sent: Sent,
  isUnanswered: boolean,
): ConnectorError =>
  createError(
    meaning.error,
    toIssues(meaning, reference, sent),
    sent.language,
    meaning.mayArrive || isUnanswered ? userSentences.mayArrive : userSentences.notSent,
  );

/**
 * Reads what came of a request.
 *
 * @returns Nothing if Aliyun accepted the message, else the error to throw. It holds Aliyun's code and request id, and
 * nothing else that the server said.
 */
export const readAnswer = (outcome: Outcome, sent: Sent): Optional<ConnectorError> => {
  const { isUnanswered } = outcome;

  if ('failure' in outcome) {
    const { failure } = outcome;
    const { unreadable, unanswered, unreachable, ...unsent } = transportMeanings;
    const meaning =
      findMeaning({ unreadable, ...(!isUnanswered && unsent) }, failure) ??
      (isUnanswered ? unanswered : unreachable);

    return toError(meaning, { en: failure, zh: failure }, sent, isUnanswered);
  }

  const answer = parseAnswer(outcome.body);

  if (!answer) {
    const isDown = gatewayStatuses.includes(outcome.status);

    return toError(
      isDown ? meanings.unavailable : transportMeanings.unreadable,
      { en: '', zh: '' },
      sent,
      isUnanswered,
    );
  }

  // The answer is to a repeat. That its nonce is used most likely means that the first copy was carried out. It is no
  // certainty: the first may have been refused, and the refusal lost on its way.
  const isAccepted = isUnanswered && answer.Code === 'SignatureNonceUsed';

  if (answer.Code === 'OK' || isAccepted) {
    return undefined;
  }

  return toError(
    findMeaning(meanings, answer.Code) ?? unknownMeaning,
    readReference(answer, sent),
    sent,
    isUnanswered,
  );
};

import { type ConnectorError, ConnectorErrorCodes } from '@logto/connector-kit';
import { type Optional } from '@silverhand/essentials';

import { type Answer, isNonceUsed, isOk } from './answer.js';
import { type Outcome } from './client.js';
import { defaultEndpoint } from './config.js';
import { createError, inBoth, type Issue, type Sentence } from './error.js';
import {
  type CodeMeaning,
  failureMeanings,
  type Meaning,
  meanings,
  type Suspect,
  unknownMeaning,
  unreachableEndpoint,
} from './meanings.js';
import { type Message } from './message.js';

/** What somebody who wants to sign in is told of a `general` error: nothing that only the admin can change. */
export const userSentences = {
  notSent: {
    zh: '验证码发送失败，请几分钟后再试。',
    en: 'The code could not be sent. Try again in a few minutes.',
  },
  mayArrive: {
    zh: '验证码可能仍会送达；如未收到，请一分钟后再试。',
    en: 'The code may still arrive. If it does not, try again in a minute.',
  },
} satisfies Record<string, Sentence>;

/** What is told of each suspect but the first. */
const furtherSuspect: Sentence = { zh: '也可能是此项有误。', en: 'Or this key is at fault.' };

const rows: readonly CodeMeaning[] = Object.values(meanings);

const meaningOfCode = (code: string): Meaning =>
  rows.find(({ codes }) => codes.includes(code)) ??
  rows.find(({ pattern }) => pattern?.test(code)) ??
  unknownMeaning;

const isDefaultEndpoint = (endpoint: string): boolean =>
  new URL(endpoint).href === new URL(defaultEndpoint).href;

const meaningOf = (outcome: Outcome, { endpoint }: Message): Meaning => {
  if ('failure' in outcome) {
    return outcome.failure === 'unreachable' && !isDefaultEndpoint(endpoint)
      ? unreachableEndpoint
      : failureMeanings[outcome.failure];
  }

  const meaning = meaningOfCode(outcome.answer.code);

  // Whoever signs in is told that the message may still arrive, and so is the admin.
  return meaning === meanings.unavailable && outcome.mayBeDelivered
    ? failureMeanings.gatewayDown
    : meaning;
};

/** What identifies a request at Aliyun, as far as it looks like that and holds nothing confidential. */
const referenceOf = ({ code, requestId = '' }: Answer, message: Message): string => {
  const confidential = [
    message.code,
    message.phoneNumber,
    message.accessKeyId,
    message.accessKeySecret,
  ];
  const isPublic = (text: string): boolean => !confidential.some((it) => text.includes(it));
  const parts: string[] = [];

  if (/^[A-Za-z][\w.-]{0,63}$/.test(code) && isPublic(code)) {
    parts.push(code);
  }

  if (/^[\dA-Za-z-]{1,64}$/.test(requestId) && isPublic(requestId)) {
    parts.push(`RequestId ${requestId}`);
  }

  return parts.join(', ');
};

const pathOf = (suspect: Suspect, { signNameKey, templateIndex }: Message): Issue['path'] => {
  switch (suspect) {
    case 'signName': {
      return [signNameKey];
    }
    case 'templateCode': {
      return ['templates', templateIndex, 'templateCode'];
    }
    case 'accessKeyId':
    case 'accessKeySecret':
    case 'endpoint':
    case 'to': {
      return [suspect];
    }
  }
};

/** What whoever signs in is told, in their language, or in both; for `general` alone, since Logto speaks for the others. */
const describeToUser = (
  { error, mayArrive }: Meaning,
  { mayBeDelivered }: Outcome,
  { language }: Message,
): Optional<string> => {
  if (error !== ConnectorErrorCodes.General) {
    return undefined;
  }

  const sentence = mayArrive || mayBeDelivered ? userSentences.mayArrive : userSentences.notSent;

  return language ? sentence[language] : inBoth(sentence);
};

const explain = (outcome: Outcome, message: Message): ConnectorError => {
  const meaning = meaningOf(outcome, message);
  const reference = 'answer' in outcome ? referenceOf(outcome.answer, message) : outcome.reference;
  const issues = meaning.suspects.map((suspect, index) => {
    const isFirst = index === 0;
    const text = inBoth(isFirst ? meaning : furtherSuspect);
    const notes: string[] = [];

    if (suspect === 'templateCode') {
      // Nobody counts the entries.
      notes.push(message.templateUsageType);
    }

    if (isFirst && reference !== '') {
      notes.push(reference);
    }

    return {
      path: pathOf(suspect, message),
      message: notes.length > 0 ? `${text} (${notes.join(', ')})` : text,
    };
  });

  return createError(meaning.error, issues, describeToUser(meaning, outcome, message));
};

/**
 * Throws the error that an outcome means, if it means one. Its data holds Aliyun's code and request id, and nothing else
 * that the server said.
 *
 * @throws {ConnectorError} Where Aliyun did not accept the message.
 */
export const assertAccepted = (outcome: Outcome, message: Message): void => {
  const { mayBeDelivered } = outcome;

  // A nonce that is used means, after a try without an answer, that most likely this try was carried out. It is no
  // certainty: it may have been refused, and the refusal lost on its way.
  if (
    'answer' in outcome &&
    (isOk(outcome.answer) || (mayBeDelivered && isNonceUsed(outcome.answer)))
  ) {
    return;
  }

  throw explain(outcome, message);
};

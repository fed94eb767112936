import { ConnectorError } from '@logto/connector-kit';
import { type Optional, trySafe } from '@silverhand/essentials';
import { z, ZodError, ZodIssueCode } from 'zod';

import { type CheckedConfig, isRetired, signNames } from './config.js';
import { describeError, type Language, type Sentence } from './error.js';
import {
  type ConfigPart,
  type Meaning,
  meanings,
  transportMeanings,
  unknownMeaning,
  unreadableMeaning,
} from './meanings.js';
import { type Message } from './request.js';

/** A gateway that could not pass the request on, or not the answer back; unless the body is an answer of Aliyun's. */
export const gatewayStatuses: readonly number[] = [502, 503, 504];

/** Answers of business and gateway alike; whatever else they hold is of no use here, and their words are not shown. */
const answerGuard = z.object({
  Code: z.string().min(1),
  RequestId: z.string().optional().catch(undefined),
});

type Answer = z.infer<typeof answerGuard>;

/** Reads a body as an answer of Aliyun's; nothing for any other body. */
export const parseAnswer = (body: unknown): Optional<Answer> =>
  answerGuard.safeParse(trySafe((): unknown => JSON.parse(String(body)))).data;

/** What came of a request: a response of whatever status, or what Node.js calls the failure. */
export type Outcome =
  | Readonly<{
      status: number;
      body: string;
      /** Whether a first copy of the request may have arrived. */
      isRepeat: boolean;
    }>
  | Readonly<{
      failure: string;
      /** Whether a request went out whole, so that the message may still arrive. */
      isSent: boolean;
    }>;

/** What was sent, as far as telling what came of it needs it. */
export type Sent = Readonly<{
  config: CheckedConfig;
  message: Message;
  language: Language;
}>;

const findMeaning = (table: Readonly<Record<string, Meaning>>, code: string): Optional<Meaning> => {
  const rows = Object.values(table);

  return (
    rows.find(({ codes }) => codes.includes(code)) ??
    rows.find(({ pattern }) => pattern?.test(code))
  );
};

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
): Readonly<{ code?: string; requestId?: string }> => {
  const secrets = [code, phoneNumber, ...partsOf(accessKeyId), ...partsOf(accessKeySecret)];
  const isHarmless = (text: string) => !secrets.some((secret) => text.includes(secret));

  return {
    ...(/^[A-Za-z][\w.-]{0,63}$/.test(Code) && isHarmless(Code) && { code: Code }),
    ...(/^[\dA-Za-z-]{1,64}$/.test(RequestId) && isHarmless(RequestId) && { requestId: RequestId }),
  };
};

const retiredNotice = (signName: string): Sentence => ({
  en: `The signature "${signName}" is retired: Aliyun stopped supporting it on 2026-08-31. Write "${signNames[0]}", or write the signature that Aliyun's console shows in "signNameOverride".`,
  zh: `签名“${signName}”已停用：阿里云自 2026-08-31 起不再支持。请改为“${signNames[0]}”，或将阿里云控制台显示的签名写入 "signNameOverride"。`,
});

/** Where in the config the fault lies, and what to say of it if there is more to say than the meaning does. */
const locate = (
  part: ConfigPart,
  { config: { signName, signNameOverride }, message: { templateIndex } }: Sent,
): { path: Array<string | number>; sentence?: Sentence } => {
  switch (part) {
    case 'accessKeyId':
    case 'accessKeySecret': {
      return { path: [part] };
    }
    case 'template': {
      return { path: ['templates', templateIndex, 'templateCode'] };
    }
    case 'signature': {
      if (signNameOverride !== undefined) {
        return { path: ['signNameOverride'] };
      }

      return {
        path: ['signName'],
        ...(isRetired(signName) && { sentence: retiredNotice(signName) }),
      };
    }
  }
};

/** The error for a meaning; an `InvalidConfig` one holds a ZodError, so that Console names the key at fault. */
const toError = (
  meaning: Meaning,
  reference: Readonly<{ code?: string; requestId?: string }>,
  sent: Sent,
): ConnectorError => {
  const { code, requestId } = reference;
  const references = [code, requestId && `RequestId ${requestId}`].filter(Boolean).join(', ');
  const withReferences = ({ en, zh }: Sentence): Sentence => ({
    en: en + (references && ` (${references})`),
    zh: zh + (references && `（${references}）`),
  });

  if (meaning.configParts) {
    return new ConnectorError(
      meaning.error,
      new ZodError(
        meaning.configParts.map((part) => {
          const { path, sentence = meaning } = locate(part, sent);

          return {
            code: ZodIssueCode.custom,
            path,
            message: withReferences(sentence)[sent.language],
          };
        }),
      ),
    );
  }

  return describeError(meaning.error, withReferences(meaning), sent.language, reference);
};

/** What a failure of the transport means. */
const readFailure = (failure: string, isSent: boolean): Meaning =>
  findMeaning({ ...transportMeanings, unreadableMeaning }, failure) ??
  (isSent ? transportMeanings.unanswered : transportMeanings.unreachable);

/**
 * Reads what came of a request.
 *
 * @returns Nothing if Aliyun accepted the message, else the error to throw. It holds Aliyun's code and request id, and
 * nothing else that the server said.
 */
export const readAnswer = (outcome: Outcome, sent: Sent): Optional<ConnectorError> => {
  if ('failure' in outcome) {
    const { failure, isSent } = outcome;

    return toError(readFailure(failure, isSent), { code: failure }, sent);
  }

  const answer = parseAnswer(outcome.body);

  if (!answer) {
    const isDown = gatewayStatuses.includes(outcome.status);

    return toError(isDown ? meanings.unavailable : unreadableMeaning, {}, sent);
  }

  // The first copy got no answer of Aliyun's, or there were no repeat. That Aliyun knows the nonce most likely means
  // that this copy arrived and was carried out. It may also have been refused, or its answer been lost on the way.
  if (answer.Code === 'OK' || (outcome.isRepeat && answer.Code === 'SignatureNonceUsed')) {
    return undefined;
  }

  return toError(
    findMeaning(meanings, answer.Code) ?? unknownMeaning,
    readReference(answer, sent),
    sent,
  );
};

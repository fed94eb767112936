import { ConnectorError } from '@logto/connector-kit';
import { conditional, type Optional, trySafe } from '@silverhand/essentials';
import { z, ZodError, ZodIssueCode } from 'zod';

import { type Outcome } from './client.js';
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
import { redact, reveals } from './redact.js';

/** What was sent, as far as telling what came of it needs it. */
export type Sent = Readonly<{
  config: CheckedConfig;
  /** Where the template in use stands in the config's `templates`. */
  templateIndex: number;
  language: Language;
  /** What no error may tell: the verification code, the number, the AccessKey and the signature. */
  secrets: readonly string[];
}>;

/** Answers of business and gateway alike; whatever else they hold is of no use here. */
const answerGuard = z.object({
  Code: z.string().min(1),
  Message: z.string().optional().catch(undefined),
  RequestId: z.string().optional().catch(undefined),
});

type Answer = z.infer<typeof answerGuard>;

const isOk = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'Code' in answer && answer.Code === 'OK';

const findMeaning = (table: Readonly<Record<string, Meaning>>, code: string): Optional<Meaning> => {
  const rows = Object.values(table);

  return (
    rows.find(({ codes }) => codes.includes(code)) ??
    rows.find(({ pattern }) => pattern?.test(code))
  );
};

/** What identifies a request in Aliyun's console, as far as it looks like it and tells no secret. */
const readReference = (
  { Code, RequestId = '' }: Answer,
  secrets: readonly string[],
): Readonly<{ code?: string; requestId?: string }> => {
  const code = conditional(/^[A-Za-z][\w.-]{0,63}$/.test(Code) && !reveals(Code, secrets) && Code);
  // The two are shown side by side, so that together they must tell nothing either.
  const requestId = conditional(
    /^[\dA-Za-z-]{1,64}$/.test(RequestId) &&
      !reveals(`${code ?? ''}${RequestId}`, secrets) &&
      RequestId,
  );

  return { ...(code && { code }), ...(requestId && { requestId }) };
};

const retiredNotice = (signName: string): Sentence => ({
  en: `The signature "${signName}" is retired: Aliyun stopped supporting it on 2026-08-31. Write "${signNames[0]}", or write the signature that Aliyun's console shows in "signNameOverride".`,
  zh: `签名“${signName}”已停用：阿里云自 2026-08-31 起不再支持。请改为“${signNames[0]}”，或将阿里云控制台显示的签名写入 "signNameOverride"。`,
});

/** Where in the config the fault lies, and what to say of it if there is more to say than the meaning does. */
const locate = (
  part: ConfigPart,
  { config: { signName, signNameOverride }, templateIndex }: Sent,
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
  message?: string,
): ConnectorError => {
  const { code, requestId } = reference;
  const references = [code, requestId && `RequestId ${requestId}`].filter(Boolean).join(', ');
  const withReferences = ({ en, zh }: Sentence): Sentence => ({
    en: en + (message ? ` Aliyun says: ${message}` : '') + (references && ` (${references})`),
    zh: zh + (message ? `阿里云的说明：${message}` : '') + (references && `（${references}）`),
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

/**
 * Reads what came of a request.
 *
 * @returns Nothing if Aliyun accepted the message, else the error to throw. It holds Aliyun's code and request id, and
 * none of the secrets. What Aliyun says in words is shown for unknown codes alone, and then only redacted.
 */
export const readAnswer = (outcome: Outcome, sent: Sent): Optional<ConnectorError> => {
  if ('failure' in outcome) {
    const meaning =
      findMeaning({ ...transportMeanings, unreadableMeaning }, outcome.failure) ??
      transportMeanings.unreachable;

    return toError(meaning, { code: outcome.failure }, sent);
  }

  const json = trySafe((): unknown => JSON.parse(outcome.body));

  if (isOk(json)) {
    return undefined;
  }

  const { data: answer } = answerGuard.safeParse(json);

  if (!answer) {
    return toError(unreadableMeaning, {}, sent);
  }

  // A nonce that is used up on the repeat was used by the first copy: Aliyun accepted that one.
  if (outcome.isRepeat && answer.Code === 'SignatureNonceUsed') {
    return undefined;
  }

  const reference = readReference(answer, sent.secrets);
  const meaning = findMeaning(meanings, answer.Code);

  return meaning
    ? toError(meaning, reference, sent)
    : toError(unknownMeaning, reference, sent, redact(answer.Message ?? '', sent.secrets));
};

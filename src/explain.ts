import { type Optional } from '@silverhand/essentials';

import { type ConnectorError, ConnectorErrorCodes } from '@logto/connector-kit';

import { type Answer } from './answer.js';
import { type Outcome } from './client.js';
import { defaultEndpoint } from './config.js';
import { createError, inBoth, type Issue, type Sentence, withNotes } from './error.js';
import {
  failureMeanings,
  type Meaning,
  meaningOfCode,
  meanings,
  type Suspect,
  unknownMeaning,
  unreachableEndpoint,
  untraceableMeaning,
} from './meanings.js';
import { type Message, type Origin } from './message.js';

/** What the end user is told of a `general` error: what to do now, and nothing that only the admin can change. */
export const userSentences = {
  notSent: {
    zh: '验证码发送失败，请几分钟后再试。',
    en: 'The code could not be sent. Try again in a few minutes.',
  },
  /** Logto's page has no field for the code after an error, and takes no code but that of the last success. */
  late: {
    zh: '请一分钟后重新获取验证码；迟到的验证码无效。',
    en: 'Try again in a minute. A code that arrives late will not work.',
  },
} satisfies Record<string, Sentence>;

/** What is told of each suspect but the first. */
const furtherSuspect: Sentence = { zh: '也可能是此项有误。', en: 'Or this key is at fault.' };

/** What is told of an address that is not the default one: that of the sandbox, for example, which was tried before. */
const furtherEndpoint: Sentence = {
  zh: '也可能是此地址有误；如需默认地址，请填写 null。',
  en: 'Or this address is wrong. For the default, write null.',
};

/**
 * What the gateway may answer before it looks at the nonce: a retry that is refused so says nothing of a copy before it
 * that got no answer.
 */
const gatewayRefusals: ReadonlySet<Meaning> = new Set<Meaning>([
  meanings.throttled,
  meanings.unavailable,
  meanings.internalError,
]);

/** With these, the message may be delivered all the same. */
const openMeanings: ReadonlySet<Meaning> = new Set<Meaning>([
  failureMeanings.unanswered,
  failureMeanings.gatewayDown,
  meanings.nonceUsed,
]);

const isDefaultEndpoint = (endpoint: string): boolean =>
  new URL(endpoint).href === new URL(defaultEndpoint).href;

const meaningOf = (outcome: Outcome, { endpoint }: Message): Meaning => {
  if ('failure' in outcome) {
    return outcome.failure === 'unreachable' && !isDefaultEndpoint(endpoint)
      ? unreachableEndpoint
      : failureMeanings[outcome.failure];
  }

  const meaning = meaningOfCode(outcome.answer.code);

  return outcome.mayBeDelivered && gatewayRefusals.has(meaning)
    ? failureMeanings.unanswered
    : meaning;
};

/** What identifies what came of a call: a code, and the request at Aliyun. */
type References = Readonly<{ code?: Optional<string>; requestId?: Optional<string> }>;

/** A text without what may stand between its letters and digits. */
const pack = (text: string): string => text.replaceAll(/[^\dA-Za-z]/g, '').toLowerCase();

/** What identifies an answer, as far as it is short, printable and holds nothing confidential, however it is spaced. */
const referencesOf = ({ code, requestId = '' }: Answer, message: Message): References => {
  const confidential = [
    message.code,
    message.phoneNumber,
    message.accessKeyId,
    message.accessKeySecret,
  ];
  const isPublic = (text: string): boolean =>
    // Part of a form, a signature, or characters written as others.
    !/[%&=\\]/.test(text) && !confidential.some((it) => pack(text).includes(pack(it)));

  return {
    code: /^[!-~][ -~]{0,63}$/.test(code) && isPublic(code) ? code : undefined,
    requestId: /^[\dA-Za-z-]{1,64}$/.test(requestId) && isPublic(requestId) ? requestId : undefined,
  };
};

const pathOf = (suspect: Suspect, { signNameKey, templateIndex }: Origin): Issue['path'] => {
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

/** What the end user is told, in their language, or in both; for `general` alone, since Logto speaks for the others. */
const describeToUser = (meaning: Meaning, { language }: Origin): Optional<string> => {
  if (meaning.error !== ConnectorErrorCodes.General) {
    return undefined;
  }

  const sentence = openMeanings.has(meaning) ? userSentences.late : userSentences.notSent;

  return language ? sentence[language] : inBoth(sentence);
};

/** Whether Aliyun accepted the message. */
export const isOk = (outcome: Outcome): boolean =>
  'answer' in outcome && outcome.answer.code === 'OK';

/**
 * Whether a message counts as sent though no answer says so: the nonce of a retry was used, most likely by the copy
 * before it that got no answer. It is no certainty: a request that was refused has used up its nonce as well, and the
 * refusal may have been lost on its way.
 */
export const isMostLikelySent = (outcome: Outcome): boolean =>
  'answer' in outcome &&
  outcome.mayBeDelivered &&
  meaningOfCode(outcome.answer.code) === meanings.nonceUsed;

/**
 * Explains what came of a message that was not accepted.
 *
 * @param outcome What the client returned.
 * @param message What was sent.
 * @param origin Where it came from.
 * @returns The error to throw. It holds Aliyun's code and RequestId, and nothing else that the server said.
 */
export const explain = (outcome: Outcome, message: Message, origin: Origin): ConnectorError => {
  const { code, requestId }: References =
    'answer' in outcome ? referencesOf(outcome.answer, message) : { code: outcome.reference };
  const known = meaningOf(outcome, message);
  const meaning = known === unknownMeaning && requestId === undefined ? untraceableMeaning : known;
  const issues = meaning.suspects
    .filter(
      (suspect, index) =>
        // The default address is not at fault where Aliyun answers.
        index === 0 || suspect !== 'endpoint' || !isDefaultEndpoint(message.endpoint)
    )
    .map((suspect, index) => {
      // Nobody counts the entries.
      const entry =
        suspect === 'templateCode' || suspect === 'signName' ? origin.templateUsageType : undefined;

      return {
        path: pathOf(suspect, origin),
        message:
          index === 0
            ? withNotes(inBoth(meaning), [entry, code, requestId && `RequestId ${requestId}`])
            : inBoth(suspect === 'endpoint' ? furtherEndpoint : furtherSuspect),
      };
    });

  return createError(meaning.error, issues, describeToUser(meaning, origin));
};

import { type Nullable, type Optional } from '@silverhand/essentials';

import {
  type ConnectorError,
  ConnectorErrorCodes,
  getConfigTemplateByType,
  type SendMessageData,
} from '@logto/connector-kit';

import { type Config, signNameFor, templateCodeGuard } from './config.js';
import {
  createError,
  inBoth,
  type Issue,
  type Language,
  type Sentence,
  withNotes,
} from './error.js';
import { isUsageType } from './usage-types.js';

/** Logto's message, as far as it is of use. A payload is promised, but not by everybody who can call. */
export type LogtoMessage = Pick<SendMessageData, 'to' | 'type'> & {
  payload?: Nullable<{ code?: unknown; locale?: unknown }>;
};

/** A message as it is sent: all that a request is made of. */
export type Message = Readonly<{
  /** The 11 digits of a mainland mobile number, without the country code. */
  phoneNumber: string;
  /** Logto's own verification code, 4 to 8 ASCII letters and digits. */
  code: string;
  /** How long the SMS says that the code is valid, in minutes. */
  expirationMinutes: number;
  signName: string;
  templateCode: string;
  accessKeyId: string;
  accessKeySecret: string;
  endpoint: string;
}>;

/** Where a message came from, which only errors speak of. */
export type Origin = Readonly<{
  /** The key of the config that decides the signature. */
  signNameKey: 'signName' | 'signNameOverride';
  /** The entry of the config's `templates` that decides the template: where it stands, and its usage type if it is known. */
  templateIndex: number;
  templateUsageType: Optional<string>;
  /** The language of the end user, where Logto says it: Console's test and the Management API say none. */
  language: Optional<Language>;
}>;

/**
 * The national part of a mainland China mobile number, or nothing for any other text.
 *
 * @param to A number with its country code: `86`, `+86` or `0086`. Older people write a 0 behind it, and Logto lets it
 * pass.
 */
export const readMainlandNumber = (to: string): Optional<string> =>
  /^(?:\+|00)?860?(1[3-9]\d{9})$/.exec(to)?.[1];

const readLanguage = (locale: unknown): Optional<Language> => {
  if (typeof locale !== 'string' || locale === '') {
    return undefined;
  }

  return /^zh/i.test(locale) ? 'zh' : 'en';
};

const refuse = (
  code: ConnectorErrorCodes,
  path: Issue['path'],
  sentence: Sentence
): ConnectorError => createError(code, [{ path, message: inBoth(sentence) }]);

/**
 * Reads Logto's message by the config. The signature, the template and the number are decided here, and nowhere else.
 *
 * @returns What to send, and where it came from.
 * @throws {ConnectorError} TemplateNotFound or InvalidConfig for the template, InsufficientRequestParameters or
 * InvalidRequestParameters for the code, InvalidRequestParameters for the number, looked for in that order. None of them
 * repeats the code or the number.
 */
export const readMessage = (
  { to, type, payload }: LogtoMessage,
  config: Config
): Readonly<{ message: Message; origin: Origin }> => {
  // Falls back to Generic, and takes the first of several entries.
  const template = getConfigTemplateByType(type, config);

  if (!template) {
    throw refuse(ConnectorErrorCodes.TemplateNotFound, ['templates'], {
      zh: '请添加 { "usageType": "Generic", "templateCode": "100001" }：没有该用途的模板。',
      en: 'Add { "usageType": "Generic", "templateCode": "100001" }: this usage type has no template.',
    });
  }

  const templateIndex = config.templates.indexOf(template);
  // What this connector does not know is somebody's own words.
  const templateUsageType = isUsageType(template.usageType) ? template.usageType : undefined;
  const templateCode = templateCodeGuard.safeParse(template.templateCode);

  if (!templateCode.success) {
    throw createError(
      ConnectorErrorCodes.InvalidConfig,
      templateCode.error.issues.map(({ message }) => ({
        path: ['templates', templateIndex, 'templateCode'],
        message: withNotes(message, [templateUsageType]),
      }))
    );
  }

  const code = payload?.code;

  if (typeof code !== 'string' || code === '') {
    throw refuse(ConnectorErrorCodes.InsufficientRequestParameters, ['payload', 'code'], {
      zh: 'Logto 的消息中没有验证码。',
      en: "Logto's message has no verification code.",
    });
  }

  if (!/^[\dA-Za-z]{4,8}$/.test(code)) {
    throw refuse(ConnectorErrorCodes.InvalidRequestParameters, ['payload', 'code'], {
      zh: '验证码必须为 4 到 8 位字母或数字。',
      en: 'The verification code must be 4 to 8 letters and digits.',
    });
  }

  const phoneNumber = readMainlandNumber(to);

  if (!phoneNumber) {
    // Without +86 a number that is typed in Console looks American.
    const isWithoutCountryCode = readMainlandNumber(`86${to}`) !== undefined;

    throw refuse(
      ConnectorErrorCodes.InvalidRequestParameters,
      ['to'],
      isWithoutCountryCode
        ? {
            zh: '请在号码前加 +86。仅支持中国大陆手机号。',
            en: 'Write +86 before the number. Only mobile numbers of mainland China can receive.',
          }
        : {
            zh: '请填写中国大陆手机号：+86 加 11 位号码（13–19 开头）。',
            en: 'Write a mobile number of mainland China: +86 and 11 digits that begin with 13 to 19.',
          }
    );
  }

  return {
    message: {
      phoneNumber,
      code,
      expirationMinutes: config.codeExpirationMinutes,
      signName: config.signNameOverride ?? signNameFor(config.signName),
      templateCode: templateCode.data,
      accessKeyId: config.accessKeyId,
      accessKeySecret: config.accessKeySecret,
      endpoint: config.endpoint,
    },
    origin: {
      signNameKey: config.signNameOverride === undefined ? 'signName' : 'signNameOverride',
      templateIndex,
      templateUsageType,
      language: readLanguage(payload?.locale),
    },
  };
};

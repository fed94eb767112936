import {
  ConnectorErrorCodes,
  getConfigTemplateByType,
  type SendMessageData,
} from '@logto/connector-kit';
import { type Nullable, type Optional } from '@silverhand/essentials';

import { type CheckedConfig } from './config.js';
import { createError, type Language } from './error.js';
import { type Parameters } from './signature.js';

/** Logto's message, as far as it is of use. A payload is promised, but not by everybody who can call. */
type IncomingMessage = Pick<SendMessageData, 'to' | 'type'> & {
  payload?: Nullable<{ code?: unknown }>;
};

/** What of Logto's message and the config goes to Aliyun. */
export type Message = Readonly<{
  /** Logto's own verification code, 4 to 8 ASCII letters and digits. */
  code: string;
  /** The 11 digits of a mainland mobile number, without the country code. */
  phoneNumber: string;
  templateCode: string;
  /** Where the template stands in the config's `templates`. */
  templateIndex: number;
}>;

/** The national part of a mainland China mobile number, or nothing for any other text. */
export const readMainlandNumber = (to: string): Optional<string> =>
  /^(?:\+|00)?86(1[3-9]\d{9})$/.exec(to)?.[1];

/**
 * Reads Logto's message: its template, its code and its number, in that order.
 *
 * @throws {ConnectorError} TemplateNotFound, InsufficientRequestParameters or InvalidRequestParameters. None of them
 * repeats the code or the number.
 */
export const readMessage = (
  { to, type, payload }: IncomingMessage,
  config: CheckedConfig,
  language: Optional<Language>,
): Message => {
  const code = payload?.code;
  const template = getConfigTemplateByType(type, config);

  const refuse = (error: ConnectorErrorCodes, path: string[], en: string, zh: string) =>
    createError(error, [{ path, en, zh }], language);

  if (!template) {
    throw refuse(
      ConnectorErrorCodes.TemplateNotFound,
      ['templates'],
      'The config has no template for this usage type, and none for "Generic".',
      '配置中没有该用途的模板，也没有 "Generic" 模板。',
    );
  }

  if (typeof code !== 'string' || code === '') {
    throw refuse(
      ConnectorErrorCodes.InsufficientRequestParameters,
      ['payload', 'code'],
      "Logto's message has no verification code.",
      'Logto 的消息中没有验证码。',
    );
  }

  if (!/^[\dA-Za-z]{4,8}$/.test(code)) {
    throw refuse(
      ConnectorErrorCodes.InvalidRequestParameters,
      ['payload', 'code'],
      'The verification code must be 4 to 8 letters and digits.',
      '验证码必须为 4 到 8 位字母或数字。',
    );
  }

  const phoneNumber = readMainlandNumber(to);

  if (!phoneNumber) {
    throw refuse(
      ConnectorErrorCodes.InvalidRequestParameters,
      ['to'],
      'Only mobile numbers of mainland China can receive the message: +86, then 11 digits that begin with 13 to 19.',
      '仅支持中国大陆手机号：+86 加 11 位号码（13–19 开头）。',
    );
  }

  return {
    code,
    phoneNumber,
    templateCode: template.templateCode,
    templateIndex: config.templates.indexOf(template),
  };
};

/**
 * The parameters of one SendSmsVerifyCode request, all but its signature.
 *
 * @param nonce Must be new for each message: Aliyun carries out a nonce once, however often it arrives.
 * @param now When the request is made. Aliyun refuses one that is too old.
 * @see https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode
 */
export const buildParameters = (
  { code, phoneNumber, templateCode }: Message,
  {
    accessKeyId,
    signName,
    signNameOverride,
    codeExpirationMinutes,
    intervalSeconds,
  }: CheckedConfig,
  nonce: string,
  now: Date,
): Parameters => ({
  AccessKeyId: accessKeyId,
  Action: 'SendSmsVerifyCode',
  CountryCode: '86',
  Format: 'JSON',
  ...(intervalSeconds !== undefined && { Interval: String(intervalSeconds) }),
  PhoneNumber: phoneNumber,
  SignName: signNameOverride ?? signName,
  SignatureMethod: 'HMAC-SHA1',
  SignatureNonce: nonce,
  SignatureVersion: '1.0',
  TemplateCode: templateCode,
  // Exactly the variables of the system-provided templates: Aliyun refuses a missing one and can refuse one too many.
  TemplateParam: JSON.stringify({ code, min: String(codeExpirationMinutes) }),
  // In seconds: Aliyun refuses milliseconds.
  Timestamp: `${now.toISOString().slice(0, 19)}Z`,
  Version: '2017-05-25',
});

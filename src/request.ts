import {
  ConnectorErrorCodes,
  getConfigTemplateByType,
  type SendMessageData,
} from '@logto/connector-kit';
import { type Nullable, type Optional } from '@silverhand/essentials';

import { type CheckedConfig } from './config.js';
import { describeError, type Language } from './error.js';
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
  language: Language,
): Message => {
  const code = payload?.code;
  const template = getConfigTemplateByType(type, config);

  if (!template) {
    throw describeError(
      ConnectorErrorCodes.TemplateNotFound,
      {
        en: 'The config has no template for this usage type, and none for "Generic".',
        zh: '配置中没有该用途的模板，也没有 "Generic" 模板。',
      },
      language,
    );
  }

  if (typeof code !== 'string' || code === '') {
    throw describeError(
      ConnectorErrorCodes.InsufficientRequestParameters,
      {
        en: 'The message holds no verification code. Pass it as payload.code.',
        zh: '消息中没有验证码，请在 payload.code 中提供。',
      },
      language,
    );
  }

  if (!/^[\dA-Za-z]{4,8}$/.test(code)) {
    throw describeError(
      ConnectorErrorCodes.InvalidRequestParameters,
      {
        en: 'The verification code must be 4 to 8 letters and digits.',
        zh: '验证码必须为 4 到 8 位字母或数字。',
      },
      language,
    );
  }

  const phoneNumber = readMainlandNumber(to);

  if (!phoneNumber) {
    throw describeError(
      ConnectorErrorCodes.InvalidRequestParameters,
      {
        en: 'Only mobile numbers of mainland China can receive this message: country code 86, then 11 digits that begin with 13 to 19.',
        zh: '该短信只能发送到中国大陆手机号：国家码 86，后接以 13 至 19 开头的 11 位数字。',
      },
      language,
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
 * @param now When the request is made. Aliyun refuses one that is more than 15 minutes off.
 * @see https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode
 */
export const buildParameters = (
  { code, phoneNumber, templateCode }: Message,
  { accessKeyId, signName, signNameOverride, codeExpirationMinutes }: CheckedConfig,
  nonce: string,
  now: Date,
): Parameters => ({
  AccessKeyId: accessKeyId,
  Action: 'SendSmsVerifyCode',
  CountryCode: '86',
  Format: 'JSON',
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

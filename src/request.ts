import { type Message } from './message.js';
import { type RpcParameters } from './signature.js';

/**
 * The parameters of one SendSmsVerifyCode request, all but its signature.
 *
 * @param nonce Must be new for each request: Aliyun documents that it carries out a nonce once.
 * @param now When the request is made. Aliyun refuses one that is too old.
 * @see https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode
 */
export const buildParameters = (message: Message, nonce: string, now: Date): RpcParameters => ({
  AccessKeyId: message.accessKeyId,
  Action: 'SendSmsVerifyCode',
  CountryCode: '86',
  Format: 'JSON',
  PhoneNumber: message.phoneNumber,
  SignName: message.signName,
  SignatureMethod: 'HMAC-SHA1',
  SignatureNonce: nonce,
  SignatureVersion: '1.0',
  TemplateCode: message.templateCode,
  // Exactly the variables of the system-provided templates: Aliyun refuses a missing one and can refuse one too many.
  TemplateParam: JSON.stringify({ code: message.code, min: String(message.expirationMinutes) }),
  // In seconds: Aliyun refuses milliseconds.
  Timestamp: `${now.toISOString().slice(0, 19)}Z`,
  Version: '2017-05-25',
});

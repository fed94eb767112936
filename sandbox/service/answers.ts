import { randomUUID } from 'node:crypto';

import { type InBoth } from '../contract.js';

/** What Aliyun means by a refusal. */
type Meaning = InBoth &
  Readonly<{
    /** The gateway refuses with it, before the service sees the request and before its nonce counts as used. */
    isOfGateway?: true;
  }>;

/** Every code that the sandbox refuses with. */
const meanings = {
  'biz.FREQUENCY': { en: 'too soon after the last one', zh: '该号码刚刚获取过验证码' },
  BUSINESS_LIMIT_CONTROL: { en: 'this number is at its limit', zh: '该号码已达上限' },
  MOBILE_NUMBER_ILLEGAL: { en: 'it cannot receive messages', zh: '该号码无法接收短信' },
  'isv.OUT_OF_SERVICE': { en: 'no balance is left', zh: '账号余额不足' },
  FUNCTION_NOT_OPENED: { en: 'service not activated', zh: '尚未开通短信认证' },
  'isv.INVALID_PARAMETERS': { en: 'wrong signature or template', zh: '签名或模板无效' },
  SignatureDoesNotMatch: {
    en: 'wrong AccessKey Secret; the answer repeats number and code',
    zh: 'AccessKey Secret 错误；响应中含有号码和验证码',
    isOfGateway: true,
  },
  'Throttling.User': { en: 'too many requests', zh: '请求过于频繁', isOfGateway: true },
  ServiceUnavailable: { en: "a 503 of Aliyun's own", zh: '阿里云自身的 503', isOfGateway: true },
  SignatureNonceUsed: {
    en: 'a request with this nonce was carried out already',
    zh: '使用此随机数（nonce）的请求已被受理',
    isOfGateway: true,
  },
  'InvalidAccessKeyId.NotFound': {
    en: 'unknown AccessKey ID',
    zh: 'AccessKey ID 不存在',
    isOfGateway: true,
  },
  'InvalidTimeStamp.Format': { en: 'unreadable time', zh: '时间格式错误', isOfGateway: true },
  'InvalidTimeStamp.Expired': {
    en: 'the clock is more than 15 minutes off',
    zh: '时钟误差超过 15 分钟',
    isOfGateway: true,
  },
  'InvalidApi.NotFound': { en: 'unknown action', zh: '接口不存在', isOfGateway: true },
  InvalidParameter: { en: 'a parameter is wrong', zh: '参数错误', isOfGateway: true },
  MissingParameter: { en: 'a parameter is missing', zh: '缺少参数', isOfGateway: true },
  UnsupportedContentType: { en: 'not a form', zh: '请求不是表单', isOfGateway: true },
} satisfies Record<string, Meaning>;

/** A code that the sandbox refuses with. */
export type RefusalCode = keyof typeof meanings;

/** What Aliyun means by each code. */
export const codeMeanings: Readonly<Record<RefusalCode, Meaning>> = meanings;

const isRefusalCode = (code: string): code is RefusalCode => Object.hasOwn(meanings, code);

/** What Aliyun means by a code; nothing for `OK` and where there is no code. */
export const meaningOf = (code: string): Meaning | undefined => {
  if (isRefusalCode(code)) {
    return codeMeanings[code];
  }

  return code.startsWith('Missing') ? meanings.MissingParameter : undefined;
};

/** What is answered. `code` is Aliyun's, and empty where somebody else answers with a page. */
export type Reply = Readonly<{ status: number; code: string; body: string }>;

/** A refusal of Aliyun's gateway. */
export const answerOfGateway = (
  status: number,
  code: RefusalCode | `Missing${string}`,
  message: string
): Reply => {
  const body = {
    RequestId: randomUUID().toUpperCase(),
    HostId: 'dypnsapi.aliyuncs.com',
    Code: code,
    Message: message,
  };

  return { status, code, body: JSON.stringify(body) };
};

/** An answer of the service behind the gateway. */
export const answerOfService = (code: RefusalCode | 'OK', message: string): Reply => {
  const requestId = randomUUID().toUpperCase();
  const isAccepted = code === 'OK';
  const body = {
    RequestId: requestId,
    Code: code,
    Message: message,
    Success: isAccepted,
    Model: isAccepted ? { BizId: randomUUID(), RequestId: requestId } : undefined,
  };
  // The documented names come with 400, those seen in practice, which have a point, with 200.
  const status = isAccepted || code.includes('.') ? 200 : 400;

  return { status, code, body: JSON.stringify(body) };
};

/** What Aliyun says of a wrong request signature: it repeats all that was signed, the code and the number among it. */
export const answerToMismatch = (form: URLSearchParams): Reply =>
  answerOfGateway(
    400,
    'SignatureDoesNotMatch',
    `Specified signature is not matched with our calculation. server string to sign is:POST&%2F&${encodeURIComponent(form.toString())}`
  );

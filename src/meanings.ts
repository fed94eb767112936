import { ConnectorErrorCodes } from '@logto/connector-kit';

import { type Sentence } from './error.js';

/** A part of the config that Aliyun can find at fault. */
export type ConfigPart = 'accessKeyId' | 'accessKeySecret' | 'signature' | 'template';

/** What an answer of Aliyun, or the lack of one, means to Logto and to people. */
export type Meaning = Readonly<{
  /** Aliyun's codes for it; for a transport failure, those of Node.js. */
  codes: readonly string[];
  /** Codes that follow a pattern rather than a list. */
  pattern?: RegExp;
  error: ConnectorErrorCodes;
  /** With `InvalidConfig`: the parts of the config at fault. */
  configParts?: readonly ConfigPart[];
}> &
  Sentence;

const consoleUrl = 'https://dypns.console.aliyun.com/';
const troubleshootUrl = 'https://api.aliyun.com/troubleshoot';

/**
 * Every code of Aliyun that this connector knows, business and gateway alike. Names, not HTTP statuses, decide.
 *
 * @see https://help.aliyun.com/document_detail/85198.htm
 */
export const meanings = {
  tooFrequent: {
    codes: ['biz.FREQUENCY', 'FREQUENCY_FAIL'],
    pattern: /FREQUENCY/,
    error: ConnectorErrorCodes.RateLimitExceeded,
    en: 'This number was sent a code less than a minute ago. Wait 60 seconds, then ask for a new one.',
    zh: '该号码在一分钟内已获取过验证码。请等待 60 秒后重新获取。',
  },
  overLimit: {
    codes: ['BUSINESS_LIMIT_CONTROL', 'isv.BUSINESS_LIMIT_CONTROL', 'isv.DAY_LIMIT_CONTROL'],
    pattern: /LIMIT_CONTROL/,
    error: ConnectorErrorCodes.RateLimitExceeded,
    en: "This number has reached Aliyun's limit of messages. Try again later, tomorrow at the latest.",
    zh: '该号码的短信数量已达阿里云上限。请稍后再试，最迟次日恢复。',
  },
  throttled: {
    codes: [
      'Throttling',
      'Throttling.User',
      'Throttling.Api',
      'Throttling.System',
      'isp.QPS_LIMIT',
    ],
    pattern: /^Throttling/,
    error: ConnectorErrorCodes.RateLimitExceeded,
    en: 'Aliyun is getting too many requests from this account. Try again in a minute.',
    zh: '该账号向阿里云发送的请求过多。请一分钟后再试。',
  },
  wrongNumber: {
    codes: ['MOBILE_NUMBER_ILLEGAL', 'isv.MOBILE_NUMBER_ILLEGAL'],
    error: ConnectorErrorCodes.InvalidRequestParameters,
    en: 'This number cannot receive the message. Check it, or use another mobile number of mainland China.',
    zh: '该号码无法接收短信。请检查号码，或换用其他中国大陆手机号。',
  },
  unknownAccessKey: {
    codes: ['InvalidAccessKeyId.NotFound'],
    error: ConnectorErrorCodes.InvalidConfig,
    configParts: ['accessKeyId'],
    en: 'Aliyun does not know this AccessKey ID. Copy it anew from the RAM console, or create a new AccessKey there.',
    zh: '阿里云找不到该 AccessKey ID。请从 RAM 控制台重新复制，或新建 AccessKey。',
  },
  disabledAccessKey: {
    codes: ['InvalidAccessKeyId.Inactive', 'Forbidden.AccessKeyDisabled'],
    error: ConnectorErrorCodes.InvalidConfig,
    configParts: ['accessKeyId'],
    en: 'This AccessKey is disabled. Enable it in the RAM console, or write another one here.',
    zh: '该 AccessKey 已被禁用。请在 RAM 控制台启用，或换用其他 AccessKey。',
  },
  wrongSecret: {
    codes: ['SignatureDoesNotMatch', 'IncompleteSignature'],
    error: ConnectorErrorCodes.InvalidConfig,
    configParts: ['accessKeySecret'],
    en: "Aliyun could not verify the request's signature: the secret does not belong to the AccessKey ID. Write the AccessKey Secret that was shown when this AccessKey was created; if it is lost, create a new AccessKey.",
    zh: '阿里云无法验证请求的签名：AccessKey Secret 与 AccessKey ID 不匹配。请填写创建该 AccessKey 时显示的 Secret；如已遗失，请新建 AccessKey。',
  },
  noPermission: {
    codes: [
      'Forbidden',
      'Forbidden.RAM',
      'Forbidden.NoPermission',
      'NoPermission',
      'isv.RAM_PERMISSION_DENY',
      'isp.RAM_PERMISSION_DENY',
    ],
    error: ConnectorErrorCodes.InvalidConfig,
    configParts: ['accessKeyId'],
    en: 'The RAM user of this AccessKey may not send messages. Give it the permission dypns:SendSmsVerifyCode in the RAM console.',
    zh: '该 AccessKey 所属的 RAM 用户没有发送短信的权限。请在 RAM 控制台为其授予 dypns:SendSmsVerifyCode 权限。',
  },
  notActivated: {
    codes: ['FUNCTION_NOT_OPENED', 'isv.PRODUCT_UNSUBSCRIBE', 'isv.PRODUCT_UN_SUBSCRIPT'],
    error: ConnectorErrorCodes.InvalidConfig,
    configParts: ['accessKeyId'],
    en: `The account of this AccessKey has not activated the Message Authentication Service. Activate it at ${consoleUrl}.`,
    zh: `该 AccessKey 所属的账号尚未开通短信认证服务。请在 ${consoleUrl} 开通。`,
  },
  signatureRefused: {
    codes: ['isv.SMS_SIGNATURE_ILLEGAL'],
    error: ConnectorErrorCodes.InvalidConfig,
    configParts: ['signature'],
    en: `Aliyun does not accept this signature. Look up a current system-provided one at ${consoleUrl}.`,
    zh: `阿里云不接受该签名。请在 ${consoleUrl} 查看当前可用的赠送签名。`,
  },
  templateRefused: {
    codes: ['isv.SMS_TEMPLATE_ILLEGAL'],
    error: ConnectorErrorCodes.InvalidConfig,
    configParts: ['template'],
    en: `Aliyun does not accept this template. Look up the system-provided ones at ${consoleUrl}.`,
    zh: `阿里云不接受该模板。请在 ${consoleUrl} 查看可用的赠送模板。`,
  },
  signatureOrTemplateRefused: {
    codes: ['isv.INVALID_PARAMETERS', 'INVALID_PARAMETERS'],
    error: ConnectorErrorCodes.InvalidConfig,
    configParts: ['signature', 'template'],
    en: `Aliyun does not accept the signature or the template, or not the two together. Look up both at ${consoleUrl}.`,
    zh: `阿里云不接受该签名或模板，或二者不能搭配使用。请在 ${consoleUrl} 核对。`,
  },
  outOfFunds: {
    codes: ['isv.OUT_OF_SERVICE', 'isv.AMOUNT_NOT_ENOUGH', 'AMOUNT_NOT_ENOUGH'],
    error: ConnectorErrorCodes.General,
    en: "The Aliyun account's balance or message package is used up. Its owner must top it up.",
    zh: '阿里云账号余额不足或短信套餐已用完。请账号所有者充值。',
  },
  accountState: {
    codes: ['isv.ACCOUNT_NOT_EXISTS', 'isv.ACCOUNT_ABNORMAL'],
    error: ConnectorErrorCodes.General,
    en: "The Aliyun account does not exist or is suspended. Its owner must look at the account's state in Aliyun's console.",
    zh: '阿里云账号不存在或状态异常。请账号所有者在阿里云控制台检查账号状态。',
  },
  clockOff: {
    codes: ['InvalidTimeStamp.Expired', 'InvalidTimeStamp.Format'],
    error: ConnectorErrorCodes.General,
    en: "The clock of Logto's server is more than 15 minutes off. Set it right, with NTP for example.",
    zh: 'Logto 服务器的时钟偏差超过 15 分钟。请校准时间，例如启用 NTP。',
  },
  nonceUsed: {
    codes: ['SignatureNonceUsed'],
    error: ConnectorErrorCodes.General,
    en: 'Aliyun says that it has had this very request before, so it sent nothing. Ask for a new code.',
    zh: '阿里云表示已收到过相同的请求，因此没有发送。请重新获取验证码。',
  },
  unavailable: {
    codes: [
      'isp.SYSTEM_ERROR',
      'isp.UNKNOWN',
      'UNKNOWN',
      'SystemError',
      'InternalError',
      'ServiceUnavailable',
    ],
    error: ConnectorErrorCodes.General,
    en: 'Aliyun, or what stands before it, is down at the moment. Try again in a few minutes.',
    zh: '阿里云服务或其网关暂时不可用。请几分钟后再试。',
  },
  notUnderstood: {
    codes: ['InvalidApi.NotFound', 'InvalidProtocol.NeedSsl'],
    pattern: /^Missing/,
    error: ConnectorErrorCodes.General,
    en: 'The service did not understand the request. Check "endpoint" in the config; if it is right, report this as a fault of the connector.',
    zh: '服务无法识别该请求。请检查配置中的 "endpoint"；如无误，请将此作为连接器的缺陷反馈。',
  },
} satisfies Record<string, Meaning>;

/** A code that {@link meanings} does not list. */
export const unknownMeaning = {
  codes: [],
  error: ConnectorErrorCodes.General,
  en: `Aliyun refused the message for a reason that this connector does not know. Write the RequestId into ${troubleshootUrl} to see the request and the remedy.`,
  zh: `阿里云拒绝了该短信，连接器无法识别原因。请将 RequestId 填入 OpenAPI 问题诊断（${troubleshootUrl}），查看该请求和解决方案。`,
} satisfies Meaning;

/** An answer that is not one of Aliyun's: not HTTP, not JSON, without a code, or given up because it is too large. */
export const unreadableMeaning = {
  codes: ['ERR_CANCELED'],
  pattern: /^HPE_/,
  error: ConnectorErrorCodes.InvalidResponse,
  en: 'The answer cannot be read: it may come from a proxy between Logto and Aliyun. If this stays so, check "endpoint" in the config and the proxy.',
  zh: '无法识别收到的响应，可能来自代理等中间设备。如持续出现，请检查配置中的 "endpoint" 和代理。',
} satisfies Meaning;

/** No answer at all, by what Node.js or {@link post} calls the failure. */
export const transportMeanings = {
  tooManyCalls: {
    codes: ['TOO_MANY_CALLS'],
    error: ConnectorErrorCodes.RateLimitExceeded,
    en: 'Logto is sending too many messages at this moment, so nothing was sent. Try again in a minute.',
    zh: 'Logto 此刻发送的短信过多，本条未发送。请一分钟后再试。',
  },
  untrusted: {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED'],
    pattern: /CERT|SIGNATURE/,
    error: ConnectorErrorCodes.General,
    en: 'The certificate of the server is not trusted, so nothing was sent. Check "endpoint" in the config, the clock of Logto\'s server, and what a proxy between Logto and Aliyun does.',
    zh: '服务器证书不受信任，因此没有发送。请检查配置中的 "endpoint"、Logto 服务器的时钟，以及 Logto 与阿里云之间的代理。',
  },
  /** The request went out whole. */
  unanswered: {
    codes: [],
    error: ConnectorErrorCodes.General,
    en: 'The connection to Aliyun was cut, or Aliyun did not answer in time. The message may still arrive; if it does not, try again in a minute.',
    zh: '连接中断，或等待阿里云响应超时。短信可能仍会送达；如未收到，请一分钟后再试。',
  },
  /** It did not. */
  unreachable: {
    codes: [],
    error: ConnectorErrorCodes.General,
    en: 'Logto could not reach Aliyun, so nothing was sent. Check the network, DNS, firewall and proxy of Logto\'s server, and "endpoint" in the config.',
    zh: 'Logto 无法连接阿里云，短信未发送。请检查 Logto 服务器的网络、DNS、防火墙和代理，以及配置中的 "endpoint"。',
  },
} satisfies Record<string, Meaning>;

import { ConnectorErrorCodes } from '@logto/connector-kit';

import { type Sentence } from './error.js';

/** What an admin can look at when a message was not sent: a key of the config, the signature or template in use, or the number. */
export type Suspect =
  'accessKeyId' | 'accessKeySecret' | 'signature' | 'template' | 'interval' | 'endpoint' | 'to';

/** What an answer of Aliyun, or the lack of one, means to Logto and to people. */
export type Meaning = Readonly<{
  /** Aliyun's codes for it; for a failure of the transport, those of Node.js. */
  codes: readonly string[];
  /** Codes that follow a pattern rather than a list. */
  pattern?: RegExp;
  error: ConnectorErrorCodes;
  suspects: readonly Suspect[];
  /** Whether the message may have gone out, whatever became of the request. */
  mayArrive?: true;
}> &
  Sentence;

const consoleUrl = 'https://dypns.console.aliyun.com/';
const signaturesUrl = `${consoleUrl}smsCertParamsConfig/sign`;
const templatesUrl = `${consoleUrl}smsCertParamsConfig/template`;
const troubleshootUrl = 'https://api.aliyun.com/troubleshoot';

const { General, InvalidConfig, InvalidRequestParameters, InvalidResponse, RateLimitExceeded } =
  ConnectorErrorCodes;

/**
 * Every code of Aliyun that this connector knows, business and gateway alike, and those of its sister services that it
 * may use. Names, not HTTP statuses, decide.
 *
 * @see https://help.aliyun.com/zh/pnvs/developer-reference/api-return-code
 */
export const meanings = {
  tooFrequent: {
    codes: ['biz.FREQUENCY', 'FREQUENCY_FAIL'],
    pattern: /FREQUENCY/,
    error: RateLimitExceeded,
    suspects: ['to'],
    en: 'This number was sent a code a moment ago. Wait 60 seconds (or as many as "intervalSeconds" in the config says), then ask for a new one.',
    zh: '该号码刚刚获取过验证码。请等待 60 秒（或配置中 "intervalSeconds" 的秒数）后重新获取。',
  },
  overLimit: {
    codes: ['BUSINESS_LIMIT_CONTROL', 'isv.BUSINESS_LIMIT_CONTROL'],
    pattern: /LIMIT_CONTROL/,
    error: RateLimitExceeded,
    suspects: ['to'],
    en: "This number has reached Aliyun's limit of messages. Try again later, usually within 24 hours.",
    zh: '该号码的短信数量已达阿里云上限。请稍后再试，通常 24 小时内恢复。',
  },
  accountQuota: {
    codes: ['isv.DAY_LIMIT_CONTROL', 'isv.MONTH_LIMIT_CONTROL'],
    error: RateLimitExceeded,
    suspects: ['accessKeyId'],
    en: `The Aliyun account has reached its own daily or monthly limit of messages. Raise the limit at ${consoleUrl}.`,
    zh: `已达阿里云账号设置的日发送量或月发送量上限。请在 ${consoleUrl} 调高。`,
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
    error: RateLimitExceeded,
    suspects: ['accessKeyId'],
    en: 'This account sends requests faster than Aliyun allows. Try again in a minute.',
    zh: '请求过于频繁，触发了阿里云接口流控。请一分钟后再试。',
  },
  wrongNumber: {
    codes: ['MOBILE_NUMBER_ILLEGAL', 'isv.MOBILE_NUMBER_ILLEGAL'],
    error: InvalidRequestParameters,
    suspects: ['to'],
    en: 'This number cannot receive the message. Check it, or use another mobile number of mainland China.',
    zh: '该号码无法接收短信。请检查号码，或换用其他中国大陆手机号。',
  },
  blockedNumber: {
    codes: ['isv.BLACK_KEY_CONTROL_LIMIT'],
    error: InvalidRequestParameters,
    suspects: ['to'],
    en: "This number is on a blacklist, so Aliyun sends nothing to it. Use another number, or contact Aliyun's support.",
    zh: '该号码在黑名单中，阿里云不向其发送短信。请换用其他号码，或联系阿里云客服。',
  },
  unknownAccessKey: {
    codes: ['InvalidAccessKeyId.NotFound', 'InvalidAccessKeyId'],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    en: 'Aliyun does not know this AccessKey ID. Copy it anew from the RAM console, or create a new AccessKey there.',
    zh: 'AccessKey ID 不存在。请从 RAM 控制台重新复制，或新建 AccessKey。',
  },
  disabledAccessKey: {
    codes: ['InvalidAccessKeyId.Inactive', 'Forbidden.AccessKeyDisabled'],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    en: 'This AccessKey is disabled. Enable it in the RAM console, or use another one.',
    zh: '该 AccessKey 已被禁用。请在 RAM 控制台启用，或换用其他 AccessKey。',
  },
  wrongSecret: {
    codes: ['SignatureDoesNotMatch', 'IncompleteSignature'],
    error: InvalidConfig,
    suspects: ['accessKeySecret'],
    en: 'The AccessKey Secret does not match the AccessKey ID (the request failed its check; this is not about the signature of the SMS). Write the Secret that was shown when this AccessKey was created; if it is lost, create a new AccessKey.',
    zh: 'AccessKey Secret 与 AccessKey ID 不匹配（请求校验失败，与短信签名无关）。请填写创建该 AccessKey 时显示的 Secret；如已遗失，请新建 AccessKey。',
  },
  noPermission: {
    codes: [
      'Forbidden',
      'Forbidden.RAM',
      'Forbidden.NoPermission',
      'Forbidden.SubUser',
      'Forbidden.NotSupportRAM',
      'NoPermission',
      'UnauthorizedOperation',
      'isv.RAM_PERMISSION_DENY',
      'isp.RAM_PERMISSION_DENY',
    ],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    en: 'The RAM user of this AccessKey may not send messages. Give it the permission dypns:SendSmsVerifyCode in the RAM console.',
    zh: '该 AccessKey 所属的 RAM 用户没有发送短信的权限。请在 RAM 控制台为其授予 dypns:SendSmsVerifyCode 权限。',
  },
  notActivated: {
    codes: [
      'FUNCTION_NOT_OPENED',
      'isv.FUNCTION_NOT_OPENED',
      'isv.PRODUCT_UNSUBSCRIBE',
      'isv.PRODUCT_UN_SUBSCRIPT',
      'Unsupported.Account',
    ],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    en: `The account of this AccessKey has not activated the Message Authentication Service (短信认证). Activate it at ${consoleUrl}.`,
    zh: `该 AccessKey 所属的账号尚未开通短信认证。请在 ${consoleUrl} 开通。`,
  },
  internationalAccount: {
    codes: ['BIZ_NOT_OPEN_STATUS', 'RESOURCE_NOT_ENOUGH', 'SECURITY_INTERCEPTED'],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    en: 'This AccessKey seems to belong to an account of alibabacloud.com, which has another product. Use an AccessKey of an aliyun.com account.',
    zh: '该 AccessKey 可能属于阿里云国际站（alibabacloud.com）账号，该站点的产品不同。请使用中国站（aliyun.com）账号的 AccessKey。',
  },
  unverifiedAccount: {
    codes: ['Forbidden.UserVerification'],
    error: General,
    suspects: ['accessKeyId'],
    en: 'The owner of the Aliyun account has not passed real-name verification. Complete it on the account page of aliyun.com.',
    zh: '该阿里云账号尚未完成实名认证。请在阿里云账号中心完成。',
  },
  outOfFunds: {
    codes: [
      'isv.OUT_OF_SERVICE',
      'isv.AMOUNT_NOT_ENOUGH',
      'AMOUNT_NOT_ENOUGH',
      'InsufficientBalance',
    ],
    error: General,
    suspects: ['accessKeyId'],
    en: 'The Aliyun account has no balance left or is in arrears. Its owner must top it up.',
    zh: '阿里云账号余额不足或已欠费。请账号所有者充值。',
  },
  accountState: {
    codes: [
      'isv.ACCOUNT_NOT_EXISTS',
      'isv.ACCOUNT_ABNORMAL',
      'InvalidAccountStatus',
      'Forbidden.RiskControl',
    ],
    error: General,
    suspects: ['accessKeyId'],
    en: "The Aliyun account does not exist, is suspended, or is held by risk control. Its owner can see the reason in Aliyun's console.",
    zh: '阿里云账号不存在、状态异常或被风控限制。请账号所有者在阿里云控制台检查账号状态。',
  },
  deniedAddress: {
    codes: ['isv.DENY_IP_RANGE'],
    error: General,
    suspects: ['endpoint'],
    en: "Aliyun refuses the IP address of Logto's server, which may be outside mainland China. Use an outgoing IP address in mainland China.",
    zh: '阿里云拒绝了 Logto 服务器的 IP 地址，可能因其位于中国大陆以外。请使用中国大陆的出口 IP。',
  },
  signatureRefused: {
    codes: ['isv.SMS_SIGNATURE_ILLEGAL', 'isv.SMS_SIGN_ILLEGAL'],
    error: InvalidConfig,
    suspects: ['signature'],
    en: `Aliyun does not accept this signature. Look up a current system-provided one at ${signaturesUrl}.`,
    zh: `阿里云不接受该签名。请在 ${signaturesUrl} 查看当前可用的赠送签名。`,
  },
  templateRefused: {
    codes: ['isv.SMS_TEMPLATE_ILLEGAL', 'isv.TEMPLATE_MISSING_PARAMETERS'],
    error: InvalidConfig,
    suspects: ['template'],
    en: `Aliyun does not accept this template. Look up the system-provided ones at ${templatesUrl}.`,
    zh: `阿里云不接受该模板。请在 ${templatesUrl} 查看可用的赠送模板。`,
  },
  signatureOrTemplateRefused: {
    codes: ['isv.INVALID_PARAMETERS', 'INVALID_PARAMETERS'],
    error: InvalidConfig,
    suspects: ['signature', 'template', 'interval'],
    en: `The signature or the template is invalid, or the two do not go together: a system-provided signature needs a system-provided template. Look them up at ${signaturesUrl} and ${templatesUrl}.`,
    zh: `签名或模板无效，或二者不配套（赠送签名必须搭配赠送模板）。请在 ${signaturesUrl} 和 ${templatesUrl} 核对。`,
  },
  clockOff: {
    codes: ['InvalidTimeStamp.Expired', 'InvalidTimeStamp.Format'],
    error: General,
    suspects: ['endpoint'],
    en: "The clock of Logto's server is wrong. Correct it, with NTP for example.",
    zh: 'Logto 服务器的时钟不准。请校准时间，例如启用 NTP。',
  },
  nonceUsed: {
    codes: ['SignatureNonceUsed'],
    error: General,
    suspects: ['endpoint'],
    mayArrive: true,
    en: 'Aliyun had already received this request and did not send it again. If no message arrives, ask for a new code.',
    zh: '阿里云已收到过同一请求，未重复发送。如未收到短信，请重新获取验证码。',
  },
  noReason: {
    codes: ['UNKNOWN'],
    error: General,
    suspects: ['accessKeyId'],
    en: `Aliyun gave no reason. Possible causes: 短信认证 is not activated, the account has no balance, or the number cannot receive messages. Look at ${consoleUrl} first.`,
    zh: `阿里云未说明原因。可能是尚未开通短信认证、账号余额不足，或该号码无法接收短信。请在 ${consoleUrl} 检查。`,
  },
  unavailable: {
    codes: [
      'isp.SYSTEM_ERROR',
      'isv.SYSTEM_ERROR',
      'isp.UNKNOWN',
      'isp.UNKNOWN_ERR_CODE',
      'SystemError',
      'InternalError',
      'ServiceUnavailable',
    ],
    error: General,
    suspects: ['endpoint'],
    en: 'Aliyun, or a gateway in front of it, is down at the moment. Try again in a few minutes.',
    zh: '阿里云服务或其网关暂时不可用。请几分钟后再试。',
  },
  notUnderstood: {
    codes: ['InvalidApi.NotFound', 'InvalidProtocol.NeedSsl'],
    pattern: /^Missing/,
    error: General,
    suspects: ['endpoint'],
    en: 'The service did not understand the request. Check "endpoint" in the config; if it is right, this is a bug in the connector.',
    zh: '服务无法识别该请求。请检查配置中的 "endpoint"；如无误，则可能是连接器的缺陷。',
  },
} satisfies Record<string, Meaning>;

/** A code that {@link meanings} does not list. */
export const unknownMeaning = {
  codes: [],
  error: General,
  suspects: ['accessKeyId'],
  en: `Aliyun refused the message with a code that this connector does not know. If a RequestId is shown, look it up at ${troubleshootUrl} to see the cause and the remedy.`,
  zh: `阿里云拒绝了该短信，连接器不认识该返回码。如有 RequestId，请在 OpenAPI 问题诊断 ${troubleshootUrl} 中查询原因和解决方案。`,
} satisfies Meaning;

/** No answer of Aliyun's, by what Node.js, got or this connector calls the failure. */
export const transportMeanings = {
  /** Not HTTP, not JSON, without a code; or given up, since it is too large or not HTTP any more. */
  unreadable: {
    codes: [],
    pattern: /^HPE_/,
    error: InvalidResponse,
    suspects: ['endpoint'],
    en: 'The answer cannot be read. It may come from a proxy between Logto and Aliyun. If this persists, check "endpoint" in the config, and the proxy.',
    zh: '无法识别收到的响应，可能来自代理等中间设备。如持续出现，请检查配置中的 "endpoint" 和代理。',
  },
  tooManyCalls: {
    codes: ['TOO_MANY_CALLS'],
    error: RateLimitExceeded,
    suspects: ['endpoint'],
    en: 'Logto is sending too many messages at this moment, so nothing was sent. Try again in a minute.',
    zh: 'Logto 此刻发送的短信过多，本条未发送。请一分钟后再试。',
  },
  untrusted: {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID', 'CERT_HAS_EXPIRED'],
    pattern: /CERT|SIGNATURE/,
    error: General,
    suspects: ['endpoint'],
    en: 'The certificate of the server is not trusted, so nothing was sent. Check "endpoint" in the config, the clock of Logto\'s server, and any proxy between Logto and Aliyun.',
    zh: '服务器证书不受信任，短信未发送。请检查配置中的 "endpoint"、Logto 服务器的时钟，以及 Logto 与阿里云之间的代理。',
  },
  /** Any other failure once the request was out. */
  unanswered: {
    codes: [],
    error: General,
    suspects: ['endpoint'],
    en: 'Aliyun did not answer in time, or the connection was cut. The message may still arrive; if it does not, try again in a minute.',
    zh: '等待阿里云响应超时，或连接中断。短信可能仍会送达；如未收到，请一分钟后再试。',
  },
  /** Any other failure before. */
  unreachable: {
    codes: [],
    error: General,
    suspects: ['endpoint'],
    en: 'Logto could not reach Aliyun, so nothing was sent. Check the network, DNS, firewall and proxy of Logto\'s server, and "endpoint" in the config.',
    zh: 'Logto 无法连接阿里云，短信未发送。请检查 Logto 服务器的网络、DNS、防火墙和代理，以及配置中的 "endpoint"。',
  },
} satisfies Record<string, Meaning>;

/* eslint-disable max-lines -- One table is read faster than parts of it. */
import { ConnectorErrorCodes } from '@logto/connector-kit';

import { type Failure } from './client.js';
import { currentSignName, defaultEndpoint, temporaryAccessKey } from './config.js';
import { type Sentence } from './error.js';

/** What an admin can look at when a message was not sent, named as the key is: of the config, or of Logto's message. */
export type Suspect =
  | 'accessKeyId'
  | 'accessKeySecret'
  | 'signName'
  | 'templateCode'
  | 'endpoint'
  | 'to';

/** What an answer of Aliyun's, or the lack of one, means to Logto and to people. */
export type Meaning = Readonly<{
  error: ConnectorErrorCodes;
  /** The keys that may be at fault, the likeliest one first. Where none is, the way to Aliyun stands for it: `endpoint`. */
  suspects: readonly Suspect[];
}> &
  Sentence;

/** A meaning of Aliyun's codes. */
export type CodeMeaning = Meaning &
  Readonly<{
    /**
     * Names, and families of names that nobody listed: `…` stands for anything, before and behind a part or behind it
     * alone. A name that another meaning lists is that one's; of two families the first one counts.
     */
    codes: readonly string[];
  }>;

const { General, InvalidConfig, InvalidRequestParameters, InvalidResponse, RateLimitExceeded } =
  ConnectorErrorCodes;

/**
 * Every code of Aliyun that this connector knows, of the service and of the gateway before it, and those of its sister
 * services that it may use. Names, not HTTP statuses, decide.
 *
 * @see https://help.aliyun.com/zh/pnvs/developer-reference/api-return-code
 */
export const meanings = {
  tooFrequent: {
    codes: ['biz.FREQUENCY', 'FREQUENCY_FAIL', '…FREQUENCY…'],
    error: RateLimitExceeded,
    suspects: ['to'],
    zh: '请一分钟后再试：该号码刚刚获取过验证码。',
    en: 'Try again in a minute: this number was sent a code a moment ago.',
  },
  throttled: {
    codes: [
      'Throttling',
      'Throttling.User',
      'Throttling.Api',
      'Throttling.System',
      'isp.QPS_LIMIT',
      'Throttling…',
      '…QPS…',
    ],
    error: RateLimitExceeded,
    suspects: ['accessKeyId'],
    zh: '请一分钟后再试：该账号请求过于频繁，触发了阿里云流控。',
    en: 'Try again in a minute: this account sends requests faster than Aliyun allows.',
  },
  numberLimit: {
    codes: [
      'BUSINESS_LIMIT_CONTROL',
      'isv.BUSINESS_LIMIT_CONTROL',
      'MOBILE_SEND_LIMIT',
      'isv.FLOW_LIMIT',
      '600016',
      'VALVE:…',
      '…LIMIT…',
    ],
    error: RateLimitExceeded,
    suspects: ['to'],
    zh: '请稍后再试，通常 24 小时内恢复：该号码的短信数量已达阿里云上限。',
    en: "Try again later, usually within 24 hours: this number has reached Aliyun's limit of messages.",
  },
  accountQuota: {
    codes: ['isv.DAY_LIMIT_CONTROL', 'isv.MONTH_LIMIT_CONTROL'],
    error: RateLimitExceeded,
    suspects: ['accessKeyId'],
    zh: '请在阿里云控制台调高账号的日或月发送量上限：已达上限。',
    en: "Raise the account's daily or monthly limit in Aliyun's console: it has been reached.",
  },
  wrongNumber: {
    codes: [
      'MOBILE_NUMBER_ILLEGAL',
      'isv.MOBILE_NUMBER_ILLEGAL',
      'MobileNumberIllgeal',
      'InvalidPhoneNumber.Malformed',
      'MOBILE_NOT_ON_SERVICE',
      'isv.DOMESTIC_NUMBER_NOT_SUPPORTED',
      '…MOBILE…',
    ],
    error: InvalidRequestParameters,
    suspects: ['to'],
    zh: '请检查号码，或换用其他中国大陆手机号：该号码无法接收短信。',
    en: 'Check the number, or use another one of mainland China: this one cannot receive the message.',
  },
  blockedNumber: {
    codes: [
      'SECURITY_INTERCEPTED',
      'MOBILE_IN_BLACK',
      'isv.BLACK_USER_CONTROL_LIMIT',
      'isv.CUSTOMER_REFUSED',
    ],
    error: InvalidRequestParameters,
    suspects: ['to'],
    zh: '请换用其他号码，或联系阿里云客服：该号码被拦截，或已退订短信。',
    en: "Use another number, or ask Aliyun's support: this one is blocked, or its owner unsubscribed.",
  },
  forbiddenContent: {
    codes: ['isv.BLACK_KEY_CONTROL_LIMIT', 'isv.SMS_CONTENT_ILLEGAL'],
    error: General,
    suspects: ['templateCode'],
    zh: '请重新获取验证码；如持续出现，请换用其他模板：短信内容含违禁信息。',
    en: 'Ask for a new code; if it persists, use another template: the text holds something forbidden.',
  },
  unknownAccessKey: {
    codes: ['InvalidAccessKeyId.NotFound', 'InvalidAccessKeyId'],
    error: InvalidConfig,
    suspects: ['accessKeyId', 'endpoint'],
    zh: '请从 RAM 控制台重新复制 AccessKey ID，或新建 AccessKey：该 ID 不存在。',
    en: 'Copy the AccessKey ID from the RAM console again, or create a new one: it does not exist.',
  },
  disabledAccessKey: {
    codes: ['InvalidAccessKeyId.Inactive', 'Forbidden.AccessKeyDisabled', 'NoEnabledAccessKey'],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    zh: '请在 RAM 控制台启用该 AccessKey，或换用其他 AccessKey：它已被禁用。',
    en: 'Enable this AccessKey in the RAM console, or use another one: it is disabled.',
  },
  temporaryAccessKey: {
    codes: ['MissingSecurityToken'],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    ...temporaryAccessKey,
  },
  wrongSecret: {
    codes: ['SignatureDoesNotMatch', 'IncompleteSignature'],
    error: InvalidConfig,
    suspects: ['accessKeySecret', 'endpoint'],
    zh: '请填写创建该 AccessKey 时显示的 Secret；如已遗失，请新建 AccessKey。',
    en: 'Write the Secret shown when this AccessKey was created. If it is lost, create a new AccessKey.',
  },
  forbidden: {
    codes: ['Forbidden'],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    zh: '请授予 dypns:SendSmsVerifyCode 权限；如 AccessKey 已泄露而被阿里云限制，请新建。',
    en: 'Grant this RAM user dypns:SendSmsVerifyCode. If the AccessKey leaked and Aliyun limits it, create a new one.',
  },
  noPermission: {
    codes: [
      'Forbidden.RAM',
      'Forbidden.NoPermission',
      'Forbidden.SubUser',
      'Forbidden.NotSupportRAM',
      'NoPermission',
      'AccessDenied',
      'UnauthorizedOperation',
      'RamPermissionDeny',
      'isv.RAM_PERMISSION_DENY',
      'isp.RAM_PERMISSION_DENY',
      'isv.FORBIDDEN_ACTION',
    ],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    zh: '请在 RAM 控制台为该 RAM 用户授予 dypns:SendSmsVerifyCode 权限。',
    en: 'Grant this RAM user the permission dypns:SendSmsVerifyCode in the RAM console.',
  },
  notActivated: {
    codes: [
      'FUNCTION_NOT_OPENED',
      'isv.FUNCTION_NOT_OPENED',
      'FunctionNotSubscribed',
      'OFFER_NOT_ORDER_STATUS',
      'isv.PRODUCT_UNSUBSCRIBE',
      'isv.PRODUCT_UNSUBSCRIBED',
      'isv.PRODUCT_UN_SUBSCRIPT',
      'InvalidDayuStatus.Malformed',
      'Unsupported.Account',
      'BIZ_NOT_OPEN_STATUS',
      '…UNSUBSCRIB…',
    ],
    error: InvalidConfig,
    suspects: ['accessKeyId'],
    zh: '请在号码认证服务控制台开通短信认证：该 AccessKey 的账号尚未开通。',
    en: "Activate 短信认证 in the console of 号码认证服务: this AccessKey's account has not.",
  },
  unverifiedAccount: {
    codes: ['Forbidden.UserVerification'],
    error: General,
    suspects: ['accessKeyId'],
    zh: '请在阿里云账号中心完成实名认证。',
    en: 'Complete the real-name verification of the Aliyun account.',
  },
  outOfFunds: {
    codes: [
      'isv.OUT_OF_SERVICE',
      'isv.AMOUNT_NOT_ENOUGH',
      'AMOUNT_NOT_ENOUGH',
      'InsufficientBalance',
      'OutOfService',
      'RESOURCE_NOT_ENOUGH',
    ],
    error: General,
    suspects: ['accessKeyId'],
    zh: '请为阿里云账号充值：余额不足或已欠费。',
    en: 'Top up the Aliyun account: it has no balance left or is in arrears.',
  },
  abnormalAccount: {
    codes: ['isv.ACCOUNT_ABNORMAL'],
    error: General,
    suspects: ['accessKeyId'],
    zh: '请检查阿里云账号是否欠费；未欠费时请稍后再试，或联系阿里云客服。',
    en: "See whether the Aliyun account is in arrears. If not, try again later, or ask Aliyun's support.",
  },
  accountState: {
    codes: [
      'isv.ACCOUNT_NOT_EXISTS',
      'InvalidAccountStatus',
      'Forbidden.RiskControl',
      'isv.SECURITY_FROZEN_ACCOUNT',
    ],
    error: General,
    suspects: ['accessKeyId'],
    zh: '请在阿里云控制台检查账号状态，或联系阿里云客服：账号被冻结、限制或不存在。',
    en: "See the account's state in Aliyun's console, or ask the support: it is frozen, limited or unknown.",
  },
  deniedAddress: {
    codes: ['isv.DENY_IP_RANGE'],
    error: General,
    suspects: ['endpoint'],
    zh: '请换用中国大陆的出口 IP：阿里云拒绝了 Logto 服务器的 IP 地址。',
    en: "Use an outgoing IP address in mainland China: Aliyun refuses that of Logto's server.",
  },
  signatureRefused: {
    codes: [
      'isv.SMS_SIGNATURE_ILLEGAL',
      'isv.SMS_SIGN_ILLEGAL',
      'InvalidSignName',
      'SmsSignNameNotExist',
      'isv.SIGN_STATE_ILLEGAL',
      'isv.SIGN_SOURCE_ILLEGAL',
      'isv.SMS_SIGNATURE_SCENE_ILLEGAL',
      'isv.SIGN_NAME_ILLEGAL',
      'InvalidSignName.Malformed',
      'PORT_NOT_REGISTERED',
      '…SIGN…',
      'InvalidSignName…',
    ],
    error: InvalidConfig,
    suspects: ['signName'],
    zh: `请使用签名 "${currentSignName}"：自己申请的签名不能用。如果发送的就是它，请升级本连接器。`,
    en: `Use the signature "${currentSignName}": your own cannot be used. If it is the one that was sent, upgrade.`,
  },
  templateRefused: {
    codes: [
      'isv.SMS_TEMPLATE_ILLEGAL',
      'isv.TEMPLATE_MISSING_PARAMETERS',
      'InvalidTemplateCode',
      'InvalidTemplateCode.Malformed',
      '…TEMPLATE…',
      'InvalidTemplate…',
    ],
    error: InvalidConfig,
    suspects: ['templateCode'],
    zh: '请填写赠送模板的 CODE，例如 "100001"：阿里云不接受该模板。',
    en: 'Write the code of a system-provided template, such as "100001": Aliyun refuses this one.',
  },
  variableRefused: {
    codes: [
      'isv.TEMPLATE_PARAMS_ILLEGAL',
      'isv.INVALID_JSON_PARAM',
      'isv.PARAM_LENGTH_LIMIT',
      'isv.PARAM_NOT_SUPPORT_URL',
    ],
    error: General,
    suspects: ['templateCode'],
    zh: '请检查模板 CODE，例如 "100001"；如无误，则是连接器的缺陷：模板变量有误。',
    en: 'Check the code of the template, such as "100001". If it is right, this is a bug in the connector.',
  },
  signatureOrTemplateRefused: {
    codes: [
      'isv.INVALID_PARAMETERS',
      'INVALID_PARAMETERS',
      'InvalidParameters',
      'isv.ILLEGAL_ARGUMENT',
      'isv.SIGN_NOT_MATCH_WITH_TEMPLATE',
      'isv.SMS_TEST_NUMBER_LIMIT',
    ],
    error: InvalidConfig,
    suspects: ['signName'],
    zh: `请使用签名 "${currentSignName}" 和赠送模板，例如 "100001"；都无误时请升级，或查看 errors.md。`,
    en: `Use the signature "${currentSignName}" and a template such as "100001". If both are right: upgrade, or see errors.md.`,
  },
  clockOff: {
    codes: ['InvalidTimeStamp.Expired', 'InvalidTimeStamp.Format', 'InvalidTimeStamp…'],
    error: General,
    suspects: ['endpoint'],
    zh: '请校准 Logto 服务器的时钟，例如启用 NTP。',
    en: "Correct the clock of Logto's server, with NTP for example.",
  },
  nonceUsed: {
    codes: ['SignatureNonceUsed'],
    error: General,
    suspects: ['endpoint'],
    zh: '如持续出现，请检查代理是否重复发送请求：阿里云已收到过同一请求，短信可能已发出。',
    en: 'If it persists, see whether a proxy repeats requests: Aliyun had received this one. The SMS may have been sent.',
  },
  noReason: {
    codes: ['UNKNOWN'],
    error: General,
    suspects: ['accessKeyId', 'to'],
    zh: '请检查短信认证的开通状态、余额和号码：阿里云未说明原因。',
    en: 'Check activation of 短信认证, balance and number: Aliyun gave no reason.',
  },
  internalError: {
    codes: [
      'isp.SYSTEM_ERROR',
      'isv.SYSTEM_ERROR',
      'isp.UNKNOWN',
      'isp.UNKNOWN_ERR_CODE',
      'SystemError',
      'InternalError',
      'UnknowError',
      'SMS_SYSTEM_ERROR',
      'SENTINEL_BLOCK_EXCEPTION',
    ],
    error: General,
    suspects: ['accessKeyId'],
    zh: '请稍后再试；如持续出现，请检查 RAM 权限、开通状态、余额和签名：阿里云内部错误。',
    en: 'Try again later. If it persists, check permission, activation, balance and signature: an error inside Aliyun.',
  },
  unavailable: {
    codes: ['ServiceUnavailable', 'isp.VENDOR_UNAVAILABLE'],
    error: General,
    suspects: ['endpoint'],
    zh: '请稍后再试：阿里云服务或运营商暂时不可用。',
    en: 'Try again later: Aliyun or the carrier is down at the moment.',
  },
  wrongEndpoint: {
    codes: [
      'InvalidApi.NotFound',
      'InvalidAction.NotFound',
      'InvalidVersion',
      'NoSuchVersion',
      'InvalidProtocol.NeedSsl',
      'UnsupportedOperation',
      'UnsupportedHTTPMethod',
      'InvalidParameter…',
      'Missing…',
    ],
    error: General,
    suspects: ['endpoint'],
    zh: `请检查地址，默认为 ${defaultEndpoint}；如无误，则是连接器的缺陷。`,
    en: `Check the address; the default is ${defaultEndpoint}. If it is right, this is a bug in the connector.`,
  },
} satisfies Record<string, CodeMeaning>;

/** A code that {@link meanings} does not have. */
export const unknownMeaning: Meaning = {
  error: General,
  suspects: ['accessKeyId'],
  zh: '请用 RequestId 在阿里云的“OpenAPI 问题诊断”中查询原因：返回码未知。',
  en: 'Look the RequestId up in Aliyun\'s "OpenAPI 问题诊断" to see the cause: this code is unknown.',
};

/** In place of {@link unknownMeaning}, where the answer has no RequestId to look up. */
export const untraceableMeaning: Meaning = {
  error: General,
  suspects: ['accessKeyId'],
  zh: '请稍后再试；如持续出现，请联系阿里云客服：返回码未知。',
  en: "Try again later. If it persists, ask Aliyun's support: this code is unknown.",
};

const rows: readonly CodeMeaning[] = Object.values(meanings);
const listed = new Map<string, Meaning>(
  rows.flatMap((row) => row.codes.map((code): [string, Meaning] => [code, row]))
);

const isOfFamily = (code: string, family: string): boolean =>
  family.startsWith('…')
    ? code.includes(family.slice(1, -1))
    : family.endsWith('…') && code.startsWith(family.slice(0, -1));

/** What a code of Aliyun's means: by its name, else by its family. */
export const meaningOfCode = (code: string): Meaning =>
  listed.get(code) ??
  rows.find(({ codes }) => codes.some((family) => isOfFamily(code, family))) ??
  unknownMeaning;

const passingRefusals = new Set<Meaning>([meanings.tooFrequent, meanings.throttled]);

/** Whether Aliyun refused a message for something that passes in seconds, so that it may be resent. */
export const isPassingRefusal = (code: string): boolean => passingRefusals.has(meaningOfCode(code));

/** No answer of Aliyun's. */
export const failureMeanings: Readonly<Record<Failure, Meaning>> = {
  tooManyCalls: {
    error: RateLimitExceeded,
    suspects: ['endpoint'],
    zh: '请一分钟后再试：Logto 此刻发送的短信过多，本条未发送。',
    en: 'Try again in a minute: Logto is sending too many messages at this moment. This one was not sent.',
  },
  unreachable: {
    error: General,
    suspects: ['endpoint'],
    zh: '请检查 Logto 服务器的网络、DNS、防火墙和代理：无法连接阿里云，短信未发送。',
    en: "Check network, DNS, firewall and proxy of Logto's server: it cannot reach Aliyun. Nothing was sent.",
  },
  untrusted: {
    error: General,
    suspects: ['endpoint'],
    zh: '请检查地址、代理和 Logto 服务器的时钟：证书不受信任，短信未发送。',
    en: "Check the address, the proxy and the clock of Logto's server: no trusted certificate. Nothing was sent.",
  },
  unanswered: {
    error: General,
    suspects: ['endpoint'],
    zh: '如持续出现，请检查网络和代理：阿里云未及时响应或连接中断，短信可能已发出。',
    en: 'If it persists, check network and proxy: Aliyun did not answer in time. The SMS may have been sent.',
  },
  gatewayDown: {
    error: General,
    suspects: ['endpoint'],
    zh: '如持续出现，请检查代理：阿里云或其前面的网关暂时不可用，短信可能已发出。',
    en: 'If it persists, check any proxy: Aliyun or a gateway before it is down. The SMS may have been sent.',
  },
  unreadable: {
    error: InvalidResponse,
    suspects: ['endpoint'],
    zh: '请检查地址，以及 Logto 与阿里云之间的代理：收到的响应并非来自阿里云。',
    en: "Check the address, and any proxy between Logto and Aliyun: the answer is not one of Aliyun's.",
  },
};

/** In place of `unreachable`, where the config has an endpoint of its own. */
export const unreachableEndpoint: Meaning = {
  error: General,
  suspects: ['endpoint'],
  zh: `请检查地址，默认为 ${defaultEndpoint}：无法连接，短信未发送。`,
  en: `Check the address; the default is ${defaultEndpoint}. It cannot be reached. Nothing was sent.`,
};
/* eslint-enable max-lines */

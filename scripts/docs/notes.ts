/* eslint-disable max-lines -- One table is read faster than parts of it. */
import { type Failure } from '../../src/client.js';
import { type Sentence } from '../../src/error.js';
import { type meanings } from '../../src/meanings.js';

/** Who can mend it. */
export type Who =
  /** The admin of Logto, in the config. */
  | 'config'
  /** The owner of the Aliyun account, or the admin of its RAM users. */
  | 'owner'
  /** The admin of Logto, on its server or in its network. */
  | 'server'
  /** The person who signs in. */
  | 'user'
  /** Nobody: it passes. */
  | 'nobody'
  /** Whoever maintains the connector. */
  | 'maintainer';

/** Where to look, as the link is called in both languages. */
type Page = Readonly<{ url: string } & Sentence>;

const ram: Page = {
  url: 'https://ram.console.aliyun.com/',
  zh: 'RAM 控制台',
  en: 'RAM console',
};

const activation: Page = {
  url: 'https://dypns.console.aliyun.com/functions',
  zh: '开通短信认证',
  en: 'activation of 短信认证',
};

const aliyunConsole: Page = {
  url: 'https://dypns.console.aliyun.com/',
  zh: '号码认证服务控制台',
  en: 'console of 号码认证服务',
};

const signatures: Page = {
  url: 'https://dypns.console.aliyun.com/smsCertParamsConfig/sign',
  zh: '赠送签名配置',
  en: 'system-provided signatures',
};

const templates: Page = {
  url: 'https://dypns.console.aliyun.com/smsCertParamsConfig/template',
  zh: '赠送模板配置',
  en: 'system-provided templates',
};

const signatureNotice: Page = {
  url: 'https://help.aliyun.com/zh/pnvs/product-overview/sms-authentication-signature-change-notification',
  zh: '签名变更公告',
  en: 'notice of the change of signatures',
};

const troubleshooting: Page = {
  url: 'https://api.aliyun.com/troubleshoot',
  zh: 'OpenAPI 问题诊断',
  en: 'look up the RequestId',
};

const returnCodes: Page = {
  url: 'https://help.aliyun.com/zh/pnvs/developer-reference/api-return-code',
  zh: '阿里云的返回码说明',
  en: "Aliyun's list of return codes",
};

/** What is known of a meaning beyond the sentences of the toast. */
export type Note = Readonly<{
  who: Who;
  /** What it means, in a few words. */
  title: Sentence;
  /** Its causes, and what else helps. */
  causes: Sentence;
  /** The pages to open, in the order in which they help. */
  pages?: readonly Page[];
}>;

/** What is known of each meaning of Aliyun's codes. */
export const meaningNotes: Readonly<Record<keyof typeof meanings, Note>> = {
  tooFrequent: {
    title: { zh: '获取得太快', en: 'Too soon after the last code' },
    who: 'user',
    causes: {
      zh: '同一号码默认 60 秒内只能发送一条。时间允许时，连接器已等待 1.5 到 2 秒并重新发送过一次，仍被拒绝。',
      en: 'By default a number gets one message in 60 seconds. If there was time, the connector waited for 1.5 to 2 seconds and sent once more, and was refused again.',
    },
  },
  numberLimit: {
    title: { zh: '号码达到上限', en: 'The number is at its limit' },
    who: 'user',
    causes: {
      zh: '该号码的短信数量达到了分钟、小时或每日上限，数值在号码认证服务控制台的“通用设置”中。在“短信服务”（同类产品）中，每日上限按最近 24 小时计算，其他公司发给该号码的短信也计入，因此自己发得很少时也可能遇到。',
      en: "This number has reached a limit for a minute, an hour or a day; the figures stand in the console of 号码认证服务, under 通用设置. In Aliyun's similar product 短信服务 a day is the last 24 hours, and the messages of all companies to this number count, so that others may have used it up.",
    },
    pages: [aliyunConsole],
  },
  accountQuota: {
    title: { zh: '账号达到发送量上限', en: 'The account is at its limit' },
    who: 'owner',
    causes: {
      zh: '账号自己的日或月发送量上限已用完。“短信服务”的上限在其控制台的“通用设置 → 国内消息设置 → 安全设置”中；短信认证的上限在何处设置，阿里云没有说明，请询问其客服。',
      en: "The account's own limit for a day or a month is used up. For 短信服务 it is set in that product's console: 通用设置 → 国内消息设置 → 安全设置. Where it is set for 短信认证 is not known: ask Aliyun's support.",
    },
    pages: [aliyunConsole],
  },
  throttled: {
    title: { zh: '请求过于频繁', en: 'Too many requests' },
    who: 'nobody',
    causes: {
      zh: '该账号每秒的请求过多，使用同一账号的其他程序也会计入。时间允许时，连接器已等待 1.5 到 2 秒并重新发送过一次。如经常出现，请询问阿里云客服能否提高限额。',
      en: "Too many requests in a second from this account, those of other programs included. If there was time, the connector waited for 1.5 to 2 seconds and sent once more. If it is seen often, ask Aliyun's support for more.",
    },
    pages: [troubleshooting],
  },
  wrongNumber: {
    title: { zh: '号码无法接收', en: 'The number cannot receive' },
    who: 'user',
    causes: {
      zh: '连接器已检查过位数和号段，因此可能是空号、停机的号码，或尚未启用的号段。',
      en: 'The connector has checked its length and first digits, so it may be one that no carrier has given out, or that is out of service.',
    },
  },
  blockedNumber: {
    title: { zh: '号码被拦截', en: 'The number is blocked' },
    who: 'user',
    causes: {
      zh: '这些返回码见于阿里云的同类接口和短信回执。`MOBILE_IN_BLACK`、`isv.BLACK_USER_CONTROL_LIMIT`：号码在黑名单中。`isv.CUSTOMER_REFUSED`：用户已退订。`SECURITY_INTERCEPTED`：被阿里云拦截。',
      en: 'Codes of similar APIs of Aliyun, and of delivery receipts. `MOBILE_IN_BLACK`, `isv.BLACK_USER_CONTROL_LIMIT`: the number is on a blacklist. `isv.CUSTOMER_REFUSED`: its owner unsubscribed. `SECURITY_INTERCEPTED`: Aliyun blocks it.',
    },
    pages: [troubleshooting],
  },
  forbiddenContent: {
    title: { zh: '内容含违禁信息', en: 'Forbidden content' },
    who: 'user',
    causes: {
      zh: '验证码或模板内容中含有违禁信息，与手机号无关。验证码是随机的，重新获取后会不同。',
      en: 'The code or the text of the template holds something forbidden; the number does not matter. A new code is another one.',
    },
    pages: [templates, troubleshooting],
  },
  unknownAccessKey: {
    title: { zh: 'AccessKey ID 不存在', en: 'Unknown AccessKey ID' },
    who: 'config',
    causes: {
      zh: 'ID 复制有误，或该 AccessKey 已被删除。配置中有 `endpoint` 时，它可能仍指向沙箱或其他服务：改用默认地址时，请将它的值写为 null，否则保存后仍是旧地址。',
      en: 'The ID was not copied right, or the AccessKey was deleted. Where the config has `endpoint`, it may still be that of the sandbox or of another service: for the default write null as its value, since a saved key stays otherwise.',
    },
    pages: [ram],
  },
  disabledAccessKey: {
    title: { zh: 'AccessKey 已禁用', en: 'Disabled AccessKey' },
    who: 'config',
    causes: {
      zh: '在 RAM 控制台中被禁用，例如轮换 AccessKey 时。',
      en: 'It was disabled in the RAM console, when AccessKeys were rotated for example.',
    },
    pages: [ram],
  },
  temporaryAccessKey: {
    title: { zh: '临时 AccessKey', en: 'Temporary AccessKey' },
    who: 'config',
    causes: {
      zh: '临时 AccessKey 需要会过期的 SecurityToken，配置中无法持续更新。',
      en: 'A temporary AccessKey needs a token that expires, which a config cannot keep up to date.',
    },
    pages: [ram],
  },
  wrongSecret: {
    title: { zh: 'AccessKey Secret 有误', en: 'Wrong AccessKey Secret' },
    who: 'config',
    causes: {
      zh: 'Secret 属于另一个 AccessKey，或复制不完整。Secret 仅在创建时显示一次。这里的签名（Signature）指请求的签名，与短信签名无关。配置中有 `endpoint` 时，另见“AccessKey ID 不存在”。',
      en: 'The Secret is that of another AccessKey, or was not copied whole. It is shown once, at creation. The signature here is that of the request, and not the one of the SMS. Where the config has `endpoint`, see "Unknown AccessKey ID" as well.',
    },
    pages: [ram],
  },
  forbidden: {
    title: { zh: '没有权限，或 AccessKey 被限制', en: 'No permission, or a limited AccessKey' },
    who: 'owner',
    causes: {
      zh: '该 AccessKey 所属的 RAM 用户没有 dypns:SendSmsVerifyCode 权限。阿里云发现 AccessKey 泄露（例如提交到了公开的代码仓库）并限制它时，也返回 `Forbidden`：请新建 AccessKey，写入配置，再禁用并删除旧的。',
      en: 'The RAM user of this AccessKey lacks dypns:SendSmsVerifyCode. `Forbidden` is also what an AccessKey gets that Aliyun found leaked, in a public repository for example, and limits: create a new one, write it into the config, then disable and delete the old one.',
    },
    pages: [ram],
  },
  noPermission: {
    title: { zh: 'RAM 用户没有权限', en: 'The RAM user lacks the permission' },
    who: 'owner',
    causes: {
      zh: '该 AccessKey 所属的 RAM 用户没有 dypns:SendSmsVerifyCode 权限。使用指南中有只允许发送短信的权限策略；系统策略 AliyunDypnsFullAccess 也可以，但权限过大。已授权仍出现时，请检查权限策略中的拒绝（Deny）语句和 IP 地址条件。',
      en: 'The RAM user of this AccessKey lacks dypns:SendSmsVerifyCode. The guide has a policy that allows sending and nothing else; the system policy AliyunDypnsFullAccess works too, but grants more. If it is granted, look in the policies for an explicit Deny, and for a condition on the IP address.',
    },
    pages: [ram],
  },
  notActivated: {
    title: { zh: '未开通短信认证', en: '短信认证 is not activated' },
    who: 'owner',
    causes: {
      zh: '该 AccessKey 所属的账号未开通短信认证，或填写了其他账号的 AccessKey。阿里云文档称之为“没有开通融合认证功能”：如已开通短信认证仍出现此返回码，请一并开通融合认证。',
      en: 'The account of this AccessKey has not activated 短信认证, or the AccessKey is of another account. Aliyun\'s documentation calls it "没有开通融合认证功能": if 短信认证 is active, activate 融合认证 as well.',
    },
    pages: [activation],
  },
  unverifiedAccount: {
    title: { zh: '未实名认证', en: 'No real-name verification' },
    who: 'owner',
    causes: {
      zh: '个人实名认证即可。',
      en: 'That of a person (个人实名认证) is enough.',
    },
  },
  outOfFunds: {
    title: { zh: '余额不足或欠费', en: 'No balance, or arrears' },
    who: 'owner',
    causes: {
      zh: '套餐包用完后转为按量付费；欠费时套餐包也不能使用。',
      en: 'After a used-up package Aliyun charges each message; in arrears no package works.',
    },
    pages: [aliyunConsole],
  },
  abnormalAccount: {
    title: { zh: '账号异常', en: 'Abnormal account' },
    who: 'owner',
    causes: {
      zh: '多因欠费。',
      en: 'Mostly by arrears.',
    },
    pages: [aliyunConsole],
  },
  accountState: {
    title: { zh: '账号被冻结、限制或不存在', en: 'The account is frozen, limited or unknown' },
    who: 'owner',
    causes: {
      zh: '`Forbidden.RiskControl`：被风控限制。`isv.SECURITY_FROZEN_ACCOUNT` 在“短信服务”中表示 45 天未发送短信，发送受限，需联系阿里云客服。',
      en: "`Forbidden.RiskControl`: held by risk control. In 短信服务, `isv.SECURITY_FROZEN_ACCOUNT` means that nothing was sent for 45 days and that sending is restricted: ask Aliyun's support.",
    },
    pages: [troubleshooting],
  },
  deniedAddress: {
    title: { zh: 'IP 地址被拒绝', en: 'Refused IP address' },
    who: 'server',
    causes: {
      zh: '这是“短信服务”的返回码，短信认证中尚未见过：Logto 服务器的出口 IP 被拒绝。已在中国大陆时，请联系阿里云客服。',
      en: "A code of 短信服务, which nobody has seen in 短信认证 yet: Aliyun refuses the outgoing IP address of Logto's server. If it is in mainland China, ask Aliyun's support.",
    },
    pages: [troubleshooting],
  },
  signatureRefused: {
    title: { zh: '签名被拒绝', en: 'Refused signature' },
    who: 'config',
    causes: {
      zh: '阿里云控制台的列表仍将已停用的签名显示为“通过”，不能作为依据。连接器已用恒创联众代替 `signName` 中已停用的签名；如果恒创联众也被拒绝，说明阿里云又更换了签名：请升级，或将新签名写入 `signNameOverride`。自己申请的签名属于“短信服务”，不能用于短信认证。',
      en: 'The console still lists retired signatures as passed (通过). For a retired one in `signName` the connector sends 恒创联众; if that is refused too, Aliyun has changed its signatures again: upgrade, or write the new one into `signNameOverride`. A signature of your own belongs to 短信服务, and cannot be used with 短信认证.',
    },
    pages: [signatures, signatureNotice],
  },
  templateRefused: {
    title: { zh: '模板被拒绝', en: 'Refused template' },
    who: 'config',
    causes: {
      zh: '该模板不是短信认证的赠送模板（100001 到 100005），或模板变量不符。赠送签名必须搭配赠送模板。',
      en: 'This is no system-provided template of 短信认证 (100001 to 100005), or its variables are others. A system-provided signature needs a system-provided template.',
    },
    pages: [templates],
  },
  signatureOrTemplateRefused: {
    title: { zh: '签名或模板被拒绝', en: 'Refused signature or template' },
    who: 'config',
    causes: {
      zh: '阿里云的说法是“签名或者模版无效”：签名有误，或填成了模板名称；模板 CODE 有误；二者不配套。都无误时，阿里云可能又更换了签名，见“签名被拒绝”；仍被拒绝时，请用 RequestId 查询原因。`isv.SMS_TEST_NUMBER_LIMIT`：测试用的签名或模板只能发送到已绑定的测试号码。',
      en: 'In Aliyun\'s words "签名或者模版无效": the signature is wrong, or the name of a template was written for it; the code of the template is wrong; or they are no pair. If both are right, Aliyun may have changed its signatures again, see "Refused signature"; if it is still refused, look the RequestId up. `isv.SMS_TEST_NUMBER_LIMIT`: a signature or template for tests sends to bound numbers alone.',
    },
    pages: [signatures, templates, signatureNotice, troubleshooting],
  },
  variableRefused: {
    title: { zh: '模板变量被拒绝', en: 'Refused variable of the template' },
    who: 'maintainer',
    causes: {
      zh: '连接器只发送赠送模板（100001 到 100005）的两个变量：验证码和有效期。',
      en: 'The connector sends the two of the system-provided ones (100001 to 100005): the code and how long it is valid.',
    },
    pages: [templates, troubleshooting],
  },
  clockOff: {
    title: { zh: '服务器时钟不准', en: 'The clock of the server is wrong' },
    who: 'server',
    causes: {
      zh: '请求中的时间与阿里云的时间相差 15 分钟以上：请启用 NTP。容器使用宿主机的时钟，与时区设置无关。',
      en: "The time in the request is 15 minutes or more away from Aliyun's: NTP keeps it right. A container has the clock of its host; the time zone does not matter.",
    },
  },
  nonceUsed: {
    title: { zh: '同一请求到达两次', en: 'The same request arrived twice' },
    who: 'nobody',
    causes: {
      zh: '同一签名请求到达了两次，阿里云只执行第一次。这不是连接器自己的重试（那会视为发送成功），可能是代理重复发送了请求。',
      en: 'The same signed request arrived twice, and Aliyun carries out the first one. It is no repeat of the connector, which would count as sent; a proxy may have sent the request again.',
    },
    pages: [troubleshooting],
  },
  noReason: {
    title: { zh: '阿里云未说明原因', en: 'Aliyun gives no reason' },
    who: 'owner',
    causes: {
      zh: '在未开通短信认证、余额不足或号码无法接收短信时出现，不会自行恢复。单条短信的结果见号码认证服务控制台“短信认证服务 → 发送记录”。',
      en: 'Seen where 短信认证 was not activated, where there was no balance, and where the number could not receive. It does not pass by itself. What became of a message stands in the console: 短信认证服务 → 发送记录.',
    },
    pages: [activation, aliyunConsole],
  },
  internalError: {
    title: { zh: '阿里云内部错误', en: 'Internal error of Aliyun' },
    who: 'nobody',
    causes: {
      zh: '多为暂时性的。`InternalError` 在 RAM 权限不足时也会出现，`isv.SYSTEM_ERROR` 在未开通短信认证、余额不足或签名有误时也会出现，那些情况不会自行恢复。',
      en: 'It mostly passes. `InternalError` was also seen where a RAM permission was missing, and `isv.SYSTEM_ERROR` where 短信认证 was not activated, where there was no balance and with a wrong signature: then it stays.',
    },
    pages: [troubleshooting, ram, activation, aliyunConsole],
  },
  unavailable: {
    title: { zh: '阿里云服务不可用', en: 'Aliyun is down' },
    who: 'nobody',
    causes: {
      zh: '这是阿里云自己的响应，多为暂时性的。`isp.VENDOR_UNAVAILABLE`：运营商的故障。',
      en: 'An answer of Aliyun itself. It mostly passes. `isp.VENDOR_UNAVAILABLE`: a fault of the carrier.',
    },
    pages: [troubleshooting],
  },
  wrongEndpoint: {
    title: { zh: '阿里云无法识别请求', en: 'Aliyun does not understand the request' },
    who: 'maintainer',
    causes: {
      zh: '该地址属于阿里云的其他产品，或请求本身有误。配置了 `endpoint` 时，请先将它改为 null。',
      en: 'The address is that of another product of Aliyun, or the request is wrong. If `endpoint` is set, write null as its value first.',
    },
    pages: [troubleshooting],
  },
};

/** What is known of a code that no meaning has. */
export const unknownNote: Omit<Note, 'who'> = {
  title: { zh: '未知返回码', en: 'Unknown code' },
  causes: {
    zh: '连接器不认识该返回码。问题诊断需登录发送短信的阿里云账号，会显示该请求、原因和解决方案。',
    en: 'The connector does not know this code. The page shows the request, the cause and the remedy to whoever is signed in to the account that sends.',
  },
  pages: [troubleshooting, returnCodes],
};

/** What is known of one without a RequestId. */
export const untraceableNote: Omit<Note, 'who'> = {
  title: { zh: '未知返回码，没有 RequestId', en: 'Unknown code, without a RequestId' },
  causes: {
    zh: '连接器不认识该返回码，响应中也没有可供查询的 RequestId。请查阿里云的返回码说明；配置中有 `endpoint` 时，请检查该地址是否属于阿里云。',
    en: "The connector does not know this code, and the answer has no RequestId to look up. See Aliyun's list of codes. Where the config has `endpoint`, see whether the address is Aliyun's.",
  },
  pages: [returnCodes],
};

/** What is known of a failure, and how it is called in the toast: by Node.js, got or the connector. */
export type FailureNote = Note & Readonly<{ references: readonly string[] }>;

/** What is known of each failure without an answer of Aliyun's. */
export const failureNotes: Readonly<Record<Failure, FailureNote>> = {
  tooManyCalls: {
    title: { zh: '正在发送的短信过多', en: 'Too many messages under way' },
    who: 'nobody',
    references: ['TOO_MANY_CALLS'],
    causes: {
      zh: '阿里云响应太慢，或有人在大量获取验证码。',
      en: 'Aliyun is slow, or somebody asks for codes in bulk.',
    },
  },
  unreachable: {
    title: { zh: '无法连接阿里云', en: 'Aliyun cannot be reached' },
    who: 'server',
    references: [
      'ENOTFOUND',
      'EAI_AGAIN',
      'ECONNREFUSED',
      'ECONNRESET',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ETIMEDOUT',
      'EPROTO',
      'ERR_PROXY_TUNNEL',
      'ERR_SSL_…',
    ],
    causes: {
      zh: '括号中代码的含义和处理见 [Node.js 和代理的代码](#nodejs-和代理的代码--codes-of-nodejs-and-of-a-proxy)。',
      en: 'What the code in brackets means, and what to do: [codes of Node.js and of a proxy](#nodejs-和代理的代码--codes-of-nodejs-and-of-a-proxy).',
    },
  },
  untrusted: {
    title: { zh: '证书不受信任', en: 'Untrusted certificate' },
    who: 'server',
    references: [
      'CERT_HAS_EXPIRED',
      'CERT_NOT_YET_VALID',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNSPECIFIED',
      '…CERT…',
    ],
    causes: {
      zh: '括号中代码的含义和处理见 [Node.js 和代理的代码](#nodejs-和代理的代码--codes-of-nodejs-and-of-a-proxy)。',
      en: 'What the code in brackets means, and what to do: [codes of Node.js and of a proxy](#nodejs-和代理的代码--codes-of-nodejs-and-of-a-proxy).',
    },
  },
  unanswered: {
    title: { zh: '没有收到响应', en: 'No answer' },
    who: 'nobody',
    references: ['ETIMEDOUT', 'ECONNRESET', 'EPIPE'],
    causes: {
      zh: '请求已发出，但 8 秒内没有收到响应，或连接中断。时间允许时，连接器已重发过同一请求。短信是否发出，见号码认证服务控制台“短信认证服务 → 发送记录”。',
      en: 'The request went out, and no answer came within 8 seconds, or the connection was cut. While there was time, the connector sent the same request again. Whether the message was sent stands in the console: 短信认证服务 → 发送记录.',
    },
    pages: [aliyunConsole],
  },
  gatewayDown: {
    title: { zh: '网关不可用', en: 'A gateway is down' },
    who: 'nobody',
    references: ['HTTP 502', 'HTTP 503', 'HTTP 504'],
    causes: {
      zh: '阿里云的网关或中间的代理未能转达请求或响应。时间允许时，连接器已重发过同一请求。短信是否发出，见号码认证服务控制台“短信认证服务 → 发送记录”。',
      en: "Aliyun's gateway, or a proxy on the way, could not pass the request on, or not the answer back. While there was time, the connector sent the same request again. Whether the message was sent stands in the console: 短信认证服务 → 发送记录.",
    },
    pages: [aliyunConsole],
  },
  unreadable: {
    title: { zh: '不是阿里云的响应', en: 'Not an answer of Aliyun' },
    who: 'server',
    references: ['HTTP …', 'HPE_…', 'ANSWER_TOO_LARGE', 'PROTOCOL_SWITCHED'],
    causes: {
      zh: '括号中代码的含义和处理见 [Node.js 和代理的代码](#nodejs-和代理的代码--codes-of-nodejs-and-of-a-proxy)。',
      en: 'What the code in brackets means, and what to do: [codes of Node.js and of a proxy](#nodejs-和代理的代码--codes-of-nodejs-and-of-a-proxy).',
    },
  },
};

/** What is known of an endpoint of the config's own that cannot be reached. */
export const unreachableEndpointNote: Note = {
  title: { zh: '配置的地址无法连接', en: 'The address in the config cannot be reached' },
  who: 'config',
  causes: {
    zh: '配置了 `endpoint`，但无法连接该地址：地址有误，或沙箱未启动。Logto 在容器中时，localhost 和 127.0.0.1 指容器本身。不需要时，将 `endpoint` 改为 null。',
    en: 'The config has an `endpoint`, which cannot be reached: it is wrong, or the sandbox is not running. In a container, localhost and 127.0.0.1 are the container itself. If it is not wanted, write null as the value of `endpoint`.',
  },
};
/* eslint-enable max-lines */

import { type InBoth } from '../contract.js';

const en = {
  title: 'SMS sandbox',
  gone: 'The sandbox has stopped. Start it again, and this page goes on.',
  unanswered: 'The sandbox does not answer.',
  refused: (reason: string) => `The sandbox refused: ${reason}`,

  interval: '60 s interval',
  passMinute: 'Let 60 s pass',
  minutePassed: '60 s have passed for the interval.',
  reset: 'Reset',
  resetHint: 'Removes all messages, and sets faults, interval and clock as they were at the start',

  faults: 'Faults',
  scopes: { next: 'Next message', all: 'Every message' },
  noFault: 'no fault',
  numberFault: (number: string, fault: string) => `${number}: ${fault}`,

  copy: 'Copy',
  copyCode: (code: string) => `Copy ${code}`,
  copyConfig: 'Copy the config',
  copied: 'Copied',
  selected: 'Selected: copy it by hand',

  messages: 'Messages',
  filter: 'Filter by number',
  nothingFound: 'No message to such a number.',
  requests: (count: number) => `${count} requests`,
  noCode: 'no code',
  noNumber: 'no number',
  noAnswer: 'no answer',
  fates: {
    open: () => 'no answer yet',
    delivered: () => 'delivered',
    unnoticed: (answer: string) => `delivered, but ${answer}`,
    lost: () => 'accepted, never delivered',
    refused: (answer: string) => answer,
  },

  to: (number: string) => `To ${number}`,
  emptyPhone: 'Nothing is on the phone.',
  smsSignature: 'SMS signature',
  template: 'Template',

  requestsOf: 'Requests',
  tries: {
    first: 'Request',
    retry: 'Retry of the same request',
    resend: 'Resend with a new nonce',
  },
  withFault: (fault: string) => `fault: ${fault}`,
  signedWrong: 'Not signed with the AccessKey of the sandbox.',
  smsSent: 'The SMS went to the phone.',
  answer: 'What was answered',
  sent: 'What was sent',

  waiting: 'Waiting for a message',
  connect: 'Connect Logto',
  steps: [
    'In Logto Console, open "Connectors" and the connector "Aliyun Message Authentication Service". Paste this config over all that is in the JSON editor.',
    'Under "Test connection", type +86 138 0000 0000, with the +86, and press "Send". The code appears here.',
    'Press "Save and Done".',
    'In "Sign-in & account" → "Sign-up and sign-in", add the phone number to sign-up and remove the user name and the password there, so that a number and a code are enough. The README of the sandbox has each step.',
  ],
  container:
    'If Logto runs in a container, 127.0.0.1 is that container: run the sandbox in its network, with "network_mode: service:NAME" in Docker Compose or "docker run --network container:NAME".',
  config: 'Config',
  magic: 'Magic numbers',
  magicHint:
    'What each does is fixed, whatever faults and interval are set. So tests can run side by side.',
};

/** The page's texts in one language. */
export type Texts = typeof en;

const zh: Texts = {
  title: '短信沙箱',
  gone: '沙箱已停止。重新启动后，本页会自动恢复。',
  unanswered: '沙箱没有响应。',
  refused: (reason) => `沙箱拒绝了此操作：${reason}`,

  interval: '发送间隔 60 秒',
  passMinute: '快进 60 秒',
  minutePassed: '发送间隔已快进 60 秒。',
  reset: '重置',
  resetHint: '清除所有短信，并将故障、间隔和时钟恢复为启动时的状态',

  faults: '模拟故障',
  scopes: { next: '下一条短信', all: '每条短信' },
  noFault: '无故障',
  numberFault: (number, fault) => `${number}：${fault}`,

  copy: '复制',
  copyCode: (code) => `复制 ${code}`,
  copyConfig: '复制配置',
  copied: '已复制',
  selected: '已选中，请手动复制',

  messages: '短信',
  filter: '按号码筛选',
  nothingFound: '没有发往此号码的短信。',
  requests: (count) => `${count} 次请求`,
  noCode: '无验证码',
  noNumber: '无号码',
  noAnswer: '无响应',
  fates: {
    open: () => '尚未响应',
    delivered: () => '已送达',
    unnoticed: (answer) => `已送达；${answer}`,
    lost: () => '已受理，但未送达',
    refused: (answer) => answer,
  },

  to: (number) => `发往 ${number}`,
  emptyPhone: '手机上没有收到短信。',
  smsSignature: '短信签名',
  template: '短信模板',

  requestsOf: '请求',
  tries: { first: '请求', retry: '重试：同一请求', resend: '重新发送：新的 nonce' },
  withFault: (fault) => `模拟故障：${fault}`,
  signedWrong: '请求不是用沙箱的 AccessKey 签名的。',
  smsSent: '短信已送达手机。',
  answer: '响应内容',
  sent: '请求内容',

  waiting: '等待短信',
  connect: '连接 Logto',
  steps: [
    '在 Logto 控制台的“连接器”中，打开“阿里云短信认证服务”连接器，用此配置替换 JSON 编辑器中的全部内容。',
    '在“连接测试”中输入 +86 138 0000 0000（包括 +86），点击“发送”。验证码随即出现在本页。',
    '点击“保存并完成”。',
    '在“登录与账户 → 注册与登录”中，为注册添加“手机号码”，并移除用户名和密码，使手机号加验证码即可注册。详细步骤见沙箱的 README。',
  ],
  container:
    '如果 Logto 在容器中运行，127.0.0.1 是容器自身：请让沙箱使用 Logto 容器的网络，在 Docker Compose 中写 network_mode: service:名称，或使用 docker run --network container:名称。',
  config: '配置',
  magic: '特殊号码',
  magicHint: '每个号码的结果固定，不受模拟故障和发送间隔影响，因此多个测试可以同时运行。',
};

/** The first of the browser's languages that the page speaks. */
const wanted = navigator.languages.find((it) => /^(?:en|zh)\b/i.test(it)) ?? 'en';

/** The page's language. */
export const language: keyof InBoth = /^zh/i.test(wanted) ? 'zh' : 'en';

/** What `lang` is for it. */
export const lang = language === 'zh' ? 'zh-CN' : 'en';

/** The page's texts in its language. */
export const texts: Texts = language === 'zh' ? zh : en;

// To make a format takes far longer than to use it, and the list holds a thousand times.
const clockFormat = new Intl.DateTimeFormat(lang, { timeStyle: 'medium', hourCycle: 'h23' });

const phoneFormat = new Intl.DateTimeFormat(lang, {
  dateStyle: 'long',
  timeStyle: 'short',
  hourCycle: 'h23',
});

/** A time of ISO 8601 as a clock shows it here. */
export const clockTime = (time: string): string => clockFormat.format(new Date(time));

/** A time of ISO 8601 as a phone shows it here, with its date. */
export const dateAndTime = (time: string): string => phoneFormat.format(new Date(time));

import { type InBoth } from '../contract.js';

/** How a request came to be sent. */
type Try = 'first' | 'repeat' | 'resend';

const en = {
  title: 'SMS sandbox',
  gone: 'The sandbox has stopped. Start it again, and this page goes on.',
  unanswered: 'The sandbox does not answer.',
  refused: (reason: string) => `The sandbox refused: ${reason}`,

  interval: '60 s interval',
  passMinute: 'Let 60 s pass',
  minutePassed: '60 s have passed for the interval.',
  clear: 'Clear',
  clearHint: 'Removes all messages; faults and interval stay as they are',
  reset: 'Reset',
  resetHint: 'Removes all messages, and sets faults, interval and clock as they were at the start',

  faults: 'Faults',
  fault: 'What goes wrong',
  scope: 'For',
  scopes: { next: 'the next message', numbers: 'one number', all: 'every message' },
  number: 'Number',
  wrongNumber: 'A mainland number has 11 digits and begins with 1, such as 138 0013 8000.',
  magicNumber: 'What this number does is fixed; a fault has no effect on it.',
  set: 'Set',
  inForce: 'Faults in force',
  faultFor: (scope: string, fault: string) => `${scope}: ${fault}`,
  remove: (scope: string, fault: string) => `Remove: ${fault}, ${scope}`,
  removeAll: 'Remove all',

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

  connector: 'What the connector did',
  tries: {
    first: 'Sent the request',
    repeat: 'Sent the same request again',
    resend: 'Sent a new request, as the first was too soon',
  } satisfies Record<Try, string>,
  withFault: (fault: string) => `fault: ${fault}`,
  signedRight: 'Signed with the right AccessKey.',
  signedWrong: 'Not signed with the AccessKey of the sandbox.',
  smsSent: 'The SMS went to the phone.',
  answer: 'What was answered',
  sent: 'What was sent',

  waiting: 'Waiting for a message',
  connect: 'Connect Logto',
  steps: [
    'In Logto Console, open "Connectors" and the SMS connector "Aliyun Message Authentication Service". Paste this config over all that is in the JSON editor.',
    'Under "Test connection", type +86 138 0000 0000, with the +86, and press "Send". The code appears here.',
    'Press "Save and Done".',
    'In "Sign-in & account" → "Sign-up and sign-in", add the phone number to sign-up and to sign-in, with the verification code, and save. A new Logto shows these tabs after "Get started" → "Skip".',
  ],
  container:
    'If Logto runs in a container, the config stays as it is, but 127.0.0.1 is that container: run the sandbox in its network, with "network_mode: service:NAME" in Docker Compose or "docker run --network container:NAME". To see this page from outside, start the sandbox with --host 0.0.0.0, and publish its port on Logto\'s container.',
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
  clear: '清空',
  clearHint: '清除所有短信，保留故障和间隔设置',
  reset: '重置',
  resetHint: '清除所有短信，并将故障、间隔和时钟恢复为启动时的状态',

  faults: '模拟故障',
  fault: '故障',
  scope: '作用于',
  scopes: { next: '下一条短信', numbers: '一个号码', all: '每条短信' },
  number: '号码',
  wrongNumber: '中国大陆手机号为 11 位数字，以 1 开头，例如 138 0013 8000。',
  magicNumber: '这是特殊号码，结果固定，模拟故障对它无效。',
  set: '设置',
  inForce: '当前故障',
  faultFor: (scope, fault) => `${scope}：${fault}`,
  remove: (scope, fault) => `取消：${scope}，${fault}`,
  removeAll: '全部取消',

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

  connector: '连接器的处理',
  tries: {
    first: '发送请求',
    repeat: '重发同一请求',
    resend: '上次因过于频繁被拒，改发新请求',
  },
  withFault: (fault) => `模拟故障：${fault}`,
  signedRight: '请求已用正确的 AccessKey 签名。',
  signedWrong: '请求不是用沙箱的 AccessKey 签名的。',
  smsSent: '短信已送达手机。',
  answer: '响应内容',
  sent: '请求内容',

  waiting: '等待短信',
  connect: '连接 Logto',
  steps: [
    '在 Logto 控制台的“连接器”中，打开短信连接器“阿里云短信认证服务”，用此配置替换 JSON 编辑器中的全部内容。',
    '在“连接测试”中输入 +86 138 0000 0000（包括 +86），点击“发送”。验证码随即出现在本页。',
    '点击“保存并完成”。',
    '在“登录与账户 → 注册与登录”中，为注册和登录添加“手机号码”，勾选“验证码”，保存更改。全新的 Logto 需先点击“开始 → 跳过”，才会显示这些标签页。',
  ],
  container:
    '如果 Logto 在容器中运行，配置不变，但 127.0.0.1 是容器自身：请让沙箱使用 Logto 容器的网络，在 Docker Compose 中写 network_mode: service:名称，或使用 docker run --network container:名称。要在容器外打开本页，请用 --host 0.0.0.0 启动沙箱，并在 Logto 的容器上映射沙箱的端口。',
  config: '配置',
  magic: '特殊号码',
  magicHint: '每个号码的结果固定，不受模拟故障和发送间隔影响，因此多个测试可以同时运行。',
};

/** All texts of the page. */
export const texts: Readonly<Record<keyof InBoth, Texts>> = { en, zh };

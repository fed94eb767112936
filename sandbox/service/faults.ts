import { type IncomingMessage, type ServerResponse } from 'node:http';

import { type InBoth } from '../contract.js';
import { answerOfGateway, answerOfService, answerToMismatch, type Reply } from './replies.js';

/** What happens to the line in place of an answer. */
export type Act = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** An answer of Aliyun's to a request that is in order, in place of sending the message. */
type AnswerFault = Readonly<{ kind: 'answer'; answer: (form: URLSearchParams) => Reply }>;

/** The answer of something between Logto and Aliyun, which the request never gets past. */
type PageFault = Readonly<{ kind: 'page'; page: Reply }>;

type LineFault = Readonly<{
  kind: 'line';
  act: Act;
  /** Whether the message is delivered all the same. */
  delivers?: true;
  /** Whether the line stays open until the other side gives up. */
  holds?: true;
}>;

/** What can go wrong between Logto and a phone, and what the sandbox does then, in words. */
export type Fault = InBoth & (AnswerFault | PageFault | LineFault);

const refusal = (
  code: string,
  en: string,
  zh: string,
  answer: AnswerFault['answer'] = () => answerOfService(code, zh),
): Fault => ({
  kind: 'answer',
  en: `refuses with ${code}: ${en}`,
  zh: `返回 ${code}：${zh}`,
  answer,
});

const page = (en: string, zh: string, status: number, body: string, location?: string): Fault => ({
  kind: 'page',
  en,
  zh,
  page: { status, code: '', body, ...(location && { location }) },
});

/** The headers of an answer of which the rest is still to come. */
const begin = (outgoing: ServerResponse): ServerResponse =>
  outgoing.writeHead(200, { 'content-length': 100 });

const sendHeadersOnly: Act = (_, outgoing) => {
  begin(outgoing).flushHeaders();
};

const drip: Act = (_, outgoing) => {
  begin(outgoing);
  const timer = setInterval(() => outgoing.write(' '), 1000);
  outgoing.once('close', () => {
    clearInterval(timer);
  });
};

const cutInTheMiddle: Act = (incoming, outgoing) => {
  begin(outgoing).write('{"Code":', () => {
    incoming.socket.destroy();
  });
};

const table = {
  frequency: refusal('biz.FREQUENCY', 'too soon after the last one', '该号码刚刚获取过验证码'),
  dayLimit: refusal('BUSINESS_LIMIT_CONTROL', 'this number is at its limit', '该号码已达上限'),
  badNumber: refusal('MOBILE_NUMBER_ILLEGAL', 'it cannot receive messages', '该号码无法接收短信'),
  noBalance: refusal('isv.OUT_OF_SERVICE', 'no balance is left', '账号余额不足'),
  notActivated: refusal('FUNCTION_NOT_OPENED', 'service not activated', '尚未开通短信认证'),
  badParameters: refusal('isv.INVALID_PARAMETERS', 'wrong signature or template', '签名或模板无效'),
  wrongSecret: refusal(
    'SignatureDoesNotMatch',
    'it repeats number and code',
    '响应中含有号码和验证码',
    answerToMismatch,
  ),
  throttled: refusal('Throttling.User', 'too many requests', '请求过于频繁', () =>
    answerOfGateway(400, 'Throttling.User', 'Request was denied due to user flow control.'),
  ),
  unavailable: refusal('ServiceUnavailable', "a 503 of Aliyun's own", '阿里云自身的 503', () =>
    answerOfGateway(
      503,
      'ServiceUnavailable',
      'The request has failed due to a temporary failure.',
    ),
  ),
  lost: {
    kind: 'answer',
    en: 'accepts the message, which never arrives',
    zh: '受理短信，但不送达',
    answer: () => answerOfService('OK', 'OK'),
  },
  hang: {
    kind: 'line',
    en: 'takes the request and never answers',
    zh: '收到请求，但始终不响应',
    act: () => undefined,
    holds: true,
  },
  stall: {
    kind: 'line',
    en: 'sends the headers of an answer and stops',
    zh: '只发送响应头，之后停住',
    act: sendHeadersOnly,
    holds: true,
  },
  drip: {
    kind: 'line',
    en: 'sends its answer a byte a second',
    zh: '每秒只发送响应的一个字节',
    act: drip,
    holds: true,
  },
  reset: {
    kind: 'line',
    en: 'cuts the connection before it reads the message',
    zh: '处理请求之前断开连接',
    act: ({ socket }) => {
      socket.resetAndDestroy();
    },
  },
  cut: {
    kind: 'line',
    en: 'delivers the message, then cuts the connection',
    zh: '短信已送达，随后断开连接',
    act: ({ socket }) => {
      socket.destroy();
    },
    delivers: true,
  },
  truncate: {
    kind: 'line',
    en: 'cuts the connection in the middle of its answer',
    zh: '响应发送到一半时断开连接',
    act: cutInTheMiddle,
  },
  garbage: {
    kind: 'line',
    en: 'answers with something that is not HTTP',
    zh: '响应不是 HTTP',
    act: ({ socket }) => {
      socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n');
    },
  },
  html: page(
    'answers with the HTML page of a proxy',
    '返回代理的 HTML 页面',
    200,
    '<p>Please sign in to the network</p>',
  ),
  badGateway: page(
    'answers with the 502 page of a gateway',
    '返回网关的 502 页面',
    502,
    '<h1>502</h1>',
  ),
  gatewayDown: page(
    'answers with the 503 page of a gateway',
    '返回网关的 503 页面',
    503,
    '<h1>503</h1>',
  ),
  empty: page('answers with nothing', '返回空响应', 200, ''),
  list: page('answers with JSON that is not an object', '返回的 JSON 不是对象', 200, '[]'),
  codeless: page('answers with JSON without a Code', '返回的 JSON 中没有 Code', 200, '{}'),
  large: page(
    'answers with more than 64 KiB',
    '返回超过 64 KiB 的内容',
    200,
    ' '.repeat(8 * 1024 * 1024),
  ),
  redirect: page('redirects elsewhere', '重定向到其他地址', 307, '', '/elsewhere'),
} satisfies Record<string, Fault>;

/** The name of a fault. */
export type FaultName = keyof typeof table;

/** Every fault, by its name: for the page, the API, `--fault` and the tests. */
export const faults: Readonly<Record<FaultName, Fault>> = table;

/** Whether a text names a fault. */
export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faults, name);

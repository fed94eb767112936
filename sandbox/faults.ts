import { type IncomingMessage, type ServerResponse } from 'node:http';

import { business, gateway, mismatchOf, type Reply } from './checks.js';
import { type InBoth } from './service.js';

type Act = (response: ServerResponse, request: IncomingMessage) => unknown;

/** A refusal of Aliyun's, the page of something in between, or what becomes of the line. */
export type Fault = InBoth &
  Readonly<{
    /** Answers a request that is in order, in place of sending the message. */
    refuse?: (form: URLSearchParams) => Reply;
    page?: Reply;
    act?: Act;
    /** What the connector calls it when it reads no whole answer. */
    failure?: string | undefined;
    /** Whether the message is delivered all the same. */
    delivers?: true;
  }>;

const refusal = (code: string, en: string, zh: string, refuse?: Fault['refuse']): Fault => ({
  ...{ en: `refuses with ${code}: ${en}`, zh: `返回 ${code}：${zh}` },
  refuse: refuse ?? (() => business(code, zh)),
});

const page = (en: string, zh: string, reply: Partial<Reply>, failure?: string): Fault => ({
  ...{ en, zh, failure },
  page: { status: 200, code: '', body: '', ...reply },
});

const line = (en: string, zh: string, failure: string, act: Act): Fault => ({
  ...{ en, zh, failure, act },
});

const begin = (response: ServerResponse) => response.writeHead(200, { 'content-length': 100 });

// prettier-ignore
const table = {
  frequency: refusal('biz.FREQUENCY', 'too soon after the last one', '该号码刚刚获取过验证码'),
  dayLimit: refusal('BUSINESS_LIMIT_CONTROL', 'this number is at its limit', '该号码已达上限'),
  badNumber: refusal('MOBILE_NUMBER_ILLEGAL', 'it cannot receive messages', '该号码无法接收短信'),
  noBalance: refusal('isv.OUT_OF_SERVICE', 'no balance is left', '账号余额不足'),
  notActivated: refusal('FUNCTION_NOT_OPENED', 'service not activated', '尚未开通短信认证'),
  badParameters: refusal('isv.INVALID_PARAMETERS', 'wrong signature or template', '签名或模板无效'),
  wrongSecret: refusal('SignatureDoesNotMatch', 'it repeats number and code', '响应中含有号码和验证码', (form) => gateway(400, 'SignatureDoesNotMatch', mismatchOf(form))),
  throttled: refusal('Throttling.User', 'too many requests', '请求过于频繁', () => gateway(400, 'Throttling.User', 'Request was denied due to user flow control.')),
  unavailable: refusal('ServiceUnavailable', "a 503 of Aliyun's own", '阿里云自身的 503', () => gateway(503, 'ServiceUnavailable', 'The request has failed due to a temporary failure.')),
  lost: { en: 'accepts the message, which never arrives', zh: '接受短信，但不会送达', refuse: () => business('OK', 'OK') },
  hang: line('takes the request and never answers', '收到请求，但始终不响应', 'ETIMEDOUT', () => undefined),
  stall: line('sends the headers of an answer and stops', '只发送响应头，之后停住', 'ETIMEDOUT', (it) => { begin(it).flushHeaders(); }),
  drip: line('sends its answer a byte a second', '每秒只发送响应的一个字节', 'ETIMEDOUT', (it) => {
    const timer = setInterval(() => it.write(' '), 1000);
    it.once('close', () => { clearInterval(timer); });
  }),
  reset: line('cuts the connection before it reads the message', '处理请求之前断开连接', 'ECONNRESET', (_, { socket }) => socket.resetAndDestroy()),
  cut: { delivers: true, ...line('delivers the message, then cuts the connection', '短信已送达，随后断开连接', 'ECONNRESET', (_, { socket }) => socket.destroy()) },
  truncate: line('cuts the connection in the middle of its answer', '响应发送到一半时断开连接', 'ECONNRESET', (it, { socket }) => begin(it).write('{"Code":', () => { socket.destroy(); })),
  garbage: line('answers with something that is not HTTP', '响应不是 HTTP', 'HPE_INVALID_CONSTANT', (_, { socket }) => socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n')),
  html: page('answers with the HTML page of a proxy', '返回代理的 HTML 页面', { body: '<p>Please sign in to the network</p>' }),
  badGateway: page('answers with the 502 page of a gateway', '返回网关的 502 页面', { status: 502, body: '<h1>502</h1>' }),
  gatewayDown: page('answers with the 503 page of a gateway', '返回网关的 503 页面', { status: 503, body: '<h1>503</h1>' }),
  empty: page('answers with nothing', '返回空响应', {}),
  list: page('answers with JSON that is not an object', '返回的 JSON 不是对象', { body: '[]' }),
  codeless: page('answers with JSON without a Code', '返回的 JSON 中没有 Code', { body: '{}' }),
  large: page('answers with more than 64 KiB', '返回超过 64 KiB 的内容', { body: ' '.repeat(8 * 1024 * 1024) }, 'HPE_BODY_OVERFLOW'),
  redirect: page('redirects elsewhere', '重定向到其他地址', { status: 307, location: '/elsewhere' }),
} satisfies Record<string, Fault>;

/** The name of a fault. */
export type FaultName = keyof typeof table;

/** What can go wrong between Logto and a phone: for the page, the API, `--fault` and the tests. */
export const faults: Readonly<Record<FaultName, Fault>> = table;

/** Whether a text names a fault. */
export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faults, name);

/** What happens to a number; `isOnce` if not to the repeat of a request. */
type MagicNumber = InBoth & Readonly<{ fault?: FaultName; isOnce?: true }>;

const always = (fault: FaultName): MagicNumber => ({ fault, ...faults[fault] });

// prettier-ignore
const magic: readonly MagicNumber[] = [
  { en: 'delivers the message', zh: '短信正常送达' },
  ...(['frequency', 'dayLimit', 'badNumber', 'noBalance', 'notActivated', 'badParameters', 'wrongSecret', 'hang'] as const).map(always),
  { fault: 'cut', isOnce: true, en: 'delivers, then cuts the connection; refuses the repeat with SignatureNonceUsed', zh: '短信已送达，随后断开连接；重发的请求返回 SignatureNonceUsed' },
  always('lost'),
  { fault: 'gatewayDown', isOnce: true, en: 'answers with the 503 page of a gateway; delivers on the repeat', zh: '首次返回网关的 503 页面；重发的请求正常送达' },
];

/** The numbers that decide what happens, whoever else uses the sandbox: 13800000000 and those that follow. */
export const magicNumbers: ReadonlyMap<string, MagicNumber> = new Map(
  magic.map((row, index) => [String(13_800_000_000 + index), row]),
);

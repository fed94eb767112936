import { type IncomingMessage, type ServerResponse } from 'node:http';

import { type InBoth } from '../contract.js';

import {
  answerOfGateway,
  answerOfService,
  answerToMismatch,
  codeMeanings,
  type RefusalCode,
  type Reply,
} from './answers.js';

/** What is done to the connection in place of an answer. */
export type Act = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** An answer of Aliyun's to a request that is in order, in place of sending the message. */
type AnswerFault = Readonly<{ kind: 'answer'; answer: (form: URLSearchParams) => Reply }>;

/** The answer of something between Logto and Aliyun, which the request never gets past. */
type PageFault = Readonly<{ kind: 'page'; page: Reply }>;

type ConnectionFault = Readonly<{
  kind: 'connection';
  act?: Act;
  /** Whether the message is delivered all the same. */
  delivers?: true;
  /** Whether the connection stays open until the other side gives up. */
  holds?: true;
}>;

/** What can go wrong between Logto and a phone, and what the sandbox does then, in words. */
export type Fault = InBoth & (AnswerFault | PageFault | ConnectionFault);

const refusal = (
  code: RefusalCode,
  answer: AnswerFault['answer'] = () => answerOfService(code, codeMeanings[code].zh)
): Fault => ({
  kind: 'answer',
  en: `refuses with ${code}: ${codeMeanings[code].en}`,
  zh: `返回 ${code}：${codeMeanings[code].zh}`,
  answer,
});

const page = (status: number, body: string, text: InBoth): Fault => ({
  kind: 'page',
  ...text,
  page: { status, code: '', body },
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
  frequency: refusal('biz.FREQUENCY'),
  dayLimit: refusal('BUSINESS_LIMIT_CONTROL'),
  badNumber: refusal('MOBILE_NUMBER_ILLEGAL'),
  noBalance: refusal('isv.OUT_OF_SERVICE'),
  notActivated: refusal('FUNCTION_NOT_OPENED'),
  badParameters: refusal('isv.INVALID_PARAMETERS'),
  wrongSecret: refusal('SignatureDoesNotMatch', answerToMismatch),
  throttled: refusal('Throttling.User', () =>
    answerOfGateway(400, 'Throttling.User', 'Request was denied due to user flow control.')
  ),
  unavailable: refusal('ServiceUnavailable', () =>
    answerOfGateway(503, 'ServiceUnavailable', 'The request has failed due to a temporary failure.')
  ),
  lost: {
    kind: 'answer',
    en: 'accepts the message, which never arrives',
    zh: '受理短信，但不送达',
    answer: () => answerOfService('OK', 'OK'),
  },
  hang: {
    kind: 'connection',
    en: 'takes the request and never answers',
    zh: '收到请求，但始终不响应',
    holds: true,
  },
  stall: {
    kind: 'connection',
    en: 'sends the headers of an answer and stops',
    zh: '只发送响应头，之后停住',
    act: sendHeadersOnly,
    holds: true,
  },
  drip: {
    kind: 'connection',
    en: 'sends its answer a byte a second',
    zh: '每秒只发送响应的一个字节',
    act: drip,
    holds: true,
  },
  reset: {
    kind: 'connection',
    en: 'cuts the connection before it reads the message',
    zh: '处理请求之前断开连接',
    act: ({ socket }) => {
      socket.resetAndDestroy();
    },
  },
  cut: {
    kind: 'connection',
    en: 'delivers the message, then cuts the connection',
    zh: '短信已送达，随后断开连接',
    act: ({ socket }) => {
      socket.destroy();
    },
    delivers: true,
  },
  truncate: {
    kind: 'connection',
    en: 'cuts the connection in the middle of its answer',
    zh: '响应发送到一半时断开连接',
    act: cutInTheMiddle,
  },
  garbage: {
    kind: 'connection',
    en: 'answers with something that is not HTTP',
    zh: '响应不是 HTTP',
    act: ({ socket }) => {
      socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n');
    },
  },
  html: page(200, '<p>Please sign in to the network</p>', {
    en: "answers with the HTML page of a proxy: not Aliyun's answer",
    zh: '返回代理的 HTML 页面，而不是阿里云的响应',
  }),
  badGateway: page(502, '<h1>502</h1>', {
    en: 'answers with the 502 page of a gateway',
    zh: '返回网关的 502 页面',
  }),
  gatewayDown: page(503, '<h1>503</h1>', {
    en: 'answers with the 503 page of a gateway',
    zh: '返回网关的 503 页面',
  }),
  large: page(200, ' '.repeat(8 * 1024 * 1024), {
    en: 'answers with more than 64 KiB',
    zh: '返回超过 64 KiB 的内容',
  }),
} satisfies Record<string, Fault>;

/** The name of a fault. */
export type FaultName = keyof typeof table;

/** Every fault, by its name: for the page, the API, `--fault` and the tests. */
export const faults: Readonly<Record<FaultName, Fault>> = table;

/** Whether a text names a fault. */
export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faults, name);

/** What to say where a text names none. */
export const unknownFault = (name: string): string =>
  `There is no fault "${name.slice(0, 40)}". There are ${Object.keys(faults).join(', ')}.`;

/** Numbers that decide what happens, whoever else uses the sandbox: no fault that is set and no interval counts. */
export type MagicNumber = InBoth &
  Readonly<{
    /** 11 digits. */
    from: string;
    /** The last one of the range, which may be the first. */
    to: string;
    fault?: FaultName;
    /** Whether a retry of a request does not meet the fault. */
    isOnce?: true;
  }>;

const always = (number: string, fault: FaultName): MagicNumber => ({
  from: number,
  to: number,
  fault,
  en: faults[fault].en,
  zh: faults[fault].zh,
});

/** All magic numbers, in their order. */
export const magicNumbers: readonly MagicNumber[] = [
  { from: '13800000000', to: '13800000000', en: 'delivers the message', zh: '短信正常送达' },
  always('13800000001', 'frequency'),
  always('13800000002', 'dayLimit'),
  always('13800000003', 'badNumber'),
  always('13800000004', 'noBalance'),
  always('13800000005', 'notActivated'),
  always('13800000006', 'badParameters'),
  always('13800000007', 'wrongSecret'),
  always('13800000008', 'hang'),
  {
    from: '13800000009',
    to: '13800000009',
    fault: 'cut',
    isOnce: true,
    en: 'delivers, then cuts the connection; refuses the retry with SignatureNonceUsed',
    zh: '短信已送达，随后断开连接；对重试的请求返回 SignatureNonceUsed',
  },
  always('13800000010', 'lost'),
  {
    from: '13800000011',
    to: '13800000011',
    fault: 'gatewayDown',
    isOnce: true,
    en: 'answers with the 503 page of a gateway; delivers on the retry',
    zh: '首次返回网关的 503 页面；重试的请求正常送达',
  },
  {
    from: '13800001000',
    to: '13800001999',
    en: 'each delivers the message: a number of its own for every test',
    zh: '短信正常送达：一千个号码，每个测试可各用一个',
  },
];

/**
 * The magic number that a number is, if it is one.
 *
 * @param number 11 digits. For any other text there is none.
 */
export const findMagicNumber = (number: string): MagicNumber | undefined =>
  /^\d{11}$/.test(number)
    ? magicNumbers.find(({ from, to }) => from <= number && number <= to)
    : undefined;

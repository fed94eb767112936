import { type IncomingMessage, type ServerResponse } from 'node:http';

type Fault = Readonly<{
  /** What an admin reads of it. */
  description: string;
  /** Whether the message is delivered before the fault shows. */
  delivers?: boolean;
  act: (response: ServerResponse, request: IncomingMessage) => void;
}>;

/** An answer of Aliyun's gateway. */
const gateway = (status: number, code: string): Pick<Fault, 'act'> => ({
  act: (response) => {
    response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' }).end(
      JSON.stringify({
        RequestId: 'B7E5AC80-5E0D-4D3B-A6F5-3D6B6A0E4C11',
        HostId: 'dypnsapi.aliyuncs.com',
        Code: code,
        Message: `${code}: a fault of the sandbox's`,
      }),
    );
  },
});

const text = (status: number, contentType: string, body: string): Pick<Fault, 'act'> => ({
  act: (response) => {
    response.writeHead(status, { 'content-type': contentType }).end(body);
  },
});

/** What can go wrong between Logto and Aliyun. Used by the sandbox's `--fault` and by the tests. */
export const faults = {
  hang: {
    description: 'takes the request and never answers',
    act: () => undefined,
  },
  stall: {
    description: 'sends the headers of an answer and stops',
    act: (response) => {
      response.writeHead(200, { 'content-length': 100 }).flushHeaders();
    },
  },
  drip: {
    description: 'sends its answer a byte a second',
    act: (response) => {
      const timer = setInterval(() => response.write(' '), 1000);

      response.once('close', () => {
        clearInterval(timer);
      });
    },
  },
  reset: {
    description: 'cuts the connection before it reads the message',
    act: (_, { socket }) => {
      socket.resetAndDestroy();
    },
  },
  cut: {
    description: 'delivers the message and cuts the connection before it answers',
    delivers: true,
    act: (_, { socket }) => {
      socket.destroy();
    },
  },
  truncate: {
    description: 'cuts the connection in the middle of its answer',
    act: (response, { socket }) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"Code":', () => {
        socket.destroy();
      });
    },
  },
  garbage: {
    description: 'answers with something that is not HTTP',
    act: (_, { socket }) => {
      socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n');
    },
  },
  html: {
    description: 'answers with the HTML page of a proxy',
    ...text(200, 'text/html', '<html><body>Please sign in to the network</body></html>'),
  },
  empty: { description: 'answers with nothing', ...text(200, 'application/json', '') },
  list: {
    description: 'answers with JSON that is not an object',
    ...text(200, 'application/json', '[]'),
  },
  codeless: {
    description: 'answers with JSON without a Code',
    ...text(200, 'application/json', '{}'),
  },
  large: {
    description: 'answers with more than 64 KiB',
    ...text(200, 'application/json', ' '.repeat(8 * 1024 * 1024)),
  },
  redirect: {
    description: 'redirects elsewhere',
    act: (response) => {
      response.writeHead(307, { location: '/elsewhere' }).end();
    },
  },
  unavailable: {
    description: 'answers 503, as an overloaded gateway does',
    ...gateway(503, 'ServiceUnavailable'),
  },
  badGateway: { description: 'answers 502 with HTML', ...text(502, 'text/html', '<h1>502</h1>') },
  throttled: { description: 'asks for fewer requests', ...gateway(400, 'Throttling.User') },
} as const satisfies Record<string, Fault>;

/** The name of a fault. */
export type FaultName = keyof typeof faults;

/** Whether a text names a fault. */
export const isFaultName = (name: string): name is FaultName => Object.hasOwn(faults, name);

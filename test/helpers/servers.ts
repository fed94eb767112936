/* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- Events and rounds are counted. */
/* eslint-disable @silverhand/fp/no-mutating-methods -- What comes in by callbacks is collected. */
import { noop, trySafe } from '@silverhand/essentials';
import { once } from 'node:events';
import http, {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import https from 'node:https';
import net, { type ListenOptions, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterAll } from 'vitest';

import { type Certificate } from './certificate.js';

/** Where nothing listens: no program is given this port unless it asks for it by number, and is root. */
export const nowhere = 'http://127.0.0.1:1';

const closers: Array<() => unknown> = [];

/** Has something closed when the tests of the file are over. */
export const closeAfterwards = (close: () => unknown): void => {
  closers.push(close);
};

afterAll(async () => {
  await Promise.all(closers.map(async (close) => close()));
});

/** A server of a test. */
export type Listening = Readonly<{
  port: number;
  /** Every connection that was opened, and when, as `performance.now()` tells the time. */
  sockets: readonly Socket[];
  times: readonly number[];
  /** Ends it, with all its connections. Its port may be another program's then: do not use it again. */
  close: () => Promise<void>;
}>;

const anyPort = { port: 0, host: '127.0.0.1' };

/**
 * Listens on loopback until the tests of the file are over.
 *
 * @param where An address and port of its own, in place of a port that is free.
 */
export const listen = async (
  server: Server,
  where: ListenOptions = anyPort
): Promise<Listening> => {
  const sockets: Socket[] = [];
  const times: number[] = [];
  const close = async () => {
    server.close();
    for (const socket of sockets) {
      socket.destroy();
    }
    await once(server, 'close');
  };

  server.on('connection', (socket: Socket) => {
    // What becomes of it shows on the other side.
    sockets.push(socket.on('error', noop));
    times.push(performance.now());
  });
  await new Promise<void>((resolve) => {
    server.listen(where, resolve);
  });
  closeAfterwards(async () => server.listening && close());

  const address = server.address();

  if (typeof address !== 'object' || address === null) {
    throw new Error('The server has no port.');
  }

  return { port: address.port, sockets, times, close };
};

/** An answer of Aliyun's, for tests that need no more of it than its code. */
export const answerOf = (code: string, rest: Record<string, unknown> = {}): string =>
  JSON.stringify({
    RequestId: 'CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47',
    Code: code,
    Message: 'specified',
    ...rest,
  });

export const ok = answerOf('OK');

/** What a server does with a request whose body it has read. */
export type Respond = (response: ServerResponse, form: string, request: IncomingMessage) => unknown;

/**
 * A server that keeps each form that arrives, and when it did.
 *
 * @param respond Has the form in `forms` already.
 * @param certificate Makes it one of https.
 */
export const serve = async (respond: Respond, certificate?: Certificate) => {
  const forms: string[] = [];
  const arrivals: number[] = [];
  const options = { ...certificate, keepAliveTimeout: 75_000 };
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = await trySafe(text(request));

    // It was cut off, and has not arrived.
    if (form === undefined) {
      return;
    }

    forms.push(form);
    arrivals.push(performance.now());
    respond(response, form, request);
  };
  const server = certificate
    ? https.createServer(options, receive)
    : http.createServer(options, receive);
  const { port, ...rest } = await listen(server);
  const endpoint = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;

  return { endpoint, port, forms, arrivals, server, ...rest };
};

/** A status, a body and headers. */
export type Page = readonly [
  status: number,
  body: string | Uint8Array,
  headers?: OutgoingHttpHeaders,
];

/** Responds to the first requests one after the other, and to all others as to the last. */
export const serveInTurn = async (...pages: Page[]) => {
  const left = [...pages];

  return serve((response) => {
    const [status, body, headers] = (left.length > 1 ? left.shift() : left[0]) ?? [500, ''];

    response.writeHead(status, { ...headers }).end(body);
  });
};

/** A server below HTTP and TLS: what it does with a connection, and the connection's number from 0. */
export const serveRaw = async (meet: (socket: Socket, index: number) => unknown) => {
  let connections = 0;

  return listen(
    net.createServer((socket) => {
      meet(socket, connections);
      connections += 1;
    })
  );
};

/** Passes a connection on to another port, both ways. Returns the connection to there. */
export const passOn = (socket: Socket, port: number): Socket => {
  const upstream = net.connect(port, '127.0.0.1').on('error', noop);

  socket
    .once('close', () => upstream.destroy())
    .pipe(upstream)
    .pipe(socket);

  return upstream;
};
/* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */
/* eslint-enable @silverhand/fp/no-mutating-methods */

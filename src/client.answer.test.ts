import { noop } from '@silverhand/essentials';
import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { describe, expect, it, vi } from 'vitest';

import { call } from '../test/helpers/call.js';
import { createRecord } from '../test/helpers/record.js';
import { answerOf, ok, serve, serveInTurn, serveRaw } from '../test/helpers/servers.js';

const requestId = 'CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47';

describe('a request', () => {
  it('posts the form as it is to the path of the endpoint, and asks for no compression', async () => {
    const form = 'SignName=%E6%81%92&Signature=a%2Bb%3D';
    const requests = createRecord<unknown>();
    const { endpoint } = await serve((response, body, { method, url, headers }) => {
      requests.add([method, url, headers['content-type'], headers['accept-encoding'], body]);
      response.end('{"Code":"OK"}');
    });
    const { outcome } = await call(`${endpoint}/aliyun/sms`, form);

    expect(outcome).toEqual({ answer: { code: 'OK' }, mayBeDelivered: false });
    expect(requests.items).toEqual([
      ['POST', '/aliyun/sms', 'application/x-www-form-urlencoded', undefined, form],
    ]);
  });
});

describe("an answer of Aliyun's", () => {
  it.each([
    [200, 'OK'],
    [202, 'OK'],
    [400, 'OK'],
    [500, 'OK'],
    [503, 'OK'],
    [200, 'biz.FREQUENCY'],
    [400, 'Throttling.User'],
    [429, 'Throttling'],
    [403, 'Forbidden.RAM'],
    [404, 'InvalidAccessKeyId.NotFound'],
    [408, 'isv.NEVER_SEEN'],
    [413, 'isv.NEVER_SEEN'],
    [500, 'InternalError'],
    [502, 'isv.SMS_SIGNATURE_ILLEGAL'],
    [503, 'ServiceUnavailable'],
    [504, 'Throttling.Api'],
    [400, 'SignatureNonceUsed'],
  ])(
    'counts by its code, whatever the status, and is not asked for again: %i %s',
    async (...given) => {
      const [status, code] = given;
      const { endpoint, forms } = await serveInTurn(
        [status, answerOf(code)],
        // What Aliyun says to a retry. Taken for sent, a message would be lost without a word.
        [400, answerOf('SignatureNonceUsed')]
      );
      const { outcome } = await call(endpoint);

      expect(outcome).toEqual({ answer: { code, requestId }, mayBeDelivered: false });
      expect(forms).toHaveLength(1);
    }
  );

  it('is its code and its RequestId, and nothing else that the server says', async () => {
    const { endpoint } = await serve((response, form) =>
      response.end(answerOf('isv.NEVER_SEEN', { Message: form, Recommend: form, Data: { form } }))
    );
    const { outcome } = await call(endpoint, 'PhoneNumber=13800138000');

    expect(outcome).toEqual({
      answer: { code: 'isv.NEVER_SEEN', requestId },
      mayBeDelivered: false,
    });
  });

  it.each(['with its length', 'in chunks'])(
    'of 64 KiB is read, and none of a byte more, %s',
    async (way) => {
      const limit = 64 * 1024;
      const post = async (length: number) => {
        const headers = way === 'in chunks' ? {} : { 'content-length': length };
        const { endpoint, forms } = await serveInTurn([200, ok.padEnd(length), headers]);
        const { outcome } = await call(endpoint);

        expect(forms).toHaveLength(1);

        return outcome;
      };

      expect(await post(limit)).toHaveProperty('answer.code', 'OK');
      expect(await post(limit + 1)).toEqual({
        failure: 'unreadable',
        reference: 'ANSWER_TOO_LARGE',
        mayBeDelivered: true,
      });
    }
  );

  it('may be followed by stray bytes later', async () => {
    const closed = vi.fn();
    const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${ok.length}\r\n\r\n${ok}`;
    const { port } = await serveRaw((socket) => {
      const stray = () => socket.end('SSH-2.0-OpenSSH_9.6\r\n\r\n');

      socket
        .once('close', closed)
        .once('data', () => socket.write(answer, () => setTimeout(stray, 50)));
    });
    const { outcome } = await call(`http://127.0.0.1:${port}`);

    expect(outcome).toHaveProperty('answer.code', 'OK');
    // Nothing of it ends the process afterwards.
    await vi.waitFor(() => {
      expect(closed).toHaveBeenCalled();
    }, 5000);
    await sleep(100);
  });
});

const isGiven = async (response: (it: ServerResponse) => unknown, reference: string) => {
  const { endpoint, forms } = await serve(response);
  const { outcome } = await call(endpoint);

  expect(outcome).toMatchObject({ failure: 'unreadable', reference, mayBeDelivered: true });
  // Aliyun may have carried the request out, so it is not sent again.
  expect(forms).toHaveLength(1);
};

describe("what is told as no answer of Aliyun's", () => {
  it.each([200, 400, 404, 418, 500])('is a page with status %i', async (status) => {
    await isGiven((it) => it.writeHead(status).end('<h1>?</h1>'), `HTTP ${status}`);
  });

  it.each([200, 204, 304])('is an empty body with status %i', async (status) => {
    await isGiven((it) => it.writeHead(status).end(), `HTTP ${status}`);
  });

  it.each(['{"Code":""}', '{"Code":404}', '{"Message":"OK"}', '["OK"]', 'null', '{"Code":"OK"'])(
    'is a body without a code that can be read: %s',
    async (body) => {
      await isGiven((it) => it.end(body), 'HTTP 200');
    }
  );

  it('is a compressed body, which nothing asked for', async () => {
    await isGiven(
      (it) => it.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(ok)),
      'HTTP 200'
    );
  });

  it.each([301, 302, 303, 307, 308])(
    'is a redirect (%i), which is not followed',
    async (status) => {
      const elsewhere = await serveInTurn([200, ok]);
      const location = `${elsewhere.endpoint}/there`;

      await isGiven((it) => it.writeHead(status, { location }).end(), `HTTP ${status}`);
      expect(elsewhere.sockets).toHaveLength(0);
    }
  );

  it.each([
    ['a body without headers', ok],
    ['headers without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
    ['a chunk that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a body longer than it says', `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${ok}`],
    ['a TLS alert', '\u0015\u0003\u0001\u0000\u0002\u0002\u0028'],
  ])('is what is not HTTP: %s', async (_, bytes) => {
    const { port, sockets } = await serveRaw((it) =>
      it.once('data', () => it.write(bytes, 'latin1'))
    );
    const { outcome } = await call(`http://127.0.0.1:${port}`);

    expect(outcome).toMatchObject({ failure: 'unreadable', mayBeDelivered: true });
    expect(outcome).toHaveProperty('reference', expect.stringMatching(/^HPE_/));
    expect(sockets).toHaveLength(1);
  });

  it('is a body without an end, which is given up early', async () => {
    const written = createRecord<number>();
    const { endpoint, forms } = await serve((response) => {
      const endless = new Readable({
        read: (size) => {
          written.add(size);
          // eslint-disable-next-line @silverhand/fp/no-mutating-methods -- A stream is fed so.
          endless.push(' '.repeat(size));
        },
      });

      endless.pipe(response);
    });
    const { outcome } = await call(endpoint);

    expect(outcome).toHaveProperty('reference', 'ANSWER_TOO_LARGE');
    expect(forms).toHaveLength(1);
    expect(written.items.reduce((sum, size) => sum + size, 0)).toBeLessThan(16 * 1024 * 1024);
  });

  it.each([
    ['stays open', noop],
    // Without a listener for its error, this would end the process.
    ['is reset', (socket: Socket) => setTimeout(() => socket.resetAndDestroy(), 50)],
  ])('is a switch to another protocol, whose connection is closed, if it %s', async (_, goOn) => {
    const { port, sockets } = await serveRaw((socket) =>
      socket.once('data', () => {
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'
        );
        goOn(socket);
      })
    );
    const { outcome } = await call(`http://127.0.0.1:${port}`);

    expect(outcome).toEqual({
      failure: 'unreadable',
      reference: 'PROTOCOL_SWITCHED',
      mayBeDelivered: true,
    });
    await vi.waitFor(() => {
      expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
    }, 5000);
  });
});

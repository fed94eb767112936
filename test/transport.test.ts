import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ServerResponse } from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { faults, isFaultName } from '../sandbox/service/faults.js';
import { accessKey } from '../sandbox/service/catalogue.js';
import { makeCertificate } from './certificate.js';
import { pathsOf, saidIn, toldUser } from './errors.js';
import * as servers from './servers.js';

const { answerOf, code, down, listen, mayArrive, number, ok, outcomes } = servers;
const { resultGuard, runAlone, send, serve, serveInTurn } = servers;

// What waits for time-outs waits at the same time.
vi.setConfig({ maxConcurrency: 50, testTimeout: 30_000 });

/** What a call may take, and more than a second for a busy computer; in milliseconds. */
const callLimit = 8000 + 1500;

/** What a call may take that waits for nothing. */
const soon = 4500;

const unreachable = /could not reach Aliyun, so nothing was sent/;

/** All that anyone could learn from an error. */
const told = (error: unknown): string =>
  JSON.stringify(error) +
  inspect(error, { depth: null, showHidden: true, maxStringLength: null, maxArrayLength: null });

const expectNoLeak = (error: unknown, forms: readonly string[] = []): void => {
  const ofForms = forms.flatMap((form) => {
    const parameters = new URLSearchParams(form);

    return ['Signature', 'SignatureNonce', 'TemplateParam'].map((name) => parameters.get(name));
  });

  for (const secret of [code, number, accessKey.id, accessKey.secret, ...forms, ...ofForms]) {
    expect(told(error)).not.toContain(secret);
  }

  expect(error).not.toHaveProperty('cause');
};

const resultsGuard = z.array(resultGuard);

/** Sends to each endpoint at the same time, in a process of its own: for what its environment alone can set. */
const sendAlone = async (endpoints: string[], environment: Record<string, string>) =>
  runAlone(
    { results: resultsGuard },
    `print({ results: await Promise.all(scenario.endpoints.map((it) => send(it))) });`,
    { endpoints },
    environment,
  );

const certificate = makeCertificate();

servers.closeAfterwards(async () => (await certificate).remove());

/** An https server that counts what reaches it through the encryption. */
const serveTls = async (answer: (response: ServerResponse) => unknown = (it) => it.end(ok)) => {
  const seen = { handshakes: 0, requests: 0 };
  const server = https.createServer(
    { ...(await certificate), keepAliveTimeout: 75_000 },
    (request, response) => {
      seen.requests += 1;
      request.resume().once('end', () => answer(response));
    },
  );
  server.on('secureConnection', () => {
    seen.handshakes += 1;
  });
  const { port, sockets } = await listen(server);

  return { endpoint: `https://127.0.0.1:${port}`, port, seen, sockets };
};

/** A server below HTTP and TLS: what it does with a connection, and the connection's number from 0. */
const serveRaw = async (meet: (socket: Socket, index: number) => unknown) => {
  const counter = { connections: 0 };

  return listen(
    net.createServer((socket) => {
      meet(socket, counter.connections);
      counter.connections += 1;
    }),
  );
};

const pass = (socket: Socket, port: number) => {
  const upstream = net.connect(port, '127.0.0.1').on('error', () => undefined);

  return socket
    .once('close', () => upstream.destroy())
    .pipe(upstream)
    .pipe(socket);
};

const faultNames = Object.keys(faults).filter(isFaultName);

describe.concurrent('a fault between Logto and Aliyun', () => {
  it.each(faultNames.filter((name) => outcomes[name][0]))(
    'is told for what it is, within 8 s: %s',
    async (name) => {
      const sandbox = await servers.openSandbox({ fault: () => name });
      servers.closeAfterwards(sandbox.close);
      const { error, milliseconds } = await send(sandbox.endpoint);
      const [code, requests, delivered, says, key = 'endpoint'] = outcomes[name];

      expect(error?.code).toBe(code);
      expect(saidIn(error)).toMatch(says);
      expect(pathsOf(error)[0]).toBe(key);
      expect(toldUser(error)).toEqual(
        code === 'general'
          ? expect.stringMatching(requests === 2 ? mayArrive : /could not be sent/)
          : undefined,
      );
      expect(sandbox.forms).toHaveLength(requests);
      expect(new Set(sandbox.forms).size).toBe(1);
      expect(sandbox.messages).toHaveLength(delivered);
      expect(milliseconds).toBeLessThan(callLimit);
      expectNoLeak(error, sandbox.forms);
    },
  );

  it.each([
    // An answer may take 5 s, a try 7 s; the repeat is made without delay.
    ['hang', 4000, 6500],
    ['stall', 5500, 8500],
    ['drip', 5500, 8500],
    ['cut', 0, 4000],
    ['reset', 0, 4000],
    ['truncate', 0, 4000],
    ['badGateway', 0, 4000],
  ] as const)('is passed over when the repeat is answered: %s', async (name, from, to) => {
    const times: number[] = [];
    const sandbox = await servers.openSandbox({
      fault: (index) => {
        times.push(performance.now());

        return index === 0 ? name : undefined;
      },
    });
    const { error } = await send(sandbox.endpoint);
    const [first = 0, second = 0] = times;

    expect(error).toBeUndefined();
    expect(sandbox.forms).toHaveLength(2);
    expect(sandbox.forms[1]).toBe(sandbox.forms[0]);
    expect(sandbox.messages).toMatchObject([{ phoneNumber: number, code }]);
    expect(second - first).toBeGreaterThan(from);
    expect(second - first).toBeLessThan(to);
  });

  it.each([
    ['a page of a gateway', (response: ServerResponse) => response.writeHead(502).end()],
    ['a cut line', ({ socket }: ServerResponse) => socket?.destroy()],
    ['a time-out', () => undefined],
  ])('means that a used nonce on the repeat was accepted: %s', async (_, fail) => {
    const { endpoint, forms } = await serve((response) => {
      if (forms.length === 1) {
        fail(response);
      } else {
        response.writeHead(400).end(answerOf('SignatureNonceUsed'));
      }
    });

    expect((await send(endpoint)).error).toBeUndefined();
    expect(forms).toHaveLength(2);
  });

  it('leaves the repeat the time to be answered, however long the first answer takes', async () => {
    const { endpoint, forms } = await serve((response) => {
      if (forms.length === 1) {
        response.writeHead(200, { 'content-length': 100 }).flushHeaders();
      } else {
        setTimeout(() => response.end(ok), 300);
      }
    });

    expect((await send(endpoint)).error).toBeUndefined();
    expect(forms).toHaveLength(2);
  });

  it('is waited out as long as Retry-After says, where there is time', async () => {
    const { endpoint, times } = await serveInTurn([503, '', { 'retry-after': '2' }], [200, ok]);
    const { error } = await send(endpoint);
    const [first = 0, second = 0] = times;

    expect(error).toBeUndefined();
    expect(second - first).toBeGreaterThan(1900);
  });

  it('is not waited out where Retry-After asks for more than the time left', async () => {
    const { endpoint, forms } = await serve((response) => {
      setTimeout(() => response.writeHead(503, { 'retry-after': '6' }).end(), 2500);
    });
    const { error, milliseconds } = await send(endpoint);

    expect(saidIn(error)).toMatch(down);
    expect(forms).toHaveLength(1);
    expect(milliseconds).toBeLessThan(7000);
  });

  it('that begins on a kept connection closes the idle ones, which are dead as well', async () => {
    const burst: ServerResponse[] = [];
    const dead = new Set<Socket>();
    const { endpoint, sockets } = await serve((response, _, { socket }) => {
      if (burst.length < 3) {
        dead.add(socket);

        if (burst.push(response) === 3) {
          burst.forEach((it) => it.end(ok));
        }
      } else if (!dead.has(socket)) {
        response.end(ok);
      }
    });

    await Promise.all([send(endpoint), send(endpoint), send(endpoint)]);
    expect(sockets).toHaveLength(3);
    expect((await send(endpoint)).error).toBeUndefined();

    const { error, milliseconds } = await send(endpoint);

    expect(error).toBeUndefined();
    expect(milliseconds).toBeLessThan(soon);
    await vi.waitFor(() => {
      expect(sockets.slice(0, 3).every(({ destroyed }) => destroyed)).toBe(true);
    });
  });
});

describe.concurrent('no connection', () => {
  it('is tried once more after each failure that may pass', async () => {
    const codes = [
      ...['EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH'],
      ...['ENETUNREACH', 'ENOTFOUND', 'EPIPE', 'EPROTO', 'ETIMEDOUT'],
    ];
    const { endpoint, forms } = await serveInTurn([200, ok, { connection: 'close' }]);
    const round = z.object({ passing: resultGuard, lasting: resultGuard, left: z.number() });
    const { rounds } = await runAlone(
      { rounds: z.array(round) },
      `
        import dns from 'node:dns';

        const { lookup } = dns;
        const rounds = [];
        let failures = [];

        dns.lookup = (host, options, callback) => {
          const code = failures.shift();

          if (code) {
            process.nextTick(callback, Object.assign(new Error(code), { code }));
          } else {
            lookup('127.0.0.1', options, callback);
          }
        };

        for (const code of scenario.codes) {
          failures = [code];
          const passing = await send(scenario.endpoint);
          failures = [code, code, code, code];
          const lasting = await send(scenario.endpoint);
          rounds.push({ passing, lasting, left: failures.length });
        }

        print({ rounds });
      `,
      { codes, endpoint: endpoint.replace('127.0.0.1', 'localhost') },
    );

    expect(rounds.map(({ passing }) => passing.code)).toEqual(codes.map(() => undefined));
    expect(forms).toHaveLength(codes.length);

    for (const [index, { lasting, left }] of rounds.entries()) {
      expect(lasting.said).toMatch(unreachable);
      expect(lasting.said).toContain(codes[index]);
      expect([codes[index], left]).toEqual([codes[index], 2]);
    }
  });

  it('is tried once more after a look-up, or a connecting, of 3 s', async () => {
    // Takes a connection or two, and never one more, as behind a firewall that drops packets.
    const blocked = spawn(process.execPath, [
      '--eval',
      `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        require('node:fs').writeSync(1, String(server.address().port));
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`,
    ]);
    servers.closeAfterwards(() => blocked.kill('SIGKILL'));
    const [port] = z.tuple([z.coerce.number()]).parse(await once(blocked.stdout, 'data'));
    const fillers = [1, 2, 3].map(() =>
      net.connect(port, '127.0.0.1').on('error', () => undefined),
    );
    servers.closeAfterwards(() => fillers.map((socket) => socket.destroy()));
    await sleep(100);
    const { results, times } = await runAlone(
      { results: resultsGuard, times: z.record(z.array(z.number())) },
      `
      import dns from 'node:dns';

      const { lookup } = dns;
      const times = { 'never.invalid': [], 'blocked.invalid': [] };

      dns.lookup = (host, options, callback) => {
        times[host].push(performance.now());

        if (host === 'blocked.invalid') {
          setTimeout(() => lookup('127.0.0.1', options, callback), 50);
        }
      };

      const alive = setInterval(() => undefined, 1000);
      const hosts = Object.keys(times);
      const results = await Promise.all(hosts.map((host) => send('https://' + host + ':' + scenario.port)));
      print({ results, times });
      clearInterval(alive);
      `,
      { port },
    );

    for (const { said, milliseconds } of results) {
      expect(said).toMatch(unreachable);
      expect(milliseconds).toBeLessThan(callLimit);
    }

    for (const [first = 0, second = 0] of Object.values(times)) {
      expect(second - first).toBeGreaterThan(2000);
      expect(second - first).toBeLessThan(5500);
    }
  });

  it.each([
    ['is cut', (socket: Socket) => socket.destroy(), 0],
    ['stalls', () => undefined, 4500],
    ['is none', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 0],
  ] as const)('is told when the handshake %s', async (_, act, from) => {
    const { port, sockets } = await serveRaw((it) => it.once('data', () => act(it)));
    const { error, milliseconds } = await send(`https://127.0.0.1:${port}`);

    expect(error?.code).toBe('general');
    expect(saidIn(error)).toMatch(unreachable);
    expect(sockets).toHaveLength(2);
    expect(milliseconds).toBeGreaterThan(from);
    expect(milliseconds).toBeLessThan(callLimit);
    expectNoLeak(error);
  });

  it('is told when nothing listens; and not, when a first copy of the message went out', async () => {
    const refusing = await listen(net.createServer());
    await refusing.close();
    const { error } = await send(`http://127.0.0.1:${refusing.port}`);

    expect(saidIn(error)).toMatch(unreachable);
    expect(saidIn(error)).toContain('ECONNREFUSED');
    expectNoLeak(error);

    const dying = await serve(() => void dying.close());
    const { error: later } = await send(dying.endpoint);

    expect(dying.forms).toHaveLength(1);
    expect(later?.code).toBe('general');
    expect(saidIn(later)).toMatch(mayArrive);
  });
});

/** The environment, and what other code of the process may have set. */
const credulous = {
  NODE_TLS_REJECT_UNAUTHORIZED: '0',
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`
    import https from 'node:https';

    const checkServerIdentity = () => undefined;
    Object.assign(https.globalAgent.options, { rejectUnauthorized: false, checkServerIdentity });
  `)}`,
};

describe.concurrent('a certificate', () => {
  it('that is not trusted ends the call before anything is sent', async () => {
    const { endpoint, seen, sockets } = await serveTls();
    const { error } = await send(endpoint);
    const { results } = await sendAlone([endpoint], credulous);

    expectNoLeak(error);

    for (const said of [saidIn(error), results[0]?.said]) {
      expect(said).toMatch(/certificate.*nothing was sent.*DEPTH_ZERO_SELF_SIGNED_CERT/);
    }

    expect(seen.requests).toBe(0);
    expect(sockets).toHaveLength(2);
  });

  it('that the server of Logto trusts is trusted, for its own host alone', async () => {
    const [good, other, flaky] = await Promise.all([serveTls(), serveTls(), serveTls()]);
    const silent = await serveTls(() => undefined);
    const fronts = await Promise.all([
      serveRaw((it, index) =>
        index > 0 ? pass(it, flaky.port) : it.once('data', () => it.destroy()),
      ),
      serveRaw((it, index) => index > 0 && pass(it, flaky.port)),
      // Connecting and answering take 6.9 s, so that no time is left to connect once more.
      serveRaw((it) => setTimeout(() => pass(it, silent.port), 1900)),
    ]);
    const { results } = await sendAlone(
      [
        `https://127.0.0.1:${good.port}`,
        // Reaches loopback, under a name that the certificate does not have.
        `https://0.0.0.0:${other.port}`,
        ...fronts.map(({ port }) => `https://127.0.0.1:${port}`),
      ],
      { ...credulous, NODE_EXTRA_CA_CERTS: (await certificate).file },
    );

    expect(results.map(({ code }) => code)).toEqual([
      ...[undefined, 'general', undefined, undefined, 'general'],
    ]);
    expect(results[1]?.said).toMatch(/certificate.*nothing was sent/);
    expect(other.seen.requests).toBe(0);
    expect(flaky.seen.requests).toBe(2);
    // A handshake may take 3 s.
    expect(results[3]?.milliseconds).toBeGreaterThan(2000);
    expect(results[3]?.milliseconds).toBeLessThan(6500);
    expect(silent.seen).toEqual({ handshakes: 1, requests: 1 });
    expect(results[4]?.said).toMatch(mayArrive);
    expect(results[4]?.milliseconds).toBeLessThan(callLimit);
  });
});

describe.concurrent('a connection', () => {
  it("is kept for longer than the 5 s of Node's own agent, but keeps no process alive", async () => {
    const [plain, encrypted] = await Promise.all([serveInTurn([200, ok]), serveTls()]);
    const { codes, idleTimes } = await runAlone(
      { codes: z.array(z.unknown()), idleTimes: z.array(z.number()) },
      `
      import { subscribe } from 'node:diagnostics_channel';

      const idleTimes = [];
      subscribe('net.client.socket', ({ socket }) => {
        socket.once('free', () => setImmediate(() => idleTimes.push(socket.timeout)));
      });
      const sendBoth = () => Promise.all(scenario.endpoints.map((it) => send(it)));
      const first = await sendBoth();
      await sleep(6000);
      const second = await sendBoth();
      print({ codes: [...first, ...second].map(({ code }) => code), idleTimes });
      `,
      { endpoints: [plain.endpoint, encrypted.endpoint] },
      { NODE_EXTRA_CA_CERTS: (await certificate).file },
    );

    expect(codes).toEqual([null, null, null, null]);
    // Newer versions of Node.js tell of the encrypted one as well.
    expect(new Set(idleTimes)).toEqual(new Set([60_000]));
    expect(plain.sockets).toHaveLength(1);
    expect(encrypted.sockets).toHaveLength(1);
  });

  it('is given up when the Keep-Alive header of the server says so', async () => {
    const { endpoint, sockets } = await serveInTurn([200, ok, { 'keep-alive': 'timeout=2' }]);

    await send(endpoint);
    await sleep(3500);

    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });

  it('that the server wants for another protocol is closed', async () => {
    const { port, sockets } = await serveRaw((it) =>
      it.once('data', () => {
        it.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
        // Without a listener for its error, a reset would end the process.
        setTimeout(() => it.resetAndDestroy(), 50);
      }),
    );
    const { error, milliseconds } = await send(`http://127.0.0.1:${port}`);

    expect(error?.code).toBe('invalid_response');
    expect(milliseconds).toBeLessThan(soon);
    await vi.waitFor(() => {
      expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
    });
  });
});

const hasProxies = 'proxyEnv' in https.globalAgent.options;

describe.skipIf(!hasProxies)('a proxy', { concurrent: true }, () => {
  /** What the environment says to use a proxy. */
  const through = async (port: number) => ({
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: `http://127.0.0.1:${port}`,
    NO_PROXY: '',
    NODE_EXTRA_CA_CERTS: (await certificate).file,
  });

  it('is used where NODE_USE_ENV_PROXY asks for it', async () => {
    const { port, seen } = await serveTls();
    const asked: string[] = [];
    const proxy = await serveRaw((it) =>
      it.once('data', (chunk) => {
        asked.push(chunk.toString());
        it.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        pass(it, port);
      }),
    );
    const { results } = await sendAlone([`https://localhost:${port}`], await through(proxy.port));

    expect(results[0]?.code).toBeUndefined();
    expect(asked).toEqual([expect.stringContaining(`CONNECT localhost:${port} `)]);
    expect(seen.requests).toBe(1);
  });

  it('that hangs ends the call within 8 s, and lets no more than 1000 wait', async () => {
    const { port } = await listen(net.createServer());
    const { hung, refused } = await runAlone(
      { hung: resultGuard, refused: resultGuard },
      `
      const hung = await send('https://localhost:1');
      Array.from({ length: 1000 }, () => send('https://localhost:1'));
      print({ hung, refused: await send('https://localhost:1') });
      process.exit();
      `,
      {},
      await through(port),
    );

    expect(hung.said).toMatch(unreachable);
    expect(hung.milliseconds).toBeGreaterThan(6500);
    expect(hung.milliseconds).toBeLessThan(callLimit);
    expect(refused).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(refused.said).toMatch(/nothing was sent/);
    expect(refused.milliseconds).toBeLessThan(soon);
  });
});

describe('one message at most', () => {
  it.each([502, 503, 504])('repeats a %i of a gateway once, the same bytes', async (status) => {
    for (const [headers, last, requests] of [
      [{}, [200, ok], 2],
      [{ 'retry-after': '0' }, [200, ok], 2],
      [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, [200, ok], 2],
      [{}, [status, '<h1>?</h1>'], 2],
      [{ 'retry-after': '3600' }, [status, ''], 1],
    ] as const) {
      const { endpoint, forms } = await serveInTurn([status, '<h1>?</h1>', headers], last);
      const { error, milliseconds } = await send(endpoint);

      expect(forms).toHaveLength(requests);
      expect(new Set(forms).size).toBe(1);
      expect(milliseconds).toBeLessThan(soon);

      if (last[0] === 200) {
        expect(error).toBeUndefined();
      } else {
        expect(error?.code).toBe('general');
        expect(saidIn(error)).toMatch(down);
        expectNoLeak(error, forms);
      }
    }
  });

  it.each([
    [200, 'biz.FREQUENCY', 'rate_limit_exceeded'],
    [400, 'Throttling.User', 'rate_limit_exceeded'],
    [429, 'Throttling', 'rate_limit_exceeded'],
    [200, 'isp.SYSTEM_ERROR', 'general'],
    [403, 'Forbidden.RAM', 'invalid_config'],
    [404, 'InvalidAccessKeyId.NotFound', 'invalid_config'],
    [408, 'isv.NEVER_SEEN', 'general'],
    [413, 'isv.NEVER_SEEN', 'general'],
    [500, 'InternalError', 'general'],
    [521, 'isv.NEVER_SEEN', 'general'],
    [502, 'isv.SMS_SIGNATURE_ILLEGAL', 'invalid_config'],
    [503, 'ServiceUnavailable', 'general'],
    [504, 'Throttling.Api', 'rate_limit_exceeded'],
    [400, 'SignatureNonceUsed', 'general'],
  ])('sends once for an answer of Aliyun: %i %s', async (status, code, expected) => {
    const { endpoint, forms } = await serveInTurn(
      [status, answerOf(code)],
      // What Aliyun says to a repeat. Taken for sent, a message would be lost without a word.
      [400, answerOf('SignatureNonceUsed')],
    );
    const { error } = await send(endpoint);

    expect(error?.code).toBe(expected);
    expect(saidIn(error)).toContain(code);
    expect(forms).toHaveLength(1);
  });

  it.each([200, 202, 400, 500, 503])('is accepted with the Code OK, at %i', async (status) => {
    const { endpoint, forms } = await serveInTurn([status, ok]);

    expect((await send(endpoint)).error).toBeUndefined();
    expect(forms).toHaveLength(1);
  });

  it('tells the answer to the repeat, not the first one', async () => {
    const answer = [400, answerOf('isv.DAY_LIMIT_CONTROL')] as const;
    const { endpoint } = await serveInTurn([503, ''], answer);

    expect((await send(endpoint)).error?.code).toBe('rate_limit_exceeded');
  });
});

describe('connections', () => {
  it('are shared by the connectors that Logto builds, one for each message', async () => {
    const { endpoint, sockets } = await serveInTurn([200, ok]);

    await send(endpoint);
    await send(endpoint);

    expect(sockets).toHaveLength(1);
  });

  it('that died while idle are replaced, as often as that happens', async () => {
    const seen = new Set<Socket>();
    const { endpoint, forms, server } = await serve((response, _, { socket }) => {
      if (seen.has(socket)) {
        // The request and the closing of an idle connection crossed.
        socket.resetAndDestroy();
      } else {
        seen.add(socket);
        response.end(ok);
      }
    });
    const burst = async () => {
      const results = await Promise.all(Array.from({ length: 6 }, async () => send(endpoint)));

      expect(results.filter(({ error }) => error)).toEqual([]);
    };

    await burst();

    for (let index = 0; index < 6; index += 1) {
      expect((await send(endpoint)).error).toBeUndefined();
    }

    // Each of the later ones met a dead connection first, and no second one.
    expect(forms).toHaveLength(6 + 2 * 6);
    expect(new Set(forms).size).toBe(12);

    await burst();
    server.closeAllConnections();
    await burst();
    expect(new Set(forms).size).toBe(24);
  });

  it('are kept, 64 of them, so that bursts of 50 open and close none', async () => {
    const held: ServerResponse[] = [];
    const { endpoint, sockets } = await serve((response) => held.push(response));
    const burst = async (length: number) => {
      const sending = Promise.all(Array.from({ length }, async () => send(endpoint)));

      await vi.waitFor(() => {
        expect(held).toHaveLength(length);
      }, 4000);
      held.splice(0).forEach((response) => response.end(ok));
      expect((await sending).filter(({ error }) => error)).toEqual([]);
    };

    await burst(50);
    await burst(50);
    expect(sockets).toHaveLength(50);

    await burst(100);
    await vi.waitFor(() => {
      expect(sockets.filter(({ destroyed }) => !destroyed)).toHaveLength(64);
    });
  });
});

describe('an answer', () => {
  it.each([200, 204, 304, 400, 404, 418, 500])(
    'cannot be read without a Code: %i',
    async (status) => {
      const { endpoint, forms } = await serveInTurn([status, status === 204 ? '' : '<h1>?</h1>']);
      const { error } = await send(endpoint);

      expect(error?.code).toBe('invalid_response');
      expect(forms).toHaveLength(1);
    },
  );

  it.each([
    ['a body without headers', ok],
    ['headers without an end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}`],
    ['a chunk that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['a body longer than it says', `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${ok}`],
    ['a TLS alert', '\u0015\u0003\u0001\u0000\u0002\u0002\u0028'],
  ])('cannot be read when it is not HTTP: %s', async (_, bytes) => {
    const { port, sockets } = await serveRaw((it) =>
      it.once('data', () => it.write(bytes, 'latin1')),
    );
    const { error, milliseconds } = await send(`http://127.0.0.1:${port}`);

    expect(error?.code).toBe('invalid_response');
    expect(saidIn(error)).toContain('HPE_');
    expect(milliseconds).toBeLessThan(soon);
    expect(sockets).toHaveLength(1);
    expectNoLeak(error);
  });

  it('cannot be read when it is compressed, which nothing asked for', async () => {
    const asked: unknown[] = [];
    const { endpoint } = await serve((response, _, { headers }) => {
      asked.push(headers['accept-encoding']);
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(ok));
    });

    expect((await send(endpoint)).error?.code).toBe('invalid_response');
    expect(asked).toEqual([undefined]);
  });

  it.each([301, 302, 303, 307, 308])('that redirects (%i) is not followed', async (status) => {
    const elsewhere = await serveInTurn([200, ok]);
    const location = `${elsewhere.endpoint}/there`;
    const { endpoint, forms } = await serveInTurn([status, '', { location }]);

    expect((await send(endpoint)).error?.code).toBe('invalid_response');
    expect(forms).toHaveLength(1);
    expect(elsewhere.forms).toHaveLength(0);
  });

  it('of 64 KiB is read, and none of a byte more', async () => {
    for (const [length, expected] of [
      [64 * 1024, undefined],
      [64 * 1024 + 1, 'invalid_response'],
    ] as const) {
      // The second is sent in chunks.
      for (const headers of [{ 'content-length': length }, {}]) {
        const { endpoint, forms } = await serveInTurn([200, ok.padEnd(length), headers]);

        expect((await send(endpoint)).error?.code).toBe(expected);
        expect(forms).toHaveLength(1);
      }
    }
  });

  it('without an end is given up after a few buffers', async () => {
    const written = { bytes: 0 };
    const { endpoint, forms } = await serve((response) => {
      const endless = new Readable({
        read: (size) => {
          written.bytes += size;
          endless.push(' '.repeat(size));
        },
      });

      endless.pipe(response);
    });
    const { error, milliseconds } = await send(endpoint);

    expect(error?.code).toBe('invalid_response');
    expect(milliseconds).toBeLessThan(soon);
    expect(forms).toHaveLength(1);
    expect(written.bytes).toBeLessThan(16 * 1024 * 1024);
  });

  it('may be followed by stray bytes later', async () => {
    const { port } = await serveRaw((socket) =>
      socket.once('data', () => {
        const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${ok.length}\r\n\r\n${ok}`;
        const stray = 'SSH-2.0-OpenSSH_9.6\r\n\r\n';

        socket.write(answer, () => setTimeout(() => socket.end(stray), 50));
      }),
    );
    const { error } = await send(`http://127.0.0.1:${port}`);
    // Nothing of it ends the process afterwards.
    await sleep(200);

    expect(error).toBeUndefined();
  });

  it('shows in the error as a Code and a RequestId that hold nothing confidential', async () => {
    const key = { accessKeyId: 'Fake5tQ7wZ2hJ4mKd8', accessKeySecret: 'Fake9vXkPq3LmN8rB6wTyC' };
    const partOf = (text: string) =>
      fc.integer({ min: 0, max: text.length - 6 }).map((index) => text.slice(index, index + 6));
    const hidden = fc.oneof(
      ...[partOf(key.accessKeyId), partOf(key.accessKeySecret)],
      fc.constantFrom(code, number, 'words of the server', '服务器的话', '<h1>'),
    );
    const around = fc.stringMatching(/^[\w.-]{0,12}$/);
    const parts = fc.tuple(around, hidden, around);
    const current = { body: '' };
    const { endpoint } = await serve((response) => response.end(current.body));

    await fc.assert(
      fc.asyncProperty(parts, parts, parts, async (...all) => {
        const [Code, RequestId, Message] = all.map((list) => `a${list.join('')}`);

        current.body = JSON.stringify({ Code, RequestId, Message, Recommend: Message });
        const { error } = await send(endpoint, key);

        for (const [, text] of all) {
          expect(told(error)).not.toContain(text);
        }
      }),
    );
  });

  it('is named by its Code and its RequestId, and nothing else that it says', async () => {
    const { endpoint, forms } = await serve((response, form) =>
      response.end(
        answerOf('isv.NEVER_SEEN', { Message: form, Recommend: decodeURIComponent(form) }),
      ),
    );
    const { error } = await send(endpoint);

    expect(saidIn(error)).toContain('isv.NEVER_SEEN');
    expect(saidIn(error)).toContain('CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47');
    expect(saidIn(error)).toContain('https://api.aliyun.com/troubleshoot');
    expectNoLeak(error, forms);
  });
});

import { spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http, { type ServerResponse } from 'node:http';

import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { faults, isFaultName } from '../sandbox/service/faults.js';
import { makeCertificate } from './certificate.js';
import { saidIn } from './errors.js';
import * as servers from './servers.js';

const { answerOf, closeAfterwards, ok, outcomes, resultGuard, runAlone, send, serve } = servers;

vi.setConfig({ testTimeout: 70_000 });

const resultsGuard = z.array(resultGuard);
const faultNames = Object.keys(faults).filter(isFaultName);

/** For a process of its own, where nothing else opens sockets or fills the heap: what is left behind. */
const look = `
  import { subscribe } from 'node:diagnostics_channel';

  const sockets = new Set();

  subscribe('net.client.socket', ({ socket }) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)));
  });

  const look = async () => {
    await sleep(200);
    gc();
    gc();

    return {
      heap: process.memoryUsage().heapUsed,
      sockets: sockets.size,
      timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    };
  };
`;

const leftGuard = z.object({ heap: z.number(), sockets: z.number(), timers: z.number() });

describe.concurrent('200 messages at once', () => {
  it('settle each with its own result, and leave nothing behind', async () => {
    /** With numbers and codes of their own; in every eighth something goes wrong, each time something else. */
    const messages = Array.from({ length: 200 }, (_, index) => ({
      number: `139${String(index).padStart(8, '0')}`,
      code: String(100_000 + index),
      fault: index % 8 === 7 ? faultNames[((index - 7) / 8) % faultNames.length] : undefined,
    }));
    const warmUp = messages.map(({ number, code }) => ({ number: `137${number.slice(3)}`, code }));
    const faultOf = new Map(messages.map(({ number, fault }) => [number, fault]));
    const sandbox = await servers.openSandbox({
      fault: (_, form) => faultOf.get(form.get('PhoneNumber') ?? ''),
    });
    const { results, before, after } = await runAlone(
      { results: resultsGuard, before: leftGuard, after: leftGuard },
      `
          ${look}
          const sendAll = (messages) =>
            Promise.all(messages.map(({ number, code }) => send(scenario.endpoint, number, code)));

          await sendAll(scenario.warmUp);
          const before = await look();
          const results = await sendAll(scenario.messages);
          const after = await look();
          print({ results, before, after });
          `,
      { endpoint: sandbox.endpoint, warmUp, messages },
    );

    expect(new Set(messages.map(({ fault }) => fault)).size).toBe(1 + faultNames.length);
    expect(results.map(({ code }) => code)).toEqual(
      messages.map(({ fault }) => fault && outcomes[fault][0]),
    );
    expect(Math.max(...results.map(({ milliseconds }) => milliseconds))).toBeLessThan(9800);
    expect(
      sandbox.messages.map(({ phoneNumber, code }) => `${phoneNumber} ${code}`).sort(),
    ).toEqual(
      [...warmUp, ...messages.filter(({ fault }) => !fault || outcomes[fault][2])]
        .map(({ number, code }) => `${number} ${code}`)
        .sort(),
    );
    expect(before.sockets).toBe(64);
    expect(after.sockets).toBeLessThanOrEqual(64);
    expect(after.timers).toBe(0);
    expect(after.heap).toBeLessThan(before.heap * 1.05);
  });

  it('get no answer but their own', async () => {
    const sent: string[] = [];
    const { endpoint } = await serve((response, form) => {
      // Answers come in another order than the messages.
      setTimeout(() => {
        const RequestId = new URLSearchParams(form).get('SignName');

        response.end(answerOf('isv.NEVER_SEEN', { RequestId }));
      }, randomInt(100));
    });

    await Promise.all(
      Array.from({ length: 200 }, async () => {
        const signNameOverride = randomUUID();
        const { error } = await send(endpoint, { signNameOverride });

        expect(saidIn(error)).toContain(signNameOverride);
        sent.push(signNameOverride);
      }),
    );
    expect(sent).toHaveLength(200);
  });

  it('and thousands in a row do not grow the heap', async () => {
    const { endpoint, forms } = await serve((response) => response.end(ok));
    const { failures, before, after } = await runAlone(
      { failures: z.number(), before: leftGuard, after: leftGuard },
      `
          ${look}
          let failures = 0;

          // Four rows side by side, for time's sake.
          const sendInRow = (count) => Promise.all([1, 2, 3, 4].map(async () => {
            for (let index = 0; index < count / 4; index += 1) {
              const { code } = await send(scenario.endpoint);
              failures += code ? 1 : 0;
            }
          }));

          // Compiled code is in the heap as well, and grows with the first few thousand messages.
          await sendInRow(4000);
          const before = await look();
          await sendInRow(4000);
          const after = await look();
          print({ failures, before, after });
          `,
      { endpoint },
    );

    expect(failures).toBe(0);
    expect(forms).toHaveLength(8000);
    expect(after.heap).toBeLessThan(before.heap * 1.05);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets);
    expect(after.timers).toBe(0);
  });
});

describe('a slow day', () => {
  // To greet 500 connections at once takes a computer seconds where other programs keep it busy.
  it('loses no message: all are sent, each once', { retry: 2 }, async () => {
    const certificate = await makeCertificate();
    closeAfterwards(certificate.remove);
    // In a process of its own; how late it answers, in milliseconds, is the path.
    const server = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `
        import https from 'node:https';
        import { text } from 'node:stream/consumers';

        const nonces = [];
        const server = https.createServer(JSON.parse(process.env.CERTIFICATE), async (request, response) => {
          if (request.method === 'GET') {
            response.end(JSON.stringify(nonces));
            return;
          }

          nonces.push(new URLSearchParams(await text(request)).get('SignatureNonce'));
          setTimeout(() => response.end('{"Code":"OK"}'), Number(request.url.slice(1)));
        }).listen(0, '127.0.0.1', () => console.log(server.address().port));
        `,
      ],
      { env: { PATH: process.env.PATH, CERTIFICATE: JSON.stringify(certificate) } },
    );
    closeAfterwards(() => server.kill());
    const [port] = z.tuple([z.coerce.number()]).parse(await once(server.stdout, 'data'));
    const { results, nonces } = await runAlone(
      { results: z.array(resultsGuard), nonces: z.array(z.string()) },
      `
          const sendAtOnce = (count, late) =>
            Promise.all(Array.from({ length: count }, () => send(scenario.endpoint + late)));

          const sendSteadily = async (count, late) => {
            const sending = [];

            for (let index = 0; index < count; index += 1) {
              sending.push(send(scenario.endpoint + late));
              await sleep(50);
            }

            return Promise.all(sending);
          };

          const results = [
            await sendAtOnce(200, 500),
            await sendAtOnce(500, 4000),
            ...await Promise.all([
              sendSteadily(60, 2000),
              sendAtOnce(200, 2000),
              sleep(3500).then(() => sendAtOnce(50, 4000)),
            ]),
          ];
          const nonces = await (await fetch(scenario.endpoint)).json();
          print({ results, nonces });
          `,
      { endpoint: `https://127.0.0.1:${port}/` },
      { NODE_EXTRA_CA_CERTS: certificate.file },
    );

    expect(results.map(({ length }) => length)).toEqual([200, 500, 60, 200, 50]);
    expect(new Set(results.flat().map(({ said }) => said))).toEqual(new Set([undefined]));
    expect(nonces).toHaveLength(1010);
    expect(new Set(nonces).size).toBe(1010);
  });
});

describe('1000 calls under way', () => {
  it('are the most; one more is refused at once, until others have ended', async () => {
    const held: ServerResponse[] = [];
    const { endpoint, forms } = await serve((response) => held.push(response));
    const sendMany = (length: number, to = endpoint) =>
      Array.from({ length }, async () => send(to));

    // Calls that fail end as well.
    const { port, close } = await servers.listen(http.createServer());
    await close();
    await Promise.all(sendMany(1000, `http://127.0.0.1:${port}`));

    const calls = sendMany(1000);

    for (const { error, milliseconds } of await Promise.all(sendMany(5))) {
      expect(error?.code).toBe('rate_limit_exceeded');
      expect(saidIn(error)).toMatch(/too many messages at this moment, so nothing was sent/);
      expect(milliseconds).toBeLessThan(3000);
    }

    await vi.waitFor(() => {
      expect(held).toHaveLength(1000);
    }, 6000);
    held.forEach((response) => response.end(ok));
    expect((await Promise.all(calls)).filter(({ error }) => error)).toEqual([]);
    expect(forms).toHaveLength(1000);

    const [last] = sendMany(1);
    await vi.waitFor(() => {
      expect(held).toHaveLength(1001);
    }, 4000);
    held[1000]?.end(ok);
    expect((await last)?.error).toBeUndefined();
  });
});

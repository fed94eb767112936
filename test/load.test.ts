import { execFile } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import http, { type RequestListener } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

import { ConnectorError, TemplateType } from '@logto/connector-kit';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { type FaultName, faults, isFaultName } from '../sandbox/faults.js';
import { portOf, startSandbox } from '../sandbox/server.js';
import { accessKey, currentSignature } from '../sandbox/service.js';
import createConnector from '../src/index.js';

const root = path.resolve(import.meta.dirname, '..');

const config = {
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
  signName: currentSignature,
  templates: [{ usageType: 'Generic', templateCode: '100001' }],
};

/** What the issue allows a call, with a little for so many at once on a busy computer; in milliseconds. */
const callLimit = 10_000 + 1500;

const closers: Array<() => unknown> = [];

afterAll(async () => {
  await Promise.all(closers.map(async (close) => close()));
});

const serve = async (listener: RequestListener): Promise<string> => {
  const server = http.createServer(listener);

  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return `http://127.0.0.1:${portOf(server)}`;
};

/**
 * Runs a script in a process of its own, where nothing else opens sockets or fills the heap. What it finds there:
 * `send` as Logto sends, `look` for what is left behind, and what is passed here as `scenario`.
 */
const runAlone = async (script: string, scenario: object): Promise<unknown> => {
  const setUp = `
    import { subscribe } from 'node:diagnostics_channel';
    import { setTimeout as sleep } from 'node:timers/promises';
    import createConnector from ${JSON.stringify(path.join(root, 'src', 'index.ts'))};

    const scenario = JSON.parse(process.env.SCENARIO);
    const sockets = new Set();

    subscribe('net.client.socket', ({ socket }) => {
      sockets.add(socket.once('close', () => sockets.delete(socket)));
    });

    const send = async (phoneNumber, code) => {
      const { sendMessage } = await createConnector({ getConfig: async () => scenario.config });
      const start = performance.now();
      const error = await sendMessage({ to: '86' + phoneNumber, type: 'Generic', payload: { code } })
        .then(() => undefined, (error) => error);

      return { error: error && { code: error.code, data: error.data }, milliseconds: performance.now() - start };
    };

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
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--expose-gc', '--input-type=module', '--eval', setUp + script],
    {
      cwd: root,
      maxBuffer: 16 * 1024 * 1024,
      env: { PATH: process.env.PATH, SCENARIO: JSON.stringify(scenario) },
    },
  );

  return JSON.parse(stdout);
};

const leftGuard = z.object({ heap: z.number(), sockets: z.number(), timers: z.number() });

/** What each fault comes to, and whether the message is delivered all the same. */
const outcomes: Readonly<Record<FaultName, readonly [error: string, isDelivered?: true]>> = {
  hang: ['general'],
  stall: ['general'],
  drip: ['general'],
  reset: ['general'],
  cut: ['general', true],
  truncate: ['general'],
  garbage: ['invalid_response'],
  html: ['invalid_response'],
  empty: ['invalid_response'],
  list: ['invalid_response'],
  codeless: ['invalid_response'],
  large: ['invalid_response'],
  redirect: ['invalid_response'],
  unavailable: ['general'],
  badGateway: ['invalid_response'],
  throttled: ['rate_limit_exceeded'],
};

const faultNames = Object.keys(faults).filter(isFaultName);

type Message = Readonly<{ phoneNumber: string; code: string; fault: FaultName | undefined }>;

/** Messages with numbers and codes of their own; in every tenth something goes wrong, each time something else. */
const messagesOf = (count: number, prefix: string, firstFault = Infinity): Message[] =>
  Array.from({ length: count }, (_, index) => ({
    phoneNumber: `${prefix}${String(index).padStart(8, '0')}`,
    code: String(100_000 + index),
    fault:
      index % 10 === 9
        ? faultNames[(firstFault + (index - 9) / 10) % faultNames.length]
        : undefined,
  }));

describe.concurrent('200 messages at once', () => {
  it('settle each with its own result, and leave nothing behind', async () => {
    const warmUp = messagesOf(200, '138');
    const messages = messagesOf(200, '139', 0);
    const faultOf = new Map(messages.map(({ phoneNumber, fault }) => [phoneNumber, fault]));
    const sandbox = await startSandbox({
      fault: (_, form) => faultOf.get(form.get('PhoneNumber') ?? ''),
    });
    closers.push(sandbox.close);
    const stopped = await startSandbox();
    const closed = stopped.endpoint;
    await stopped.close();

    const { results, before, after } = z
      .object({
        results: z.array(
          z.object({
            error: z.object({ code: z.string() }).optional(),
            milliseconds: z.number(),
          }),
        ),
        before: leftGuard,
        after: leftGuard,
      })
      .parse(
        await runAlone(
          `
            const sendAll = (messages) =>
              Promise.all(messages.map(({ phoneNumber, code }) => send(phoneNumber, code)));

            await sendAll(scenario.warmUp);
            const before = await look();
            const results = await sendAll(scenario.messages);
            // The last is refused at once, and no timer may be left of it.
            scenario.config.endpoint = scenario.closed;
            await send('13800138000', '482913');
            const after = await look();
            console.log(JSON.stringify({ results, before, after }));
          `,
          { config: { ...config, endpoint: sandbox.endpoint }, warmUp, messages, closed },
        ),
      );

    expect(faultNames.every((name) => messages.some(({ fault }) => fault === name))).toBe(true);
    expect(results.map(({ error }) => error?.code)).toEqual(
      messages.map(({ fault }) => fault && outcomes[fault][0]),
    );

    for (const [index, { milliseconds }] of results.entries()) {
      const isSlow = /^(?:hang|stall|drip)$/.test(messages[index]?.fault ?? '');

      expect(milliseconds).toBeLessThan(isSlow ? callLimit : 5000);
    }

    const delivered = sandbox.messages.map(({ phoneNumber, code }) => `${phoneNumber} ${code}`);

    // Each once, with its own code.
    expect(delivered.sort()).toEqual(
      [...warmUp, ...messages]
        .filter(({ fault }) => !fault || outcomes[fault][1])
        .map(({ phoneNumber, code }) => `${phoneNumber} ${code}`)
        .sort(),
    );

    // Idle connections are kept, no more than some.
    expect(before.sockets).toBeGreaterThan(0);
    expect(before.sockets).toBeLessThanOrEqual(8);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets);
    expect(after.timers).toBe(0);
    expect(after.heap).toBeLessThan(before.heap * 1.05);
  }, 40_000);

  it('get no answer but their own', async () => {
    const messages = messagesOf(200, '137');
    const ids = new Map(messages.map(({ phoneNumber }) => [phoneNumber, randomUUID()]));
    const endpoint = await serve((request, response) => {
      void (async () => {
        const id = ids.get(new URLSearchParams(await text(request)).get('PhoneNumber') ?? '');

        // Answers come in another order than the messages.
        setTimeout(() => {
          response.end(JSON.stringify({ Code: 'isv.NEVER_SEEN', RequestId: id }));
        }, randomInt(100));
      })();
    });

    const heard = await Promise.all(
      messages.map(async ({ phoneNumber, code }) => {
        const { sendMessage } = await createConnector({
          getConfig: async () => ({ ...config, endpoint }),
        });
        const error: unknown = await sendMessage({
          to: `86${phoneNumber}`,
          type: TemplateType.Generic,
          payload: { code },
        }).catch((error: unknown) => error);

        return error instanceof ConnectorError
          ? z.object({ requestId: z.string() }).parse(error.data).requestId
          : undefined;
      }),
    );

    expect(heard).toEqual([...ids.values()]);
  });
});

describe.concurrent('20 000 messages in a row', () => {
  it('do not grow the heap', async () => {
    const counter = { requests: 0 };
    const answer = JSON.stringify({ Code: 'OK', Message: 'OK', RequestId: randomUUID() });
    const endpoint = await serve((request, response) => {
      counter.requests += 1;
      request.resume().once('end', () => {
        response.end(answer);
      });
    });

    const { failures, before, after } = z
      .object({ failures: z.number(), before: leftGuard, after: leftGuard })
      .parse(
        await runAlone(
          `
            // Four rows side by side, for time's sake.
            const sendInRow = async (from, to) => {
              const failures = await Promise.all([0, 1, 2, 3].map(async (row) => {
                let count = 0;

                for (let index = from + row; index < to; index += 4) {
                  const { error } = await send('1380' + String(index).padStart(7, '0'), '482913');
                  count += error ? 1 : 0;
                }

                return count;
              }));

              return failures.reduce((sum, count) => sum + count);
            };

            // Compiled code is in the heap as well, and grows with the first few thousand messages.
            const first = await sendInRow(0, 8000);
            const before = await look();
            const rest = await sendInRow(8000, 20_000);
            const after = await look();
            console.log(JSON.stringify({ failures: first + rest, before, after }));
          `,
          { config: { ...config, endpoint } },
        ),
      );

    expect(failures).toBe(0);
    expect(counter.requests).toBe(20_000);
    expect(after.heap).toBeLessThan(before.heap * 1.05);
    expect(after.sockets).toBeLessThanOrEqual(before.sockets);
    expect(after.timers).toBe(0);
  }, 80_000);
});

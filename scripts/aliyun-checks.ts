import { randomInt, randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';

import { trySafe } from '@silverhand/essentials';
import { z, ZodError } from 'zod';

import { readAnswer } from '../src/answer.js';
import { post } from '../src/client.js';
import { type CheckedConfig, isRetired, signNames } from '../src/config.js';
import { meanings } from '../src/meanings.js';
import { buildParameters } from '../src/request.js';
import { signForm } from '../src/signature.js';

/** What a check came to. `shape` is for the record: an answer's headers that matter, or its keys. */
export type Finding = Readonly<
  { verdict: 'yes' | 'no' | 'not tried' } & Record<'title' | 'says' | 'shape', string>
>;

type Seen<Value> = readonly [isExpected: boolean, says: string, shape: string, value: Value];

/** What to send, as far as it is not the config's; or the bytes that were sent before. */
type Sending = Partial<CheckedConfig> & Readonly<{ templateCode?: string; form?: string }>;

type Response = Readonly<{ status: number; body: string; failure: string }>;

type Options = Readonly<{
  /** Passed the config guard. Its AccessKey is for the account. */
  config: CheckedConfig;
  /** How long to wait for the server to close an idle connection, in seconds. */
  idle: number;
  /** Where a message with each template goes, and two with the config's `intervalSeconds`. */
  account?: Readonly<{ phoneNumber: string; templateCodes: readonly string[] }> | undefined;
  /** Lets so many seconds pass before the next message. */
  wait: (seconds: number) => Promise<void>;
  onFinding: (finding: Finding) => void;
}>;

const nobody = { accessKeyId: 'no-such-access-key-id', accessKeySecret: 'no-such-secret' };

/** How far the clock may be off, in seconds. Aliyun refuses a request after 15 minutes. */
const clockLimit = 60;

const { codes, pattern } = meanings.tooFrequent;
const tooFrequent = new RegExp(`^(?:${codes.join('|')}) |${pattern.source}`);

/** What looks like a code can be printed; no other text of a server's can. */
const answerGuard = z.object({ Code: z.string().regex(/^[A-Za-z][\w.-]{0,63}$/) }).passthrough();

/** All keys, with no value. */
const shapeOf = (answer: object): string =>
  JSON.stringify(answer, (_, value: unknown) => (value instanceof Object ? value : 0))
    .replaceAll(/":0|"/g, '')
    .replaceAll(',', ', ');

/** Compares the service with what the connector expects. No finding holds a RequestId; a secret must be looked for. */
export const checkAliyun = async ({ config, idle, account, wait, onFinding }: Options) => {
  const { protocol, hostname, host, port, pathname } = new URL(config.endpoint);
  const isTls = protocol === 'https:';
  const name = hostname.replace(/^\[|\]$/g, '');
  const [first = '100001', ...others] = account?.templateCodes ?? [];
  const last = { accepted: -Infinity };

  /** Tries what has all that it needs. Returns what others need, if it is as expected. */
  const check = async <Given extends object, Value>(
    title: string,
    given: Given | false | undefined,
    run: (given: Given) => Promise<Seen<Value>>,
  ): Promise<Value | undefined> => {
    if (!given) {
      onFinding({ verdict: 'not tried', title, says: '', shape: '' });

      return undefined;
    }

    const start = performance.now();
    const [isExpected, says, shape, value] = await run(given).catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';

      return [false, code, '', undefined] as const;
    });
    const time = `${Math.round(performance.now() - start)} ms`;
    onFinding({ verdict: isExpected ? 'yes' : 'no', title, says: `${says}, ${time}`, shape });

    return isExpected ? value : undefined;
  };

  /** Each message has a verification code of its own. */
  const prepare = ({ form, templateCode = first, ...changes }: Sending) => {
    const used = { ...config, intervalSeconds: undefined, ...changes };
    const { phoneNumber } = account ?? { phoneNumber: '13800138000' };
    const code = String(randomInt(100_000, 1_000_000));
    const message = { code, phoneNumber, templateCode, templateIndex: 0 };
    const parameters = buildParameters(message, used, randomUUID(), new Date());

    return { config: used, message, form: form ?? signForm(parameters, used.accessKeySecret) };
  };

  /**
   * Posts through the connector's client, once so many seconds have passed since the last message.
   *
   * @param expected Matches "code (status): what the connector makes of it".
   */
  const exchange = async (
    title: string,
    sending: Sending | false | undefined,
    expected: RegExp,
    seconds = 0,
  ) => {
    const rest = Math.ceil(seconds - (performance.now() - last.accepted) / 1000);
    await (sending && rest > 0 && wait(rest));

    return check(title, sending, async (sending) => {
      const sent = prepare(sending);
      const outcome = await post(config.endpoint, sent.form);
      const error = readAnswer(outcome, { ...sent, language: 'en' });
      const [issue] = error?.data instanceof ZodError ? error.data.issues : [];
      const told = error ? `${error.code} at ${issue?.path.join('.')}` : 'accepted';
      const { status, body = '', failure = 'not JSON with a Code' }: Partial<Response> = outcome;
      const answer = answerGuard.safeParse(trySafe((): unknown => JSON.parse(body))).data;
      const code = answer?.Code ?? failure;
      const says = `${code}${status ? ` (${status})` : ''}: ${told}`;

      last.accepted = code === 'OK' ? performance.now() : last.accepted;

      return [
        expected.test(says),
        says,
        answer ? shapeOf(answer) : '',
        { ...sending, form: sent.form, code },
      ];
    });
  };

  const addresses = await check('resolves', { name }, async () => {
    const all = await lookup(name, { all: true });
    const list = (version: number) =>
      all.flatMap(({ family, address }) => (family === version ? address : [])).join(', ');

    return [true, `IPv4: ${list(4) || 'none'}; IPv6: ${list(6) || 'none'}`, '', all];
  });

  const opened = await check('connects', addresses, async () => {
    const to = { host: name, port: Number(port) || (isTls ? 443 : 80) };
    const servername = net.isIP(name) ? '' : name;
    const socket = isTls
      ? tls.connect({ ...to, servername, rejectUnauthorized: true })
      : net.connect(to);
    const slow = Object.assign(new Error('Too slow'), { code: 'ETIMEDOUT' });

    socket.on('error', () => undefined).setTimeout(10_000, () => socket.destroy(slow));
    await once(socket, 'connect');

    return [true, `to ${socket.remoteAddress}`, '', socket];
  });

  const isSecured = opened instanceof tls.TLSSocket && opened;
  const trusted = await check('speaks TLS, is trusted', isSecured, async (socket) => {
    await once(socket, 'secureConnect');
    const end = new Date(socket.getPeerCertificate().valid_to).toISOString().slice(0, 10);

    return [true, `${socket.getProtocol()}, valid until ${end}`, '', socket];
  });

  const ready = isTls ? trusted : opened;
  const unknown = /^InvalidAccessKeyId\.NotFound .*: invalid_config at accessKeyId$/;
  const known = await exchange('unknown AccessKey', ready && nobody, unknown);

  const kept = await check('clock', ready, async (socket) => {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const type = 'application/x-www-form-urlencoded';
      const headers = { host, 'content-type': type, connection: 'keep-alive' };
      const options = { method: 'POST', path: pathname, headers, createConnection: () => socket };
      http.request(options, resolve).on('error', reject).end(prepare(nobody).form);
    });
    const { date = '', ...headers } = response.headers;
    const off = Math.round((Date.now() - Date.parse(date)) / 1000);
    const where = `${Math.abs(off)} s ${off < 0 ? 'behind' : 'ahead of'} the answer's Date`;
    const shape = ['server', 'content-type', 'connection', 'keep-alive']
      .map((header) => `${header}: ${String(headers[header] ?? 'none')}`)
      .join(', ');
    await once(response.resume(), 'end');
    socket.setTimeout(0);

    return [
      Math.abs(off) <= clockLimit,
      date ? where : 'the answer has no Date',
      shape,
      { socket, keepAlive: headers['keep-alive'] },
    ];
  });

  await check('idle connection', kept, async ({ socket, keepAlive = 'none' }) => {
    const start = performance.now();
    const signal = AbortSignal.timeout(idle * 1000);
    await (socket.closed || once(socket, 'close', { signal }).catch(() => undefined));
    const isOpen = !socket.closed;
    const says = `${isOpen ? 'still open' : 'closed'} (Keep-Alive: ${String(keepAlive)})`;
    socket.destroy();

    return [isOpen || performance.now() - start >= 1000, says, '', socket];
  });

  const open = known && account && {};
  const signName = signNames.findLast(isRetired) ?? signNames[0];
  const wrong = { accessKeySecret: nobody.accessKeySecret };
  await exchange('wrong secret', open && wrong, /^SignatureDoesNotMatch /);
  await exchange('retired signature', open && { signName }, /: invalid_config at signName$/);

  const sent = await exchange(`message with ${first}`, open, /^OK /, 60);
  await exchange('the same bytes again', sent, /^SignatureNonceUsed /);
  const refused = await exchange('second within a minute', sent && {}, tooFrequent);
  const either = new RegExp(`^(?:SignatureNonceUsed|${refused?.code}) `);
  await exchange('its bytes again', refused, either);

  for (const templateCode of others) {
    await exchange(`message with ${templateCode}`, open && { templateCode }, /^OK /, 60);
  }

  const { intervalSeconds } = config;
  const spaced = open && intervalSeconds ? { intervalSeconds } : undefined;
  const timed = await exchange(`Interval=${intervalSeconds ?? '…'}`, spaced, /^OK /, 60);
  await exchange('again after that time', timed && spaced, /^OK /, intervalSeconds);
};

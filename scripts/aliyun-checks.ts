import { randomInt, randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';

import { trySafe } from '@silverhand/essentials';
import { z, ZodError } from 'zod';

import { readAnswer } from '../src/answer.js';
import { post } from '../src/client.js';
import { type CheckedConfig, isRetired, signNames } from '../src/config.js';
import { meanings } from '../src/meanings.js';
import { buildParameters } from '../src/request.js';
import { signForm } from '../src/signature.js';

/** What a check came to: yes, no or not tried. `shape` is for the record: an answer's headers that matter, or its keys. */
export type Finding = Readonly<Record<'verdict' | 'title' | 'says' | 'shape', string>>;

/** What to send, as far as it is not the config's; or the bytes that were sent before. */
type Sending = Partial<CheckedConfig> & Readonly<{ templateCode?: string; form?: string }>;

type Options = Readonly<{
  config: CheckedConfig;
  /** How long to wait for the server to close an idle connection, in seconds. */
  idle: number;
  /** How long any other check may take, in seconds. */
  limit?: number;
  /** Where a message with each template goes, and two with the config's `intervalSeconds`. */
  account?: Readonly<{ phoneNumber: string; templateCodes: readonly string[] }> | undefined;
  /** Lets so many seconds pass before the next message. */
  wait: (seconds: number) => Promise<void>;
  onIdle: () => void;
  onFinding: (finding: Finding) => void;
}>;

const nobody = { accessKeyId: 'no-such-access-key-id', accessKeySecret: 'no-such-secret' };

const { codes, pattern } = meanings.tooFrequent;
const tooFrequent = new RegExp(`^(?:${codes.join('|')}) |${pattern.source}`);

/** What looks like a code, and not like a RequestId, can be printed; no other text of a body can. */
const answerGuard = z
  .object({ Code: z.string().regex(/^(?![\da-f-]{32,}$)[a-z][\w.-]{0,63}$/i) })
  .passthrough();

const keysOf = (value: unknown): string =>
  Object.keys(value instanceof Object ? value : {})
    .filter((key) => /^\w{1,32}$/.test(key))
    .join(', ');

const after = (isFine: boolean): string => (isFine ? '' : 'after the no above');

/** Compares the service with what the connector expects. No finding holds a RequestId; a secret must be looked for. */
export const checkAliyun = async (options: Options): Promise<void> => {
  const { config, idle, limit = 15, account, wait, onIdle, onFinding } = options;
  const { protocol, hostname, host, port, pathname } = new URL(config.endpoint);
  const isTls = protocol === 'https:';
  const name = hostname.replace(/^\[|\]$/g, '');
  const { phoneNumber = '13800138000', templateCodes = [] } = account ?? {};
  const [first = '100001', ...others] = templateCodes;
  const last = { accepted: -Infinity, form: '', code: '' };

  /** Returns whether it is as expected; tries nothing where `needs` says what it lacks. */
  const check = async (
    title: string,
    needs: string,
    run: () => Promise<readonly [isExpected: boolean, says: string, shape?: string]>,
    seconds = limit,
  ): Promise<boolean> => {
    const tell = (verdict: string, says: string, shape = '') => {
      onFinding({ verdict, title, says, shape });

      return verdict === 'yes';
    };

    if (needs) {
      return tell('not tried', needs);
    }

    const start = performance.now();
    const tooSlow = sleep(seconds * 1000, [false, `not within ${seconds} s`] as const);
    const [isExpected, says, shape] = await Promise.race([run(), tooSlow]).catch(
      (error: unknown) =>
        [false, error instanceof Error && 'code' in error ? String(error.code) : 'failed'] as const,
    );
    const time = `${Math.round(performance.now() - start)} ms`;

    return tell(isExpected ? 'yes' : 'no', `${says}, ${time}`, shape);
  };

  /** A message with a verification code of its own. */
  const prepare = ({ form, templateCode = first, ...changes }: Sending) => {
    const used = { ...config, intervalSeconds: undefined, ...changes };
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
    needs: string,
    sending: Sending,
    expected: RegExp,
    seconds = 0,
  ) => {
    const rest = Math.ceil(seconds - (performance.now() - last.accepted) / 1000);
    await (!needs && rest > 0 && wait(rest));

    return check(title, needs, async () => {
      const sent = prepare(sending);
      const outcome = await post(config.endpoint, sent.form);
      const error = readAnswer(outcome, { ...sent, language: 'en' });
      const [issue] = error?.data instanceof ZodError ? error.data.issues : [];
      const told = error ? `${error.code} at ${issue?.path.join('.')}` : 'accepted';
      const body = 'body' in outcome ? outcome.body : '';
      const answer = answerGuard.safeParse(trySafe((): unknown => JSON.parse(body))).data;
      const code =
        answer?.Code ?? ('failure' in outcome ? outcome.failure : 'not JSON with a Code');
      const says = `${code}${'status' in outcome ? ` (${outcome.status})` : ''}: ${told}`;
      const accepted = code === 'OK' ? performance.now() : last.accepted;
      Object.assign(last, { accepted, form: sent.form, code });

      return [expected.test(says), says, `${keysOf(answer)}; in Model: ${keysOf(answer?.Model)}`];
    });
  };

  const isFound = await check('resolves', '', async () => {
    const all = await lookup(name, { all: true });
    const list = (version: number) =>
      all.flatMap(({ family, address }) => (family === version ? address : [])).join(', ');

    return [true, `IPv4: ${list(4) || 'none'}; IPv6: ${list(6) || 'none'}`];
  });

  const servername = net.isIP(name) ? '' : name;
  const to = { host: name, servername, port: Number(port) || (isTls ? 443 : 80) };
  const socket = isTls ? tls.connect({ ...to, rejectUnauthorized: true }) : net.connect(to);
  socket.on('error', () => undefined);
  const closed = new Promise<number>((resolve) => {
    socket.once('close', () => {
      resolve(performance.now());
    });
  });
  const idling = { start: 0, hint: '' };

  const isOpen = await check('connects', after(isFound), async () => {
    await once(socket, 'connect');

    return [true, `to ${socket.remoteAddress}`];
  });

  const needsTls = isTls ? after(isOpen) : 'needs https';
  const isTrusted = await check('speaks TLS, is trusted', needsTls, async () => {
    const secured = z.instanceof(tls.TLSSocket).parse(socket);
    await once(secured, 'secureConnect');
    const end = new Date(secured.getPeerCertificate().valid_to).toISOString().slice(0, 10);

    return [true, `${secured.getProtocol()}, valid until ${end}`];
  });

  const needsServer = after(isTls ? isTrusted : isOpen);
  const isRight = await check('clock is right', needsServer, async () => {
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const type = 'application/x-www-form-urlencoded';
      const headers = { host, 'content-type': type, connection: 'keep-alive' };
      const options = { method: 'POST', path: pathname, headers, createConnection: () => socket };
      http.request(options, resolve).on('error', reject).end(prepare(nobody).form);
    });
    const off = Math.round((Date.now() - Date.parse(response.headers.date ?? '')) / 1000);
    const says = `${Math.abs(off)} s ${off < 0 ? 'behind' : 'ahead of'} the answer's Date`;
    const headers = ['server', 'content-type', 'connection'].map((header) => {
      const value = String(response.headers[header] ?? 'none');

      return `${header}: ${/^[\w./;= -]{1,60}$/.test(value) ? value : 'not shown'}`;
    });
    await finished(response.resume());
    idling.start = performance.now();
    idling.hint = /^timeout=\d{1,9}/.exec(String(response.headers['keep-alive']))?.[0] ?? 'none';
    const shape = `${headers.join(', ')}, keep-alive: ${idling.hint}`;

    return [Math.abs(off) <= 60, Number.isNaN(off) ? 'the answer has no Date' : says, shape];
  });

  const unknown = /^InvalidAccessKeyId\.NotFound .*: invalid_config at accessKeyId$/;
  const isUnknown = await exchange('unknown AccessKey', needsServer, nobody, unknown);

  const whileIdle = async () => {
    onIdle();
    const rest = idle * 1000 + idling.start - performance.now();
    const end = await Promise.race([closed, sleep(rest)]);
    const seconds = ((end ?? performance.now()) - idling.start) / 1000;
    const says = `${end ? 'closed' : 'still open'} after ${seconds.toFixed(1)} s`;

    return [!end || seconds >= 1, `${says} (Keep-Alive: ${idling.hint})`] as const;
  };
  await check('idle connection', needsServer || after(isRight), whileIdle, idle + 2);
  socket.destroy();

  const needs = account ? after(isUnknown) : 'needs --send and a yes';
  const signName = signNames.findLast(isRetired) ?? signNames[0];
  const wrong = { accessKeySecret: nobody.accessKeySecret };
  await exchange('wrong secret', needs, wrong, /^SignatureDoesNotMatch /);
  await exchange('retired signature', needs, { signName }, /: invalid_config at signName$/);

  const isSent = await exchange(`message with ${first}`, needs, {}, /^OK /, 60);
  const again = needs || after(isSent);
  await exchange('the same bytes again', again, { form: last.form }, /^SignatureNonceUsed /);
  const isRefused = await exchange('second within a minute', again, {}, tooFrequent);
  const either = new RegExp(`^(?:SignatureNonceUsed|${last.code}) `);
  await exchange('its bytes again', needs || after(isRefused), { form: last.form }, either);

  for (const templateCode of others) {
    await exchange(`message with ${templateCode}`, needs, { templateCode }, /^OK /, 60);
  }

  const { intervalSeconds } = config;
  const title = `Interval=${intervalSeconds ?? '…'}`;
  const spaced = needs || (intervalSeconds ? '' : 'needs --interval');
  const isTimed = await exchange(title, spaced, { intervalSeconds }, /^OK /, 60);
  const later = spaced || after(isTimed);
  await exchange('again after that time', later, { intervalSeconds }, /^OK /, intervalSeconds);
};

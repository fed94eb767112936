import { noop, type Optional } from '@silverhand/essentials';
import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { ZodError } from 'zod';

import { TemplateType } from '@logto/connector-kit';

import { type Answer } from '../src/answer.js';
import { type Outcome, post } from '../src/client.js';
import { type Config, signNames } from '../src/config.js';
import { explain, isOk } from '../src/explain.js';
import { meaningOfCode, meanings } from '../src/meanings.js';
import { type Message, type Origin, readMessage } from '../src/message.js';
import { buildParameters } from '../src/request.js';
import { signForm } from '../src/signature.js';

/** What a check came to. */
export type Finding = Readonly<{
  verdict: 'yes' | 'no' | 'not tried';
  title: string;
  /** Of a server's words only what the connector shows of them: a code and a RequestId. */
  says: string;
}>;

type Result = Readonly<{ isExpected: boolean; says: string }>;

/**
 * Runs a check and tells what it came to, or why it is not tried.
 *
 * @param missing What there is not, and the check needs.
 * @param seconds How long it may take.
 * @returns Whether it came to what is expected.
 */
type Check = (
  title: string,
  missing: Optional<string>,
  run: () => Promise<Result>,
  seconds?: number
) => Promise<boolean>;

/** How long a call of the connector may take, in milliseconds. */
const callTime = 8000;

/** The time that must lie between two messages to a number, in seconds. */
const interval = 60;

/** How far this computer's clock may be off, in seconds. Aliyun refuses a request after 15 minutes. */
const clockTolerance = 60;

/** An AccessKey that nobody has. */
export const nobody = { accessKeyId: 'no-such-access-key-id', accessKeySecret: 'no-such-secret' };

/** Where nothing is sent to, since nobody's AccessKey asks for it. */
const unusedNumber = '13800138000';

/** What a check is missing that needs the one before. */
const unlessNo = (isExpected: boolean): Optional<string> =>
  isExpected ? undefined : 'after the no above';

/** Waits for a promise, but no longer than so many milliseconds. Returns `tooSlow` if it takes longer. */
const within = async <Value, TooSlow>(
  time: number,
  promise: Promise<Value>,
  tooSlow: TooSlow
): Promise<Value | TooSlow> => {
  // A timer that nobody waits for would keep the process alive.
  const timer = new AbortController();

  try {
    return await Promise.race([promise, sleep(time, tooSlow, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
};

/** The code of an error. Its text may hold more than can be shown. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'failed';

const createCheck =
  (limit: number, onFinding: (finding: Finding) => void): Check =>
  async (title, missing, run, seconds = limit) => {
    if (missing !== undefined) {
      onFinding({ verdict: 'not tried', title, says: missing });

      return false;
    }

    const start = performance.now();
    const tooSlow = { isExpected: false, says: `not within ${seconds} s` };
    const { isExpected, says } = await within(seconds * 1000, run(), tooSlow).catch(
      (error: unknown): Result => ({ isExpected: false, says: codeOf(error) })
    );
    const time = Math.round(performance.now() - start);

    onFinding({ verdict: isExpected ? 'yes' : 'no', title, says: `${says}, ${time} ms` });

    return isExpected;
  };

/** A message with a verification code of its own, and the form that is posted for it. */
type Prepared = Readonly<{ message: Message; origin: Origin; form: string }>;

const prepare = (config: Config, phoneNumber: string): Prepared => {
  const code = String(randomInt(100_000, 1_000_000));
  const { message, origin } = readMessage(
    { to: `86${phoneNumber}`, type: TemplateType.Generic, payload: { code } },
    config
  );
  const parameters = buildParameters(message, randomUUID(), new Date());

  return { message, origin, form: signForm(parameters, message.accessKeySecret) };
};

const accepted = 'accepted';

/** What the connector makes of an outcome: its error, with the key at fault and what the admin is told in English. */
const describe = (outcome: Outcome, { message, origin }: Prepared): string => {
  if (isOk(outcome)) {
    return accepted;
  }

  const { code, data } = explain(outcome, message, origin);
  const [issue] = data instanceof ZodError ? data.issues : [];
  const english = issue?.message.split('\n').at(-1);

  return `${code} at ${issue?.path.join('.')}: ${english}`;
};

/** What came of a form that was posted: Aliyun's answer, if there is one, and what the connector makes of it. */
type Seen = Readonly<{ answer: Optional<Answer>; says: string }>;

/** Checks what comes of a form that is posted as the connector does. */
const createExchange =
  (check: Check) =>
  async (
    title: string,
    missing: Optional<string>,
    prepared: Prepared,
    isExpected: (seen: Seen) => boolean
  ): Promise<boolean> =>
    check(title, missing, async () => {
      const { message, form } = prepared;
      const outcome = await post(message.endpoint, form, performance.now() + callTime);
      const says = describe(outcome, prepared);
      const answer = 'answer' in outcome ? outcome.answer : undefined;

      return { isExpected: isExpected({ answer, says }), says };
    });

const isAccepted = ({ says }: Seen): boolean => says === accepted;

const isRepeat = ({ answer }: Seen): boolean =>
  answer !== undefined && meaningOfCode(answer.code) === meanings.nonceUsed;

const isTooSoonAnswer = ({ answer }: Seen): boolean =>
  answer !== undefined && meaningOfCode(answer.code) === meanings.tooFrequent;

const listAddresses = async (name: string): Promise<string> => {
  const addresses = await lookup(name, { all: true });
  const list = (version: number): string =>
    addresses
      .filter(({ family }) => family === version)
      .map(({ address }) => address)
      .join(', ');

  return `IPv4: ${list(4) || 'none'}; IPv6: ${list(6) || 'none'}`;
};

/** Posts a form over a connection, and leaves the connection open. Returns the answer's `Date`, empty if it has none. */
const askForDate = async (
  { host, pathname }: URL,
  socket: net.Socket,
  form: string
): Promise<string> => {
  const request = http.request({
    method: 'POST',
    path: pathname,
    headers: {
      host,
      'content-type': 'application/x-www-form-urlencoded',
      connection: 'keep-alive',
    },
    createConnection: () => socket,
  });
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject).end(form);
  });

  await finished(response.resume());

  return response.headers.date ?? '';
};

/** Checks the way to the server, over a connection of its own that is watched. */
const checkConnection = async (check: Check, config: Config) => {
  const url = new URL(config.endpoint);
  const isTls = url.protocol === 'https:';
  // A URL has an IPv6 address in brackets.
  const name = url.hostname.replaceAll(/^\[|]$/g, '');
  const to = { host: name, port: Number(url.port) || (isTls ? 443 : 80) };

  const isFound = await check('resolves', undefined, async () => ({
    isExpected: true,
    says: await listAddresses(name),
  }));

  const socket = isTls
    ? tls.connect({ ...to, servername: net.isIP(name) ? '' : name, rejectUnauthorized: true })
    : net.connect(to);
  // The checks that wait for the socket tell of its errors.
  socket.on('error', noop);
  const closed = new Promise<number>((resolve) => {
    socket.once('close', () => {
      resolve(performance.now());
    });
  });

  const isConnected = await check('connects', unlessNo(isFound), async () => {
    await once(socket, 'connect');

    return { isExpected: true, says: `to ${socket.remoteAddress}` };
  });

  const isTrusted = await check(
    'speaks TLS, is trusted',
    isTls ? unlessNo(isConnected) : 'needs https',
    async () => {
      assert(socket instanceof tls.TLSSocket);
      await once(socket, 'secureConnect');
      const end = new Date(socket.getPeerCertificate().valid_to).toISOString().slice(0, 10);

      return { isExpected: true, says: `${socket.getProtocol()}, valid until ${end}` };
    }
  );

  const missing = unlessNo(isTls ? isTrusted : isConnected);
  // eslint-disable-next-line @silverhand/fp/no-let -- The check of the clock is the last use of the connection.
  let idleSince = 0;

  const isRight = await check('clock is right', missing, async () => {
    const { form } = prepare({ ...config, ...nobody }, unusedNumber);
    const date = await askForDate(url, socket, form);
    // eslint-disable-next-line @silverhand/fp/no-mutation -- See above.
    idleSince = performance.now();

    const off = Math.round((Date.now() - Date.parse(date)) / 1000);

    if (Number.isNaN(off)) {
      return { isExpected: false, says: 'the answer has no Date' };
    }

    const says = `${Math.abs(off)} s ${off < 0 ? 'behind' : 'ahead of'} the answer's Date`;

    return { isExpected: Math.abs(off) <= clockTolerance, says };
  });

  /** Waits so many seconds for the server to close the connection, which nothing used since the clock was asked for. */
  const checkIdle = async (idle: number): Promise<void> => {
    await check(
      'idle connection',
      missing ?? unlessNo(isRight),
      async () => {
        const rest = idle * 1000 + idleSince - performance.now();
        const closedAt = await within(rest, closed, Number.POSITIVE_INFINITY);
        const isOpen = closedAt > performance.now();
        const seconds = (Math.min(closedAt, performance.now()) - idleSince) / 1000;
        const state = isOpen ? 'still open' : 'closed';

        return {
          isExpected: isOpen || seconds >= 1,
          says: `${state} after ${seconds.toFixed(1)} s`,
        };
      },
      idle + 2
    );
    socket.destroy();
  };

  return { missing, checkIdle };
};

/** Where a message with each template goes. */
export type Account = Readonly<{ phoneNumber: string; templateCodes: readonly string[] }>;

type Options = Readonly<{
  config: Config;
  /** How long to wait for the server to close an idle connection, in seconds. */
  idle: number;
  /** How long any other check may take, in seconds. */
  limit?: number;
  /** Nothing is sent without one. */
  account?: Optional<Account>;
  /** Lets so many seconds pass before the next message. */
  wait: (seconds: number) => Promise<void>;
  onFinding: (finding: Finding) => void;
}>;

/** Sends messages, and checks what becomes of those that must be refused. */
const checkAccount = async (
  check: Check,
  missing: Optional<string>,
  { config, account, wait }: Options
): Promise<void> => {
  const { phoneNumber = unusedNumber, templateCodes = ['100001'] } = account ?? {};
  const prepareWith = (changes: Partial<Config>): Prepared =>
    prepare({ ...config, ...changes }, phoneNumber);
  const prepareTemplate = (templateCode: string): Prepared =>
    prepareWith({ templates: [{ usageType: TemplateType.Generic, templateCode }] });
  const [firstCode = '', ...otherCodes] = templateCodes;
  const exchange = createExchange(check);

  await exchange(
    'wrong secret',
    missing,
    prepareWith({ accessKeySecret: nobody.accessKeySecret }),
    ({ answer }) => answer?.code === 'SignatureDoesNotMatch'
  );

  const isRefused = await exchange(
    'retired signature',
    missing,
    // In "signName" it would be replaced.
    prepareWith({ signNameOverride: signNames.at(-1) }),
    ({ says }) => says.startsWith('invalid_config at signNameOverride:')
  );

  if (missing === undefined && !isRefused) {
    // It may have been sent.
    await wait(interval);
  }

  const first = prepareTemplate(firstCode);
  const isSent = await exchange(`message with ${firstCode}`, missing, first, isAccepted);
  const missingFirst = missing ?? unlessNo(isSent);
  await exchange('the same bytes again', missingFirst, first, isRepeat);

  const second = prepareTemplate(firstCode);
  const isSecondRefused = await exchange(
    'second within a minute',
    missingFirst,
    second,
    isTooSoonAnswer
  );
  await exchange(
    'its bytes again',
    missingFirst ?? unlessNo(isSecondRefused),
    second,
    (seen) => isRepeat(seen) || isTooSoonAnswer(seen)
  );

  /* eslint-disable no-await-in-loop -- One message a minute. */
  for (const templateCode of otherCodes) {
    if (missing === undefined) {
      await wait(interval);
    }

    await exchange(
      `message with ${templateCode}`,
      missing,
      prepareTemplate(templateCode),
      isAccepted
    );
  }
  /* eslint-enable no-await-in-loop */
};

/** Runs all checks, one after another. */
export const checkAliyun = async (options: Options): Promise<void> => {
  const { config, idle, limit = 15, account, onFinding } = options;
  const check = createCheck(limit, onFinding);
  const { missing, checkIdle } = await checkConnection(check, config);

  const isUnknown = await createExchange(check)(
    'unknown AccessKey',
    missing,
    prepare({ ...config, ...nobody }, unusedNumber),
    ({ answer, says }) =>
      answer?.code === 'InvalidAccessKeyId.NotFound' &&
      says.startsWith('invalid_config at accessKeyId:')
  );
  await checkIdle(idle);
  await checkAccount(check, account ? unlessNo(isUnknown) : 'needs --send and a yes', options);
};

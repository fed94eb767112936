/** The Logto at hand: where it is, its Management API, its log. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

import { type JsonObject } from './sandbox.js';

const { LOGTO_ENDPOINT = 'http://localhost:3001', LOGTO_ADMIN_ENDPOINT = 'http://localhost:3002' } =
  process.env;

/** Where users sign in. */
export const endpoint = new URL(LOGTO_ENDPOINT).origin;

/** Where Console is. */
export const adminEndpoint = new URL(LOGTO_ADMIN_ENDPOINT).origin;

/** The connector's id, which a built-in one has as well. */
export const factoryId = 'aliyun-short-message-auth-service';

const accessGuard = z.object({
  name: z.string(),
  password: z.string(),
  token: z.string(),
  startedAt: z.number(),
});

/**
 * What `prepare.ts` found out, and every test needs: Console's name and password, and a token for the
 * Management API; and when it began, in milliseconds.
 */
export type Access = Readonly<z.infer<typeof accessGuard>>;

/** Hands what is needed over to the processes in which the tests run. */
export const setAccess = (access: Access): void => {
  process.env.LOGTO_TEST_ACCESS = JSON.stringify(access);
};

/** What is needed, in a process in which tests run. */
export const getAccess = (): Access =>
  accessGuard.parse(JSON.parse(process.env.LOGTO_TEST_ACCESS ?? 'null'));

/** Calls the Management API; gives the answer's JSON, and throws where it is no success. */
export const manage = async (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  route: string,
  body?: JsonObject
): Promise<unknown> => {
  const response = await fetch(`${endpoint}/api${route}`, {
    method,
    headers: {
      authorization: `Bearer ${getAccess().token}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();

  if (!response.ok) {
    throw new Error(`Logto answered ${method} ${route} with ${response.status} ${text}`);
  }

  const answer: unknown = text === '' ? undefined : JSON.parse(text);

  return answer;
};

const connectorsGuard = z
  .object({
    id: z.string(),
    connectorId: z.string(),
    type: z.string(),
    config: z.record(z.unknown()),
  })
  .array();

/** The SMS connector that is set up, if one is. */
export const getSmsConnector = async () => {
  const connectors = connectorsGuard.parse(await manage('GET', '/connectors'));

  return connectors.find(({ type }) => type === 'Sms');
};

/** Sets an SMS connector up. Logto has one at most: another one goes. */
export const setSmsConnector = async (connectorId: string, config: JsonObject): Promise<void> => {
  const connector = await getSmsConnector();

  await (connector?.connectorId === connectorId
    ? manage('PATCH', `/connectors/${connector.id}`, { config })
    : manage('POST', '/connectors', { connectorId, config }));
};

const usersGuard = z.object({ id: z.string() }).array();

/** The ids of the users with a number, which may be a part of theirs. */
export const findUsers = async (number: string): Promise<string[]> => {
  const query = new URLSearchParams({ 'search.primaryPhone': `%${number}` });
  const users = usersGuard.parse(await manage('GET', `/users?${query.toString()}`));

  return users.map(({ id }) => id);
};

/** Sign-up and sign-in by phone and code, with a user name and a password as another way in. */
export const signInByPhone = {
  signInMode: 'SignInAndRegister',
  signUp: { identifiers: ['phone'], password: false, verify: true },
  signIn: {
    methods: [
      { identifier: 'phone', password: true, verificationCode: true, isPasswordPrimary: false },
      { identifier: 'username', password: true, verificationCode: false, isPasswordPrimary: true },
    ],
  },
  forgotPasswordMethods: ['PhoneVerificationCode'],
  languageInfo: { autoDetect: true, fallbackLanguage: 'en' },
  mfa: { factors: [], policy: 'NoPrompt' },
};

const logsGuard = z
  .object({
    createdAt: z.number(),
    payload: z.object({
      error: z.object({ message: z.string() }).passthrough().optional(),
      payload: z.object({ identifier: z.object({ value: z.string() }).optional() }).optional(),
    }),
  })
  .array();

/** The failures in the audit log since the tests began, the newest first: what is told of each, and the number typed. */
export const getFailures = async () => {
  const readPage = async (page: number): Promise<z.infer<typeof logsGuard>> => {
    const logs = logsGuard.parse(await manage('GET', `/logs?page=${page}&page_size=100`));
    const isLast = logs.every(({ createdAt }) => createdAt < getAccess().startedAt);

    return isLast ? logs : [...logs, ...(await readPage(page + 1))];
  };
  const logs = await readPage(1);

  return logs.flatMap(({ createdAt, payload: { error, payload } }) =>
    error && createdAt >= getAccess().startedAt
      ? [{ error, number: payload?.identifier?.value.slice(-11) ?? '' }]
      : []
  );
};

const run = promisify(execFile);

/** What core writes: the file in LOGTO_LOG, or the one beside the file in LOGTO_ADMIN_FILE, or else what Docker Compose has. */
const readCoreLog = async (): Promise<string> => {
  const { LOGTO_LOG, LOGTO_ADMIN_FILE } = process.env;
  const file =
    LOGTO_LOG ?? (LOGTO_ADMIN_FILE && path.join(path.dirname(LOGTO_ADMIN_FILE), 'log/core.log'));

  if (file) {
    return readFile(file, 'utf8');
  }

  const compose = path.resolve(import.meta.dirname, '../../docs/compose.yml');
  const { stdout } = await run('docker', ['compose', '-f', compose, 'logs', '--no-color', 'app'], {
    maxBuffer: 2 ** 28,
  });

  return stdout;
};

/** The lines of the connector's in what core writes; `undefined` where that cannot be read. */
export const readConnectorLog = async (): Promise<string[] | undefined> => {
  try {
    const log = await readCoreLog();

    return log.split('\n').filter((line) => line.includes('connector-aliyun-sms-mas:'));
  } catch {}
};

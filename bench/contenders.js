/* eslint-disable no-await-in-loop -- One step after the other. */
// Each way to send the same message. All of them read the whole answer and insist on an "OK" in it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';

const root = new URL('../', import.meta.url);
// Below node_modules, so that both find the very same dependencies, and git and the linters overlook them.
const stage = new URL('node_modules/.stage/', import.meta.url);

/** Where both connectors are loaded from. */
export const staged = {
  connector: new URL('connector/lib/index.js', stage),
  builtIn: new URL('built-in/lib/index.js', stage),
};

/** The address that the built-in connector has in its code. */
const builtInEndpoint = 'https://dypnsapi.aliyuncs.com/';

/** Copies both connectors to where they are loaded from. The one change is the address in the built-in one. */
export const stageConnectors = async () => {
  await rm(stage, { recursive: true, force: true });
  await mkdir(new URL('connector/', stage), { recursive: true });

  for (const name of ['lib', 'package.json']) {
    await cp(new URL(name, root), new URL(`connector/${name}`, stage), { recursive: true });
  }

  await cp(new URL('node_modules/built-in/', import.meta.url), new URL('built-in/', stage), {
    recursive: true,
  });

  const code = await readFile(staged.builtIn, 'utf8');
  assert.equal(code.split(JSON.stringify(builtInEndpoint)).length, 2);
  await writeFile(
    staged.builtIn,
    code.replace(JSON.stringify(builtInEndpoint), 'process.env.BENCH_ENDPOINT')
  );
};

const accessKey = {
  accessKeyId: 'bench-access-key-id-0000',
  accessKeySecret: 'bench-access-key-secret-00000',
};

const templateCodes = {
  SignIn: '100001',
  Register: '100001',
  ForgotPassword: '100003',
  OrganizationInvitation: '100001',
  Generic: '100001',
  UserPermissionValidation: '100005',
  BindNewIdentifier: '100002',
  MfaVerification: '100001',
  BindMfa: '100001',
};

/** A config as Logto stores it, with an entry for each of the nine usage types. The built-in one has no further key. */
const config = {
  ...accessKey,
  signName: '恒创联众',
  templates: Object.entries(templateCodes).map(([usageType, templateCode]) => ({
    usageType,
    templateCode,
  })),
};

/** What Logto gives to `sendMessage` when somebody signs in. */
const message = {
  to: '8613800138000',
  type: 'SignIn',
  payload: { code: '811125', locale: 'zh-CN', uiLocales: 'zh-CN en' },
  ip: '203.0.113.7',
};

/** A form as the connector posts it, signed before. */
const signed = new URLSearchParams({
  CountryCode: '86',
  PhoneNumber: '13800138000',
  SignName: '恒创联众',
  TemplateCode: '100001',
  TemplateParam: JSON.stringify({ code: '811125', min: '10' }),
  Action: 'SendSmsVerifyCode',
  Version: '2017-05-25',
  Format: 'JSON',
  AccessKeyId: accessKey.accessKeyId,
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
  Timestamp: '2026-11-22T08:00:00Z',
  Signature: 'nJ2dKGsG8Vn4nLCbYHGkc2fCkQI=',
}).toString();

/** What bare `got` posts: the form, with a nonce to count it by. */
const createForm = () => `${signed}&SignatureNonce=${randomUUID()}`;

/** Builds the connector anew for each message, as Logto does. */
const createSender = async (url, storedConfig) => {
  const { default: createConnector } = await import(url);
  const getConfig = async () => storedConfig;

  return {
    build: () => createConnector({ getConfig }),
    async send() {
      const { sendMessage } = await createConnector({ getConfig });
      await sendMessage(message);
    },
  };
};

export const contenders = {
  connector: async (origin) =>
    createSender(staged.connector, { ...config, codeExpirationMinutes: 10, endpoint: origin }),

  async got(origin) {
    const { got } = await import('got');

    return {
      async send() {
        const answer = await got
          .post(origin, {
            body: createForm(),
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
          .json();

        assert.equal(answer.Code, 'OK');
      },
    };
  },

  builtIn: async () => createSender(staged.builtIn, config),
};
/* eslint-enable no-await-in-loop */

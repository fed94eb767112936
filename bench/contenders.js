// Each way to send the same message. All of them read the whole answer and insist on an "OK" in it.
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { URL, URLSearchParams } from 'node:url';

const root = new URL('../', import.meta.url);
// Below node_modules, so that both find the very same dependencies, and git and the linters overlook them.
const stage = new URL('./node_modules/.stage/', import.meta.url);

/** Where the connector and the peer are loaded from. */
export const staged = {
  connector: new URL('connector/lib/index.js', stage),
  peer: new URL('peer/lib/index.js', stage),
};

/** The address that the published peer has in its code. */
const peerEndpoint = 'https://dypnsapi.aliyuncs.com/';

/** Copies the built connector and the peer to where they are loaded from; the peer's address is the one change. */
export const stageConnectors = async () => {
  await rm(stage, { recursive: true, force: true });
  await mkdir(new URL('connector/', stage), { recursive: true });

  for (const name of ['lib', 'package.json']) {
    await cp(new URL(name, root), new URL(`connector/${name}`, stage), { recursive: true });
  }

  await cp(new URL('./node_modules/peer/', import.meta.url), new URL('peer/', stage), {
    recursive: true,
  });

  const code = await readFile(staged.peer, 'utf8');
  assert.equal(code.split(JSON.stringify(peerEndpoint)).length, 2);
  await writeFile(
    staged.peer,
    code.replace(JSON.stringify(peerEndpoint), 'process.env.BENCH_ENDPOINT'),
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

/** A config as Logto stores it, with an entry for each of the nine usage types. The peer has no further key. */
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

/** What of it goes to Aliyun. */
const parameters = {
  CountryCode: '86',
  PhoneNumber: '13800138000',
  SignName: '恒创联众',
  TemplateCode: '100001',
  TemplateParam: JSON.stringify({ code: '811125', min: '10' }),
};

const contentType = 'application/x-www-form-urlencoded';

const signed = new URLSearchParams({
  ...parameters,
  Action: 'SendSmsVerifyCode',
  Version: '2017-05-25',
  Format: 'JSON',
  AccessKeyId: accessKey.accessKeyId,
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
  Timestamp: '2026-11-22T08:00:00Z',
  Signature: 'nJ2dKGsG8Vn4nLCbYHGkc2fCkQI=',
}).toString();

/** A whole request that was signed before, with a nonce to count it by: what a bare HTTP client posts. */
const createForm = () => `${signed}&SignatureNonce=${randomUUID()}`;

const assertOk = ({ Code }) => assert.equal(Code, 'OK');

/** Builds the connector anew for each message, as Logto does. */
const createSender = async (url, storedConfig) => {
  const { default: createConnector } = await import(url);
  const getConfig = async () => storedConfig;

  return {
    build: () => createConnector({ getConfig }),
    config: storedConfig,
    send: async () => {
      const { sendMessage } = await createConnector({ getConfig });
      await sendMessage(message);
    },
  };
};

export const contenders = {
  connector: async (origin) =>
    createSender(staged.connector, { ...config, codeExpirationMinutes: 10, endpoint: origin }),

  got: async (origin) => {
    const { got } = await import('got');

    return {
      send: async () => {
        const answer = await got
          .post(origin, { body: createForm(), headers: { 'content-type': contentType } })
          .json();

        assertOk(answer);
      },
    };
  },

  peer: async () => createSender(staged.peer, config),

  https: async (origin) => {
    const agent = new https.Agent({ keepAlive: true });
    const headers = {
      'content-type': contentType,
      'content-length': Buffer.byteLength(createForm()),
    };

    return {
      send: async () => {
        const response = await new Promise((resolve, reject) => {
          https
            .request(origin, { method: 'POST', agent, headers })
            .once('response', resolve)
            .once('error', reject)
            .end(createForm());
        });

        assertOk(JSON.parse(await text(response)));
      },
    };
  },

  popCore: async (origin) => {
    const { default: popCore } = await import('@alicloud/pop-core');
    const client = new popCore.RPCClient({
      ...accessKey,
      endpoint: origin,
      apiVersion: '2017-05-25',
    });

    return {
      send: async () => {
        const answer = await client.request('SendSmsVerifyCode', parameters, { method: 'POST' });

        assertOk(answer);
      },
    };
  },

  sdk: async (origin) => {
    const require = createRequire(import.meta.url);
    const { default: Client, SendSmsVerifyCodeRequest } = require('@alicloud/dypnsapi20170525');
    const { $OpenApiUtil } = require('@alicloud/openapi-core');
    const client = new Client(
      new $OpenApiUtil.Config({ ...accessKey, endpoint: new URL(origin).host, protocol: 'https' }),
    );

    return {
      send: async () => {
        const request = new SendSmsVerifyCodeRequest({
          countryCode: parameters.CountryCode,
          phoneNumber: parameters.PhoneNumber,
          signName: parameters.SignName,
          templateCode: parameters.TemplateCode,
          templateParam: parameters.TemplateParam,
        });
        const { body } = await client.sendSmsVerifyCode(request);

        assert.equal(body.code, 'OK');
      },
    };
  },
};

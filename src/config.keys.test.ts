import { type z } from 'zod';

import { describe, expect, it } from 'vitest';

import { config, number } from '../test/helpers/fixtures.js';
import { referenceSignature } from '../test/helpers/reference-signature.js';
import { send } from '../test/helpers/send.js';
import { ok, serveInTurn } from '../test/helpers/servers.js';

import { configGuard } from './config.js';

/** A value that is sent with, what the request then has, and a value that Console refuses. */
type Key = Readonly<{
  value: unknown;
  request: Readonly<Record<string, string>>;
  refused: unknown;
}>;

const gateway = await serveInTurn([200, ok]);

/** Every key that the guard takes; tsc names one that is missing. */
const keys: Readonly<Record<keyof Required<z.output<typeof configGuard>>, Key>> = {
  accessKeyId: {
    value: 'fake-other-id',
    request: { AccessKeyId: 'fake-other-id' },
    refused: 'STS.fake-id',
  },
  accessKeySecret: {
    value: 'fake-other-secret',
    request: { signedWith: 'fake-other-secret' },
    refused: '<access-key-secret>',
  },
  signName: {
    value: '速通互联验证码',
    request: { SignName: '恒创联众' },
    refused: '某某签名',
  },
  templates: {
    value: [{ usageType: 'Generic', templateCode: '100003' }],
    request: { TemplateCode: '100003' },
    refused: [],
  },
  signNameOverride: {
    value: '某某签名',
    request: { SignName: '某某签名' },
    refused: '【某某签名】',
  },
  codeExpirationMinutes: {
    value: 30,
    request: { TemplateParam: '{"code":"482913","min":"30"}' },
    refused: 61,
  },
  endpoint: {
    value: gateway.endpoint,
    // It came there.
    request: { PhoneNumber: number },
    refused: 'dypnsapi.aliyuncs.com',
  },
};

const secrets = [config.accessKeySecret, 'fake-other-secret'];

/** Sends a message with a config. Returns what came to the server that it names: the form, and the Secret that signed it. */
const requestWith = async (stored: Readonly<Record<string, unknown>>) => {
  const server = await serveInTurn([200, ok]);
  await send({ ...config, endpoint: server.endpoint, ...stored });

  const [form] = 'endpoint' in stored ? gateway.forms : server.forms;
  const { Signature, ...parameters } = Object.fromEntries(new URLSearchParams(form));
  const signedWith = secrets.find(
    (secret) => referenceSignature(parameters, 'POST', secret) === Signature
  );

  return { ...parameters, signedWith };
};

describe.each(Object.entries(keys))(
  'the key %s of the config',
  (key, { value, request, refused }) => {
    it('takes a good value, and sends with it', async () => {
      expect(configGuard.safeParse({ ...config, [key]: value }).success).toBe(true);
      expect(await requestWith({ [key]: value })).toMatchObject(request);
    });

    it('refuses a bad value by its name', () => {
      const { error } = configGuard.safeParse({ ...config, [key]: refused });

      expect(error?.issues.map(({ path }) => path[0])).toEqual([key]);
    });
  }
);

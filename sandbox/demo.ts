/**
 * Sends a message of each usage type through the built package to the sandbox, shows two refusals, and fails if
 * anything differs from what is expected. Takes a number and a code.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadConnectorFactories } from '@logto/cli/lib/connector/index.js';
import { ConnectorError, getConfigTemplateByType, TemplateType } from '@logto/connector-kit';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import { startSandbox } from './server.js';
import { accessKey } from './service.js';

const [number = '8613800138000', code = '482913'] = process.argv.slice(2);

const name = '@logto/connector-aliyun-sms-mas';
const entry = fileURLToPath(import.meta.resolve(name));
const packagePath = path.resolve(path.dirname(entry), '..');

const [factory] = await loadConnectorFactories([{ name, path: packagePath }], false);
assert(factory, 'Logto did not load the package.');

const sandbox = await startSandbox();
const config = {
  ...configTemplate,
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
  endpoint: sandbox.endpoint,
};

/** Sends as Logto does: with a connector built for this one message. */
const send = async (to: string, type: TemplateType) => {
  const connector = await factory.createConnector({ getConfig: async () => config });
  assert('sendMessage' in connector);
  await connector.sendMessage({ to, type, payload: { code, locale: 'en', uiLocales: 'en' } });
};

/** What a refused message is refused with; not being refused is a failure. */
const refusal = async (to: string, type: TemplateType): Promise<ConnectorError> => {
  try {
    await send(to, type);
  } catch (error: unknown) {
    assert(error instanceof ConnectorError, 'All that sendMessage throws is a ConnectorError.');

    return error;
  }

  throw new Error(`A message to ${to} was not refused.`);
};

try {
  const types = Object.values(TemplateType);

  for (const type of types) {
    sandbox.passMinute();
    await send(number, type);
  }

  const { messages } = sandbox;
  console.table(
    types.map((type, index) => ({
      'usage type': type,
      template: messages[index]?.templateCode,
      'on the phone': messages[index]?.text,
    })),
  );

  assert.equal(types.length, 9);
  assert.deepEqual(
    messages.map(({ phoneNumber, code, templateCode }) => ({ phoneNumber, code, templateCode })),
    types.map((type) => ({
      phoneNumber: number.slice(-11),
      code,
      templateCode: getConfigTemplateByType(type, config)?.templateCode,
    })),
  );

  const hongKong = await refusal('85261234567', TemplateType.SignIn);
  const tooSoon = await refusal(number, TemplateType.SignIn);

  console.log(`A Hong Kong number: ${hongKong.code} ${JSON.stringify(hongKong.data)}`);
  console.log(
    `A second message within the minute: ${tooSoon.code} ${JSON.stringify(tooSoon.data)}`,
  );

  assert.equal(hongKong.code, 'invalid_request_parameters');
  assert.equal(tooSoon.code, 'rate_limit_exceeded');
  assert.equal(sandbox.forms.length, types.length + 1, 'The Hong Kong number must not be sent.');

  console.log(`\n${types.length} deliveries and 2 refusals, as expected.`);
} finally {
  await sandbox.close();
}

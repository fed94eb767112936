/**
 * Sends a message of each usage type through the built package to the sandbox, then some that are refused, and fails
 * if anything differs from what is expected. Takes a number and a code.
 */
import { noop } from '@silverhand/essentials';
import assert from 'node:assert/strict';
import path from 'node:path';
import { mock } from 'node:test';
import { fileURLToPath } from 'node:url';

import { loadConnectorFactories } from '@logto/cli/lib/connector/index.js';
import { ConnectorError, getConfigTemplateByType, TemplateType } from '@logto/connector-kit';

import { startSandbox } from '../sandbox/server.js';
import { createConfig, currentSignature, templates } from '../sandbox/service/catalogue.js';
import { saidIn, toldUser } from '../test/helpers/errors.js';

const [number = '8613800138000', code = '482913'] = process.argv.slice(2);

const name = '@logto/connector-aliyun-sms-mas';
const entry = fileURLToPath(import.meta.resolve(name));
const packagePath = path.resolve(path.dirname(entry), '..');

const [factory] = await loadConnectorFactories([{ name, path: packagePath }], false);
assert(factory, 'Logto did not load the package.');

/** Messages that are refused: the error that Logto gets, and how many requests a message comes to. */
const refusals = [
  {
    what: 'A number in Hong Kong',
    to: '85261234567',
    expected: 'invalid_request_parameters',
    requests: 0,
  },
  {
    what: 'A second message within a minute',
    to: number,
    expected: 'rate_limit_exceeded',
    // It is sent once more after a moment.
    requests: 2,
  },
  {
    what: 'A number that Aliyun takes for none',
    to: '8613800000003',
    expected: 'invalid_request_parameters',
    requests: 1,
  },
  { what: 'No balance', to: '8613800000004', expected: 'general', requests: 1 },
  {
    what: 'Another signature, or another template',
    to: '8613800000006',
    expected: 'invalid_config',
    requests: 1,
  },
];

const sandbox = await startSandbox();
const config = createConfig(sandbox.endpoint, currentSignature);

/** Sends as Logto does: with a connector built for this one message. */
const send = async (
  to: string,
  type: TemplateType,
  locale = 'en',
  changes: Record<string, unknown> = {}
) => {
  const connector = await factory.createConnector({
    getConfig: async () => ({ ...config, ...changes }),
  });
  assert('sendMessage' in connector);
  await connector.sendMessage({ to, type, payload: { code, locale, uiLocales: locale } });
};

/** What a refused message is refused with; not being refused is a failure. */
const refusal = async (to: string, locale: string): Promise<ConnectorError> => {
  try {
    await send(to, TemplateType.SignIn, locale);
  } catch (error: unknown) {
    assert(error instanceof ConnectorError, 'All that sendMessage throws is a ConnectorError.');

    return error;
  }

  throw new Error(`A message to ${to} was not refused.`);
};

const print = (label: string, text: string): void => {
  console.log(label.padEnd(12) + text.replaceAll('\n', `\n${' '.repeat(12)}`));
};

/* eslint-disable no-await-in-loop -- One message after the other. */
try {
  const types = Object.values(TemplateType);

  for (const type of types) {
    sandbox.passSeconds(60);
    await send(number, type);
  }

  assert.equal(types.length, 9);
  assert.equal(sandbox.messages.length, types.length);

  for (const [index, type] of types.entries()) {
    const message = sandbox.messages[index];

    assert.equal(message?.phoneNumber, number.slice(-11));
    assert.equal(message.code, code);
    assert.equal(message.templateCode, getConfigTemplateByType(type, config)?.templateCode);
  }

  console.log('\nOn the phone\n');

  for (const [templateCode, { name }] of templates) {
    const users = types.filter(
      (_, index) => sandbox.messages[index]?.templateCode === templateCode
    );

    // One more for each, since no usage type may use it.
    sandbox.passSeconds(60);
    await send(number, TemplateType.Generic, 'en', {
      templates: [{ usageType: 'Generic', templateCode }],
    });
    const message = sandbox.messages.at(-1);
    assert.equal(message?.templateCode, templateCode);

    print(templateCode, `${name.zh} (${name.en})`);
    print('', users.join(', ') || 'no usage type');
    print('', message.text);
    console.log();
  }

  console.log('What is shown of messages that are refused\n');

  const warn = mock.method(console, 'warn', noop);

  for (const { what, to, expected, requests } of refusals) {
    const before = sandbox.requests.length;
    const en = await refusal(to, 'en');
    const zh = await refusal(to, 'zh-CN');

    console.log(`${what}: ${en.code}`);
    print('  user', toldUser(en) ?? "a sentence of Logto's own");
    print('', toldUser(zh) ?? 'Logto 自己的提示');
    print('  admin', saidIn(en));
    print('  log', warn.mock.calls.at(-1)?.arguments.join(' ') ?? 'nothing');
    warn.mock.resetCalls();
    console.log();

    assert.equal(en.code, expected);
    assert.equal(zh.code, expected);
    assert.equal(sandbox.requests.length - before, requests * 2);
  }

  assert.equal(sandbox.messages.length, types.length + templates.size);
  console.log(
    `${sandbox.messages.length} messages delivered and ${refusals.length} kinds refused, as expected.`
  );
} finally {
  await sandbox.close();
}
/* eslint-enable no-await-in-loop */

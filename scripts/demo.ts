/**
 * Sends a message of each usage type through the built package to the sandbox, then some that are refused, and fails
 * if anything differs from what is expected. Takes a number and a code.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { loadConnectorFactories } from '@logto/cli/lib/connector/index.js';
import { ConnectorError, getConfigTemplateByType, TemplateType } from '@logto/connector-kit';

import { createConfig } from '../sandbox/config.js';
import { startSandbox } from '../sandbox/server.js';
import { currentSignature, fillIn, templates } from '../sandbox/service/catalogue.js';
import { readError } from '../sandbox/verdict.js';

const [number = '8613800138000', code = '482913'] = process.argv.slice(2);

const name = '@logto/connector-aliyun-sms-mas';
const entry = fileURLToPath(import.meta.resolve(name));
const packagePath = path.resolve(path.dirname(entry), '..');

const [factory] = await loadConnectorFactories([{ name, path: packagePath }], false);
assert(factory, 'Logto did not load the package.');

const sandbox = await startSandbox();
const config = createConfig(sandbox.endpoint, currentSignature);

/** Sends as Logto does: with a connector built for this one message. */
const send = async (to: string, type: TemplateType, locale = 'en', more: object = {}) => {
  const connector = await factory.createConnector({
    getConfig: async () => ({ ...config, ...more }),
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

/** What is two columns wide: Chinese, and what stands with it. */
const wide = /[\u2e80-\uffef]/g;

const widthOf = (text: string): number => text.replace(wide, '  ').length;

/** Prints in lines of 80 columns, which break at blanks and within Chinese; the first one behind a label. */
const print = (label: string, text: string): void => {
  // No line begins with a mark that ends something.
  const pieces =
    text.match(/\n|[\u2e80-\uffef][，。；：）】”]* ?|[^\s\u2e80-\uffef]+[，。；：）】”]* ?/g) ?? [];
  const lines = [label.padEnd(12)];

  for (const piece of pieces) {
    const line = lines.at(-1) ?? '';

    if (piece === '\n' || widthOf(line + piece.trimEnd()) > 80) {
      lines.push(' '.repeat(12) + piece.trimStart());
    } else {
      lines[lines.length - 1] = line + piece;
    }
  }

  console.log(lines.map((line) => line.trimEnd()).join('\n'));
};

try {
  const types = Object.values(TemplateType);

  for (const type of types) {
    sandbox.passSeconds(60);
    await send(number, type);
  }

  assert.equal(types.length, 9);
  assert.deepEqual(
    sandbox.messages.map(({ phoneNumber, code, templateCode }) => ({
      ...{ phoneNumber, code, templateCode },
    })),
    types.map((type) => ({
      ...{ phoneNumber: number.slice(-11), code },
      templateCode: getConfigTemplateByType(type, config)?.templateCode,
    })),
  );

  console.log('\nOn the phone\n');

  for (const [templateCode, { name, gloss }] of templates) {
    const users = types.filter(
      (_, index) => sandbox.messages[index]?.templateCode === templateCode,
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
    print('', `[${message.signName}] ${fillIn(gloss, message.code, message.min)}\n`);
  }

  console.log('What Logto shows of messages that are refused\n');

  for (const [what, to, expected] of [
    ['A number in Hong Kong', '85261234567', 'invalid_request_parameters'],
    ['A second message within a minute', number, 'rate_limit_exceeded'],
    ['A number that Aliyun takes for none', '8613800000003', 'invalid_request_parameters'],
    ['No balance', '8613800000004', 'general'],
    ['Another signature, or another template', '8613800000006', 'invalid_config'],
  ] as const) {
    const forms = sandbox.forms.length;
    const [en, zh] = [await refusal(to, 'en'), await refusal(to, 'zh-CN')];

    console.log(`${what}: ${en.code}`);
    print('  user', readError(en, 'en').user);
    print('', readError(zh, 'zh').user);
    print('  admin', readError(en, 'en').admin);
    print('', readError(zh, 'zh').admin);
    console.log();

    assert.equal(en.code, expected);
    assert.equal(zh.code, expected);
    assert.equal(sandbox.forms.length - forms, to.startsWith('86') ? 2 : 0);
  }

  assert.equal(sandbox.messages.length, types.length + templates.size);
  console.log(`${sandbox.messages.length} messages delivered and 5 kinds refused, as expected.`);
} finally {
  await sandbox.close();
}

/** Compares Aliyun's service with what the connector expects of it; docs/development.md says how. */
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { configGuard, defaultEndpoint, signNames } from '../src/config.js';
import { readMainlandNumber } from '../src/request.js';
import { checkAliyun, type Finding } from './aliyun-checks.js';

const usage = `npm run check:aliyun -- [options]

  --endpoint URL   in place of ${defaultEndpoint}
  --idle SECONDS   wait so long for an idle connection to be closed, 60 by default
  --record         write what was answered to docs/aliyun-observed.md
  --send           send messages, as ALIYUN_ACCESS_KEY_ID, ALIYUN_ACCESS_KEY_SECRET
                   and ALIYUN_PHONE in the environment say
  --template CODE  send this one; may be repeated, 100001 by default
  --interval N     send two more, N seconds apart, with "intervalSeconds": N
  --yes            do not ask before sending`;

const fail: (message: string) => never = (message) => {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
};

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        endpoint: { type: 'string', default: defaultEndpoint },
        idle: { type: 'string', default: '60' },
        record: { type: 'boolean', default: false },
        send: { type: 'boolean', default: false },
        template: { type: 'string', multiple: true, default: ['100001'] },
        interval: { type: 'string' },
        yes: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error: unknown) {
    return fail(error instanceof Error ? error.message : String(error));
  }
};

const { send, template: templateCodes, interval, ...values } = readArguments();
const { ALIYUN_ACCESS_KEY_ID: id, ALIYUN_ACCESS_KEY_SECRET: secret } = process.env;
const phone = process.env.ALIYUN_PHONE ?? '';
const phoneNumber = readMainlandNumber(phone) ?? readMainlandNumber(`86${phone}`) ?? '';
const idle = Number(values.idle);

if (send && !(id && secret && phoneNumber)) {
  fail(
    'Set ALIYUN_ACCESS_KEY_ID, ALIYUN_ACCESS_KEY_SECRET and ALIYUN_PHONE, a mainland mobile number.',
  );
}

if (!Number.isInteger(idle) || idle < 1 || idle > 60) {
  fail('"--idle" must be a whole number from 1 to 60.');
}

const { data: config, error } = configGuard.safeParse({
  accessKeyId: send ? id : 'unused',
  accessKeySecret: send ? secret : 'unused',
  signName: signNames[0],
  templates: [{ usageType: 'Generic', templateCode: templateCodes[0] }],
  endpoint: values.endpoint,
  ...(interval !== undefined && { intervalSeconds: Number(interval) }),
});

if (!config) {
  // In English, then in Chinese.
  fail(error.issues.map(({ message }) => message.split('\n')[0]).join('\n'));
}

/** Asks whether to send; nobody who could be asked is no answer. */
const isAgreed = async (): Promise<boolean> => {
  const count = templateCodes.length + (interval === undefined ? 0 : 2);
  const masked = `${phoneNumber.slice(0, 3)}****${phoneNumber.slice(-4)}`;
  console.error(`Messages to ${masked}: ${count}, for about 0.06 CNY each.`);

  if (values.yes) {
    return true;
  }

  if (!process.stdin.isTTY) {
    fail('There is no terminal to ask on. "--yes" sends without asking.');
  }

  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Send them? [y/N] ');
  terminal.close();

  return /^y(?:es)?$/i.test(answer.trim());
};

const account = send && (await isAgreed()) ? { phoneNumber, templateCodes } : undefined;
const findings: Finding[] = [];

const hide = (text: string): string =>
  [secret, id, phoneNumber].reduce<string>(
    (rest, hidden) => (send && hidden ? rest.replaceAll(hidden, '***') : rest),
    text,
  );

console.error(`Up to ${idle} s pass until it is known how long an idle connection is kept.`);
await checkAliyun({
  config,
  idle,
  account,
  wait: async (seconds) => {
    console.error(`Waiting ${seconds} s until the next message can be sent.`);
    await sleep(seconds * 1000);
  },
  onFinding: (finding) => {
    findings.push(finding);

    // 80 columns, and each line can be read alone.
    const lines = hide(finding.says).match(/\S{45,}|.{1,45}(?:\s|$)/g) ?? [''];

    for (const [index, line] of lines.entries()) {
      const title = index === 0 ? finding.title : '';
      console.log(`${finding.verdict.padEnd(11)}${title.padEnd(24)}${line}`.trimEnd());
    }
  },
});

if (values.record) {
  const date = new Date().toISOString().slice(0, 10);
  const rows = findings.map(({ verdict, title, says, shape }) =>
    ['', verdict, title, says, shape, ''].join(' | ').trim(),
  );

  await writeFile(
    'docs/aliyun-observed.md',
    hide(`# What Aliyun's service answered

On ${date}, at ${config.endpoint}; written by \`npm run check:aliyun -- --record\`.

| As expected | What | Answer | Headers or keys |
| --- | --- | --- | --- |
${rows.join('\n')}
`),
  );
}

process.exitCode = findings.some(({ verdict }) => verdict === 'no') ? 1 : 0;

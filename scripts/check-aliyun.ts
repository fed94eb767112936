/** Compares Aliyun's service with what the connector expects of it; docs/development.md says how. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { configGuard, defaultEndpoint, signNames } from '../src/config.js';
import { fromBoth } from '../src/error.js';
import { readMainlandNumber } from '../src/request.js';
import { checkAliyun, type Finding } from './aliyun-checks.js';

const usage = `Usage: npm run check:aliyun -- [options]

  --endpoint URL   in place of ${defaultEndpoint}
  --idle SECONDS   wait so long for an idle connection to be closed, 60 at most
  --record         write what was answered to docs/aliyun-observed.md
  --send           send messages; needs ALIYUN_ACCESS_KEY_ID,
                   ALIYUN_ACCESS_KEY_SECRET and ALIYUN_PHONE in the environment
  --template CODE  send this one; may be repeated, 100001 by default
  --interval N     send two more, N seconds apart, with "intervalSeconds": N
  --yes            do not ask before sending`;

/** A word that is too long is cut. All lines but the first are indented. */
const wrap = (text: string, width: number, indent = 0): string =>
  (text.match(new RegExp(`.{1,${width}}(?:\\s|$)|\\S{1,${width}}`, 'g')) ?? [])
    .map((line) => line.trimEnd())
    .join(`\n${' '.repeat(indent)}`);

const fail: (message: string) => never = (message) => {
  console.error(`${wrap(message, 79)}\n--help lists the options.`);
  process.exit(2);
};

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        endpoint: { type: 'string' },
        idle: { type: 'string', default: '60' },
        record: { type: 'boolean' },
        send: { type: 'boolean' },
        template: { type: 'string', multiple: true, default: ['100001'] },
        interval: { type: 'string' },
        yes: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error: unknown) {
    return fail(error instanceof Error ? error.message : String(error));
  }
};

const { help, send, template: templateCodes, interval, yes, ...values } = readArguments();
const { ALIYUN_ACCESS_KEY_ID: id, ALIYUN_ACCESS_KEY_SECRET: secret } = process.env;
const { ALIYUN_PHONE: phone = '' } = process.env;
const phoneNumber = readMainlandNumber(phone) ?? readMainlandNumber(`86${phone}`) ?? '';
const idle = Number(values.idle);

if (help) {
  console.log(usage);
  process.exit();
}

if (send && !(id && secret && phoneNumber)) {
  fail('"--send" needs ALIYUN_ACCESS_KEY_ID, ALIYUN_ACCESS_KEY_SECRET and ALIYUN_PHONE.');
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
  intervalSeconds: interval && Number(interval),
});

if (!config) {
  fail(error.issues.map(({ message }) => fromBoth(message).en).join('\n'));
}

const isAgreed = async (): Promise<boolean> => {
  const masked = `${phoneNumber.slice(0, 3)}****${phoneNumber.slice(-4)}`;
  const count = templateCodes.length + (interval ? 2 : 0);
  console.error(`Messages to ${masked}: ${count}, for about 0.06 CNY each.`);

  if (yes) {
    return true;
  }

  process.stderr.write('Send them? [y/N] ');
  // Nobody to ask closes it at once, and that is a no.
  const terminal = createInterface(process.stdin);
  const answer = await Promise.race([once(terminal, 'line'), once(terminal, 'close')]);
  terminal.close();

  return /^y(?:es)?$/i.test(answer.join('').trim());
};

const account = send && (await isAgreed()) ? { phoneNumber, templateCodes } : undefined;
const findings: Finding[] = [];
const hide = (text: string): string =>
  [secret, id, phoneNumber].reduce<string>(
    (rest, hidden) => (send && hidden ? rest.replaceAll(hidden, '***') : rest),
    text,
  );

await checkAliyun({
  config,
  idle,
  account,
  wait: async (seconds) => {
    console.error(`Waiting ${seconds} s until the next message can be sent.`);
    await sleep(seconds * 1000);
  },
  onIdle: () => {
    console.error(`Up to ${idle} s pass until it is known how long an idle connection is kept.`);
  },
  onFinding: (finding) => {
    findings.push(finding);
    const start = finding.verdict.padEnd(11) + finding.title.padEnd(24);
    console.log(start + wrap(hide(finding.says), 45, start.length));
  },
});

if (values.record) {
  const rows = findings.map(
    ({ verdict, title, says, shape }) => `| ${verdict} | ${title} | ${says} | ${shape} |`,
  );
  const record = `# What Aliyun's service answered

On ${new Date().toISOString().slice(0, 10)}, at ${config.endpoint}; written by \`npm run check:aliyun -- --record\`.

| As expected | What | Answer | Headers or keys |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
  await writeFile('docs/aliyun-observed.md', hide(record));
}

// A server may hold a connection open, and nothing of what was printed may be lost.
const status = findings.some(({ verdict }) => verdict === 'no') ? 1 : 0;
process.stdout.write('', () => process.exit(status));

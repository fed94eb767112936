/** Compares Aliyun's service with what the connector expects of it; CONTRIBUTING.md says how. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { TemplateType } from '@logto/connector-kit';

import { type Config, configGuard, currentSignName, defaultEndpoint } from '../src/config.js';
import { readMainlandNumber } from '../src/message.js';

import { type Account, checkAliyun, type Finding, nobody } from './aliyun-checks.js';

const usage = `Usage: npm run check:aliyun -- [options]

  --endpoint URL   in place of ${defaultEndpoint}
  --idle SECONDS   wait so long for an idle connection to be closed, 60 at most
  --record         write what was answered to docs/aliyun-observed.md
  --send           send messages; needs ALIYUN_ACCESS_KEY_ID,
                   ALIYUN_ACCESS_KEY_SECRET and ALIYUN_PHONE in the environment
  --template CODE  send this one; may be repeated, 100001 by default
  --yes            do not ask before sending
  --help           print this`;

const fail = (message: string): never => {
  console.error(`${message}\n--help lists the options.`);
  // eslint-disable-next-line unicorn/no-process-exit -- This is a command.
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
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error: unknown) {
    return fail(error instanceof Error ? error.message : String(error));
  }
};

/** The account that the environment holds. */
const readEnvironment = () => {
  const { ALIYUN_ACCESS_KEY_ID: accessKeyId, ALIYUN_ACCESS_KEY_SECRET: accessKeySecret } =
    process.env;
  const phone = process.env.ALIYUN_PHONE ?? '';
  const phoneNumber = readMainlandNumber(phone) ?? readMainlandNumber(`86${phone}`);

  if (!accessKeyId || !accessKeySecret || !phoneNumber) {
    return fail(
      '"--send" needs ALIYUN_ACCESS_KEY_ID, ALIYUN_ACCESS_KEY_SECRET and ALIYUN_PHONE in the environment.'
    );
  }

  return { accessKeyId, accessKeySecret, phoneNumber };
};

const readConfig = (accessKey: typeof nobody, endpoint: string, templateCode: string): Config => {
  const { data, error } = configGuard.safeParse({
    accessKeyId: accessKey.accessKeyId,
    accessKeySecret: accessKey.accessKeySecret,
    signName: currentSignName,
    templates: [{ usageType: TemplateType.Generic, templateCode }],
    endpoint,
  });

  return data ?? fail(error.issues.map(({ message }) => message).join('\n'));
};

/** Asks whether to send. Nobody there to answer is a no. */
const ask = async (): Promise<boolean> => {
  process.stderr.write('Send them? [y/N] ');
  const terminal = createInterface(process.stdin);
  // It closes when there is nothing to read.
  const lines: unknown[] = await Promise.race([once(terminal, 'line'), once(terminal, 'close')]);
  terminal.close();

  return /^y(?:es)?$/i.test(String(lines[0] ?? '').trim());
};

/** Says what would be sent, and asks for a yes unless there is one. */
const isWanted = async (
  { phoneNumber, templateCodes }: Account,
  yes: boolean
): Promise<boolean> => {
  const masked = `${phoneNumber.slice(0, 3)}****${phoneNumber.slice(-4)}`;
  console.error(`Messages to ${masked}: ${templateCodes.length}, for about 0.06 CNY each.`);

  return yes || ask();
};

/** What is written to docs, without a RequestId: it identifies a request of the account's. */
const createRecord = (endpoint: string, findings: readonly Finding[]): string => {
  const rows = findings.map(({ verdict, title, says }) => {
    const answer = says.replaceAll(/(?:, )?RequestId [\dA-Za-z-]+/g, '');

    return `| ${verdict} | ${title} | ${answer} |`;
  });

  return `# What Aliyun's service answered

On ${new Date().toISOString().slice(0, 10)}, at ${endpoint}; written by \`npm run check:aliyun -- --record\`.

| As expected | What | Answer |
| --- | --- | --- |
${rows.join('\n')}
`;
};

const main = async (): Promise<void> => {
  const { help, send, yes, record, endpoint, template: templateCodes, ...values } = readArguments();
  const idle = Number(values.idle);

  if (help) {
    console.log(usage);

    return;
  }

  if (!/^(?:[1-9]|[1-5]\d|60)$/.test(values.idle)) {
    fail('"--idle" must be a whole number from 1 to 60.');
  }

  const environment = send ? readEnvironment() : undefined;
  const [firstCode = ''] = templateCodes;
  const config = readConfig(environment ?? nobody, endpoint, firstCode);
  const account = environment && { phoneNumber: environment.phoneNumber, templateCodes };
  const isSending = account && (await isWanted(account, yes));

  console.error(`Up to ${idle} s pass until it is known how long an idle connection is kept.`);

  const findings: Finding[] = [];

  await checkAliyun({
    config,
    idle,
    account: isSending ? account : undefined,
    wait: async (seconds) => {
      console.error(`Waiting ${seconds} s until the next message can be sent.`);
      await sleep(seconds * 1000);
    },
    onFinding: (finding) => {
      const { verdict, title, says } = finding;

      // eslint-disable-next-line @silverhand/fp/no-mutating-methods -- They come one after the other.
      findings.push(finding);
      console.log(`${verdict.padEnd(11)}${title.padEnd(24)}${says}`);
    },
  });

  if (record) {
    await writeFile('docs/aliyun-observed.md', createRecord(config.endpoint, findings));
  }

  // eslint-disable-next-line @silverhand/fp/no-mutation -- Node.js has no other way to end a command well.
  process.exitCode = findings.some(({ verdict }) => verdict === 'no') ? 1 : 0;
};

// Not where a test imports it.
if (process.argv[1] === import.meta.filename) {
  await main();
}

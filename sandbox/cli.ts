import { parseArgs, styleText } from 'node:util';

import { type FaultName, faults, isFaultName, magicNumbers } from './faults.js';
import { startSandbox } from './server.js';
import { type Arrival } from './state.js';

const usage = `npm run sandbox -- [options]

A stand-in for Aliyun on this computer: it checks what it is sent as Aliyun
does, and sends no SMS. A page shows what arrived.

  --port 4010       where to listen
  --host 127.0.0.1  on which address; another one can be reached from outside
  --fault NAME      what goes wrong with every message, see below
  --no-interval     take more than one message a minute for a number
  --help

Faults:

${Object.entries(faults)
  .map(([name, { en }]) => `  ${name.padEnd(14)} ${en}`)
  .join('\n')}`;

const fail = (message: string): never => {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
};

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '4010' },
        host: { type: 'string', default: '127.0.0.1' },
        fault: { type: 'string' },
        'no-interval': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error: unknown) {
    return fail(error instanceof Error ? error.message : String(error));
  }
};

const values = readArguments();
const port = Number(values.port);

const readFault = (name: string | undefined): FaultName | null =>
  name === undefined ? null : isFaultName(name) ? name : fail(`There is no fault "${name}".`);

/** What a request says, with nothing in it that steers a terminal. */
const clean = (text: string): string => text.replace(/\p{C}/gu, '?').slice(0, 24);

/** Two lines at most of 80 columns, or three where Logto says much. */
const print = ({ time, to, code, templateCode, answerCode, fault, logto }: Arrival): void => {
  const isSent = logto.result === 'sent';
  const facts = [
    new Date(time).toTimeString().slice(0, 8),
    clean(to),
    clean(code),
    clean(templateCode),
  ];
  const answer = answerCode || 'no answer';
  const verdict = logto.result === 'error' ? `${logto.error}: ${logto.user.en}` : 'tries once more';

  console.log(
    `${facts.join('  ')}  ${styleText(isSent ? 'green' : 'red', clean(answer))}${fault ? `  (${fault})` : ''}`,
  );

  if (!isSent) {
    console.log(`Logto: ${verdict}`.replace(/(.{1,68})(?: |$)/g, '          $1\n').trimEnd());
  } else if (process.stdout.isTTY) {
    process.stdout.write('\u0007');
  }
};

if (values.help) {
  console.log(usage);
} else {
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    fail(`"${values.port}" is not a port.`);
  }

  const fault = readFault(values.fault);

  try {
    const { endpoint, config } = await startSandbox({
      port,
      host: values.host,
      faults: { all: fault, interval: !values['no-interval'] },
      onArrival: print,
    });

    console.log(`The whole config, to paste into Logto Console:\n\n${config}\n`);
    console.log(`The page: ${endpoint} (Ctrl+C stops the sandbox)`);
    console.log(
      `The numbers +86 ${[...magicNumbers.keys()][0]} to …11 decide what happens: docs/sandbox.md`,
    );

    if (fault) {
      console.log(`Fault "${fault}": ${faults[fault].en}.`);
    }

    console.log();
  } catch (error: unknown) {
    console.error(
      `The sandbox cannot listen on port ${port}: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exit(1);
  }
}

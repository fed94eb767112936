import { parseArgs, styleText } from 'node:util';

import { faults, isFaultName } from './faults.js';
import { type Arrival } from './receive.js';
import { startSandbox } from './server.js';

const usage = `npm run sandbox -- [--port 4010] [--host 127.0.0.1] [--fault NAME]
                   [--no-interval] [--help]

A stand-in for Aliyun on this computer: it checks what it is sent as Aliyun
does, and sends no SMS. Its page shows what arrived. With another --host,
other computers reach it too. --no-interval takes messages to a number as
fast as they come. Faults, for every message:

${Object.entries(faults)
  .map(([name, { en }]) => `  ${name.padEnd(13)} ${en}`)
  .join('\n')}`;

const fail = (message: string, status: number): never => {
  console.error(message);
  process.exit(status);
};

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const readArguments = () => {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '4010' },
        host: { type: 'string', default: '127.0.0.1' },
        fault: { type: 'string' },
        'no-interval': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { port, fault = null } = values;

    if (!/^\d+$/.test(port) || Number(port) > 65_535) {
      throw new Error(`"${port}" is not a port.`);
    }

    if (fault !== null && !isFaultName(fault)) {
      throw new Error(`There is no fault "${fault}".`);
    }

    return { ...values, port: Number(port), fault };
  } catch (error: unknown) {
    return fail(`${messageOf(error)}\n\n${usage}`, 2);
  }
};

/** A line for a request; another one or two for what Logto makes of a failure. */
const print = ({ time, to, code, templateCode, answerCode, fault, logto }: Arrival): void => {
  const { result, error, user } = logto;
  // Nothing in a request may steer the terminal.
  const [number, digits, template] = [to, code, templateCode].map((text) =>
    text.replace(/\P{ASCII}|\p{C}/gu, '?').slice(0, 16),
  );
  const answer = answerCode === '' ? 'no answer' : answerCode;
  const said = styleText(result === 'sent' ? 'green' : 'red', answer);
  const clock = new Date(time).toTimeString().slice(0, 8);
  const verdict = result === 'repeats' ? 'the connector tries once more' : `${error}: ${user.en}`;

  console.log([clock, number, digits, template, said, fault && `(${fault})`].join('  ').trimEnd());

  if (result !== 'sent') {
    console.log(verdict.replace(/(.{1,70})(?: |$)/g, '          $1\n').trimEnd());
  } else if (process.stdout.isTTY) {
    process.stdout.write('\u0007');
  }
};

const { port, host, fault, help, 'no-interval': isUnlimited } = readArguments();

if (help) {
  console.log(usage);
} else {
  const { config, endpoint } = await startSandbox({
    ...{ port, host, faults: { all: fault, interval: !isUnlimited } },
    onArrival: print,
  }).catch((error: unknown) =>
    fail(`The sandbox cannot listen on port ${port}: ${messageOf(error)}`, 1),
  );

  console.log(`The whole config, to paste into Logto Console:\n\n${config}\n`);
  console.log(`The page is ${endpoint}; Ctrl+C stops the sandbox.`);
  console.log('+86 13800000000 is always delivered; 13800000001 to 13800000011 fail, each');
  console.log('in its own way: docs/sandbox.md lists them.');
  console.log(fault ? `Fault "${fault}": ${faults[fault].en}.\n` : '');
}

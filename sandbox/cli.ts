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
  .map(([name, { en }]) => `  ${name.padEnd(14)}${en}`)
  .join('\n')}`;

/** A line for a request, and what Logto makes of one that failed. */
const print = ({ time, to, code, templateCode, answerCode, fault, logto }: Arrival): void => {
  const { result, error, user } = logto;
  // Nothing in a request may steer the terminal.
  const facts = [to, code, templateCode].map((it) => it.replace(/[^ -~]/g, '?').slice(0, 16));
  const answer = styleText(result === 'sent' ? 'green' : 'red', answerCode || 'no answer');
  const verdicts = {
    sent: answerCode === 'OK' ? '' : 'taken for sent: the first try was carried out',
    repeats: 'the connector tries once more',
    error: `${error}: ${user.en}`,
  };
  const lines = verdicts[result].replace(/(.{1,70})(?: |$)/g, '\n          $1');
  const bell = result === 'sent' && process.stdout.isTTY ? '\u0007' : '';
  const clock = new Date(time).toTimeString().slice(0, 8);

  console.log([clock, ...facts, answer, fault && `(${fault})`].join('  ').trimEnd() + lines + bell);
};

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
  const { port, host, fault = null, help, 'no-interval': isUnlimited } = values;

  if (!/^\d+$/.test(port) || Number(port) > 65_535) {
    throw new Error(`"${port}" is not a port.`);
  }

  if (fault !== null && !isFaultName(fault)) {
    throw new Error(`There is no fault "${fault}".`);
  }

  if (help) {
    console.log(usage);
  } else {
    const { config, endpoint } = await startSandbox({
      ...{ port: Number(port), host, onArrival: print },
      faults: { all: fault, interval: !isUnlimited },
    });

    console.log(`The whole config, to paste into Logto Console:\n\n${config}\n`);
    console.log(`The page is ${endpoint}; Ctrl+C stops the sandbox.`);
    console.log('+86 13800000000 is always delivered; 13800000001 to 13800000011 have faults of');
    console.log('their own: docs/sandbox.md lists them.');
    console.log(fault ? `Fault "${fault}": ${faults[fault].en}.\n` : '');
  }
} catch (error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  const isUsed = error instanceof Error && 'syscall' in error;

  console.error(isUsed ? `The sandbox cannot start: ${message}` : `${message}\n--help lists the options.`);
  process.exitCode = isUsed ? 1 : 2;
}

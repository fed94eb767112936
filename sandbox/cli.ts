import { parseArgs } from 'node:util';

import { type FaultName, faults, isFaultName } from './faults.js';
import { startSandbox } from './server.js';
import { accessKey, currentSignature } from './service.js';

const usage = [
  'npm run sandbox -- [--port 4010] [--fault NAME] [--help]',
  '',
  'A stand-in for Aliyun on this computer: it checks what it is sent as Aliyun does, and sends no SMS.',
  'GET /messages lists what arrived as JSON. Faults, for every message:',
  '',
  ...Object.entries(faults).map(([name, { description }]) => `  ${name.padEnd(12)} ${description}`),
].join('\n');

const fail = (message: string): never => {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
};

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        port: { type: 'string', default: '4010' },
        fault: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error: unknown) {
    return fail(error instanceof Error ? error.message : String(error));
  }
};

const values = readArguments();

const readFault = (name: string | undefined): FaultName | undefined => {
  if (name === undefined || isFaultName(name)) {
    return name;
  }

  return fail(`There is no fault "${name}".`);
};

if (values.help) {
  console.log(usage);
} else {
  const port = Number(values.port);

  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    fail(`"${values.port}" is not a port.`);
  }

  const fault = readFault(values.fault);

  try {
    const { endpoint } = await startSandbox({
      port,
      fault: () => fault,
      onMessage: ({ time, phoneNumber, text }) => {
        console.log(`${time}  ${phoneNumber}  ${text}`);
      },
    });

    console.log(`The sandbox listens on ${endpoint}; Ctrl+C stops it.`);

    if (fault) {
      console.log(`Fault "${fault}": ${faults[fault].description}.`);
    }

    console.log('Write these keys in the config, and keep the others:');
    console.log(
      JSON.stringify(
        {
          accessKeyId: accessKey.id,
          accessKeySecret: accessKey.secret,
          signName: currentSignature,
          endpoint,
        },
        undefined,
        2,
      ),
    );
    console.log(`What arrived: ${endpoint}/messages\n`);
  } catch (error: unknown) {
    console.error(
      `The sandbox cannot listen on port ${port}: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exit(1);
  }
}

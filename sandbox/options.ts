import { parseArgs } from 'node:util';

import { faults, isFaultName, unknownFault } from './service/faults.js';

const faultLines = Object.entries(faults).map(([name, { en }]) => `  ${name.padEnd(14)}${en}`);

/** What `--help` prints. */
export const usage = `npm run sandbox -- [options]          in a checkout
node sms-sandbox.mjs [options]        without one

A stand-in for Aliyun on this computer: it checks what it is sent as Aliyun's
documentation says, and sends no SMS. Its page shows what arrived.

  --port NUMBER      the port; 4010 unless told
  --host ADDRESS     the address to listen on; 127.0.0.1 unless told. With
                     another one, other computers reach the sandbox too
  --allow-host NAME  answers to this name as well, such as that of a container
                     or a proxy; .example.com is every name under it; can be
                     given several times
  --no-interval      takes messages to a number as fast as they come
  --sign-name NAME   takes this signature of SMS and no other, as if Aliyun
                     had changed it; without 【】
  --fault NAME       something that goes wrong with every message
  --help             prints this

Faults:

${faultLines.join('\n')}

For tests:

  GET    /messages         the messages that were delivered, oldest first;
                           those to a number with ?to=NUMBER
  GET    /messages/latest  the newest one; to wait for it
                           ?to=NUMBER&after=TIME&wait=SECONDS
  DELETE /messages         forgets messages and requests; those of a number
                           with ?to=NUMBER
  GET    /requests         all that was sent and answered; for a number with
                           ?to=NUMBER
  GET    /faults           the faults in force
  PUT    /faults           sets any of {"next":NAME,"all":NAME,
                           "numbers":{NUMBER:NAME},"interval":true};
                           null in place of a name removes a fault
  POST   /clock            lets time pass, such as {"seconds":60}, for all
                           numbers; for one with "to":NUMBER
  POST   /reset            puts everything back as at the start
  GET    /health           200 while it runs

TIME is that of a message, or of your test's click, as Date.now() gives it.
A body has the content type application/json. What goes wrong is {"error":...}.`;

/**
 * Whether a request can have this name as its host: a host without a port, as a browser writes it; with a point before it,
 * all names under it.
 */
const isHostName = (name: string): boolean => {
  // An address has nothing under it.
  const host = name.toLowerCase().replace(/^\./, 'any.');

  return (
    /^(?:[\w-]+(?:\.[\w-]+)*|\[[\d:a-f]+])$/.test(host) &&
    URL.canParse(`http://${host}`) &&
    new URL(`http://${host}`).hostname === host
  );
};

/**
 * Reads what stands behind the program's name. Throws an Error that says, in a sentence, which option is wrong.
 *
 * @param args Such as `['--port', '4010']`.
 */
export const readOptions = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '4010' },
      host: { type: 'string', default: '127.0.0.1' },
      'allow-host': { type: 'string', multiple: true, default: [] },
      'no-interval': { type: 'boolean', default: false },
      'sign-name': { type: 'string' },
      fault: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { port, host, help, fault, 'sign-name': signName, 'allow-host': allowHosts } = values;
  const wrongHost = allowHosts.find((name) => !isHostName(name));

  if (!/^\d+$/.test(port) || Number(port) > 65_535) {
    throw new Error(`"${port}" is not a port.`);
  }

  if (!host.trim()) {
    throw new Error('--host wants an address, such as 0.0.0.0.');
  }

  if (wrongHost !== undefined) {
    throw new Error(
      `"${wrongHost}" is not a host: write a name alone, such as sandbox.example.com, or .example.com for all names under it; without http://, port and *.`
    );
  }

  if (
    signName !== undefined &&
    !/^[^\s\p{C}<>【】](?:[^\p{C}<>【】]*[^\s\p{C}<>【】])?$/u.test(signName)
  ) {
    throw new Error(
      `"${signName}" is not the name of a signature: write it without 【】, < > and spaces around it, and without invisible characters, such as --sign-name 某某签名`
    );
  }

  if (fault !== undefined && !isFaultName(fault)) {
    throw new Error(unknownFault(fault));
  }

  return {
    help,
    port: Number(port),
    host,
    allowHosts,
    signName,
    fault,
    isUnlimited: values['no-interval'],
  };
};

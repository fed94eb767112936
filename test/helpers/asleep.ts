import { noop } from '@silverhand/essentials';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

import { closeAfterwards } from './servers.js';

/**
 * Starts a server that is asleep, with a full queue: it takes no connection, as if a firewall dropped all packets.
 *
 * @returns Its port, on 127.0.0.1.
 */
export const startAsleep = async (): Promise<number> => {
  const child = spawn(
    process.execPath,
    [
      '--eval',
      `
      const fs = require('node:fs');
      const net = require('node:net');

      const server = net.createServer();

      server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        fs.writeSync(1, String(server.address().port));
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });
      `,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] }
  );
  const [port] = z.tuple([z.coerce.number()]).parse(await once(child.stdout, 'data'));
  const fillers = Array.from({ length: 4 }, () => net.connect(port, '127.0.0.1').on('error', noop));

  closeAfterwards(() => {
    for (const socket of fillers) {
      socket.destroy();
    }
    child.kill('SIGKILL');
  });
  await sleep(100);

  return port;
};

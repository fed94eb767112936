import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { z } from 'zod';

import { closeAfterwards } from './servers.js';

/**
 * Starts a server that is asleep, with a full queue: it takes no connection, as if a firewall dropped all packets.
 * Once awake, it answers all with OK. The system tries to connect again after 1 s, and after 3 s.
 */
export const startAsleep = async () => {
  const child = spawn(
    process.execPath,
    [
      '--eval',
      `
      const fs = require('node:fs');
      const http = require('node:http');

      const server = http.createServer((request, response) => response.end('{"Code":"OK"}'));

      server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        fs.writeSync(1, String(server.address().port));
        fs.readSync(0, Buffer.alloc(1));
      });
      `,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [port] = z.tuple([z.coerce.number()]).parse(await once(child.stdout, 'data'));
  const fillers = Array.from({ length: 4 }, () =>
    net.connect(port, '127.0.0.1').on('error', () => undefined),
  );

  closeAfterwards(() => {
    fillers.forEach((socket) => socket.destroy());
    child.kill('SIGKILL');
  });
  await sleep(100);

  return { port, wake: () => child.stdin.write('.') };
};

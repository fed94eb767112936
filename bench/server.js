// Stands in for Aliyun, in a process of its own: TLS servers on loopback, each with a line of its own in front.
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import process from 'node:process';
import { setTimeout } from 'node:timers';

import { serveTasks } from './children.js';

const [keyFile, certFile] = process.argv.slice(2);
const credentials = { key: readFileSync(keyFile), cert: readFileSync(certFile) };

const requestId = 'A2F7B9F1-3C61-5C4B-9C7C-6B9B1C0D8E2F';
const answer = Buffer.from(
  JSON.stringify({
    Code: 'OK',
    Message: 'OK',
    RequestId: requestId,
    Success: true,
    Model: { BizId: '123456789012345678^0', RequestId: requestId },
  }),
);

const listen = (server) =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server.address().port));
  });

/** A line that takes half a round trip each way, and one whole round trip to connect, in milliseconds. */
const createLine = (port, roundTrip) =>
  net.createServer({ noDelay: true }, (client) => {
    const upstream = net.connect({ port, host: '127.0.0.1', noDelay: true });
    // On loopback a TCP connection opens at once: what the client sends waits for the round trip it did not pay.
    const opensAt = Date.now() + roundTrip;

    const forward = (from, to) => {
      from.on('data', (chunk) => {
        setTimeout(() => to.write(chunk), Math.max(opensAt - Date.now(), 0) + roundTrip / 2);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => setTimeout(() => to.end(), roundTrip / 2));
    };

    forward(client, upstream);
    forward(upstream, client);
  });

const handshakes = [];

serveTasks({
  /** Opens a server for one client. */
  open: async (roundTrip) => {
    const id = handshakes.push(0) - 1;
    const server = https.createServer(credentials, (request, response) => {
      request.resume().on('end', () => {
        response
          .writeHead(200, {
            'content-type': 'application/json;charset=utf-8',
            'content-length': answer.length,
          })
          .end(answer);
      });
    });

    // Never the side that closes an idle connection: how long to keep one is the client's choice.
    server.keepAliveTimeout = 10 * 60_000;
    server.on('secureConnection', () => {
      handshakes[id] += 1;
    });

    const port = await listen(server);

    return { id, port: roundTrip > 0 ? await listen(createLine(port, roundTrip)) : port };
  },

  handshakes: (id) => handshakes[id],
});

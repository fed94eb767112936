/* eslint-disable @silverhand/fp/no-mutating-methods -- What comes in by callbacks is collected. */
/* eslint-disable @silverhand/fp/no-mutation -- Events and rounds are counted. */
// Stands in for Aliyun, in a process of its own: TLS servers on loopback, each with a line of its own in front.
import { readFileSync } from 'node:fs';
import https from 'node:https';
import net from 'node:net';
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
  })
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

const tallies = [];

serveTasks({
  /** Opens a server for one client; it answers so many milliseconds after a request has arrived. */
  async open({ roundTrip = 0, answerAfter = 0 }) {
    const id = tallies.length;
    const tally = { handshakes: 0, requests: 0, nonces: new Set() };

    tallies.push(tally);

    const server = https.createServer(credentials, (request, response) => {
      const chunks = [];
      const respond = () => {
        response.writeHead(200, {
          'content-type': 'application/json;charset=utf-8',
          'content-length': answer.length,
        });
        response.end(answer);
      };

      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const form = Buffer.concat(chunks).toString();
        const [nonce] = /SignatureNonce=[^&]*/.exec(form) ?? [];

        tally.requests += 1;
        tally.nonces.add(nonce);

        if (answerAfter > 0) {
          setTimeout(respond, answerAfter);
        } else {
          respond();
        }
      });
    });

    // Never the side that closes an idle connection: how long to keep one is the client's choice.
    server.keepAliveTimeout = 10 * 60_000;
    server.on('secureConnection', () => {
      tally.handshakes += 1;
    });

    const port = await listen(server);

    if (roundTrip === 0) {
      return { id, port };
    }

    return { id, port: await listen(createLine(port, roundTrip)) };
  },

  /** What arrived so far. A request with a nonce that was there before is a retry. */
  tally(id) {
    const { handshakes, requests, nonces } = tallies[id];

    return { handshakes, requests, messages: nonces.size };
  },
});
/* eslint-enable @silverhand/fp/no-mutating-methods */
/* eslint-enable @silverhand/fp/no-mutation */

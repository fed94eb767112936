/* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- Events and rounds are counted. */
/* eslint-disable no-await-in-loop -- One step after the other. */
/** Runs in a process of its own, which alone.ts starts, and does there what a test asks for. */
import { subscribe } from 'node:diagnostics_channel';
import net from 'node:net';
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises';

import { call } from './call.js';
import { defineName } from './names.js';
import { config, refusal } from './send.js';

/** Where to post to, how long a call may take in milliseconds, and the addresses of localhost, if not its own. */
type Posting = Readonly<{
  endpoints: readonly string[];
  time: number;
  localhost?: readonly string[] | undefined;
  /** How long the process does nothing else right after it has sent, in milliseconds. */
  busy?: number | undefined;
}>;

const sockets = new Set<net.Socket>();

subscribe('net.client.socket', (message) => {
  if (
    typeof message === 'object' &&
    message !== null &&
    'socket' in message &&
    message.socket instanceof net.Socket
  ) {
    const { socket } = message;

    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  }
});

const tasks = {
  /** Posts to each endpoint at the same time, within a time in milliseconds. Returns what came of it. */
  post: async ({ endpoints, time, localhost, busy = 0 }: Posting) => {
    if (localhost) {
      defineName('localhost', localhost);
    }

    const beforeBusy = immediate();

    // Node.js reads nothing from its sockets between the two.
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busy));
    await beforeBusy;

    return Promise.all(endpoints.map(async (endpoint) => call(endpoint, 'nonce=1', time)));
  },

  /** Sends messages as Logto does, one after the other, in four rows side by side. Returns how many failed. */
  sendInRows: async ({ endpoint, length }: Readonly<{ endpoint: string; length: number }>) => {
    let failures = 0;
    const sendInRow = async (): Promise<void> => {
      for (let index = 0; index < length; index += 1) {
        failures += (await refusal({ ...config, endpoint })) === undefined ? 0 : 1;
      }
    };

    await Promise.all([sendInRow(), sendInRow(), sendInRow(), sendInRow()]);

    return failures;
  },

  /** What is there when nothing is under way: bytes of the heap in use, open connections, and timers. */
  look: async () => {
    // What was closed a moment ago is let go.
    await sleep(500);
    globalThis.gc?.();
    globalThis.gc?.();

    return {
      heap: process.memoryUsage().heapUsed,
      sockets: sockets.size,
      timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    };
  },
};

/** What a test can ask for. */
type Tasks = typeof tasks;

/** A task, and what it takes. */
export type Request = { [Name in keyof Tasks]: [Name, ...Parameters<Tasks[Name]>] }[keyof Tasks];

const carryOut = async (request: Request): Promise<unknown> => {
  switch (request[0]) {
    case 'post': {
      return tasks.post(request[1]);
    }
    case 'sendInRows': {
      return tasks.sendInRows(request[1]);
    }
    case 'look': {
      return tasks.look();
    }
  }
};

process.on('message', async (request: Request) => {
  process.send?.(await carryOut(request));
});
/* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */
/* eslint-enable no-await-in-loop */

/* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- Events and rounds are counted. */
/* eslint-disable @silverhand/fp/no-mutating-methods -- What comes in by callbacks is collected. */
/* eslint-disable no-await-in-loop -- One step after the other. */
// Sends messages through one contender, in a process of its own, and says what that took.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

import { serveTasks } from './children.js';
import { contenders } from './contenders.js';
import { median } from './statistics.js';

const [name, origin] = process.argv.slice(2);
const contender = await contenders[name](origin);
const { send } = contender;

/** Milliseconds that one message takes. */
const time = async () => {
  const start = performance.now();
  await send();

  return performance.now() - start;
};

/** Heap in use, in bytes, once everything that nobody holds is gone. */
const collect = () => {
  globalThis.gc();
  globalThis.gc();

  return process.memoryUsage().heapUsed;
};

/** Sends so many messages, `width` of them under way at a time. */
const sendMany = async (count, width) => {
  let left = count;

  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left > 0) {
        left -= 1;
        await send();
      }
    })
  );
};

serveTasks({
  /** One message after another: median latency and CPU per message, in milliseconds. */
  async sequence(count) {
    const latencies = [];
    const cpu = process.cpuUsage();

    for (let index = 0; index < count; index += 1) {
      latencies.push(await time());
    }

    const { user, system } = process.cpuUsage(cpu);

    return { latency: median(latencies), cpu: (user + system) / 1000 / count };
  },

  /** Messages per second with so many of them under way. */
  async throughput(count, width) {
    const start = performance.now();
    await sendMany(count, width);

    return count / ((performance.now() - start) / 1000);
  },

  time,

  /** Messages that do not wait for one another, `interval` ms apart: how many were sent, and the slowest, in ms. */
  async pace(count, interval) {
    const begin = performance.now();
    let sent = 0;
    let slowest = 0;

    await Promise.all(
      Array.from({ length: count }, async (_, index) => {
        const due = begin + index * interval;
        await sleep(index * interval);

        try {
          await send();
          sent += 1;
        } catch {
          // What was not sent is counted by what is missing.
        }

        slowest = Math.max(slowest, performance.now() - due);
      })
    );

    return { sent, slowest };
  },

  async heap(count) {
    await sendMany(count, 4);

    return collect();
  },

  /** Microseconds that building takes between two messages, not in a tight loop, where it would be far faster. */
  async build() {
    const rounds = [];

    for (let round = 0; round < 10; round += 1) {
      const times = [];

      for (let index = 0; index < 200; index += 1) {
        await send();
        const start = performance.now();
        await contender.build();
        times.push((performance.now() - start) * 1000);
      }

      rounds.push(median(times));
    }

    return rounds.slice(5);
  },
});
/* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */
/* eslint-enable @silverhand/fp/no-mutating-methods */
/* eslint-enable no-await-in-loop */

/* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- Events and rounds are counted. */
/* eslint-disable @silverhand/fp/no-mutating-methods -- What comes in by callbacks is collected. */
/* eslint-disable no-await-in-loop -- One step after the other. */
// Runs the benchmark, prints its tables and writes the page. `--out FILE` writes the page elsewhere; `--slow-day` prints
// how both connectors fare when Aliyun is slow, in many more cases than the page, and writes nothing.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { start, stopAll } from './children.js';
import { contenders, staged, stageConnectors } from './contenders.js';
import { renderPage, renderSlowDay, renderTable } from './report.js';

const referenceNode = 22;
const timeLimit = 15 * 60_000;
const roundTrip = 40;

const run = promisify(execFile);
const all = Object.keys(contenders);

const log = (text) => process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${text}\n`);

/** A server that only this run trusts, and what its clients need to do so. */
const startServer = async (folder) => {
  const key = path.join(folder, 'key.pem');
  const certificate = path.join(folder, 'certificate.pem');

  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '1',
    '-subj',
    '/CN=127.0.0.1',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
    '-keyout',
    key,
    '-out',
    certificate,
  ]);

  return { server: start('server.js', [key, certificate]), certificate };
};

/** Starts a process for each contender, each with a server, and thus a count of handshakes, of its own. */
const startWorkers = async ({ server, certificate }, names, { line = {}, execArgv } = {}) => {
  const workers = {};

  for (const name of names) {
    const { id, port } = await server.call('open', line);
    const origin = `https://127.0.0.1:${port}`;
    const env = { NODE_EXTRA_CA_CERTS: certificate, BENCH_ENDPOINT: origin };

    workers[name] = {
      ...start('worker.js', [name, origin], { env, execArgv }),
      tally: () => server.call('tally', id),
    };
  }

  return workers;
};

const stop = (workers) => {
  for (const worker of Object.values(workers)) {
    worker.stop();
  }
};

/** Has each take its turn in every round, each round begun by another one; gives the results of each by its name. */
const interleave = async (names, rounds, measure) => {
  const results = Object.fromEntries(names.map((name) => [name, []]));

  for (let round = 0; round < rounds; round += 1) {
    const first = round % names.length;

    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      results[name].push(await measure(name));
    }
  }

  return results;
};

/** Joins the results of several generations of processes. */
const merge = (parts) =>
  Object.fromEntries(
    Object.keys(parts[0]).map((name) => [name, parts.flatMap((part) => part[name])])
  );

const pick = (results, key) =>
  Object.fromEntries(
    Object.entries(results).map(([name, values]) => [name, values.map((value) => value[key])])
  );

/** What {@link interleave} has each worker do. */
const taskOf =
  (workers, ...task) =>
  (name) =>
    workers[name].call(...task);

/** New processes for each generation: what the compiler makes of a program differs from one to the next. */
const measureLoopback = async (server) => {
  const generations = [];

  for (let generation = 0; generation < 3; generation += 1) {
    log(`On loopback, processes ${generation + 1} of 3`);
    const workers = await startWorkers(server, all);
    await interleave(all, 1, taskOf(workers, 'sequence', 2000));
    const inSequence = await interleave(all, 8, taskOf(workers, 'sequence', 200));

    await interleave(['connector', 'got'], 1, taskOf(workers, 'throughput', 2000, 50));
    const atOnce = await interleave(
      ['connector', 'got'],
      3,
      taskOf(workers, 'throughput', 2000, 50)
    );

    stop(workers);
    generations.push({ inSequence, atOnce });
  }

  const inSequence = merge(generations.map((generation) => generation.inSequence));

  return {
    latency: pick(inSequence, 'latency'),
    cpu: pick(inSequence, 'cpu'),
    throughput: merge(generations.map(({ atOnce }) => atOnce)),
  };
};

const measureLine = async (server) => {
  log(`With ${roundTrip} ms of round trip`);
  const workers = await startWorkers(server, all, { line: { roundTrip } });

  for (const name of all) {
    await workers[name].call('throughput', 1000, 50);
  }

  const inSequence = await interleave(all, 3, (name) => workers[name].call('sequence', 15));

  stop(workers);

  return { latency: pick(inSequence, 'latency') };
};

/** Milliseconds that the first of the modules takes to load, the others loaded before. */
const load = async (modules) => {
  const script = fileURLToPath(new URL('load.js', import.meta.url));
  const { stdout } = await run(process.execPath, [script, ...modules]);

  return Number(stdout);
};

const measureLoading = async () => {
  log('Loading');
  const hostModules = ['@logto/connector-kit', '@silverhand/essentials', 'got', 'zod'];
  const targets = {
    connector: [staged.connector.href, ...hostModules],
    builtIn: [staged.builtIn.href, ...hostModules, '@logto/shared'],
  };
  const names = Object.keys(targets);

  await interleave(names, 1, (name) => load(targets[name]));

  return {
    inHost: await interleave(names, 15, (name) => load(targets[name])),
    fromNothing: await interleave(names, 15, (name) => load(targets[name].slice(0, 1))),
  };
};

const measureBuilding = async (server) => {
  log('Building');
  const workers = await startWorkers(server, ['connector']);
  const times = await workers.connector.call('build');

  stop(workers);

  return times;
};

const measureHeap = async (server) => {
  log('Heap');
  const workers = await startWorkers(server, ['connector'], { execArgv: ['--expose-gc'] });

  // What the compiler makes of the program is in the heap too: let it do most of its work before.
  await workers.connector.call('heap', 8000);
  const early = await workers.connector.call('heap', 2000);
  const late = await workers.connector.call('heap', 18_000);

  stop(workers);

  return { early: [early / 1e6], late: [late / 1e6] };
};

const atOnce = (count, answerAfter) => ({ count, answerAfter });
const steady = (perSecond, answerAfter) => ({ count: perSecond * 30, perSecond, answerAfter });

/** When the server answers, in milliseconds after a request has arrived. */
const answerTimes = [100, 500, 2000, 4000, 6500];

const slowDays = {
  page: [...answerTimes.map((answerAfter) => atOnce(200, answerAfter)), steady(20, 2000)],
  full: [
    ...answerTimes.map((answerAfter) => atOnce(50, answerAfter)),
    ...answerTimes.map((answerAfter) => atOnce(200, answerAfter)),
    ...answerTimes.map((answerAfter) => atOnce(500, answerAfter)),
    steady(20, 2000),
    steady(40, 2000),
    steady(20, 6500),
  ],
};

/**
 * Has contenders send the messages of a slow day at the same time, in new processes, so that no connection is open yet.
 * Gives what came of them by the contender's name.
 */
const pace = async (server, names, { count, perSecond, answerAfter }) => {
  const workers = await startWorkers(server, names, { line: { answerAfter } });
  const interval = perSecond ? 1000 / perSecond : 0;
  const calls = await Promise.all(names.map((name) => workers[name].call('pace', count, interval)));
  const outcomes = {};

  for (const [index, name] of names.entries()) {
    const arrived = await workers[name].tally();

    outcomes[name] = { ...calls[index], ...arrived };
  }

  stop(workers);

  return outcomes;
};

const measureSlowDay = async (server, days, names) => {
  const results = [];

  for (const day of days) {
    log(`${day.count} messages, answered after ${day.answerAfter} ms`);

    // Messages at once need the machine for themselves; steady ones are few enough to go side by side.
    if (day.perSecond) {
      const paced = await pace(server, names, day);
      const outcomes = Object.fromEntries(names.map((name) => [name, [paced[name]]]));

      results.push({ ...day, outcomes });
    } else {
      const outcomes = await interleave(names, 3, async (name) => {
        const paced = await pace(server, [name], day);

        return paced[name];
      });

      results.push({ ...day, outcomes });
    }
  }

  return results;
};

const main = async () => {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: path.join(import.meta.dirname, '../docs/benchmarks.md') },
      'slow-day': { type: 'boolean' },
    },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));

  process.once('exit', () => {
    stopAll();
    rmSync(folder, { recursive: true });
  });

  const timer = setTimeout(() => {
    log('The benchmark took too long.');
    stopAll();
  }, timeLimit);

  log(`Node.js ${process.version}`);

  try {
    await stageConnectors();
    const server = await startServer(folder);

    if (values['slow-day']) {
      const days = await measureSlowDay(server, slowDays.full, ['connector', 'builtIn']);

      process.stdout.write(`${renderSlowDay(days)}\n`);

      return;
    }

    const measured = {
      loading: await measureLoading(),
      loopback: await measureLoopback(server),
      build: await measureBuilding(server),
      heap: await measureHeap(server),
      line: await measureLine(server),
      slowDay: await measureSlowDay(server, slowDays.page, ['connector', 'builtIn', 'got']),
    };

    await writeFile(values.out, await renderPage(measured));
    process.stdout.write(`${renderTable(measured)}\n\n${renderSlowDay(measured.slowDay)}\n`);
    log(`Written to ${values.out}`);
  } finally {
    clearTimeout(timer);
    stopAll();
  }
};

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(1));
}

if (Number.parseInt(process.versions.node, 10) < referenceNode) {
  log(`Node.js ${process.version} is older than the reference: starting Node.js ${referenceNode}.`);
  const args = ['-y', '-p', `node@${referenceNode}`, 'node', ...process.argv.slice(1)];
  process.exitCode = spawnSync('npx', args, { stdio: 'inherit' }).status ?? 1;
} else {
  await main();
}
/* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */
/* eslint-enable @silverhand/fp/no-mutating-methods */
/* eslint-enable no-await-in-loop */

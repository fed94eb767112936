// Turns what was measured into the table and the page.
import { readFile } from 'node:fs/promises';
import os from 'node:os';

import { summarize } from './statistics.js';

const labels = { got: 'bare `got`', builtIn: 'built-in' };

/** Three significant digits, and whole numbers whole. */
const toText = (value) =>
  Number.isInteger(value) || value >= 1000 ? value.toFixed(0) : value.toPrecision(3);

/** The median with its quartiles behind it, unless they are the same. */
const describe = (values, unit, write = toText) => {
  const { median, low, high } = summarize(values);
  const shown = `${write(median)} ${unit}`.trim();
  const from = write(low);
  const to = write(high);

  return from === to ? shown : `${shown} (${from}–${to})`;
};

const describeRatios = (ratios) => describe(ratios, '×', (ratio) => ratio.toFixed(2));

/** Within a round: what slowed one of the two slowed the other as well. */
const ratiosOf = (own, others) => own.map((value, index) => value / others[index]);

const resultOf = (isMet) => (isMet ? 'met' : '**not met**');

/** A goal, `atMost` or `atLeast`, and whether the values meet it: the last two cells of a row. */
const createGoalCells = (goal, values, unit) => {
  if (!goal) {
    return ['', ''];
  }

  const { median } = summarize(values);

  if (goal.atMost === undefined) {
    return [`≥ ${goal.atLeast} ${unit}`.trim(), resultOf(median >= goal.atLeast)];
  }

  return [`≤ ${goal.atMost} ${unit}`.trim(), resultOf(median <= goal.atMost)];
};

/** A row without a ratio: the connector's values, which the goal is for, and those of another, if there are any. */
const createRow = (what, unit, own, { label, others, goal } = {}) => [
  what,
  describe(own, unit),
  others ? `${label} ${describe(others, unit)}` : '',
  '',
  ...createGoalCells(goal, own, unit),
];

/** A row with the ratio of the connector's values and those of another; the goal is for that ratio. */
const createRatioRow = (what, unit, own, { label, others, goal }) => {
  const ratios = ratiosOf(own, others);

  return [
    what,
    describe(own, unit),
    `${label} ${describe(others, unit)}`,
    describeRatios(ratios),
    ...createGoalCells(goal, ratios, '×'),
  ];
};

/** A row for each other contender that was measured. */
const compare = (what, unit, { connector, ...others }, goals = {}) =>
  Object.entries(others).map(([name, values]) =>
    createRatioRow(what, unit, connector, {
      label: labels[name],
      others: values,
      goal: goals[name],
    })
  );

const createRows = ({ loopback, line, loading, build, heap }) => [
  ...compare('p50, one after another', 'ms', loopback.latency, {
    got: { atMost: 1.15 },
    builtIn: { atMost: 0.85 },
  }),
  ...compare('CPU per message', 'ms', loopback.cpu, {
    got: { atMost: 1.1 },
    builtIn: { atMost: 0.75 },
  }),
  ...compare('Messages per second, 50 at a time', '', loopback.throughput),
  ...compare('p50, 40 ms of round trip', 'ms', line.latency),
  createRow('Loading, dependencies loaded', 'ms', loading.inHost.connector, {
    label: labels.builtIn,
    others: loading.inHost.builtIn,
    goal: { atMost: 5 },
  }),
  ...compare('Loading, from nothing', 'ms', loading.fromNothing, { builtIn: { atMost: 0.8 } }),
  createRow('Building the connector', 'µs', build, { goal: { atMost: 20 } }),
  createRatioRow('Heap after 20 000 messages', 'MB', heap.late, {
    label: 'after 2000',
    others: heap.early,
    goal: { atMost: 1.02 },
  }),
];

const toTable = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

export const renderTable = (measured) =>
  toTable(['What', 'Connector', 'Compared with', 'Ratio', 'Goal', 'Result'], createRows(measured));

const slowDayHead = [
  'Messages',
  'Answered after',
  'Contender',
  'Sent',
  'Lost',
  'Thrown though sent',
  'Retries',
  'Slowest',
  'Beside the built-in',
  'Connections',
  'Goals',
];

const valuesOf = (rounds, key) => rounds.map((round) => round[key]);

const totalOf = (rounds, key) => valuesOf(rounds, key).reduce((total, value) => total + value, 0);

const secondsOf = (rounds) => rounds.map(({ slowest }) => slowest / 1000);

/** The row of a contender on a slow day; the connector's says how it did. */
const createSlowDayRow = ({ count, perSecond, answerAfter, outcomes }, name) => {
  const rounds = outcomes[name];
  const due = count * rounds.length;
  const sent = totalOf(rounds, 'sent');
  const arrived = totalOf(rounds, 'messages');
  const ratios = ratiosOf(secondsOf(rounds), secondsOf(outcomes.builtIn));
  const isGood = sent === due && arrived === sent && summarize(ratios).median <= 1.2;

  return [
    perSecond ? `${perSecond} a second, ${count / perSecond} s` : `${count} at once`,
    `${answerAfter / 1000} s`,
    labels[name] ?? 'connector',
    `${sent} of ${due}`,
    due - sent,
    arrived - sent,
    totalOf(rounds, 'requests') - arrived,
    describe(secondsOf(rounds), 's'),
    name === 'builtIn' ? '' : describeRatios(ratios),
    describe(valuesOf(rounds, 'handshakes'), ''),
    name === 'connector' ? resultOf(isGood) : '',
  ];
};

export const renderSlowDay = (days) =>
  toTable(
    slowDayHead,
    days.flatMap((day) => Object.keys(day.outcomes).map((name) => createSlowDayRow(day, name)))
  );

const versionOf = async (name) => {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);

  return JSON.parse(await readFile(file, 'utf8')).version;
};

/** The page `docs/benchmarks.md`. */
export const renderPage = async (measured) => {
  const packages = [
    ['got', 'got'],
    ['zod', 'zod'],
    ['@logto/connector-kit', '@logto/connector-kit'],
    ['@silverhand/essentials', '@silverhand/essentials'],
    ['@logto/connector-aliyun-sms-mas (built in)', 'built-in'],
  ];
  const versions = await Promise.all(
    packages.map(async ([label, name]) => `${label} ${await versionOf(name)}`)
  );

  return `# Benchmarks

The connector beside the one of the same name that Logto has built in, and beside bare \`got\`. \`npm run bench\` writes this page; it needs \`openssl\`, takes about four minutes, and speaks to nothing but this machine, apart from fetching the packages.

- Date: ${new Date().toISOString().slice(0, 10)}
- Node.js ${process.version}, ${process.platform} ${process.arch}. The reference is 22; an older Node.js fetches it and runs that.
- Machine: ${os.cpus()[0].model}, ${os.cpus().length} cores
- Packages: ${versions.join(', ')}

${renderTable(measured)}

A figure is the median of its rounds, with the quartiles behind it. A ratio is the median of the ratios within a round.

## A slow day

When Aliyun answers late, nobody may lose a sign-in. The goals of the connector: every message is sent, none throws though it was sent, and the slowest takes at most 1.2 × as long as the built-in connector's slowest.

${renderSlowDay(measured.slowDay)}

## What is measured

- **The server** is a process of its own: TLS 1.3 on loopback, a certificate made for the run, the same short answer to every request. Each contender is a process of its own, too.
- **Both connectors:** the built \`lib/\`, and the package on the registry. They use the very same dependencies, in the versions that a Logto host has, and are built for each message, as Logto does. The built-in one has its address in its code; that is replaced and nothing else.
- **Bare \`got\`** with its defaults posts a form of the same size that was signed beforehand, with a nonce of its own, and parses the answer. It checks no config and signs nothing.
- **One after another:** 2000 messages to warm up, then rounds of 200 messages in turn, begun by another contender each time; all of it with three generations of processes. CPU is the user and system time of the client's process, garbage collection included.
- **50 at a time:** rounds of 2000 messages with 50 of them always under way. It has no goal: what the connector does and bare \`got\` does not, the check of the config and the signature, took 19 % of the time of the process in a CPU profile of such rounds (Node.js 22, 2026-11-26). With 40 ms of round trip it is not seen.
- **40 ms of round trip:** what is sent arrives 20 ms later, each way. A new connection waits another 40 ms, for the TCP handshake that costs nothing on loopback.
- **Loading:** \`import()\` of \`lib/index.js\` in 15 fresh processes each, in turn: once with the dependencies imported before, as in a host, once with nothing.
- **Building** is a call of the factory, which Logto makes for every message. It is timed between messages; in a tight loop it would be far faster.
- **Heap:** what is in use after a forced collection, after 2000 messages and after 18 000 more, 4 of them under way at a time. 8000 messages go before, since compiled code is in the heap as well.
- **A slow day:** each contender is a new process with no connection open, so that it opens all it needs. Messages at once have three rounds, one contender after another; steady traffic has one, all contenders at the same time. A message is sent when the call ends well, and lost when it does not. It was thrown though sent when the call throws and the server has got it. A retry is a request with a nonce that the server has got before. Slowest counts from the moment that the message was due until its call ends, well or not. Connections are those whose handshake was completed. \`npm run bench -- --slow-day\` prints a longer table: 50, 200 and 500 at once, and 20 and 40 a second.

## What the figures do not show

- Aliyun and the Internet: no name is looked up, no packet is lost, and the server answers at once, but on the slow day. On a real line the connector's own work is a small part of what a message takes.
- Other machines. Only ratios mean something, and only within one run; on a busy machine they too move by a tenth and more.
- TLS 1.2, where a handshake is a round trip longer and a new connection costs more.
- A host that has sent few messages: here the compiler has seen thousands, but on the slow day.
- Failures, retries and long answers.
`;
};

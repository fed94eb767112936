/**
 * npm run test:hosts -- [version of @logto/cli …] [--node 20,22] [--from-clone]
 *
 * Makes an instance of each Logto out of what its release on npm provides, adds the packed connector with the command
 * that `npm run package` prints, loads it with that Logto's own loader, and sends through it to the sandbox.
 *
 * --node        majors of Node.js, or "current"; by default 20 and 22, and 24 for the last of the versions
 * --from-clone  takes the package from a fresh clone of HEAD, as a new user does
 */
import assert from 'node:assert/strict';
import { type ChildProcess, exec, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs, promisify } from 'node:util';

import ts from 'typescript';
import { z } from 'zod';

import packageJson from '../package.json' with { type: 'json' };
import { startSandbox } from '../sandbox/server.js';
import { accessKey, currentSignature } from '../sandbox/service/catalogue.js';

const reportGuard = z.object({
  node: z.string(),
  kit: z.string(),
  connectors: z.array(
    z.object({
      id: z.string(),
      version: z.string(),
      /** Whether the logo and the README were found. */
      hasFiles: z.boolean(),
    }),
  ),
  /** For each config, the details that Console shows when it is saved. */
  issues: z.array(z.array(z.string())),
  /** For each message, "sent" or the error as Logto answers it. */
  outcomes: z.array(
    z.object({
      code: z.string(),
      /** What whoever signs in is told, where Logto has no sentence of its own. */
      text: z.string().optional(),
      /** What Console shows the admin. */
      details: z.array(z.string()).optional(),
    }),
  ),
});

/** What test-hosts-child.ts saw in an instance. */
export type Report = z.infer<typeof reportGuard>;

type MessageToSend = Readonly<{ type: string; config: object; locale?: string | undefined }>;

/** What an instance is to do: check configs, and send messages. */
type Task = Readonly<{
  configs?: readonly unknown[];
  messages?: readonly MessageToSend[];
}>;

type Host = Readonly<{
  /** The version of @logto/cli, which is Logto's. */
  cli: string;
  /** The version of @logto/connector-kit. */
  kit: string;
  /** The folder that `-p` takes. */
  instance: string;
  core: string;
  /** Where the command `logto` is. */
  bin: string;
}>;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { node: { type: 'string' }, 'from-clone': { type: 'boolean', default: false } },
});

const { name, version } = packageJson;
const id = 'aliyun-short-message-auth-service';
const peerVersion = '1.1.2';

const root = path.resolve(import.meta.dirname, '..');
const versions = positionals.length > 0 ? positionals : ['1.37.1', '1.40.1', '1.42.0', '1.43.0'];
const [currentMajor = ''] = process.versions.node.split('.');

/** The majors of Node.js to try a Logto on. */
const majorsFor = (cli: string): string[] => {
  if (options.node !== undefined) {
    return options.node.split(',').map((major) => (major === 'current' ? currentMajor : major));
  }

  return cli === versions.at(-1) ? ['20', '22', '24'] : ['20', '22'];
};

const temporary = await realpath(await mkdtemp(path.join(os.tmpdir(), 'logto-hosts-')));

process.once('exit', () => {
  rmSync(temporary, { recursive: true, force: true });
});
process.once('SIGINT', () => process.exit(130));

const execute = promisify(exec);

/** Runs a command line and returns what it prints. */
const run = async (
  command: string,
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> => {
  const { stdout } = await execute(command, { cwd, env });

  return stdout;
};

/** Has npm install packages into a folder, without their install scripts. */
const install = async (folder: string, dependencies: Readonly<Record<string, string>>) => {
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies }),
  );
  await run('npm install --ignore-scripts --prefer-offline', folder);
};

/** Installs the Node.js that is not running. Returns where each is. */
const installNodes = async (majors: readonly string[]): Promise<(major: string) => string> => {
  const folder = path.join(temporary, 'nodes');
  const missing = [...new Set(majors)].filter((major) => major !== currentMajor);

  // The package "node" downloads these in its install script.
  const source = `npm:node-${process.platform}-${process.arch}`;
  await install(
    folder,
    Object.fromEntries(missing.map((major) => [`node${major}`, `${source}@${major}`])),
  );

  return (major) =>
    major === currentMajor
      ? process.execPath
      : path.join(folder, 'node_modules', `node${major}`, 'bin', 'node');
};

type Connector = Readonly<{
  /** Where the file and docs are. */
  checkout: string;
  /** The command to add it with, as it is printed for people. */
  add: string;
}>;

/** A fresh clone of HEAD, with what it needs installed. */
const cloneRepository = async (): Promise<string> => {
  const clone = path.join(temporary, 'clone');

  await run(`git clone --quiet '${root}' '${clone}'`, temporary);
  await run('npm ci --prefer-offline', clone);

  return clone;
};

const packConnector = async (): Promise<Connector> => {
  const checkout = options['from-clone'] ? await cloneRepository() : root;
  const printed = await run('npm run package', checkout);
  const [add] = /connector add .+/.exec(printed) ?? [];
  assert(add, '`npm run package` must print the next command.');

  // Not with the newest Logto's command, which npx would get, but with each Logto's own.
  return { checkout, add: `logto ${add}` };
};

/** All that a connector can import in an instance. */
const provided = [
  '@logto/cli',
  '@logto/connector-kit',
  '@logto/shared',
  '@silverhand/essentials',
  'got',
  'ky',
  'zod',
];

const dependenciesGuard = z.object({ '@logto/connector-kit': z.string() });

/** Makes an instance in the shape of a release of Logto, with an empty folder for connectors. */
const makeHost = async (cli: string): Promise<Host> => {
  const store = path.join(temporary, cli, 'store');
  const instance = path.join(temporary, cli, 'logto');
  const core = path.join(instance, 'packages', 'core');

  // A Logto holds the kit that it was released with: the oldest that its CLI takes.
  const printed = await run(`npm view @logto/cli@${cli} dependencies --json`, temporary);
  const kitRange = dependenciesGuard.parse(JSON.parse(printed))['@logto/connector-kit'];
  const kit = kitRange.replace('^', '');

  await install(store, {
    '@logto/cli': cli,
    '@logto/connector-kit': kit,
    got: '14.0.0',
    ky: '^1.2.3',
    zod: '3.24.3',
  });

  // Links, as pnpm makes them in a real instance: nothing else is in reach of a connector.
  for (const dependency of provided) {
    const link = path.join(core, 'node_modules', dependency);

    await mkdir(path.dirname(link), { recursive: true });
    await symlink(await realpath(path.join(store, 'node_modules', dependency)), link);
  }

  await writeFile(
    path.join(instance, 'package.json'),
    JSON.stringify({ scripts: { cli: 'logto' } }),
  );
  await writeFile(
    path.join(core, 'package.json'),
    JSON.stringify({ name: '@logto/core', type: 'module' }),
  );

  const child = await readFile(path.join(import.meta.dirname, 'test-hosts-child.ts'), 'utf8');
  await writeFile(
    path.join(core, 'child.js'),
    ts.transpile(child, { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }),
  );

  return { cli, kit, instance, core, bin: path.join(store, 'node_modules', '.bin') };
};

/** Runs a command of Logto's CLI. It exits with 0 even when it fails; what it prints tells. */
const runCli = async (
  { instance, bin }: Host,
  command: string,
  expected: string,
): Promise<void> => {
  const PATH = [bin, process.env.PATH].join(path.delimiter);
  const printed = await run(command, instance, { ...process.env, PATH });

  assert(printed.includes(expected), `"${command}" printed:\n${printed}`);
};

const addConnector = async (host: Host, { add }: Connector): Promise<void> =>
  runCli(host, add.replace('<your Logto folder>', host.instance), `Added ${name} v${version}`);

/** The outcome of a message that arrived. */
const sentWith = (templateCode: string) => ({ code: `sent with ${templateCode}` });

/** A number of its own for each message: Aliyun takes one message a minute. */
const numberOf = (index: number): string => String(13_800_138_000 + index);

/** Gives a child its task, and waits for the end of it. Returns its report, or nothing if it made none. */
const reportOf = async (child: ChildProcess, task: object): Promise<unknown> => {
  let report: unknown;

  child.once('message', (message) => {
    report = message;
  });
  child.send(task);
  await once(child, 'disconnect');

  return report;
};

/**
 * Has an instance load its connectors and do a task, while the sandbox runs. Anything printed is a failure. What was
 * sent comes with the template that it arrived with.
 */
const examine = async (
  { core }: Host,
  { configs = [], messages = [] }: Task = {},
  node = process.execPath,
): Promise<Report> => {
  const sandbox = await startSandbox();

  try {
    const child = fork(path.join(core, 'child.js'), {
      cwd: core,
      execPath: node,
      execArgv: ['--disable-warning=ExperimentalWarning'],
      silent: true,
      timeout: 60_000,
    });
    assert(child.stdout && child.stderr);

    const [stdout, stderr, reported] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      reportOf(child, {
        configs,
        messages: messages.map(({ config, ...rest }, index) => ({
          ...rest,
          to: `86${numberOf(index)}`,
          config: { endpoint: sandbox.endpoint, ...config },
        })),
      }),
    ]);
    assert(stdout + stderr === '', `Logto printed:\n${stdout}${stderr}`);

    const report = reportGuard.parse(reported);
    const outcomes = report.outcomes.map((outcome, index) => {
      const arrived = sandbox.messages.find(({ phoneNumber }) => phoneNumber === numberOf(index));

      return outcome.code === 'sent'
        ? sentWith(arrived?.templateCode ?? 'no template: lost')
        : outcome;
    });

    return { ...report, outcomes };
  } finally {
    await sandbox.close();
  }
};

/** A row of a table that is printed. */
type Row = Readonly<Record<string, string>>;

/** What went wrong. */
const failures: string[] = [];

/** Returns what the step returns, or nothing where it failed. */
const attempt = async <Result>(
  title: string,
  step: () => Result | Promise<Result>,
): Promise<Result | undefined> => {
  try {
    return await step();
  } catch (error: unknown) {
    failures.push(`${title}: ${error instanceof Error ? error.message : String(error)}`);

    return undefined;
  }
};

/** Returns the cell of a table that says whether the step passed. */
const check = async (title: string, step: () => unknown): Promise<'yes' | 'NO'> => {
  const isPassed = await attempt(title, async () => {
    await step();

    return true;
  });

  return isPassed ? 'yes' : 'NO';
};

/** The usage types of all Logtos, and those that came later. */
const oldTypes = [
  'SignIn',
  'Register',
  'ForgotPassword',
  'OrganizationInvitation',
  'Generic',
  'UserPermissionValidation',
];
const newTypes = ['BindNewIdentifier', 'MfaVerification', 'BindMfa'];
const allTypes = [...oldTypes, ...newTypes];

/** Generic has a template of its own, so that a message tells which entry it was sent with. */
const templateCodeFor = (usageType: string): string =>
  usageType === 'Generic' ? '100002' : '100001';

const templatesFor = (types: readonly string[]) =>
  types.map((usageType) => ({ usageType, templateCode: templateCodeFor(usageType) }));

/** With the keys that the peer's guard asks for, and no other. */
const peerConfig = {
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
  signName: currentSignature,
  templates: templatesFor(allTypes),
};

/** Messages that are refused, with what Logto answers: one error, two readers. The admin reads both languages. */
const refusals = [
  {
    // As the sign-in page sends it. The user reads Logto's own sentence.
    config: { ...peerConfig, accessKeySecret: 'wrong' },
    locale: 'en',
    code: 'invalid_config',
    text: undefined,
    details: [
      /^Error in key path "accessKeySecret": \(custom\) .*Secret.*\n.*Secret.* \(SignatureDoesNotMatch, RequestId [\w-]+\)$/,
    ],
  },
  {
    // As Console's test sends it.
    config: { ...peerConfig, templates: [{ usageType: 'Generic', templateCode: '100009' }] },
    code: 'invalid_config',
    text: undefined,
    details: [
      /^Error in key path "signName": \(custom\) .*恒创联众.*\n.+ \(isv\.INVALID_PARAMETERS, RequestId [\w-]+\)$/,
      /^Error in key path "templates\.0\.templateCode": \(custom\) .+\n.+$/,
    ],
  },
  {
    // Nothing listens there.
    config: { ...peerConfig, endpoint: 'http://127.0.0.1:9' },
    locale: 'zh-CN',
    code: 'general',
    text: '验证码发送失败，请几分钟后再试。',
    details: [
      /^Error in key path "endpoint": \(custom\) .*dypnsapi.*\n.*dypnsapi.* \(ECONNREFUSED\)$/,
    ],
  },
];

const ours = [{ id, version, hasFiles: true }];
const peer = [{ id, version: peerVersion, hasFiles: true }];

/** Tries the connector in a Logto that it was added to. Returns a row of the table. */
const tryHost = async (host: Host, major: string, node: string): Promise<Row> => {
  const { cli, kit } = host;
  const title = `Logto ${cli} on Node.js ${major}`;
  const oldConfig = { ...peerConfig, templates: templatesFor(oldTypes) };

  const report = await attempt(`${title}, loaded`, async () => {
    const messages = [
      { type: 'SignIn', config: peerConfig },
      ...refusals.map(({ config, locale }) => ({ type: 'SignIn', config, locale })),
      ...allTypes.map((type) => ({ type, config: oldConfig })),
    ];
    const report = await examine(host, { messages }, node);

    assert.deepEqual(report.connectors, ours);
    assert.equal(report.kit, kit);
    assert.equal(report.node.split('.')[0], `v${major}`);

    return report;
  });

  if (!report) {
    return { cli, kit, node: major, loaded: 'NO', sent: 'NO', error: 'NO', 'old config': 'NO' };
  }

  // In the order of the messages.
  const [first, ...rest] = report.outcomes;
  const refused = rest.slice(0, refusals.length);
  const withOldConfig = rest.slice(refusals.length);

  const sent = await check(`${title}, sent`, () => {
    assert.deepEqual(first, sentWith('100001'));
  });
  const error = await check(`${title}, error`, () => {
    for (const [index, { code, text, details }] of refusals.entries()) {
      const outcome = refused[index];

      assert.equal(outcome?.code, code);
      assert.equal(outcome.text, text);
      assert.equal(outcome.details?.length, details.length);

      for (const [at, pattern] of details.entries()) {
        assert.match(outcome.details[at] ?? '', pattern);
      }
    }
  });
  const old = await check(`${title}, old config`, () => {
    // Generic serves the types that the config does not have.
    const expected = allTypes.map((type) =>
      sentWith(templateCodeFor(newTypes.includes(type) ? 'Generic' : type)),
    );
    assert.deepEqual(withOldConfig, expected);
  });

  return { cli, kit, node: report.node, loaded: 'yes', sent, error, 'old config': old };
};

/** Shows what becomes of the peer, the connector of the same name that Logto has built in. */
const tryPeer = async (host: Host, connector: Connector): Promise<Record<string, Row>> => {
  const connectors = path.join(host.core, 'connectors');
  const folder = path.join(connectors, '@logto-connector-aliyun-sms-mas');
  const builtIn = path.join(host.instance, 'packages', 'connectors', 'connector-aliyun-sms-mas');
  const saved = (signName: string) => ({ ...peerConfig, signName });

  const steps: Record<string, () => Promise<void>> = {
    'The peer loads, and takes both configs': async () => {
      await rm(folder, { recursive: true });
      await runCli(host, `logto connector add ${name}@${peerVersion} -p .`, `v${peerVersion}`);

      const { connectors, issues } = await examine(host, {
        configs: [saved(currentSignature), saved('某某签名')],
      });
      assert.deepEqual(connectors, peer);
      assert.deepEqual(issues, [[], []]);

      await cp(folder, builtIn, { recursive: true });
      await symlink(path.join(host.core, 'node_modules'), path.join(builtIn, 'node_modules'));
    },
    'Adding ours replaces it': async () => {
      await addConnector(host, connector);
      assert.deepEqual(await readdir(connectors), [path.basename(folder)]);
      assert.deepEqual((await examine(host)).connectors, ours);
    },
    'A config saved for the peer passes, and sends': async () => {
      const { issues, outcomes } = await examine(host, {
        configs: [saved(currentSignature), saved('速通互联验证码')],
        messages: [
          { type: 'BindMfa', config: saved(currentSignature) },
          // The sandbox takes the current signature alone.
          { type: 'BindMfa', config: saved('速通互联验证码') },
        ],
      });
      assert.deepEqual(issues, [[], []]);
      assert.deepEqual(outcomes, [sentWith('100001'), sentWith('100001')]);
    },
    'Where its signature is unknown, the error names the way out': async () => {
      const wayOut = { ...saved(currentSignature), signNameOverride: '某某签名' };
      const { issues } = await examine(host, { configs: [saved('某某签名'), wayOut] });
      assert.match(
        issues[0]?.join('\n') ?? '',
        /^Error in key path "signName": \(custom\) .*"signNameOverride".*\n.*"signNameOverride".*$/,
      );
      assert.deepEqual(issues[1], []);
    },
    // A release of Logto has the built-in connectors in packages/connectors, and links to them.
    'Linking the built-in one replaces ours': async () => {
      await runCli(host, 'npm run cli connector link', 'Linked');
      assert.deepEqual(await readdir(connectors), [path.basename(folder)]);
      assert.deepEqual((await examine(host)).connectors, peer);
    },
    'The Dockerfile replaces the link with ours': async () => {
      const dist = path.join(connector.checkout, 'dist');
      const dockerfile = await readFile(
        path.join(connector.checkout, 'docs', 'Dockerfile'),
        'utf8',
      );
      const lines = dockerfile.replaceAll('\\\n', '').split('\n');
      const copyLine = lines.find((line) => line.startsWith('COPY ')) ?? '';
      const runLine = lines.find((line) => line.startsWith('RUN ')) ?? '';
      const [, copied = ''] = copyLine.split(' ');
      const command = runLine.slice('RUN '.length);
      const made = await readdir(dist);
      assert(made.includes(copied), `There is no ${copied}.`);

      await runCli(
        host,
        command.replaceAll('/tmp/', `${dist}/`).replaceAll('/etc/logto', host.instance),
        `Added ${name} v${version}`,
      );
      assert.deepEqual(await readdir(connectors), [path.basename(folder)]);
      assert.deepEqual((await examine(host)).connectors, ours);
    },
    'Ours can be removed': async () => {
      await runCli(host, `logto connector remove ${name} -p .`, 'Removed 1 connectors');
      assert.deepEqual(await readdir(connectors), []);
    },
  };
  const results: Record<string, Row> = {};

  for (const [step, body] of Object.entries(steps)) {
    results[step] = { shown: await check(step, body) };
  }

  return results;
};

if (Number.parseInt(await run('npm --version', root)) >= 12) {
  console.error("Logto's CLI does not work with npm 12. Run: npx -y -p npm@11 npm run test:hosts");
  process.exit(2);
}

const [connector, nodeOf] = await Promise.all([
  packConnector(),
  installNodes(versions.flatMap(majorsFor)),
]);

const results = await Promise.all(
  versions.map(async (cli) => {
    const host = await makeHost(cli);
    const rows: Row[] = [];

    await check(`Logto ${cli}, added`, async () => {
      await runCli(host, 'logto --version', `@logto/cli v${cli}`);
      await addConnector(host, connector);
    });

    for (const major of majorsFor(cli)) {
      rows.push(await tryHost(host, major, nodeOf(major)));
    }

    // The peer needs a kit of 5.1 or later.
    const takesPeer = cli === versions.at(-1) && Number.parseFloat(host.kit) >= 5.1;
    const peerSteps = takesPeer ? await tryPeer(host, connector) : undefined;

    return { rows, peerSteps };
  }),
);

console.table(results.flatMap(({ rows }) => rows));

for (const { peerSteps } of results) {
  if (peerSteps) {
    console.table(peerSteps);
  }
}

for (const failure of failures) {
  console.error(failure);
}

process.exitCode = failures.length > 0 ? 1 : 0;

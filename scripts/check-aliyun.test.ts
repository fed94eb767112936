/* eslint-disable @silverhand/fp/no-mutating-methods -- What came is kept. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { describe, expect, it } from 'vitest';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import { accessKey } from '../sandbox/service/catalogue.js';
import { configGuard } from '../src/config.js';
import { makeCertificate } from '../test/helpers/certificate.js';
import { openSandbox } from '../test/helpers/sandbox.js';
import { number } from '../test/helpers/send.js';
import { answerOf, closeAfterwards, listen, serve, serveInTurn } from '../test/helpers/servers.js';

import { checkAliyun, type Finding } from './aliyun-checks.js';

/** Runs the checks here, where a wait takes no time. */
const check = async (
  endpoint: string,
  options: Partial<Parameters<typeof checkAliyun>[0]> = {}
) => {
  const findings: Finding[] = [];

  await checkAliyun({
    config: configGuard.parse({
      ...configTemplate,
      accessKeyId: accessKey.id,
      accessKeySecret: accessKey.secret,
      endpoint,
    }),
    idle: 0.1,
    wait: async () => {
      // No time passes.
    },
    onFinding: (finding) => {
      findings.push(finding);
    },
    ...options,
  });

  const titlesOf = (verdict: Finding['verdict']): string[] =>
    findings.filter((finding) => finding.verdict === verdict).map(({ title }) => title);

  return {
    yes: titlesOf('yes'),
    no: titlesOf('no'),
    notTried: titlesOf('not tried'),
    says: (title: string) => findings.find((finding) => finding.title === title)?.says,
    all: JSON.stringify(findings),
  };
};

/** Words of a server's that nobody may see. */
const hostileHeaders = { server: 'hostile | one', 'content-type': '<hostile>' };

const notFound = answerOf('InvalidAccessKeyId.NotFound');

/** Where nothing listens. */
const nowhere = 'http://127.0.0.1:9';

const reached = ['resolves', 'connects', 'clock is right', 'unknown AccessKey', 'idle connection'];
const withAccount = [
  'wrong secret',
  'retired signature',
  'message with 100001',
  'the same bytes again',
  'second within a minute',
  'its bytes again',
];

describe.concurrent('against the sandbox', () => {
  it('finds all as expected without an account, and sends nothing', async () => {
    const sandbox = await openSandbox();
    const { yes, no, notTried, says } = await check(sandbox.endpoint);

    expect(yes).toEqual(reached);
    expect(no).toEqual([]);
    expect(notTried).toEqual(['speaks TLS, is trusted', ...withAccount]);
    expect(sandbox.messages).toEqual([]);
    expect(says('resolves')).toMatch(/^IPv4: 127\.0\.0\.1; IPv6: none, \d+ ms$/);
    expect(says('unknown AccessKey')).toMatch(
      /^invalid_config at accessKeyId: .+ \(InvalidAccessKeyId\.NotFound, RequestId [\w-]+\), \d+ ms$/
    );
  });

  it('finds all as expected with an account, and sends what was asked for', async () => {
    const sandbox = await openSandbox();
    const waits: number[] = [];
    const { yes, no, notTried, says } = await check(sandbox.endpoint, {
      account: { phoneNumber: number, templateCodes: ['100001', '100003'] },
      wait: async (seconds) => {
        waits.push(seconds);
        sandbox.passSeconds(60);
      },
    });

    expect(no).toEqual([]);
    expect(notTried).toEqual(['speaks TLS, is trusted']);
    expect(yes).toEqual([...reached, ...withAccount, 'message with 100003']);
    expect(waits).toEqual([60]);
    expect(sandbox.messages.map(({ templateCode }) => templateCode)).toEqual(['100001', '100003']);
    expect(says('retired signature')).toMatch(/^invalid_config at signNameOverride: /);
    expect(says('second within a minute')).toMatch(/\(biz\.FREQUENCY, /);
  });
});

it('tells how long an idle connection is kept', async () => {
  const { endpoint } = await serve((response, _, { socket }) => {
    response.writeHead(404).end(notFound);
    setTimeout(() => socket.end(), 1500);
  });
  const { yes, says } = await check(endpoint, { idle: 10 });

  expect(yes).toEqual(reached);
  expect(says('idle connection')).toMatch(/^closed after [1-4]\.\d s, /);
});

/** What a service as expected answers: two requests without an account, then those with one. */
const expectedCodes = [
  'InvalidAccessKeyId.NotFound',
  'InvalidAccessKeyId.NotFound',
  'SignatureDoesNotMatch',
  'isv.INVALID_PARAMETERS',
  'OK',
  'SignatureNonceUsed',
  'biz.FREQUENCY',
  'SignatureNonceUsed',
];

/** A service that answers as expected, but for what one of the lines with an account asks. */
const serveAllBut = async (title: string, code: string) => {
  const codes = expectedCodes.with(withAccount.indexOf(title) + 2, code);

  return serveInTurn(...codes.map((it): [number, string] => [200, answerOf(it)]));
};

const account = { phoneNumber: number, templateCodes: ['100001'] };

describe.concurrent('says no', () => {
  it.each([
    { title: 'wrong secret', code: 'OK', untried: [] },
    { title: 'retired signature', code: 'OK', untried: [] },
    { title: 'retired signature', code: 'UNKNOWN', untried: [] },
    { title: 'message with 100001', code: 'isv.OUT_OF_SERVICE', untried: withAccount.slice(3) },
    { title: 'the same bytes again', code: 'OK', untried: [] },
    { title: 'the same bytes again', code: 'biz.FREQUENCY', untried: [] },
    { title: 'second within a minute', code: 'OK', untried: withAccount.slice(5) },
    { title: 'second within a minute', code: 'UNKNOWN', untried: withAccount.slice(5) },
    { title: 'its bytes again', code: 'OK', untried: [] },
  ])('to "$title" where the answer is $code', async ({ title, code, untried }) => {
    const { endpoint, forms } = await serveAllBut(title, code);
    const waits: number[] = [];
    const wait = async (seconds: number) => {
      waits.push(seconds);
    };
    const { no, notTried, says } = await check(endpoint, { account, wait });

    // It may have been sent.
    expect(waits).toEqual(title === 'retired signature' ? [60] : []);
    expect(no).toEqual([title]);
    expect(says(title)).toContain(code === 'OK' ? 'accepted' : code);
    expect(notTried).toEqual(['speaks TLS, is trusted', ...untried]);
    expect(forms).toHaveLength(expectedCodes.length - untried.length);
  });

  it.each([
    {
      what: 'another code',
      body: answerOf('InvalidAccessKeyId.Gone', { 'a hostile | key': 1, Message: 'hostile' }),
      seen: 'InvalidAccessKeyId.Gone',
    },
    {
      what: 'XML',
      body: '<Error><Code>InvalidAccessKeyId.NotFound</Code><Message>hostile</Message></Error>',
      seen: 'HTTP 404',
    },
    { what: 'a long text for a code', body: answerOf('hostile'.repeat(10)), seen: 'RequestId' },
    { what: 'acceptance', body: answerOf('OK'), seen: 'accepted' },
  ])('to $what for an unknown AccessKey, and sends nothing', async ({ body, seen }) => {
    const { endpoint, forms } = await serveInTurn([404, body, hostileHeaders]);
    const { no, notTried, says, all } = await check(endpoint, { account });

    expect(no).toEqual(['unknown AccessKey']);
    expect(says('unknown AccessKey')).toContain(seen);
    expect(notTried).toEqual(['speaks TLS, is trusted', ...withAccount]);
    expect(all).not.toContain('hostile');
    expect(forms).toHaveLength(2);
  });

  it.each([
    {
      what: 'no address',
      // Too long a name to be asked for.
      endpoint: `https://${'a'.repeat(64)}.localhost`,
      title: 'resolves',
      seen: /^ENOTFOUND, /,
      yes: [],
    },
    {
      what: 'an address where nothing listens',
      endpoint: nowhere,
      title: 'connects',
      seen: /^ECONNREFUSED, /,
      yes: ['resolves'],
    },
  ])('to $what, and tries nothing else', async ({ endpoint, title, seen, ...expected }) => {
    const { yes, no, notTried, says } = await check(endpoint, { account });

    expect(yes).toEqual(expected.yes);
    expect(no).toEqual([title]);
    expect(says(title)).toMatch(seen);
    expect([...yes, ...no, ...notTried]).toHaveLength(12);
  });

  const twentyMinutes = 20 * 60_000;

  it.each([
    {
      what: 'a clock that is behind',
      headers: { date: new Date(Date.now() + twentyMinutes).toUTCString() },
      title: 'clock is right',
      seen: /^1[12]\d\d s behind/,
    },
    {
      what: 'a clock that is ahead',
      headers: { date: new Date(Date.now() - twentyMinutes).toUTCString() },
      title: 'clock is right',
      seen: /^1[23]\d\d s ahead of/,
    },
    { what: 'no Date', headers: { date: '' }, title: 'clock is right', seen: /no Date/ },
  ])('to $what', async ({ headers, title, seen }) => {
    const { endpoint } = await serveInTurn([404, notFound, headers]);
    const { no, says } = await check(endpoint);

    expect(no).toEqual([title]);
    expect(says(title)).toMatch(seen);
  });

  it('to a connection that is closed at once, while the next answer takes its time', async () => {
    const { endpoint, forms } = await serve((response) => {
      setTimeout(
        () => {
          response.writeHead(404, { connection: 'close' }).end(notFound);
        },
        forms.length === 1 ? 0 : 2500
      );
    });
    const { no, says } = await check(endpoint, { idle: 10 });

    expect(no).toEqual(['idle connection']);
    expect(says('idle connection')).toMatch(/^closed after 0\./);
  });

  it.each([
    {
      what: 'a switch of protocols',
      head: 'HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      drop: '',
    },
    {
      what: 'a body that drips',
      head: 'HTTP/1.1 404 No\r\nContent-Length: 9999\r\n\r\n',
      drop: '.',
    },
  ])('in bounded time to $what, and goes on', async ({ head, drop }) => {
    const { endpoint } = await serve(({ socket }) => {
      socket?.write(head);
      const timer = setInterval(() => socket?.write(drop), 100);
      socket?.once('close', () => {
        clearInterval(timer);
      });
    });
    const { no, notTried, says } = await check(endpoint, { limit: 1.5 });

    expect(no).toEqual(['clock is right', 'unknown AccessKey']);
    expect(says('clock is right')).toMatch(/^not within 1\.5 s, /);
    expect(notTried).toContain('idle connection');
  });
});

describe('npm run check:aliyun', { concurrent: true, timeout: 60_000 }, () => {
  const environment = {
    ALIYUN_ACCESS_KEY_ID: accessKey.id,
    ALIYUN_ACCESS_KEY_SECRET: accessKey.secret,
    ALIYUN_PHONE: number,
  };

  type Ran = Readonly<{ lines: string[]; status: unknown; all: string }>;

  /** What the command prints where there is no terminal, and the status that it ends with. */
  const run = async (
    options: readonly string[],
    variables: Record<string, string> = environment,
    cwd = '.'
  ): Promise<Ran> => {
    const tsx = import.meta.resolve('tsx');
    const script = path.resolve('scripts/check-aliyun.ts');
    const args = ['--import', tsx, script, '--endpoint', nowhere, '--idle', '1', ...options];
    const env = { PATH: process.env.PATH, ...variables };

    return new Promise((resolve) => {
      const child = execFile(process.execPath, args, { env, cwd }, (error, stdout, stderr) => {
        const lines = stdout.split('\n').slice(0, -1);
        resolve({ lines, status: error?.code ?? 0, all: stdout + stderr });
      });
      child.stdin?.end();
    });
  };

  it('lists its options', async () => {
    const { status, all } = await run(['--help']);

    expect(status).toBe(0);
    expect(all).toMatch(/^Usage: (?:.{0,80}\n)+$/);
  });

  it.each([
    { what: 'an option that does not exist', options: ['--unknown'], variables: environment },
    {
      what: 'a refused address',
      options: ['--endpoint', 'http://192.0.2.1'],
      variables: environment,
    },
    { what: 'a time that is too long', options: ['--idle', '61'], variables: environment },
    { what: 'no account to send with', options: ['--send'], variables: {} },
  ])('ends at once where there is $what', async ({ options, variables }) => {
    const { lines, status, all } = await run(options, variables);

    expect(status).toBe(2);
    expect(lines).toEqual([]);
    expect(all).toMatch(/.\n--help lists the options\.\n$/);
  });

  it('ends with 1 after a no, and sends nothing where nobody says yes', async () => {
    const { endpoint, forms } = await serveInTurn([404, notFound, { date: '' }]);
    const { lines, status } = await run(['--endpoint', endpoint, '--send']);

    expect(status).toBe(1);
    expect(lines).toContain('not tried  wrong secret            needs --send and a yes');
    expect(forms).toHaveLength(2);
  });

  it('trusts a certificate that Node.js trusts, and neither prints nor records a secret', async () => {
    const { cert, key, file, remove } = await makeCertificate();
    const cwd = await mkdtemp(path.join(tmpdir(), 'aliyun-'));
    await mkdir(path.join(cwd, 'docs'));
    closeAfterwards(remove);
    closeAfterwards(async () => rm(cwd, { recursive: true }));

    // The sandbox behind TLS.
    const sandbox = await openSandbox();
    const server = https.createServer({ cert, key }, async (request, response) => {
      const body = await text(request);
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      const answer = await fetch(sandbox.endpoint, { method: 'POST', body, headers });

      response.writeHead(answer.status, { server: `${number} ${accessKey.id}` });
      response.end(await answer.text());
    });
    const { port } = await listen(server);
    const options = ['--endpoint', `https://localhost:${port}`, '--send', '--yes', '--record'];

    const untrusted = await run(options, environment, cwd);
    expect(untrusted.lines[2]).toMatch(/^no {9}speaks TLS, is trusted {2}DEPTH_ZERO_SELF_SIGNED_/);
    expect(untrusted.lines.slice(3).filter((line) => !line.startsWith('not tried'))).toEqual([]);
    expect(untrusted.status).toBe(1);
    expect(sandbox.requests).toEqual([]);

    const trusting = { ...environment, NODE_EXTRA_CA_CERTS: file };
    const { lines, status, all } = await run(options, trusting, cwd);
    const end = new Date(new X509Certificate(cert).validTo).toISOString().slice(0, 10);
    expect(status).toBe(0);
    expect(lines.map((line) => line.slice(0, 11).trim())).toEqual(
      Array.from({ length: 12 }).fill('yes')
    );
    expect(lines[2]).toMatch(new RegExp(`TLSv1\\.3, valid until ${end}, `));
    expect(lines[4]).toMatch(/RequestId [\w-]{36}/);
    expect(all).toContain('138****8000');
    expect(sandbox.messages).toHaveLength(1);
    expect(sandbox.requests).toHaveLength(8);

    const record = await readFile(path.join(cwd, 'docs/aliyun-observed.md'), 'utf8');
    const today = new Date().toISOString().slice(0, 10);
    expect(record).toContain(`On ${today}, at https://localhost:${port}`);
    expect(record).toMatch(/\| yes \| message with 100001 \| accepted, \d+ ms \|\n/);
    expect(record).toMatch(/\| yes \| wrong secret \| .+ \(SignatureDoesNotMatch\), \d+ ms \|\n/);
    expect(record).not.toContain('RequestId');

    const code = sandbox.messages[0]?.code ?? '';
    const secrets = [accessKey.id, accessKey.secret, number, code];
    expect(secrets.filter((secret) => all.includes(secret) || record.includes(secret))).toEqual([]);
  });
});
/* eslint-enable @silverhand/fp/no-mutating-methods */

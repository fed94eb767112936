import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { describe, expect, it } from 'vitest';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import { accessKey } from '../sandbox/service.js';
import { checkAliyun, type Finding } from '../scripts/aliyun-checks.js';
import { configGuard } from '../src/config.js';
import { makeCertificate } from './helpers/certificate.js';
import { openSandbox } from './helpers/sandbox.js';
import { number } from './helpers/send.js';
import { answerOf, closeAfterwards, listen, serve, serveInTurn } from './helpers/servers.js';

const keys = { accessKeyId: accessKey.id, accessKeySecret: accessKey.secret };

type Given = Readonly<{
  limit?: number;
  templateCodes?: string[];
  intervalSeconds?: number;
  wait?: (seconds: number) => void;
  idle?: number;
}>;

/** Runs the checks here, where a wait takes no time. */
const check = async (endpoint: string, given: Given = {}) => {
  const { templateCodes, intervalSeconds, wait, idle = 0.1, limit = 15 } = given;
  const findings: Finding[] = [];

  await checkAliyun({
    config: configGuard.parse({ ...configTemplate, ...keys, endpoint, intervalSeconds }),
    idle,
    limit,
    onIdle: () => undefined,
    account: templateCodes && { phoneNumber: number, templateCodes },
    wait: async (seconds) => wait?.(seconds),
    onFinding: (finding) => {
      findings.push(finding);
    },
  });

  const titles = (verdict: string) =>
    findings.filter((it) => it.verdict === verdict).map(({ title }) => title);
  const says = (title: string) => findings.find((it) => it.title === title)?.says;

  const record = JSON.stringify(findings);

  return { record, yes: titles('yes'), no: titles('no'), notTried: titles('not tried'), says };
};

/** Headers whose words are neither printed nor recorded. */
const hostile = {
  'keep-alive': 'timeout=5, hostile',
  server: 'hostile | one',
  'content-type': '<hostile>',
};

const notFound = answerOf('InvalidAccessKeyId.NotFound');

/** Where nothing listens. */
const nowhere = 'http://127.0.0.1:9';

const reached = ['resolves', 'connects', 'clock is right', 'unknown AccessKey', 'idle connection'];
const withAccount = [
  ...['wrong secret', 'retired signature', 'message with 100001', 'the same bytes again'],
  ...['second within a minute', 'its bytes again', 'Interval=55', 'again after that time'],
];

describe.concurrent('against the sandbox', () => {
  it('finds all as expected without an account, and sends nothing', async () => {
    const { endpoint, messages } = await openSandbox();
    const { yes, no, says } = await check(endpoint);

    expect({ yes, no }).toEqual({ yes: reached, no: [] });
    expect(messages).toEqual([]);
    expect(says('resolves')).toMatch(/^IPv4: 127\.0\.0\.1; IPv6: none, \d+ ms$/);
    expect(says('unknown AccessKey')).toMatch(
      /^InvalidAccessKeyId\.NotFound \(404\): invalid_config at accessKeyId, \d+ ms$/,
    );
  });

  it('tells how long an idle connection is kept', async () => {
    const { endpoint } = await serve((response, _, { socket }) => {
      response.writeHead(404).end(notFound);
      setTimeout(() => socket.end(), 1500);
    });
    const { yes, says } = await check(endpoint, { idle: 10 });

    expect(yes).toEqual(reached);
    expect(says('idle connection')).toMatch(
      /^closed after (?:1\.[4-9]|2\.\d) s \(Keep-Alive: timeout=75\), /,
    );
  });

  it('finds all as expected with an account, and sends what was asked for', async () => {
    const { endpoint, messages, passMinute } = await openSandbox();
    const waits: number[] = [];
    const { yes, no, notTried, says } = await check(endpoint, {
      templateCodes: ['100001', '100003'],
      intervalSeconds: 55,
      wait: (seconds) => {
        waits.push(seconds);
        passMinute();
      },
    });
    const sent = messages.map(({ templateCode }) => templateCode);

    expect({ no, notTried }).toEqual({ no: [], notTried: ['speaks TLS, is trusted'] });
    expect(yes).toEqual([...reached, ...withAccount].toSpliced(-2, 0, 'message with 100003'));
    expect(waits).toEqual([60, 60, 55]);
    expect(sent).toEqual(['100001', '100003', '100001', '100001']);
    expect(says('its bytes again')).toMatch(/^(?:SignatureNonceUsed|biz\.FREQUENCY) /);
  });
});

/** What a service as expected answers: two requests without an account, then those with one. */
const codes = [
  ...['InvalidAccessKeyId.NotFound', 'InvalidAccessKeyId.NotFound', 'SignatureDoesNotMatch'],
  ...['isv.INVALID_PARAMETERS', 'OK', 'SignatureNonceUsed', 'biz.FREQUENCY', 'SignatureNonceUsed'],
  ...['OK', 'OK'],
];
const inTwentyMinutes = new Date(Date.now() + 1_200_000).toUTCString();
const account = { templateCodes: ['100001'], intervalSeconds: 55 };

describe.concurrent('says no', () => {
  it.each([
    ['wrong secret', 'OK', []],
    ['retired signature', 'OK', []],
    ['retired signature', 'UNKNOWN', []],
    ['message with 100001', 'isv.OUT_OF_SERVICE', withAccount.slice(3, 6)],
    ['the same bytes again', 'OK', []],
    ['the same bytes again', 'biz.FREQUENCY', []],
    ['second within a minute', 'OK', withAccount.slice(5, 6)],
    ['second within a minute', 'BUSINESS_LIMIT_CONTROL', withAccount.slice(5, 6)],
    ['its bytes again', 'OK', []],
    ['Interval=55', 'isv.INVALID_PARAMETERS', withAccount.slice(7)],
    ['again after that time', 'biz.FREQUENCY', []],
  ])('to "%s" where the answer is %s', async (title, code, untried) => {
    const wrong = withAccount.indexOf(title) + 2;
    const answers = codes.map((it, index) => answerOf(index === wrong ? code : it));
    // Where a request less is sent, the rest moves up.
    const sent = answers.filter((_, index) => !untried.includes(withAccount[index - 2] ?? ''));
    const { endpoint, forms } = await serveInTurn(...sent.map((body) => [200, body] as const));
    const { no, notTried, says } = await check(endpoint, account);
    const intervals = forms.flatMap((form) => new URLSearchParams(form).getAll('Interval'));

    expect(no).toEqual([title]);
    expect(says(title)).toContain(code);
    expect(notTried).toEqual(['speaks TLS, is trusted', ...untried]);
    expect(intervals).toEqual(title === 'Interval=55' ? ['55'] : ['55', '55']);
  });

  it.each([
    [
      'another code',
      404,
      answerOf('InvalidAccessKeyId.Gone', { 'a hostile | key': 1 }),
      'InvalidAccessKeyId.Gone (404): ',
    ],
    [
      'a RequestId for a code',
      404,
      answerOf('CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47'),
      'not JSON with a Code (404)',
    ],
    ['XML', 404, '<Error><Code>InvalidAccessKeyId.NotFound</Code></Error>', 'not JSON with a Code'],
    ['a text for a code', 404, answerOf('POST&%2F&AccessKeyId'), 'not JSON with a Code (404)'],
    ['acceptance', 200, answerOf('OK'), 'OK (200): accepted'],
  ])('to %s for an unknown AccessKey, and sends nothing', async (_, status, body, seen) => {
    const { endpoint, forms } = await serveInTurn([status, body, hostile]);
    const { no, notTried, says, record } = await check(endpoint, account);

    expect(no).toEqual(['unknown AccessKey']);
    expect(says('unknown AccessKey')).toContain(seen);
    expect(notTried).toEqual(expect.arrayContaining(withAccount));
    expect(record).toContain('keep-alive: timeout=5"');
    expect(record).not.toMatch(/hostile|CC3BB6D2/);
    expect(forms).toHaveLength(2);
  });

  it.each([
    // Too long a name to be asked for.
    ['no address', `https://${'a'.repeat(64)}.localhost`, 'resolves', /^ENOTFOUND, /],
    ['an address where nothing listens', nowhere, 'connects', /^ECONNREFUSED, /],
  ])('to %s, and tries nothing else', async (_, endpoint, title, seen) => {
    const { yes, no, notTried, says } = await check(endpoint, account);

    expect(no).toEqual([title]);
    expect(says(title)).toMatch(seen);
    expect([...yes, ...no, ...notTried]).toHaveLength(14);
    expect(yes).toEqual(title === 'resolves' ? [] : ['resolves']);
  });

  it.each([
    [
      'a clock that is behind',
      { date: inTwentyMinutes },
      'clock is right',
      /^1(?:19\d|200) s behind/,
    ],
    ['no Date', { date: '' }, 'clock is right', /no Date/],
    ['a connection closed at once', { connection: 'close' }, 'idle connection', /^closed/],
  ])('to %s', async (_, headers, title, seen) => {
    const { endpoint } = await serveInTurn([404, notFound, headers]);
    const { no, says } = await check(endpoint);

    expect(no).toEqual([title]);
    expect(says(title)).toMatch(seen);
  });

  it.each([
    ['a switch of protocols', 'HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n', ''],
    ['a body that drips', 'HTTP/1.1 404 No\r\nContent-Length: 9999\r\n\r\n', '.'],
  ])('in bounded time to %s, and goes on', async (_, head, drop) => {
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

describe('npm run check:aliyun', { concurrent: true, timeout: 30_000 }, () => {
  const script = path.resolve('scripts/check-aliyun.ts');
  const environment = {
    ALIYUN_ACCESS_KEY_ID: accessKey.id,
    ALIYUN_ACCESS_KEY_SECRET: accessKey.secret,
    ALIYUN_PHONE: number,
  };

  /** What the command prints where there is no terminal, and the status that it ends with. */
  const run = async (options: string[], more: Record<string, string> = {}, cwd = '.') => {
    const env = { PATH: process.env.PATH, ...environment, ...more };
    const start = ['--import', import.meta.resolve('tsx'), script, '--endpoint', nowhere];
    const args = [...start, '--idle', '1', ...options];

    return new Promise<Readonly<{ lines: string[]; status: unknown; all: string }>>((resolve) => {
      const child = execFile(process.execPath, args, { env, cwd }, (error, stdout, stderr) => {
        const lines = stdout.split('\n').slice(0, -1);
        resolve({ lines, status: error?.code ?? 0, all: stdout + stderr });
      });
      child.stdin?.end();
    });
  };

  const refusal = /^(?:.{1,80}\n)+--help lists the options\.\n$/;

  it.each([
    ['a call for help', ['--help'], 0, /^Usage: (?:.{0,80}\n)+$/],
    ['an option that does not exist', ['--unknown'], 2, refusal],
    ['an address that the config does not take', ['--endpoint', 'http://192.0.2.1'], 2, refusal],
  ])('ends at once where there is %s', async (_, options, expected, says) => {
    const { status, all } = await run(options);

    expect(status).toBe(expected);
    expect(all).toMatch(says);
  });

  it('ends where the server names no Date, and sends nothing where nobody says yes', async () => {
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
    closeAfterwards(async () => Promise.all([remove(), rm(cwd, { recursive: true })]));

    const sandbox = await openSandbox();
    const requestIds: string[] = [];
    const server = https.createServer({ cert, key }, (request, response) => {
      void text(request).then(async (body) => {
        const { 'content-type': type = '' } = request.headers;
        const headers = { 'content-type': type };
        const answer = await fetch(sandbox.endpoint, { method: 'POST', body, headers });
        const json = await answer.text();
        requestIds.push(/"RequestId":"([^"]+)"/.exec(json)?.[1] ?? '');
        response.writeHead(answer.status, { server: `${number} ${accessKey.id}` }).end(json);
      });
    });
    const { port } = await listen(server);
    const options = ['--endpoint', `https://localhost:${port}`, '--send', '--yes', '--record'];

    const untrusted = await run(options, {}, cwd);
    expect(untrusted.lines[2]).toMatch(/^no {9}speaks TLS, is trusted {2}DEPTH_ZERO_SELF_SIGNED_/);
    expect(untrusted.status).toBe(1);
    expect(requestIds).toEqual([]);

    const { lines, status, all } = await run(options, { NODE_EXTRA_CA_CERTS: file }, cwd);
    const end = new Date(new X509Certificate(cert).validTo).toISOString().slice(0, 10);
    expect(lines[2]).toMatch(new RegExp(`TLSv1\\.3, valid until ${end}, `));
    expect(lines.filter((line) => !/^(?:yes {8}|not tried {2}| {11}).{0,69}$/.test(line))).toEqual(
      [],
    );
    expect(status).toBe(0);
    expect(all).toContain('138****8000');
    expect(sandbox.messages).toHaveLength(1);
    expect(requestIds).toHaveLength(8);

    const record = await readFile(path.join(cwd, 'docs/aliyun-observed.md'), 'utf8');
    const today = new Date().toISOString().slice(0, 10);
    expect(record).toContain(`On ${today}, at https://localhost:${port}`);
    expect(record).toMatch(
      /\| yes \| message with 100001 \| OK \(200\).*\| .*Code.*in Model: .*BizId/,
    );
    expect(record).toContain('server: *** ***');

    const code = sandbox.messages[0]?.code ?? '';
    const secrets = [...requestIds, ...Object.values(environment), code];
    expect(secrets.filter((it) => all.includes(it) || record.includes(it))).toEqual([]);
  });
});

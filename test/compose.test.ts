import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import packageJson from '../package.json' with { type: 'json' };

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'docs');
const read = async (file: string): Promise<string> => readFile(path.join(root, file), 'utf8');

const composeGuard = z.object({
  name: z.string(),
  services: z.object({
    postgres: z.object({ image: z.string() }),
    app: z.object({
      build: z.object({
        context: z.string(),
        dockerfile: z.string(),
        args: z.object({ LOGTO_VERSION: z.string() }),
      }),
      entrypoint: z.tuple([z.literal('sh'), z.literal('-c'), z.string()]),
      environment: z.object({ DB_URL: z.string() }),
      ports: z.array(z.string()),
    }),
    sandbox: z.object({
      image: z.string(),
      network_mode: z.string(),
      volumes: z.array(z.string()),
      command: z.tuple([z.literal('node'), z.string()]).rest(z.string()),
    }),
  }),
});

const text = await read('docs/compose.yml');

describe('docs/compose.yml', () => {
  const { services } = composeGuard.parse(parse(text));
  const { app, sandbox } = services;

  it('builds the image of docs/Dockerfile where npm run package writes the connector', async () => {
    const context = path.resolve(folder, app.build.context);
    const dockerfile = await readFile(path.resolve(context, app.build.dockerfile), 'utf8');

    expect(path.resolve(context, app.build.dockerfile)).toBe(path.join(folder, 'Dockerfile'));
    expect(context).toBe(path.join(root, 'dist'));
    expect(await read('scripts/package.ts')).toContain("path.join(root, 'dist')");
    expect(dockerfile).toContain(`COPY connector-aliyun-sms-mas-${packageJson.version}.tgz `);
    expect(dockerfile).toContain('FROM svhd/logto:${LOGTO_VERSION}');
  });

  it('has the Logto that the tests and the other pages have', async () => {
    const version = app.build.args.LOGTO_VERSION;

    expect(packageJson.devDependencies['@logto/cli']).toBe(`^${version}`);

    for (const page of ['docs/Dockerfile', 'docs/install.md']) {
      expect(await read(page)).toContain(`LOGTO_VERSION=${version}`);
    }
  });

  it('starts the one file that npm run package writes, where Logto finds it', async () => {
    const [, file, ...options] = sandbox.command;
    const [volume = ''] = sandbox.volumes;
    const [source = '', target] = volume.split(':');
    const command = 'node sms-sandbox.mjs';

    expect(path.resolve(folder, source)).toBe(path.join(root, 'dist/sms-sandbox.mjs'));
    expect(await read('scripts/package.ts')).toContain("'sms-sandbox.mjs'");
    expect(target).toBe(file);
    expect(options).toEqual(['--host', '0.0.0.0', '--allow-host', 'app']);
    expect(sandbox.network_mode).toBe('service:app');
    expect(app.ports).toContain('127.0.0.1:4010:4010');
    expect(await read('docs/sandbox.md')).toContain(command);
    expect(Number(/^node:(\d+)-alpine$/.exec(sandbox.image)?.[1])).toBeGreaterThanOrEqual(22);
  });

  it('is published on this computer alone', () => {
    expect(app.ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  it('is started by the same command in every page', async () => {
    const command = /^# {3}(npm .*)$/m.exec(text)?.[1] ?? 'nothing';
    const [, file = ''] = /-f (\S+)/.exec(command) ?? [];
    const page = (await read('docs/sandbox.md')).replace(/ \\\n\s*/g, ' ');

    expect(path.join(root, file)).toBe(path.join(folder, 'compose.yml'));
    expect(page.split(command)).toHaveLength(3);
  });
});

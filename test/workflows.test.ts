import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const folder = path.resolve(import.meta.dirname, '../.github/workflows');

const stepGuard = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  shell: z.string().optional(),
});

const workflowGuard = z.object({
  permissions: z.record(z.string()),
  jobs: z.record(
    z.object({
      permissions: z.record(z.string()).optional(),
      steps: z.array(stepGuard),
    }),
  ),
});

const readWorkflow = async (name: string) =>
  workflowGuard.parse(parse(await readFile(path.join(folder, name), 'utf8')));

describe.each(await readdir(folder))('%s', (name) => {
  it('pins every action to a commit', async () => {
    const { jobs } = await readWorkflow(name);
    const actions = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ uses = [] }) => uses),
    );

    expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@[\da-f]{40}$/.test(action))).toEqual([]);
  });

  it('writes no value into a script: a shell would run what is in it', async () => {
    const { jobs } = await readWorkflow(name);
    const scripts = Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run = [] }) => run),
    );

    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });

  it('runs nothing of the repository in a job that may write', async () => {
    const { permissions, jobs } = await readWorkflow(name);
    const steps = Object.values(jobs)
      .filter((job) => Object.values(job.permissions ?? permissions).includes('write'))
      .flatMap((job) => job.steps);

    // Another action, or a second line, is to be looked at before it is added here.
    for (const { uses, run } of steps) {
      expect(uses ?? run).toMatch(
        /^(?:actions\/(?:download-artifact|attest-build-provenance)@\S+|gh release create [^\n;&|`()]+)$/,
      );
    }
  });
});

describe('aliyun.yml', () => {
  it('fails with the line that changed on the page of its run', async () => {
    const { jobs } = await readWorkflow('aliyun.yml');
    const [check, say] = jobs.check?.steps.slice(-2) ?? [];
    const cwd = await mkdtemp(path.join(tmpdir(), 'workflow-'));
    const summary = path.join(cwd, 'summary.md');
    const lines =
      'yes        clock       0 s\nno         unknown AccessKey  Renamed (404):\nno       general\n';
    await writeFile(path.join(cwd, 'npm'), `#!/bin/sh\nprintf '${lines}'\nexit 1\n`, {
      mode: 0o755,
    });

    /** As GitHub runs a step whose shell is bash; where none is named, a pipe ends as its last command does. */
    const run = async ({ run = '', shell }: z.infer<typeof stepGuard> = {}) =>
      new Promise<Readonly<{ status: unknown; stdout: string }>>((resolve) => {
        const env = { PATH: `${cwd}:${process.env.PATH}`, GITHUB_STEP_SUMMARY: summary };
        const options = shell === 'bash' ? ['-eo', 'pipefail', '-c', run] : ['-e', '-c', run];

        execFile('bash', options, { cwd, env }, (error, stdout) => {
          resolve({ status: error?.code ?? 0, stdout });
        });
      });

    expect(await run(check)).toEqual({ status: 1, stdout: lines });
    expect(await run(say)).toEqual({
      status: 0,
      stdout:
        "::error title=Aliyun's service is not as expected::unknown AccessKey  Renamed (404):%0Ageneral\n",
    });
    expect(await readFile(summary, 'utf8')).toContain(lines);
    await rm(cwd, { recursive: true });
  });
});

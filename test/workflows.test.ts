import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const folder = path.resolve(import.meta.dirname, '../.github/workflows');

const workflowGuard = z.object({
  permissions: z.record(z.string()),
  jobs: z.record(
    z.object({
      permissions: z.record(z.string()).optional(),
      steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
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

/**
 * Runs in an instance that hosts.ts made, with what the instance provides: loads its connectors as Logto's core does,
 * and reports what the first of them does with the task.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { loadConnectorFactories } from '@logto/cli/lib/connector/index.js';
import { getConnectorPackagesFromDirectory } from '@logto/cli/lib/utils.js';
import { ConnectorError, TemplateType } from '@logto/connector-kit';
import kit from '@logto/connector-kit/package.json' with { type: 'json' };
import { z, ZodError } from 'zod';

// Not inline, which would leave an import: the instance does not have that file.
import type { Report } from './hosts.js';

const messageGuard = z.object({
  to: z.string(),
  type: z.nativeEnum(TemplateType),
  config: z.unknown(),
});

const taskGuard = z.object({ configs: z.array(z.unknown()), messages: z.array(messageGuard) });

const packageGuard = z.object({ version: z.string() });

const readVersion = async (folder: string): Promise<string> => {
  const json: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));

  return packageGuard.parse(json).version;
};

const toLines = ({ issues }: ZodError): string[] =>
  issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

const describe = (error: unknown): string => {
  if (!(error instanceof ConnectorError)) {
    return String(error);
  }

  const details =
    error.data instanceof ZodError
      ? `ZodError ${toLines(error.data).join('\n')}`
      : JSON.stringify(error.data);

  return `ConnectorError ${error.code} ${details}`;
};

const examine = async (input: unknown): Promise<Report> => {
  const { configs, messages } = taskGuard.parse(input);
  const folder = path.join(import.meta.dirname, 'connectors');
  const packages = await getConnectorPackagesFromDirectory(folder);
  const factories = await loadConnectorFactories(packages, false);
  const [factory] = factories;

  const send = async ({ to, type, config }: z.infer<typeof messageGuard>): Promise<string> => {
    try {
      const connector = await factory?.createConnector({ getConfig: async () => config });

      if (!connector || !('sendMessage' in connector)) {
        return 'no connector';
      }

      await connector.sendMessage({ to, type, payload: { code: '811125', locale: 'en' } });

      return 'sent';
    } catch (error: unknown) {
      return describe(error);
    }
  };

  return {
    node: process.version,
    kit: kit.version,
    connectors: await Promise.all(
      factories.map(async ({ metadata: { id, logo, readme }, path }) => ({
        id,
        version: await readVersion(path),
        hasFiles: logo.startsWith('data:image/svg+xml;base64,') && readme.includes('\n'),
      })),
    ),
    issues: configs.map((config) => {
      const error = factory?.configGuard.safeParse(config).error;

      return error ? toLines(error) : [];
    }),
    outcomes: await Promise.all(messages.map(send)),
  };
};

process.once('message', (input) => {
  void examine(input).then((report) => {
    process.send?.(report, () => {
      process.disconnect();
    });
  });
});

/**
 * Runs in an instance that test-hosts.ts made, with what the instance provides: loads its connectors as Logto's core does,
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
import type { Report } from './test-hosts.js';

/** A message to send, and the config to send it with. */
const messageGuard = z.object({
  to: z.string(),
  type: z.nativeEnum(TemplateType),
  locale: z.string().optional(),
  config: z.unknown(),
});

const taskGuard = z.object({ configs: z.array(z.unknown()), messages: z.array(messageGuard) });

const packageGuard = z.object({ version: z.string() });

const readVersion = async (folder: string): Promise<string> => {
  const json: unknown = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));

  return packageGuard.parse(json).version;
};

/**
 * What Logto's core makes of a ZodError for the admin; none of its packages on npm exports that.
 *
 * @see https://github.com/logto-io/logto/blob/master/packages/core/src/errors/RequestError/index.ts
 */
const toDetails = ({ issues }: ZodError): string[] =>
  issues.map((issue) => {
    const text =
      issue.code === 'invalid_type'
        ? `Expected ${issue.expected} but received ${issue.received}.`
        : issue.message;

    return `Error in key path "${issue.path.join('.')}": (${issue.code}) ${text}`;
  });

/**
 * Where core looks for the text of a `general` error.
 *
 * @see https://github.com/logto-io/logto/blob/master/packages/core/src/middleware/koa-connector-error-handler.ts
 */
const descriptionGuard = z.object({ errorDescription: z.string() });

type Outcome = Report['outcomes'][number];

/** What core's answer holds. Anything but the host's own ConnectorError is an internal server error. */
const toOutcome = (error: unknown): Outcome => {
  if (!(error instanceof ConnectorError)) {
    return { code: `internal: ${String(error)}` };
  }

  return {
    code: error.code,
    text: descriptionGuard.safeParse(error.data).data?.errorDescription,
    details: error.data instanceof ZodError ? toDetails(error.data) : [],
  };
};

const examine = async (input: unknown): Promise<Report> => {
  const { configs, messages } = taskGuard.parse(input);
  const folder = path.join(import.meta.dirname, 'connectors');
  const packages = await getConnectorPackagesFromDirectory(folder);
  const factories = await loadConnectorFactories(packages, false);
  const [factory] = factories;

  const send = async (message: z.infer<typeof messageGuard>): Promise<Outcome> => {
    const { to, type, locale, config } = message;

    try {
      const connector = await factory?.createConnector({ getConfig: async () => config });

      if (!connector || !('sendMessage' in connector)) {
        return { code: 'no connector' };
      }

      const payload = { code: '811125', ...(locale !== undefined && { locale }) };
      await connector.sendMessage({ to, type, payload });

      return { code: 'sent' };
    } catch (error: unknown) {
      return toOutcome(error);
    }
  };

  const connectors = await Promise.all(
    factories.map(async ({ metadata, path }) => ({
      id: metadata.id,
      version: await readVersion(path),
      hasFiles:
        metadata.logo.startsWith('data:image/svg+xml;base64,') && metadata.readme.includes('\n'),
    })),
  );
  const issues = configs.map((config) => {
    const error = factory?.configGuard.safeParse(config).error;

    return error ? toDetails(error) : [];
  });
  const outcomes = await Promise.all(messages.map(send));

  return { node: process.version, kit: kit.version, connectors, issues, outcomes };
};

process.once('message', (input) => {
  void examine(input).then((report) => {
    process.send?.(report, () => {
      process.disconnect();
    });
  });
});

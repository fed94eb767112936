/**
 * Runs inside a Logto, with what that provides: loads its connectors as its core does, has the first one check a config
 * and send messages, and prints what came of it as JSON. Its one argument is the task.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z, ZodError } from 'zod';

import { loadConnectorFactories } from '@logto/cli/lib/connector/index.js';
import { getConnectorPackagesFromDirectory } from '@logto/cli/lib/utils.js';
import { ConnectorError, TemplateType } from '@logto/connector-kit';

const taskGuard = z.object({
  config: z.unknown(),
  messages: z.array(
    z.object({ to: z.string(), type: z.nativeEnum(TemplateType), locale: z.string().optional() })
  ),
});

const packageGuard = z.object({ version: z.string() });

const readVersion = async (folder: string): Promise<string> => {
  const json = await readFile(path.join(folder, 'package.json'), 'utf8');

  return packageGuard.parse(JSON.parse(json)).version;
};

const linesOf = ({ issues }: ZodError): string[] =>
  issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

/** Logto's core knows an error by the classes of its own packages, and answers 500 to any other. */
const outcomeOf = (error: unknown) =>
  error instanceof ConnectorError && error.data instanceof ZodError
    ? {
        code: error.code,
        user: 'errorDescription' in error.data ? [error.data.errorDescription] : [],
        admin: linesOf(error.data),
      }
    : `Internal server error: ${String(error)}`;

const { config, messages } = taskGuard.parse(JSON.parse(process.argv[2] ?? ''));
const packages = await getConnectorPackagesFromDirectory(path.resolve('connectors'));
const factories = await loadConnectorFactories(packages, false);
const [factory] = factories;

const send = async ({ to, type, locale }: z.infer<typeof taskGuard>['messages'][number]) => {
  try {
    const connector = await factory?.createConnector({ getConfig: async () => config });

    if (!connector || !('sendMessage' in connector)) {
      return 'no connector';
    }

    await connector.sendMessage({
      to,
      type,
      payload: { code: '811125', ...(locale && { locale }) },
    });

    return 'sent';
  } catch (error: unknown) {
    return outcomeOf(error);
  }
};

const checked = factory?.configGuard.safeParse(config);
const connectors = await Promise.all(
  factories.map(async ({ metadata: { logo, readme }, path: folder }) => ({
    version: await readVersion(folder),
    hasFiles: logo.startsWith('data:image/svg+xml;base64,') && readme.startsWith('# '),
  }))
);

console.log(
  JSON.stringify({
    connectors,
    refused: checked?.error ? linesOf(checked.error) : [],
    outcomes: await Promise.all(messages.map(async (message) => send(message))),
  })
);

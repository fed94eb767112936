import { loadConnectorFactories } from '@logto/cli/lib/connector/index.js';
import { getConnectorPackagesFromDirectory } from '@logto/cli/lib/utils.js';
import { connectorMetadataGuard, ConnectorType, TemplateType } from '@logto/connector-kit';
import { beforeAll, describe, expect, inject, it, vi } from 'vitest';

import configTemplate from '../docs/config-template.json' with { type: 'json' };
import { startSandbox } from '../sandbox/server.js';
import { accessKey } from '../sandbox/service/catalogue.js';

type Factory = Awaited<ReturnType<typeof loadConnectorFactories>>[number];

describe("the packed connector, loaded by Logto's own loader", () => {
  const logged: unknown[] = [];
  let factories: Factory[];

  beforeAll(async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...line: unknown[]) => {
        logged.push(line);
      }),
    );
    const packages = await getConnectorPackagesFromDirectory(inject('connectors'));
    factories = await loadConnectorFactories(packages, false);

    for (const spy of spies) {
      spy.mockRestore();
    }
  });

  const factory = (): Factory => {
    const [first] = factories;

    if (!first) {
      throw new Error('Nothing was loaded.');
    }

    return first;
  };

  it('loads, and nothing is logged', () => {
    expect(logged).toEqual([]);
    expect(factories).toHaveLength(1);
  });

  it('has its logo, README and config template in its metadata', () => {
    const { metadata, type } = factory();

    expect(type).toBe(ConnectorType.Sms);
    expect(connectorMetadataGuard.safeParse(metadata).error).toBeUndefined();
    expect(metadata.logo).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(Buffer.from(metadata.logo.split(',')[1] ?? '', 'base64').toString()).toMatch(
      /^<svg [^>]*viewBox="0 0 48 48">[\s\S]*<\/svg>\n$/,
    );
    expect(metadata.readme).toMatch(/^# /);
    expect(JSON.parse(metadata.configTemplate ?? '')).toEqual(configTemplate);
  });

  it('sends a message with the config template, once keys are written into it', async () => {
    const sandbox = await startSandbox();
    const config = {
      ...configTemplate,
      accessKeyId: accessKey.id,
      accessKeySecret: accessKey.secret,
      endpoint: sandbox.endpoint,
    };

    try {
      const { createConnector, configGuard } = factory();
      const connector = await createConnector({ getConfig: async () => config });

      expect(configGuard.safeParse(config).success).toBe(true);
      expect(connector.type).toBe(ConnectorType.Sms);

      if (!('sendMessage' in connector)) {
        throw new TypeError('The connector sends nothing.');
      }

      await connector.sendMessage({
        to: '8613800138000',
        type: TemplateType.SignIn,
        payload: { code: '811125', locale: 'zh-CN', uiLocales: 'zh-CN en' },
        ip: '203.0.113.7',
      });

      expect(sandbox.messages).toMatchObject([{ phoneNumber: '13800138000', code: '811125' }]);
    } finally {
      await sandbox.close();
    }
  });
});

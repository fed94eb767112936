import { loadConnectorFactories } from '@logto/cli/lib/connector/index.js';
import { getConnectorPackagesFromDirectory } from '@logto/cli/lib/utils.js';
import { connectorMetadataGuard, ConnectorType } from '@logto/connector-kit';
import { describe, expect, inject, it, vi } from 'vitest';

import configTemplate from '../docs/config-template.json' with { type: 'json' };

import { pathsOf } from './helpers/errors.js';
import { config, refusal } from './helpers/send.js';
import { answerOf, serveInTurn } from './helpers/servers.js';

const levels = ['log', 'info', 'warn', 'error'] as const;
const spies = levels.map((level) => vi.spyOn(console, level).mockReturnValue());
const packages = await getConnectorPackagesFromDirectory(inject('connectors'));
const factories = await loadConnectorFactories(packages, false);
const logged = spies.flatMap((spy) => spy.mock.calls);

for (const spy of spies) {
  spy.mockRestore();
}

const [factory] = factories;

if (!factory) {
  throw new Error(`Nothing was loaded: ${JSON.stringify(logged)}`);
}

describe("the packed connector, loaded by Logto's own loader", () => {
  it('loads, and nothing is logged', () => {
    expect(factories).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it('has its logo, guide and config template in its metadata', () => {
    const { metadata, type } = factory;

    expect(type).toBe(ConnectorType.Sms);
    expect(connectorMetadataGuard.safeParse(metadata).error).toBeUndefined();
    expect(metadata.logo).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(Buffer.from(metadata.logo.split(',')[1] ?? '', 'base64').toString()).toMatch(
      /^<svg [^>]*viewBox="0 0 48 48">[\S\s]*<\/svg>\n$/
    );
    expect(metadata.readme).toMatch(/^# /);
    expect(JSON.parse(metadata.configTemplate ?? '')).toEqual(configTemplate);
  });

  it('sends a message with the config template, once keys are written into it', async () => {
    const { endpoint, forms } = await serveInTurn([200, answerOf('OK')]);
    const keys = { accessKeyId: 'fake-id', accessKeySecret: 'fake-secret' };
    const written = { ...configTemplate, ...keys, endpoint };

    expect(factory.configGuard.safeParse(written).success).toBe(true);
    expect(await refusal(written, {}, factory.createConnector)).toBeUndefined();
    expect(forms).toEqual([
      expect.stringMatching(/&PhoneNumber=13800138000&.*&TemplateParam=%7B%22code%22%3A%22482913/),
    ]);
  });

  it("throws errors of the host's own class, whose data the host can read", async () => {
    const { endpoint } = await serveInTurn([200, answerOf('SignatureDoesNotMatch')]);
    const error = await refusal({ ...config, endpoint }, {}, factory.createConnector);

    // It throws for any other class.
    expect(pathsOf(error)).toEqual(['accessKeySecret', 'endpoint']);
  });
});

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { accessKey, createConfig, currentSignature } from './catalogue.js';

const template = path.join(import.meta.dirname, '../../docs/config-template.json');
const endpoint = 'http://127.0.0.1:4010';

describe('the config that the sandbox shows', () => {
  it('is the template of the connector with the address and the AccessKey of the sandbox', async () => {
    const configTemplate: unknown = JSON.parse(await readFile(template, 'utf8'));

    expect({
      ...createConfig(endpoint, currentSignature),
      accessKeyId: '<access-key-id>',
      accessKeySecret: '<access-key-secret>',
    }).toEqual({ endpoint, ...(configTemplate as Record<string, unknown>) });
  });

  it('has a signature of one’s own where it is sent as it is written', () => {
    expect(createConfig(endpoint, '某某签名')).toMatchObject({
      accessKeyId: accessKey.id,
      signName: currentSignature,
      signNameOverride: '某某签名',
    });
  });
});

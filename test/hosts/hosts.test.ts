import { cp, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, inject, it } from 'vitest';

import packageJson from '../../package.json' with { type: 'json' };
import { configFor, openSandbox } from '../helpers/sandbox.js';

import { examine, makeInstance, runCommand } from './instance.js';

const { name, version } = packageJson;
const added = `Added ${name} v${version}`;
const addCommand = inject('addCommand');
const hosts = inject('hosts');

/** The usage types of all Logtos, and those that came later. */
const oldTypes = [
  'SignIn',
  'Register',
  'ForgotPassword',
  'OrganizationInvitation',
  'Generic',
  'UserPermissionValidation',
];
const newTypes = ['BindNewIdentifier', 'MfaVerification', 'BindMfa'];
const allTypes = [...oldTypes, ...newTypes];

/** Generic has a template of its own. */
const templatesFor = (types: readonly string[]) =>
  types.map((usageType) => ({
    usageType,
    templateCode: usageType === 'Generic' ? '100002' : '100001',
  }));

/** Whether Generic's template is sent with a config of an older Logto. */
const isGeneric = (type: string): boolean => type === 'Generic' || newTypes.includes(type);

/** A message of each usage type, each to a number that the sandbox delivers to. */
const messages = allTypes.map((type, index) => ({ type, to: `86${13_800_001_000 + index}` }));
const allSent = messages.map(() => 'sent');

describe.for(hosts)('Logto $cli with connector-kit $kit', (host) => {
  it('adds the connector with the command that `npm run package` prints', () => {
    expect(host.printed).toContain(added);
  });

  describe.concurrent.for(inject('nodes'))('on Node.js $major', ({ file: node }) => {
    it('loads it, with its logo and guide', async () => {
      expect(await examine(host, { node })).toMatchObject({
        report: { connectors: [{ version, hasFiles: true }] },
        printed: '',
      });
    });

    it('sends the newer usage types with the template of Generic, if an old config has none for them', async () => {
      const sandbox = await openSandbox();
      const config = { ...configFor(sandbox.endpoint), templates: templatesFor(oldTypes) };

      expect(await examine(host, { config, messages, node })).toMatchObject({
        report: { outcomes: allSent },
      });
      expect(
        new Map(
          sandbox.messages.map(({ phoneNumber, templateCode }) => [phoneNumber, templateCode])
        )
      ).toEqual(
        new Map(
          messages.map(({ to, type }) => [to.slice(2), isGeneric(type) ? '100002' : '100001'])
        )
      );
    });

    it("tells admin and user what is wrong, with the host's own errors", async () => {
      const { endpoint } = await openSandbox();
      const refused = [
        { type: 'SignIn', to: '8613800000007', locale: 'en' },
        { type: 'SignIn', to: '8613800000004', locale: 'zh-CN' },
      ];

      const config = configFor(endpoint);
      const { report, printed } = await examine(host, { config, messages: refused, node });

      expect(report).toMatchObject({
        outcomes: [
          {
            code: 'invalid_config',
            user: [],
            admin: [
              expect.stringMatching(/^accessKeySecret: .*\n.*SignatureDoesNotMatch/),
              expect.stringMatching(/^endpoint: /),
            ],
          },
          {
            code: 'general',
            user: [expect.stringContaining('验证码')],
            admin: [expect.stringMatching(/^accessKeyId: .*\n.*isv\.OUT_OF_SERVICE/)],
          },
        ],
      });
      expect(printed).toMatch(/^connector-aliyun-sms-mas: .*accessKeySecret/m);
    });
  });
});

// The built-in connector needs a kit of 5.1 or later.
describe.for(hosts.filter(({ kit }) => Number.parseFloat(kit) >= 5.1).slice(-1))(
  'Logto $cli and its built-in connector of the same name',
  (host) => {
    it('has this one in its place, with its config, until it is linked again', async () => {
      const instance = await makeInstance(host);
      const connectors = path.join(instance.core, 'connectors');
      const builtIn = path.join(instance.folder, 'packages/connectors/connector-aliyun-sms-mas');
      const { endpoint } = await openSandbox();
      const config = {
        ...configFor(endpoint),
        signName: '速通互联验证码',
        templates: templatesFor(allTypes),
      };

      await runCommand(instance, `logto connector add ${name}@1.1.2 -p .`);
      expect(await examine(instance, { config })).toMatchObject({
        report: { connectors: [{ version: '1.1.2' }], refused: [] },
      });

      const [folder = ''] = await readdir(connectors);
      await cp(path.join(connectors, folder), builtIn, { recursive: true });
      await symlink(path.join(instance.core, 'node_modules'), path.join(builtIn, 'node_modules'));

      expect(await runCommand(instance, addCommand)).toContain(added);
      expect(await examine(instance, { config, messages })).toMatchObject({
        report: { connectors: [{ version }], refused: [], outcomes: allSent },
      });

      await runCommand(instance, 'npm run cli connector link');
      expect(await examine(instance)).toMatchObject({
        report: { connectors: [{ version: '1.1.2' }] },
      });

      // As it is when an image is built.
      const checkout = inject('checkout');
      const dockerfile = await readFile(path.join(checkout, 'docs/Dockerfile'), 'utf8');
      const [, file = ''] = /^COPY (\S+) /m.exec(dockerfile) ?? [];
      const [, command = ''] = /^RUN ([^]+)/m.exec(dockerfile) ?? [];
      await runCommand(instance, command.replaceAll(`/tmp/${file}`, `${checkout}/dist/${file}`));
      expect(await examine(instance)).toMatchObject({
        report: { connectors: [{ version }] },
      });

      await runCommand(instance, `logto connector remove ${name} -p .`);
      expect(await readdir(connectors)).toEqual([]);
    });
  }
);

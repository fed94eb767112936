/**
 * Before all tests: finds the Logto and what is in it, sets up what the tests need, and gives back what puts everything as
 * it was. Where something is missing it says so in one sentence, and nothing runs.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

import { chromium, type Browser, type FullConfig } from '@playwright/test';

import { type Admin, registerAdmin, signInToConsole } from './console.js';
import {
  type Access,
  adminEndpoint,
  endpoint,
  factoryId,
  getSmsConnector,
  manage,
  setAccess,
  setSmsConnector,
  signInByPhone,
} from './logto.js';
import { readMagicNumbers } from './magic-numbers.js';
import { getFaults, sandboxConfig, sandboxUrl, setFaults } from './sandbox.js';

/** Says what is missing, and ends. */
const stop = (sentence: string): never => {
  console.error(sentence);
  // eslint-disable-next-line unicorn/no-process-exit -- What is thrown here is shown with a stack trace around it.
  process.exit(1);
};

/** The JSON of an address, or `undefined` where none is. */
const read = async (url: string): Promise<unknown> => {
  try {
    const response = await fetch(url);

    const answer: unknown = await response.json();

    return answer;
  } catch {}
};

const adminFileGuard = z.object({ admin: z.object({ name: z.string(), password: z.string() }) });

/** Console's name and password, from the environment. */
const findAdmin = async (): Promise<Admin> => {
  const { LOGTO_ADMIN_NAME: name, LOGTO_ADMIN_PASSWORD: password, LOGTO_ADMIN_FILE } = process.env;

  if (name && password) {
    return { name, password };
  }

  if (!LOGTO_ADMIN_FILE) {
    return stop(
      "Console's name and password are missing: write them into LOGTO_ADMIN_NAME and LOGTO_ADMIN_PASSWORD."
    );
  }

  try {
    return adminFileGuard.parse(JSON.parse(await readFile(LOGTO_ADMIN_FILE, 'utf8'))).admin;
  } catch {
    return stop(
      `The file in LOGTO_ADMIN_FILE holds no admin.name and admin.password: ${LOGTO_ADMIN_FILE}`
    );
  }
};

/** Console's name and password, those of a new admin where there is none, and a token for the Management API. */
const enter = async (browser: Browser, hasAdmin: boolean): Promise<Omit<Access, 'startedAt'>> => {
  const admin = await (hasAdmin
    ? findAdmin()
    : registerAdmin(await browser.newPage({ locale: 'en' })));
  const page = await browser.newPage({ locale: 'en' });
  const called = page.waitForRequest(`${endpoint}/api/connectors`, { timeout: 60_000 });

  const [request] = await Promise.all([called, signInToConsole(page, admin)]).catch(
    (error: unknown) => stop(`Console does not let ${admin.name} in: ${String(error)}`)
  );
  const authorization = await request.headerValue('authorization');
  const version = await page.getByText(/^v\d+\.\d+/).textContent();
  console.log(`Logto ${version ?? ''} at ${endpoint}`);

  return { ...admin, token: String(authorization).replace('Bearer ', '') };
};

const factoriesGuard = z.object({ id: z.string(), formItems: z.unknown() }).array();
const signInExperienceGuard = z.object({
  signInMode: z.unknown(),
  signUp: z.unknown(),
  signIn: z.unknown(),
  forgotPasswordMethods: z.unknown(),
  languageInfo: z.unknown(),
  mfa: z.unknown(),
  adaptiveMfa: z.unknown(),
});
const accountCenterGuard = z.object({ enabled: z.boolean(), fields: z.unknown() });

const prepare = async ({ projects: [project] }: FullConfig): Promise<() => Promise<void>> => {
  const startedAt = Date.now();
  const experiences = await Promise.all(
    [endpoint, adminEndpoint].map(async (url) => read(`${url}/api/.well-known/sign-in-exp`))
  );

  if (experiences.includes(undefined)) {
    stop(
      `No Logto answers at ${endpoint} and ${adminEndpoint}: start one, or write where it is into LOGTO_ENDPOINT and LOGTO_ADMIN_ENDPOINT.`
    );
  }

  const faults = await getFaults().catch(() =>
    stop(`What answers at ${sandboxUrl} is not the sandbox.`)
  );
  const { signInMode } = z.object({ signInMode: z.string() }).parse(experiences[1]);

  const browser = await chromium.launch(project?.use.launchOptions);
  const access = await enter(browser, signInMode !== 'Register');
  await browser.close();
  setAccess({ ...access, startedAt });

  const factories = factoriesGuard.parse(await manage('GET', '/connector-factories'));
  const factory = factories.find(({ id }) => id === factoryId);

  if (!factory || factory.formItems) {
    stop(
      'This Logto does not have the connector: add it as docs/install.md says, and restart Logto.'
    );
  }

  const connector = await getSmsConnector();
  // The connector takes `http://` for this computer alone.
  const isSandbox = String(connector?.config.endpoint).startsWith('http://');

  if (connector && !isSandbox && !process.env.LOGTO_OVERWRITE) {
    stop(
      `The SMS connector that is set up (${connector.connectorId}) does not lead to the sandbox: with LOGTO_OVERWRITE=1 it is replaced, and put back afterwards.`
    );
  }

  const experience = signInExperienceGuard.parse(await manage('GET', '/sign-in-exp'));
  const accountCenter = accountCenterGuard.parse(await manage('GET', '/account-center'));

  const putBack = async (): Promise<void> => {
    await manage('PATCH', '/sign-in-exp', experience);
    await manage('PATCH', '/account-center', accountCenter);

    if (connector) {
      await setSmsConnector(connector.connectorId, connector.config);
    } else {
      const added = await getSmsConnector();
      await (added && manage('DELETE', `/connectors/${added.id}`));
    }

    await setFaults(faults);
  };

  try {
    await setFaults({ all: null, next: null, interval: true });
    await setSmsConnector(factoryId, sandboxConfig);
    await manage('PATCH', '/sign-in-exp', signInByPhone);
    await manage('PATCH', '/account-center', { enabled: true, fields: { phone: 'Edit' } });
    // Logto counts what it sent to a number; the magic ones are used by every run.
    const targets = readMagicNumbers('en').map(({ number }) => `86${number}`);
    await manage('POST', '/sentinel-activities/delete', { targetType: 'User', targets });
  } catch (error: unknown) {
    await putBack();
    throw error;
  }

  return putBack;
};

export default prepare;

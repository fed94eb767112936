import type * as Kit from '@logto/connector-kit';
import { TemplateType } from '@logto/connector-kit';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { isUsageType } from './usage-types.js';

/** Those of Logto 1.42; hosts with an older connector-kit lack the last two. */
const types = [
  'SignIn',
  'Register',
  'ForgotPassword',
  'OrganizationInvitation',
  'Generic',
  'UserPermissionValidation',
  'BindNewIdentifier',
  'MfaVerification',
  'BindMfa',
];

/** The rule as it is on a host whose connector-kit has these types. */
const loadOnHost = async (hostTypes: Record<string, string>) => {
  vi.doMock('@logto/connector-kit', async (importOriginal) => ({
    ...(await importOriginal<typeof Kit>()),
    TemplateType: hostTypes,
  }));
  vi.resetModules();

  return import('./usage-types.js');
};

afterEach(() => {
  vi.doUnmock('@logto/connector-kit');
  vi.resetModules();
});

describe('isUsageType', () => {
  it.each([...new Set([...types, ...Object.values(TemplateType)])])('knows %s', (type) => {
    expect(isUsageType(type)).toBe(true);
  });

  it.each(['Signin', 'signIn', 'SignIn ', '', 'constructor', '__proto__', '登录'])(
    'does not know %j',
    (type) => {
      expect(isUsageType(type)).toBe(false);
    }
  );

  it('knows the types that an older host lacks', async () => {
    const older = await loadOnHost({ Generic: 'Generic' });

    expect(types.filter((it) => older.isUsageType(it))).toEqual(types);
  });

  it('knows the types that only a newer host has', async () => {
    const newer = await loadOnHost({ ...TemplateType, Newest: 'Newest' });

    expect(newer.isUsageType('Newest')).toBe(true);
    expect(isUsageType('Newest')).toBe(false);
  });
});

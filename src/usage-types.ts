import { TemplateType } from '@logto/connector-kit';

/** The usage types of Logto, whether or not the host's connector-kit is new enough to have them all. */
export const usageTypes = [
  'SignIn',
  'Register',
  'ForgotPassword',
  'OrganizationInvitation',
  'Generic',
  'UserPermissionValidation',
  'BindNewIdentifier',
  'MfaVerification',
  'BindMfa',
] as const;

/** Hosts newer than this connector may have more. */
const known = new Set<unknown>([...usageTypes, ...Object.values(TemplateType)]);

/** Whether a value is a usage type of Logto's, of this connector's day or of the host's. */
export const isUsageType = (value: unknown): value is string => known.has(value);

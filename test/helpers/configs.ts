import { configGuard } from '../../src/config.js';

import { formatZodError } from './errors.js';
import { config, generic } from './fixtures.js';

/** What Console's toast shows of a config that a guard refuses, an item for each issue. */
export const detailsOf = (input: unknown, guard = configGuard): string[] => {
  const { error } = guard.safeParse(input);

  return error ? formatZodError(error) : [];
};

/** Configs that have a key set to each of these values. */
export const having = (key: string, values: readonly unknown[]): Array<Record<string, unknown>> =>
  values.map((value) => ({ ...config, [key]: value }));

/** Configs with each of these as their second template. */
export const havingTemplate = (values: readonly unknown[]): Array<Record<string, unknown>> =>
  values.map((value) => ({ ...config, templates: [generic, value] }));

/** Configs with each of these as the code of their second template. */
export const havingTemplateCode = (values: readonly unknown[]): Array<Record<string, unknown>> =>
  havingTemplate(values.map((templateCode) => ({ usageType: 'SignIn', templateCode })));

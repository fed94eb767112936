import { z, ZodError } from 'zod';

import { ConnectorError } from '@logto/connector-kit';
// All of Logto's phrases are 27 MB.
import english from '@logto/phrases/lib/locales/en/errors/connector.js';
import chinese from '@logto/phrases/lib/locales/zh-cn/errors/connector.js';

const connectorErrorGuard = z.instanceof(ConnectorError);
const sentencesGuard = z.record(z.unknown());
const descriptionGuard = z.object({ errorDescription: z.string().optional() });

/** The data of an error as Logto reads it: `details` for the admin is made of the issues of a ZodError alone. */
const dataOf = (error: unknown): ZodError =>
  z.instanceof(ZodError).parse(connectorErrorGuard.parse(error).data);

/** What an error tells the admin, an issue a line. Throws for all but a ConnectorError whose data is a ZodError. */
export const saidIn = (error: unknown): string =>
  dataOf(error)
    .issues.map(({ message }) => message)
    .join('\n');

/** The keys that an error blames, such as `templates.2.templateCode`. Throws as {@link saidIn} does. */
export const pathsOf = (error: unknown): string[] =>
  dataOf(error).issues.map(({ path }) => path.join('.'));

/** What an error tells the end user; nothing where Logto has a sentence of its own. Throws as {@link saidIn} does. */
export const toldUser = (error: unknown): string | undefined =>
  descriptionGuard.parse(dataOf(error)).errorDescription;

/**
 * The `details` that Logto makes of a ZodError, which Console shows: an item for each issue.
 *
 * @see https://github.com/logto-io/logto/blob/master/packages/core/src/errors/RequestError/index.ts
 */
export const formatZodError = ({ issues }: ZodError): string[] =>
  issues.map((issue) => {
    const base = `Error in key path "${issue.path.map(String).join('.')}": (${issue.code}) `;

    return issue.code === 'invalid_type'
      ? `${base}Expected ${issue.expected} but received ${issue.received}.`
      : base + issue.message;
  });

/** The sentence of Logto's that the end user reads, with the connector's own in it where it has a place for one. */
export const shownToUser = (error: unknown, language: 'en' | 'zh'): string => {
  const { code } = connectorErrorGuard.parse(error);
  const sentences = sentencesGuard.parse(language === 'en' ? english : chinese);

  return z
    .string()
    .parse(sentences[code])
    .replace('{{errorDescription}}', () => toldUser(error) ?? '');
};

import { ConnectorError } from '@logto/connector-kit';
import { z, ZodError } from 'zod';

/** The data of an error as Logto reads it: `details` for the admin is made of the issues of a ZodError alone. */
const dataOf = (error: unknown): ZodError =>
  z.instanceof(ZodError).parse(z.instanceof(ConnectorError).parse(error).data);

/** What an error tells the admin, an issue a line. Throws for all but a ConnectorError whose data is a ZodError. */
export const saidIn = (error: unknown): string =>
  dataOf(error)
    .issues.map(({ message }) => message)
    .join('\n');

/** The keys that an error blames, such as `templates.2.templateCode`. Throws as {@link saidIn} does. */
export const pathsOf = (error: unknown): string[] =>
  dataOf(error).issues.map(({ path }) => path.join('.'));

/** What an error tells whoever signs in; nothing where Logto has a sentence of its own. Throws as {@link saidIn} does. */
export const toldUser = (error: unknown): string | undefined =>
  z.object({ errorDescription: z.string().optional() }).parse(dataOf(error)).errorDescription;

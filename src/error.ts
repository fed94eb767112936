import { type Optional } from '@silverhand/essentials';
import { ZodError, ZodIssueCode } from 'zod';

import { ConnectorError, type ConnectorErrorCodes } from '@logto/connector-kit';

/** The languages that errors are told in. */
export type Language = 'en' | 'zh';

/** One text in both languages. */
export type Sentence = Readonly<Record<Language, string>>;

/** A key at fault, of the config or of Logto's message, with what the admin is told of it in both languages. */
export type Issue = Readonly<{ path: ReadonlyArray<string | number>; message: string }>;

/**
 * Both languages of a text, a line each. Chinese comes first: most readers are in China, and a toast is read from its
 * top and stays for seconds.
 */
export const inBoth = ({ zh, en }: Sentence): string => `${zh}\n${en}`;

/** A text with what there is of some notes in brackets behind it, such as a code and a RequestId. */
export const withNotes = (text: string, notes: ReadonlyArray<Optional<string>>): string => {
  const present = notes.filter(Boolean);

  return present.length > 0 ? `${text} (${present.join(', ')})` : text;
};

/**
 * Makes the error to throw. All of it reaches the browser of the end user, so nothing confidential may be in it.
 *
 * @param code Logto has a fixed sentence for the end user, for all codes but `general`.
 * @param issues What the admin is told. Logto makes `details` of the issues of a ZodError, whatever the code; Console
 * and the audit log show them.
 * @param errorDescription What the end user is told, for `general` alone.
 */
export const createError = (
  code: ConnectorErrorCodes,
  issues: readonly Issue[],
  errorDescription?: Optional<string>
): ConnectorError => {
  const data = new ZodError(
    // The message comes first: Logto's audit log shows the first hundred characters.
    issues.map(({ path, message }) => ({ message, path: [...path], code: ZodIssueCode.custom }))
  );

  return new ConnectorError(
    code,
    // eslint-disable-next-line @silverhand/fp/no-mutating-assign -- Nobody else has the new error.
    errorDescription === undefined ? data : Object.assign(data, { errorDescription })
  );
};

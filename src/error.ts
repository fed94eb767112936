import { ConnectorError, type ConnectorErrorCodes } from '@logto/connector-kit';
import { type Nullable, type Optional } from '@silverhand/essentials';

/** The languages that errors are told in. */
export type Language = 'en' | 'zh';

/** One or two sentences: what is wrong, and what to do next. */
export type Sentence = Readonly<Record<Language, string>>;

/**
 * The language for whoever sees an error.
 *
 * @param payload The payload of the message. Its `locale` is a language tag if it is there at all: Console sends its
 * own language with a test, a sign-in the user's.
 */
export const languageFor = (payload: Optional<Nullable<{ locale?: unknown }>>): Language =>
  typeof payload?.locale === 'string' && /^zh/i.test(payload.locale) ? 'zh' : 'en';

/**
 * A ConnectorError whose data Logto shows: the `errorDescription`, in the reader's language, and what `details` holds.
 * Data goes unfiltered to the browser of whoever asked for the code, so nothing confidential may be in it.
 */
export const describeError = (
  code: ConnectorErrorCodes,
  sentence: Sentence,
  language: Language,
  details: Readonly<Record<string, string>> = {},
): ConnectorError => new ConnectorError(code, { errorDescription: sentence[language], ...details });

import { ConnectorError, type ConnectorErrorCodes } from '@logto/connector-kit';

/** The languages that errors are told in. */
export type Language = 'en' | 'zh';

/** One or two sentences: what is wrong, and what to do next. */
export type Sentence = Readonly<Record<Language, string>>;

/**
 * The language for whoever sees an error.
 *
 * @param locale `payload.locale` of the message, a language tag if it is there at all: Console sends its own language
 * with a test, a sign-in the user's.
 */
export const languageFor = (locale: unknown): Language =>
  typeof locale === 'string' && /^zh/i.test(locale) ? 'zh' : 'en';

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

import { ConnectorError, ConnectorErrorCodes } from '@logto/connector-kit';
import { type Nullable, type Optional } from '@silverhand/essentials';
import { ZodError, ZodIssueCode } from 'zod';

/** The languages that errors are told in. */
export type Language = 'en' | 'zh';

/** What is wrong, and what to do. */
export type Sentence = Readonly<Record<Language, string>>;

/** A key at fault, of the config or of the message, with what the admin is told of it. */
export type Issue = Readonly<{ path: ReadonlyArray<string | number> }> & Sentence;

/** What somebody who wants to sign in is told: nothing that only the admin can change. */
export const userSentences = {
  notSent: {
    en: 'The code could not be sent. Try again in a few minutes.',
    zh: '验证码发送失败，请几分钟后再试。',
  },
  mayArrive: {
    en: 'The code may still arrive. If it does not, try again in a minute.',
    zh: '验证码可能仍会送达；如未收到，请一分钟后再试。',
  },
} satisfies Record<string, Sentence>;

/**
 * The language of whoever sees an error.
 *
 * @param payload The payload of the message. The sign-in page puts the user's language tag in its `locale`; Console's
 * test and the Management API put none.
 * @returns Nothing where the language is not known: then both are written.
 */
export const languageFor = (
  payload: Optional<Nullable<{ locale?: unknown }>>,
): Optional<Language> => {
  const locale = payload?.locale;

  return typeof locale === 'string' && locale !== ''
    ? /^zh/i.test(locale)
      ? 'zh'
      : 'en'
    : undefined;
};

/** Both languages, a line each. */
export const inBoth = (en: string, zh: string): string => `${en}\n${zh}`;

/** Takes apart what {@link inBoth} has put together. */
export const fromBoth = (text: string): Sentence => {
  const [en = '', zh = ''] = text.split('\n');

  return { en, zh };
};

const write = ({ en, zh }: Sentence, language: Optional<Language>): string =>
  language ? { en, zh }[language] : inBoth(en, zh);

/**
 * The error to throw. Logto makes `details` for the admin of the issues of a ZodError, whatever the code, and takes
 * the text of a `general` error from its `errorDescription`. All of it goes to the browser of whoever asked for the
 * code, so nothing confidential may be in it.
 *
 * @param user What the person who signs in is told; Logto has a fixed sentence of its own for all codes but `general`.
 */
export const createError = (
  code: ConnectorErrorCodes,
  issues: readonly Issue[],
  language: Optional<Language>,
  user: Sentence = userSentences.notSent,
): ConnectorError => {
  const error = new ZodError(
    issues.map(({ path, ...sentence }) => ({
      code: ZodIssueCode.custom,
      path: [...path],
      message: write(sentence, language),
    })),
  );

  return new ConnectorError(
    code,
    code === ConnectorErrorCodes.General
      ? Object.assign(error, { errorDescription: write(user, language) })
      : error,
  );
};

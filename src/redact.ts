import { type Optional } from '@silverhand/essentials';

/** Undoes percent-encoding, up to three layers of it. */
const percentDecode = (text: string): string =>
  [1, 2, 3].reduce(
    (decoded) =>
      decoded.replace(/(?:%[\da-f]{2})+/gi, (run) =>
        Buffer.from(run.replaceAll('%', ''), 'hex').toString(),
      ),
    text,
  );

/** Only letters and digits, in one case and form: what no split, wrap or punctuation can hide a secret from. */
const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/**
 * What a secret looks like wherever Base64 can hold it: the characters that depend on it alone, for each of the
 * three places that it can begin at within a group.
 */
const base64Forms = (secret: string): string[] =>
  [0, 1, 2].map((offset) => {
    const length = Buffer.byteLength(secret) + offset;

    return Buffer.from('\0'.repeat(offset) + secret)
      .toString('base64')
      .slice(Math.ceil((offset * 4) / 3), Math.floor((length * 4) / 3));
  });

/**
 * Whether a text holds one of the secrets: as it is, split, in another case, percent-encoded any number of times, in
 * Base64 or in hex.
 */
export const reveals = (text: string, secrets: readonly string[]): boolean => {
  const haystacks = [text, percentDecode(text)].map(fold);

  return secrets
    .flatMap((secret) => [secret, ...base64Forms(secret), Buffer.from(secret).toString('hex')])
    .map(fold)
    .some((form) => form !== '' && haystacks.some((haystack) => haystack.includes(form)));
};

/** A word of prose: Latin in lower case, capitalized, or a short abbreviation. Keys, codes and numbers are none. */
const isPlainWord = (word: string): boolean => /^(?:[A-Z]?[a-z]{1,19}|[A-Z]{2,5})$/.test(word);

/** Longer than any message of Aliyun that says something of use, in characters. */
const longestMessage = 1000;

/** How much of it is shown, in characters. */
const longestLine = 100;

/**
 * Makes a message of the server fit to be shown: one short line of plain Latin words and Chinese, everything else
 * (every digit among it) replaced by "…".
 *
 * @returns Nothing when no words are left, or when what is left could still tell a secret.
 */
export const redact = (message: string, secrets: readonly string[]): Optional<string> => {
  if (message.length > longestMessage) {
    return undefined;
  }

  const line = percentDecode(message)
    .normalize('NFKC')
    .replace(/[^\s\p{Script=Han},.;:!?()'"、。「」-]+/gu, (word) =>
      isPlainWord(word) && !reveals(word, secrets) ? word : '…',
    )
    .replace(/\s+/g, ' ')
    .trim();

  // The whole line is looked at: the cut could leave the first half of a secret that is split by spaces.
  return /[a-z\p{Script=Han}]/u.test(line) && !reveals(line, secrets)
    ? line.slice(0, longestLine)
    : undefined;
};

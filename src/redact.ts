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

/**
 * Only letters and digits, in one case and form: what no split, wrap or punctuation can hide a secret from. Ranges of
 * characters stand in for `\p{…}`, here and below: those take longer to load than all the rest of this file.
 */
const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\da-z\u0080-\uffff]/g, '');

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

/** What a secret looks like in each of the ways that a text can hold it, folded. */
const formsOf = (secret: string): string[] => {
  // Without the padding of Base64, which hides where a signature ends.
  const bare = secret.replace(/=+$/, '');
  const encoded = encodeURIComponent(bare);

  return [bare, encoded, encodeURIComponent(encoded)]
    .flatMap((text) => [text, ...base64Forms(text), Buffer.from(text).toString('hex')])
    .map(fold)
    .filter((form) => form !== '');
};

const holds = (text: string, forms: readonly string[]): boolean => {
  const plain = text.normalize('NFKC');
  // Whatever splits an escape or a word, Chinese characters among it, is out of the way.
  const joined = plain.replace(/[^\dA-Za-z%]/g, '');

  return [plain, percentDecode(plain), percentDecode(joined)]
    .map(fold)
    .some((haystack) => forms.some((form) => haystack.includes(form)));
};

/**
 * Whether a text holds one of the secrets: as it is, split, in another case, percent-encoded any number of times, in
 * Base64 or in hex.
 */
export const reveals = (text: string, secrets: readonly string[]): boolean =>
  holds(text, secrets.flatMap(formsOf));

/** A word of prose: Latin in lower case, capitalized, or a short abbreviation. Keys, codes and numbers are none. */
const isPlainWord = (word: string): boolean => /^(?:[A-Z]?[a-z]{1,19}|[A-Z]{2,5})$/.test(word);

/** What stands between spaces, punctuation and Chinese characters. */
const word = /[^\s㐀-鿿,.;:!?()'"、。「」-]+/gu;

/** Four digits or more, written as words: cutting out digits does not find them. */
const spelledDigits =
  /(?:(?:[〇零一二三四五六七八九]|zero|one|two|three|four|five|six|seven|eight|nine)[^a-z㐀-鿿]*){4}/i;

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
  if (message.length > longestMessage || spelledDigits.test(message)) {
    return undefined;
  }

  const forms = secrets.flatMap(formsOf);
  const withoutSecrets = message.replace(word, (found) => (holds(found, forms) ? '*' : found));

  // A secret that is split cannot be cut out: what would be left are its letters.
  if (holds(withoutSecrets, forms)) {
    return undefined;
  }

  const line = percentDecode(withoutSecrets)
    .normalize('NFKC')
    .replace(word, (found) => (isPlainWord(found) ? found : '…'))
    .replace(/\s+/g, ' ')
    .trim();

  // Once more, for what is left may join to one; all of it, for the cut could leave the first half of one.
  return /[a-z㐀-鿿]/u.test(line) && !holds(line, forms) ? line.slice(0, longestLine) : undefined;
};

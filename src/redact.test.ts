import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { base64Cores } from '../test/base64.js';
import { redact, reveals } from './redact.js';

/** What two texts have in common once case, form, spaces and punctuation are gone. */
const fold = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');

const hex = (text: string): string => Buffer.from(text).toString('hex');

/** Every byte of it, as it need not be but can be. */
const percentEncodeAll = (text: string): string => hex(text).replace(/../g, '%$&');

const fullWidth = (text: string): string =>
  text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));

/** What must not be read from a text, in any case and however it is split. */
const needlesOf = (secret: string): string[] => {
  const bare = secret.replace(/=+$/, '');

  return [bare, encodeURIComponent(bare), encodeURIComponent(encodeURIComponent(bare))]
    .flatMap((text) => [text, hex(text), ...base64Cores(text)])
    .map(fold);
};

const alphanumeric = (minLength: number, maxLength: number) =>
  fc.stringMatching(new RegExp(`^[\\dA-Za-z]{${minLength},${maxLength}}$`));

const codes = fc.oneof(
  fc.stringMatching(/^\d{6}$/),
  alphanumeric(4, 8),
  fc.stringMatching(/^[A-Za-z]{4,8}$/),
);
const numbers = fc.stringMatching(/^1[3-9]\d{9}$/);
const accessKeyIds = alphanumeric(12, 20).map((tail) => `LTAI${tail}`);
const accessKeySecrets = alphanumeric(30, 30);
const signatures = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

const secretLists = fc.tuple(codes, numbers, accessKeyIds, accessKeySecrets, signatures);

type Encode = (secret: string) => string;

/** The ways to write a secret. */
const encodings: fc.Arbitrary<Encode> = fc.oneof(
  fc.constantFrom<Encode[]>(
    (secret) => secret,
    (secret) => secret.toUpperCase(),
    (secret) => secret.toLowerCase(),
    (secret) => fullWidth(secret),
    (secret) => encodeURIComponent(secret),
    (secret) => encodeURIComponent(encodeURIComponent(secret)),
    (secret) => percentEncodeAll(secret),
    (secret) => percentEncodeAll(secret).toUpperCase(),
    (secret) => percentEncodeAll(fullWidth(secret)),
    (secret) => encodeURIComponent(percentEncodeAll(secret)),
    (secret) => percentEncodeAll(percentEncodeAll(secret)),
    (secret) => encodeURIComponent(encodeURIComponent(percentEncodeAll(secret))),
    (secret) => hex(secret),
    (secret) => hex(secret).toUpperCase(),
    (secret) => hex(encodeURIComponent(secret)),
  ),
  fc
    .tuple(
      fc.string({ maxLength: 5 }),
      fc.string({ maxLength: 5 }),
      fc.constantFrom<Array<'base64' | 'base64url'>>('base64', 'base64url'),
      fc.constantFrom<Encode[]>(
        (secret) => secret,
        (secret) => secret.replace(/=+$/, ''),
        (secret) => encodeURIComponent(secret),
        (secret) => encodeURIComponent(encodeURIComponent(secret)),
      ),
    )
    .map(
      ([before, after, base64, encode]): Encode =>
        (secret) =>
          Buffer.from(before + encode(secret) + after).toString(base64),
    ),
);

/** Puts something between every so many characters. */
const splits: fc.Arbitrary<Encode> = fc
  .tuple(
    fc.integer({ min: 1, max: 8 }),
    fc.constantFrom(
      ...['\n', ' ', '\r\n', '\t', '-', '.', ',', ':', '/', '_', '"', "'", '(', '。', '、', '，'],
      ...['\u00a0', '\u2028', '\u200b', '\u00ad', '\ufeff', '=\r\n', ' - ', '好', ' 的 '],
    ),
  )
  .map(
    ([length, separator]): Encode =>
      (text) =>
        text.replace(new RegExp(`(?<=^(?:.{${length}})+)`, 'gs'), separator),
  );

/** One of the secrets, written and split in some way. */
const tellings = secretLists.chain((secrets) =>
  fc
    .tuple(
      fc.constantFrom(...secrets),
      encodings,
      fc.option(splits, { nil: (text: string) => text }),
    )
    .map(([secret, encode, split]) => ({ secrets, secret, told: split(encode(secret)) })),
);

/** Words as a service says them. No run of them reads as a secret. */
const words = fc
  .array(
    fc.constantFrom('The', 'specified', 'parameter', 'is', 'not', 'valid.', '错误', '号码', '，'),
    { maxLength: 8 },
  )
  .map((list) => list.join(' '));

/** Any character of Unicode. */
const characters = fc
  .integer({ min: 0, max: 0x10_ff_ff })
  .map((point) => String.fromCodePoint(point));

const surroundings = fc.oneof(words, fc.string({ unit: characters, maxLength: 40 }));

// A failure must not depend on luck: what is rare among so many forms is looked for long enough.
const often = { numRuns: 1000 };
const slow = 30_000;

describe('reveals', () => {
  it(
    'sees a secret in each of its forms, whatever stands around it',
    () => {
      fc.assert(
        fc.property(tellings, words, words, ({ secrets, told }, before, after) => {
          expect(reveals(`${before} ${told} ${after}`, secrets)).toBe(true);
          expect(reveals(before + told + after, secrets)).toBe(true);
        }),
        often,
      );
    },
    slow,
  );

  it.each([
    ['plain', '482913'],
    ['inside a word', 'x482913y'],
    ['in full width', '４８２９１３'],
    ['in circles', '④⑧②⑨①③'],
    ['split by lines', '4\n8\n2\n9\n1\n3'],
    ['percent-encoded', '%34%38%32%39%31%33'],
    ['partly percent-encoded', '48%3291%33'],
    ['encoded to different depths', '4%38%2532%25253913'],
    ['in a string to sign', 'TemplateParam%3D%257B%2522code%2522%253A%2522482913%2522%257D'],
    ['in Base64', 'NDgyOTEz'],
    ['in wrapped Base64', 'NDgy\r\nOTEz'],
    ['in Base64 behind one letter', 'eDQ4MjkxMw=='],
    ['in Base64 behind two letters', 'eHg0ODI5MTM='],
    ['in hex', '343832393133'],
    ['in hex of bytes', '34 38 32 39 31 33'],
  ])('sees a code %s', (_, text) => {
    expect(reveals(text, ['482913'])).toBe(true);
  });

  it('sees nothing where there is nothing', () => {
    for (const text of ['', 'OK', '48291', 'B7E5AC80-5E0D-4D3B-A6F5-3D6B6A0E4C11', '%', '%zz%2']) {
      expect(reveals(text, ['482913', '13800138000'])).toBe(false);
    }

    expect(reveals('anything', [])).toBe(false);
    // What folds to nothing would be everywhere.
    expect(reveals('anything', ['==', ''])).toBe(false);
  });

  it('does not see a secret in the words of a service', () => {
    fc.assert(
      fc.property(words, numbers, accessKeySecrets, signatures, (text, ...secrets) => {
        expect(reveals(text, secrets)).toBe(false);
      }),
    );
  });
});

describe('redact', () => {
  it(
    'leaves no form of a secret, whatever stands around it',
    () => {
      fc.assert(
        fc.property(tellings, surroundings, surroundings, ({ secrets, told }, before, after) => {
          const line = fold(redact(before + told + after, secrets) ?? '');

          for (const needle of secrets.flatMap(needlesOf)) {
            expect(line).not.toContain(needle);
          }
        }),
        often,
      );
    },
    slow,
  );

  it(
    'leaves no secret without its digits',
    () => {
      fc.assert(
        fc.property(tellings, words, words, ({ secrets, secret, told }, before, after) => {
          const line = lettersOf(redact(`${before} ${told} ${after}`, secrets) ?? '');
          const vocabulary = lettersOf(`${before} ${after}`);

          for (const needle of [secret, ...base64Cores(secret)].map(lettersOf)) {
            if (needle.length >= 3 && !vocabulary.includes(needle)) {
              expect(line).not.toContain(needle);
            }
          }
        }),
        often,
      );
    },
    slow,
  );

  it('leaves the words around a secret that is whole', () => {
    for (const secret of ['482913', '13800138000', 'LTAI5tAbCdEfGh12', 'rsg/pwOKRe1tRs+3BZ9e=']) {
      for (const told of [
        secret,
        encodeURIComponent(secret),
        hex(secret),
        base64Cores(secret)[0],
      ]) {
        expect(redact(`The value ${told ?? ''} is not valid.`, [secret])).toBe(
          'The value … is not valid.',
        );
      }
    }
  });

  it.each([
    ['letters with digits between', 'It was a\n1\nb\n2\nc\n3'],
    ['letters and digits with Chinese between', '是 a的1的b的2的c的3'],
    ['percent-encoded, a line each', 'It was %61\n%31\n%62\n%32\n%63\n%33'],
    ['Base64 in pieces', 'It was YT Fi Mm Mz'],
    ['a percent sign that swallows its beginning', 'It was %a1 b2c3'],
  ])('says nothing where a secret is split: %s', (_, message) => {
    expect(redact(message, ['a1b2c3'])).toBeUndefined();
  });

  it('is one short line of words', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(characters, fc.constantFrom('a', ' ', '字')), maxLength: 1100 }),
        (message) => {
          const line = redact(message, ['482913']) ?? '';

          expect(line.length).toBeLessThanOrEqual(100);
          expect(line).not.toMatch(/[^\p{Script=Han}A-Za-z,.;:!?()'"、。「」… -]/u);
        },
      ),
    );
  });

  it.each([
    ['The specified parameter is not valid.', 'The specified parameter is not valid.'],
    ['签名或者模版无效', '签名或者模版无效'],
    ['  two\r\n lines\t', 'two lines'],
    ['error 17 in TemplateParam at https://a.b/c', 'error … in … at https:….…'],
    ['<b>bold</b> word', '… word'],
    ['x'.repeat(30) + ' word', '… word'],
    ['word '.repeat(100), 'word '.repeat(20)],
  ])('makes %j of it', (message, line) => {
    expect(redact(message, ['482913'])).toBe(line);
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n\t'],
    ['no words', '5 - 17, 482913!'],
    ['too much', 'word '.repeat(201)],
  ])('says nothing of %s', (_, message) => {
    expect(redact(message, ['482913'])).toBeUndefined();
  });

  it('says nothing where what it leaves out holds a secret apart', () => {
    expect(redact('It was abcd 1 efgh.', ['abcdefgh'])).toBeUndefined();
    expect(redact('It was ab <br> cd <br> ef <br> gh.', ['abcdefgh'])).toBeUndefined();
  });

  it('looks at what the cut would take away', () => {
    // The first half of a secret would be left, just before the cut.
    expect(redact(`${'word '.repeat(19)}abcd 1 efgh`, ['abcdefgh'])).toBeUndefined();
    expect(
      redact(`${'word '.repeat(19)}abcd ${'1 '.repeat(99)}efgh`, ['abcdefgh']),
    ).toBeUndefined();
  });

  it.each([
    '您的验证码是四八二九一三',
    'It is four eight two nine one three',
    'nine-one - THREE zero',
  ])('says nothing where digits are spelled out: %s', (message) => {
    expect(redact(message, ['482913'])).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { referenceSignature } from '../sandbox/service/signature.js';
import vectors from '../test/signature-vectors.json' with { type: 'json' };
import { canonicalize, sign } from './signature.js';

/** What encoders get wrong: RFC 3986's extra characters, form encoding's, and more than one byte or code unit. */
const awkward = fc.constantFrom(...Array.from('!\'()*~+ %&=/?#:;,.-_"<>\\|{}[]^`@$\n\t\0恒創😀éｱ'));
const text = fc.string({ unit: fc.oneof(awkward, fc.string({ minLength: 1, maxLength: 1 })) });
const name = fc.oneof(
  fc.string({ minLength: 1, unit: fc.constantFrom(...Array.from('AZaz09-_.~')) }),
  fc.constantFrom('Sign', 'SignName', 'Sign-Name', 'Sign.1', 'Sign1', 'Signature', 'signName'),
);
const parameters = fc.dictionary(name, text, { noNullPrototype: true });
const method = fc.constantFrom('GET' as const, 'POST' as const);

describe('sign', () => {
  it.each(vectors)(
    'makes the published signature: $source',
    ({ method, parameters, accessKeySecret, signature }) => {
      const given: Record<string, string> = Object.fromEntries(
        Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1])),
      );

      expect(sign(method === 'GET' ? 'GET' : 'POST', canonicalize(given), accessKeySecret)).toBe(
        signature,
      );
    },
  );

  it("agrees with Aliyun's own signer on any parameters, method and secret", () => {
    fc.assert(
      fc.property(parameters, method, text, (parameters, method, secret) => {
        expect(sign(method, canonicalize(parameters), secret)).toBe(
          referenceSignature(parameters, method, secret),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('canonicalize', () => {
  it('sorts by name, not by the joined name and value', () => {
    expect(canonicalize({ 'a-b': '1', a: '2', 'a.b': '', ab: '3' })).toBe('a=2&a-b=1&a.b=&ab=3');
  });

  it('is a form body that a server reads back as the same parameters', () => {
    fc.assert(
      fc.property(parameters, (parameters) => {
        expect(Object.fromEntries(new URLSearchParams(canonicalize(parameters)))).toEqual(
          parameters,
        );
      }),
    );
  });
});

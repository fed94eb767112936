import { z } from 'zod';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { referenceSignature } from '../test/helpers/reference-signature.js';
import vectors from '../test/helpers/signature-vectors.json' with { type: 'json' };

import { canonicalize, sign, signForm } from './signature.js';

const vectorsGuard = z.array(
  z.object({
    source: z.string(),
    method: z.enum(['GET', 'POST']),
    parameters: z.record(z.string()),
    accessKeySecret: z.string(),
    signature: z.string(),
  })
);

/** What encoders get wrong: RFC 3986's extra characters, form encoding's, and more than one byte or code unit. */
const awkward = fc.constantFrom(...Array.from('!\'()*~+ %&=/?#:;,.-_"<>\\|{}[]^`@$\n\t\0恒創😀éｱ'));
const text = fc.string({
  unit: fc.oneof(awkward, fc.string({ minLength: 1, maxLength: 1 })),
  maxLength: 20,
});
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(...Array.from('AZaz09-_.~')) }),
  fc.constantFrom('Sign', 'SignName', 'Sign-Name', 'Sign.1', 'Sign1', 'SignatureNonce', 'signName')
);
const parameters = fc.dictionary(name, text, { noNullPrototype: true, maxKeys: 16 });
const method = fc.constantFrom('GET' as const, 'POST' as const);

describe('canonicalize', () => {
  it('encodes all but the unreserved characters of RFC 3986, in upper-case hex over UTF-8', () => {
    expect(canonicalize({ "a'b": "AZaz09-_.~ !'()*+/=&%恒" })).toBe(
      'a%27b=AZaz09-_.~%20%21%27%28%29%2A%2B%2F%3D%26%25%E6%81%92'
    );
  });

  it('sorts by name, not by the joined name and value, and keeps what is empty', () => {
    expect(canonicalize({ 'a-b': '1', a: '2', 'a.b': '', ab: '3' })).toBe('a=2&a-b=1&a.b=&ab=3');
  });

  it('is a form body that a server reads back as the same parameters', () => {
    fc.assert(
      fc.property(parameters, (parameters) => {
        expect(Object.fromEntries(new URLSearchParams(canonicalize(parameters)))).toEqual(
          parameters
        );
      })
    );
  });
});

describe('sign', () => {
  it.each(vectorsGuard.parse(vectors))(
    'makes the published signature: $source',
    ({ method, parameters, accessKeySecret, signature }) => {
      expect(sign(method, canonicalize(parameters), accessKeySecret)).toBe(signature);
    }
  );

  it("agrees with Aliyun's own signer on any parameters, method and secret", () => {
    fc.assert(
      fc.property(parameters, method, text, (parameters, method, secret) => {
        expect(sign(method, canonicalize(parameters), secret)).toBe(
          referenceSignature(parameters, method, secret)
        );
      })
    );
  });
});

describe('signForm', () => {
  it("carries every parameter and the signature of Aliyun's own signer for a POST", () => {
    fc.assert(
      fc.property(parameters, text, (parameters, secret) => {
        const form = new URLSearchParams(signForm(parameters, secret));

        expect(Object.fromEntries(form)).toEqual({
          ...parameters,
          Signature: referenceSignature(parameters, 'POST', secret),
        });
      })
    );
  });

  it("encodes Base64's own characters as everything else", () => {
    // Some of these signatures hold each of them.
    const forms = Array.from({ length: 100 }, (_, nonce) =>
      signForm({ SignatureNonce: String(nonce) }, 'fake-secret')
    );
    const signatures = forms.map((form) => form.split('&Signature=')[1] ?? '');

    expect(signatures.filter((it) => !/^(?:[\dA-Za-z]|%2B|%2F)+%3D$/.test(it))).toEqual([]);
    expect(signatures.join('')).toMatch(/%2B.*%2F/);
  });
});

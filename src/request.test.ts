import { trySafe } from '@silverhand/essentials';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { config, generic, logtoMessage, readFixture } from '../test/helpers/fixtures.js';

import { savedConfigGuard } from './config.js';
import { readMessage } from './message.js';
import { buildParameters } from './request.js';
import { signForm } from './signature.js';

const nonce = '3f9c1f5e-1111-4222-8333-000000000001';

describe('buildParameters', () => {
  it("makes what Aliyun's API asks for, and nothing that steers codes of Aliyun's own", () => {
    const { message } = readFixture({}, { signNameOverride: '新签名', codeExpirationMinutes: 5 });
    const now = new Date('2026-11-22T16:00:00.999+08:00');

    expect(buildParameters(message, nonce, now)).toStrictEqual({
      Action: 'SendSmsVerifyCode',
      Version: '2017-05-25',
      Format: 'JSON',
      AccessKeyId: config.accessKeyId,
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: nonce,
      Timestamp: '2026-11-22T08:00:00Z',
      PhoneNumber: '13800138000',
      CountryCode: '86',
      SignName: '新签名',
      TemplateCode: '100001',
      TemplateParam: '{"code":"482913","min":"5"}',
    });
  });

  it('makes a form that can be signed, whatever text a saved config holds', () => {
    const key = fc.constantFrom('accessKeyId', 'signName', 'signNameOverride', 'templateCode');
    // Half of a surrogate pair cannot be encoded.
    const part = fc.constantFrom('恒', 'a', ' ', '\uD83D', '\uDE00', '\u0000');
    const text = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));

    fc.assert(
      fc.property(key, text, (key, text) => {
        const templates = [generic, { usageType: 'SignIn', templateCode: text }];
        const changes = key === 'templateCode' ? { templates } : { [key]: text };
        const { data } = savedConfigGuard.safeParse({ ...config, ...changes });
        const message = data && trySafe(() => readMessage(logtoMessage, data).message);

        if (message) {
          const parameters = buildParameters(message, nonce, new Date());

          expect(signForm(parameters, 'fake-secret')).toContain('&Signature=');
        }
      })
    );
  });
});

import { randomUUID } from 'node:crypto';

import { accessKey } from '../../sandbox/service/catalogue.js';

import { referenceSignature } from './reference-signature.js';

/** A signed request that the service accepts, with changes. `undefined` leaves a parameter out. */
export const form = (
  changes: Record<string, string | undefined> = {},
  secret = accessKey.secret
): URLSearchParams => {
  const parameters: Record<string, string | undefined> = {
    Action: 'SendSmsVerifyCode',
    Version: '2017-05-25',
    Format: 'JSON',
    AccessKeyId: accessKey.id,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: new Date().toISOString().replace(/\.\d+/, ''),
    PhoneNumber: '13800138000',
    SignName: '恒创联众',
    TemplateCode: '100001',
    TemplateParam: '{"code":"482913","min":"10"}',
    ...changes,
  };
  const given = Object.entries(parameters).flatMap(
    ([name, value]): Array<[string, string]> => (value === undefined ? [] : [[name, value]])
  );
  const signature = referenceSignature(Object.fromEntries(given), 'POST', secret);

  return new URLSearchParams([...given, ['Signature', signature]]);
};

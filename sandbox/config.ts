import configTemplate from '../docs/config-template.json' with { type: 'json' };
import { accessKey } from './service/catalogue.js';

/**
 * A whole config that the sandbox takes; what matters most comes first.
 *
 * @param signature The signature of SMS that works. One that is not the template's own stands in `signNameOverride`.
 */
export const createConfig = (endpoint: string, signature: string) => ({
  endpoint,
  ...configTemplate,
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
  ...(signature !== configTemplate.signName && { signNameOverride: signature }),
});

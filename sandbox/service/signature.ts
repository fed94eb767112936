import openApiUtil from '@alicloud/openapi-util';

import { accessKey } from './catalogue.js';

/** Whether a form is signed with the sandbox's AccessKey, by Aliyun's own code. */
export const isSigned = (form: URLSearchParams): boolean => {
  const { Signature, ...parameters } = Object.fromEntries(form);

  return Signature === openApiUtil.default.getRPCSignature(parameters, 'POST', accessKey.secret);
};

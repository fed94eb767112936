import openApiUtil from '@alicloud/openapi-util';

import { accessKey } from './catalogue.js';

/**
 * The RPC signature of a request, made by Aliyun's own code.
 *
 * @param parameters All but `Signature`, not encoded.
 * @param method The HTTP method.
 */
export const referenceSignature = (
  parameters: Record<string, string>,
  method: string,
  accessKeySecret: string
): string => openApiUtil.default.getRPCSignature(parameters, method, accessKeySecret);

/** Whether a form is signed with the sandbox's AccessKey. */
export const isSigned = (form: URLSearchParams): boolean => {
  const { Signature, ...parameters } = Object.fromEntries(form);

  return Signature === referenceSignature(parameters, 'POST', accessKey.secret);
};

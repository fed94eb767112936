import openApiUtil from '@alicloud/openapi-util';

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

import openApiUtil from '@alicloud/openapi-util';

/**
 * The RPC signature of a request, made by Aliyun's own code: what the sandbox and the tests hold ours against.
 *
 * @param parameters All but `Signature`, not encoded.
 */
export const referenceSignature = (
  parameters: Record<string, string>,
  method: string,
  accessKeySecret: string,
): string => openApiUtil.default.getRPCSignature(parameters, method, accessKeySecret);

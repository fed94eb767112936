import openApiUtil from '@alicloud/openapi-util';

/** The RPC signature of parameters that are not encoded, all but `Signature`, made by Aliyun's own code. */
export const referenceSignature = (
  parameters: Record<string, string>,
  method: 'GET' | 'POST',
  accessKeySecret: string,
): string => openApiUtil.default.getRPCSignature(parameters, method, accessKeySecret);

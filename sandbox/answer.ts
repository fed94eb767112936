import { type SandboxRequest } from './contract.js';

/**
 * What was answered to a request, in short: Aliyun's code, or else the HTTP status.
 *
 * @param noAnswer What to say where nothing was answered.
 */
export const nameAnswer = (
  { answerCode, status }: SandboxRequest,
  noAnswer = 'no answer',
): string => {
  if (answerCode) {
    return answerCode;
  }

  return status === null ? noAnswer : `HTTP ${status}`;
};

import { randomUUID } from 'node:crypto';

/** What is answered. `code` is Aliyun's, and empty where somebody else answers: with a page, or elsewhere. */
export type Reply = Readonly<{ status: number; code: string; body: string; location?: string }>;

/** An answer of Aliyun's gateway. */
export const answerOfGateway = (status: number, code: string, message: string): Reply => {
  const body = {
    RequestId: randomUUID().toUpperCase(),
    HostId: 'dypnsapi.aliyuncs.com',
    Code: code,
    Message: message,
  };

  return { status, code, body: JSON.stringify(body) };
};

/** An answer of the service behind the gateway. */
export const answerOfService = (code: string, message: string): Reply => {
  const requestId = randomUUID().toUpperCase();
  const isAccepted = code === 'OK';
  const body = {
    RequestId: requestId,
    Code: code,
    Message: message,
    Success: isAccepted,
    Model: isAccepted ? { BizId: randomUUID(), RequestId: requestId } : undefined,
  };
  // The documented names come with 400, those seen in practice, which have a point, with 200.
  const status = isAccepted || code.includes('.') ? 200 : 400;

  return { status, code, body: JSON.stringify(body) };
};

/** What Aliyun says of a wrong request signature: it repeats all that was signed, the code and the number among it. */
export const answerToMismatch = (form: URLSearchParams): Reply =>
  answerOfGateway(
    400,
    'SignatureDoesNotMatch',
    `Specified signature is not matched with our calculation. server string to sign is:POST&%2F&${encodeURIComponent(form.toString())}`,
  );

/** Where the line is cut or held in place of an answer. */
export const noReply: Reply = { status: 0, code: '', body: '' };

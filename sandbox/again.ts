/** What the sandbox expects of a connector that got no message through: to send again, within five seconds. */
import { type SandboxRequest } from './contract.js';

/** Within which time the connector sends again, in milliseconds. */
const time = 5000;

/** Whether a request was refused as too soon or too many: it may be resent with a new nonce. */
const isRefusedForNow = ({ answerCode }: SandboxRequest): boolean =>
  /^(?:biz\.FREQUENCY|isp\.QPS_LIMIT|Throttling)/.test(answerCode);

/** Whether a connector may send a request again: with a new nonce, or with the same one where Aliyun gave no answer. */
const mayBeSentAgain = (request: SandboxRequest): boolean => {
  const { answerCode, status } = request;
  const isNoAnswer = answerCode === '' && (status === null || [502, 503, 504].includes(status));

  return isNoAnswer || isRefusedForNow(request);
};

/** Whether a later request came for the same number in time. */
const isFollowed = (request: SandboxRequest, requests: readonly SandboxRequest[]): boolean =>
  requests.some(
    ({ id, to, time: later }) =>
      id > request.id && to === request.to && Date.parse(later) - Date.parse(request.time) <= time
  );

/** Whether a request is a retry of one that was delivered. */
const isRetryOfDelivered = (
  { repeats }: SandboxRequest,
  requests: readonly SandboxRequest[]
): boolean => repeats !== null && requests.some(({ id, delivered }) => delivered && id === repeats);

/**
 * What a request without a delivery says of its message: that none comes (`final`), that another request may follow
 * (`pending`), or nothing, since one did or an earlier one was delivered.
 *
 * @param requests All requests, oldest first.
 */
export const failureOf = (
  request: SandboxRequest,
  requests: readonly SandboxRequest[]
): 'final' | 'pending' | undefined => {
  if (request.delivered || isRetryOfDelivered(request, requests)) {
    return;
  }

  if (!mayBeSentAgain(request)) {
    return 'final';
  }

  if (isFollowed(request, requests)) {
    return;
  }

  return Date.now() - Date.parse(request.time) < time ? 'pending' : 'final';
};

/** The refused request that one with a new nonce resends, if any. Each is resent once. */
export const findResent = (
  { to, code }: Pick<SandboxRequest, 'to' | 'code'>,
  requests: readonly SandboxRequest[]
): SandboxRequest | undefined =>
  requests.findLast(
    (request) =>
      request.to === to &&
      request.code === code &&
      request.resends === null &&
      isRefusedForNow(request) &&
      Date.now() - Date.parse(request.time) <= time &&
      requests.every(({ resends }) => resends !== request.id)
  );

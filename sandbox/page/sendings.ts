import { type SandboxRequest } from '../contract.js';

/** A message that Logto asked for, and all requests by which the connector tried to send it, in their order. */
export type Sending = Readonly<{
  /** That of its first request. */
  id: number;
  tries: readonly [SandboxRequest, ...SandboxRequest[]];
}>;

/**
 * What has become of a sending by now:
 *
 * - `open`: its last request has no answer yet;
 * - `delivered`: the SMS is on the phone, and the last answer says so, or that the nonce was used;
 * - `unnoticed`: the SMS is on the phone, but the last answer does not say so;
 * - `lost`: it was accepted, but no SMS came;
 * - `refused`: no SMS came, and none was accepted.
 */
export type Fate = 'open' | 'delivered' | 'unnoticed' | 'lost' | 'refused';

/** Folds retries and resends into the request that they belong to. Takes the oldest first, and returns the newest first. */
export const fold = (requests: readonly SandboxRequest[]): Sending[] => {
  const sendings = new Map<number, Sending>();
  // The sending of each request.
  const owners = new Map<number, number>();

  for (const request of requests) {
    const earlier = request.repeats ?? request.resends;
    const owner = earlier === null ? undefined : owners.get(earlier);
    const sending = owner === undefined ? undefined : sendings.get(owner);
    const id = sending?.id ?? request.id;

    sendings.set(id, { id, tries: sending ? [...sending.tries, request] : [request] });
    owners.set(request.id, id);
  }

  return [...sendings.values()].slice().sort((one, other) => other.id - one.id);
};

/** The request whose outcome is that of the whole sending. */
export const lastTry = ({ tries }: Sending): SandboxRequest => tries.at(-1) ?? tries[0];

/** The request that put the SMS on the phone, if one did. */
export const deliveredTry = ({ tries }: Sending): SandboxRequest | undefined =>
  tries.find(({ delivered }) => delivered);

export const fateOf = (sending: Sending): Fate => {
  const { isOpen, answerCode } = lastTry(sending);

  if (isOpen) {
    return 'open';
  }

  if (deliveredTry(sending)) {
    return ['OK', 'SignatureNonceUsed'].includes(answerCode) ? 'delivered' : 'unnoticed';
  }

  return answerCode === 'OK' ? 'lost' : 'refused';
};

import { findResent } from './again.js';
import { type SandboxRequest } from './contract.js';
import { type Inbox } from './inbox.js';
import { answerOfService, meaningOf, type Reply } from './service/answers.js';
import { fillIn, templates } from './service/catalogue.js';
import { checkGateway, checkService, readVariables } from './service/checks.js';
import {
  type Act,
  type Fault,
  type FaultName,
  faults,
  findMagicNumber,
  isFaultName,
} from './service/faults.js';
import { isSigned } from './service/signature.js';

/** How much of an answer is kept, in characters. */
const answerLimit = 2000;

/** How many parameters are kept; a request has about a dozen. */
const parameterLimit = 40;

/** A request to Aliyun's service as it arrived. */
export type Posted = Readonly<{ body: string; contentType: string }>;

/** What is to be done with a request: `reply` is answered, or `act` is done to its connection, or it is held. */
export type Received = Readonly<{
  request: SandboxRequest;
  reply: Reply | undefined;
  act: Act | undefined;
}>;

const readParts = (form: URLSearchParams) => {
  const { code = '', min = '' } = readVariables(form) ?? {};

  return {
    to: form.get('PhoneNumber') ?? '',
    code,
    min,
    signName: form.get('SignName') ?? '',
    templateCode: form.get('TemplateCode') ?? '',
  };
};

/** What the phone shows. */
const writeText = ({ code, min, signName, templateCode }: ReturnType<typeof readParts>): string => {
  const template = templates.get(templateCode);

  return template ? `【${signName}】${fillIn(template.text, code, min)}` : '';
};

/** What is told of an answer, or of the lack of one. */
const describeReply = (reply: Reply | undefined) => {
  if (!reply) {
    return { status: null, answerCode: '', meaning: null, answer: '' };
  }

  const { status, code, body } = reply;
  const { en, zh } = meaningOf(code) ?? {};

  return {
    status,
    answerCode: code,
    meaning: en && zh ? { en, zh } : null,
    answer: body.slice(0, answerLimit),
  };
};

/** The earlier requests with the same nonce. Requests without a nonce have none in common. */
const findSameNonce = (
  form: URLSearchParams,
  requests: readonly SandboxRequest[]
): readonly SandboxRequest[] => {
  const nonce = form.get('SignatureNonce');

  return nonce ? requests.filter(({ parameters }) => parameters.SignatureNonce === nonce) : [];
};

/** Whether the service has seen one of these requests with one nonce, which uses it up. */
const hasUsedNonce = (requests: readonly SandboxRequest[]): boolean =>
  requests.some(
    ({ delivered, answerCode }) =>
      delivered || (answerCode !== '' && !meaningOf(answerCode)?.isOfGateway)
  );

/** The fault of a request; a fault is one of a message, and met by its retries and its resend as well. */
const findFault = (
  inbox: Inbox,
  to: string,
  retried: SandboxRequest | undefined,
  resent: SandboxRequest | undefined
): FaultName | undefined => {
  const magicNumber = findMagicNumber(to);
  const earlier = retried ?? resent;

  if (magicNumber) {
    return magicNumber.isOnce && retried ? undefined : magicNumber.fault;
  }

  if (!earlier) {
    return inbox.takeFault(to);
  }

  return earlier.fault !== null && isFaultName(earlier.fault) ? earlier.fault : undefined;
};

/** The seconds since the last message. Whoever asks for a fault, or writes to a magic number, is to see what it does. */
const getSecondsPassed = (inbox: Inbox, to: string, fault: Fault | undefined): number =>
  (fault ?? findMagicNumber(to)) ? Number.POSITIVE_INFINITY : inbox.getSecondsPassed(to);

const idOf = (request: SandboxRequest | undefined): SandboxRequest['repeats'] =>
  request ? request.id : null;

type Outcome = Omit<Received, 'request'> &
  Readonly<{
    isDelivered: boolean;
    /** Whether the fault, if any, had its effect: one that answers for Aliyun has none on a request that is refused. */
    isFaultMet: boolean;
  }>;

const decide = (
  fault: Fault | undefined,
  refusal: Reply | undefined,
  form: URLSearchParams
): Outcome => {
  if (fault?.kind === 'page') {
    return { reply: fault.page, act: undefined, isDelivered: false, isFaultMet: true };
  }

  if (fault?.kind === 'connection') {
    const isDelivered = fault.delivers === true && !refusal;

    return { reply: undefined, act: fault.act, isDelivered, isFaultMet: true };
  }

  if (refusal) {
    return { reply: refusal, act: undefined, isDelivered: false, isFaultMet: false };
  }

  return fault
    ? { reply: fault.answer(form), act: undefined, isDelivered: false, isFaultMet: true }
    : { reply: answerOfService('OK', 'OK'), act: undefined, isDelivered: true, isFaultMet: false };
};

/**
 * Does with a request what Aliyun's documentation says, and what the faults in force want; and has the inbox remember it.
 *
 * @param signature The signature of SMS that works.
 */
export const receive = (
  inbox: Inbox,
  signature: string,
  { body, contentType }: Posted
): Received => {
  const time = new Date().toISOString();
  const form = new URLSearchParams(body);
  const parts = readParts(form);
  const { to } = parts;

  const requests = inbox.listRequests();
  const sameNonce = findSameNonce(form, requests);
  const [retried] = sameNonce;
  const resent = retried ? undefined : findResent(parts, requests);
  const faultName = findFault(inbox, to, retried, resent);
  const fault: Fault | undefined = faultName && faults[faultName];

  const refusal =
    checkGateway(form, contentType, hasUsedNonce(sameNonce)) ??
    checkService(form, signature, getSecondsPassed(inbox, to, fault));
  const { reply, act, isDelivered, isFaultMet } = decide(fault, refusal, form);

  const request = inbox.add({
    time,
    ...parts,
    template: templates.get(parts.templateCode)?.name ?? null,
    text: isDelivered ? writeText(parts) : '',
    delivered: isDelivered,
    parameters: Object.fromEntries([...form].slice(0, parameterLimit)),
    isSignedRight: isSigned(form),
    repeats: idOf(retried),
    resends: idOf(resent),
    fault: isFaultMet && faultName ? faultName : null,
    ...describeReply(reply),
    isOpen: fault?.kind === 'connection' && fault.holds === true,
  });

  return { request, reply, act };
};

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

/** What is to be done with a request: `reply` is answered, or `act` meets its connection. */
export type Received = Readonly<{ request: SandboxRequest; reply?: Reply; act?: Act }>;

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

/** The earlier requests with the same nonce. Requests without a nonce have none in common. */
const findSameNonce = (
  form: URLSearchParams,
  requests: readonly SandboxRequest[]
): readonly SandboxRequest[] => {
  const nonce = form.get('SignatureNonce');

  return nonce ? requests.filter(({ parameters }) => parameters.SignatureNonce === nonce) : [];
};

/** Whether the service has seen a request, which uses up its nonce. */
const hasUsedNonce = ({ delivered, answerCode }: SandboxRequest): boolean =>
  delivered || (answerCode !== '' && !meaningOf(answerCode)?.isOfGateway);

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
    return { reply: fault.page, isDelivered: false, isFaultMet: true };
  }

  if (fault?.kind === 'connection') {
    return { act: fault.act, isDelivered: fault.delivers === true && !refusal, isFaultMet: true };
  }

  if (refusal) {
    return { reply: refusal, isDelivered: false, isFaultMet: false };
  }

  return fault
    ? { reply: fault.answer(form), isDelivered: false, isFaultMet: true }
    : { reply: answerOfService('OK', 'OK'), isDelivered: true, isFaultMet: false };
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
  const { to, code, min, signName, templateCode } = parts;

  const requests = inbox.listRequests();
  const sameNonce = findSameNonce(form, requests);
  const [retried] = sameNonce;
  const resent = retried ? undefined : findResent(parts, requests);
  const faultName = findFault(inbox, to, retried, resent);
  const fault: Fault | undefined = faultName && faults[faultName];

  // Whoever asks for a fault, or writes to a magic number, is to see what it does.
  const isUnlimited = fault !== undefined || findMagicNumber(to) !== undefined;
  const secondsPassed = isUnlimited ? Number.POSITIVE_INFINITY : inbox.getSecondsPassed(to);
  const refusal =
    checkGateway(form, contentType, sameNonce.some(hasUsedNonce)) ??
    checkService(form, signature, secondsPassed);
  const { reply, act, isDelivered, isFaultMet } = decide(fault, refusal, form);
  const template = templates.get(templateCode);

  const request = inbox.add({
    time,
    ...parts,
    template: template?.name ?? null,
    text: isDelivered && template ? `【${signName}】${fillIn(template.text, code, min)}` : '',
    delivered: isDelivered,
    parameters: Object.fromEntries([...form].slice(0, parameterLimit)),
    isSignedRight: isSigned(form),
    repeats: retried?.id ?? null,
    resends: resent?.id ?? null,
    fault: isFaultMet && faultName ? faultName : null,
    status: reply?.status ?? null,
    answerCode: reply?.code ?? '',
    meaning: describeMeaning(reply?.code ?? ''),
    answer: reply?.body.slice(0, answerLimit) ?? '',
    isOpen: fault?.kind === 'connection' && fault.holds === true,
  });

  return { request, ...(reply && { reply }), ...(act && { act }) };
};

const describeMeaning = (code: string): SandboxRequest['meaning'] => {
  const meaning = meaningOf(code);

  return meaning ? { en: meaning.en, zh: meaning.zh } : null;
};

import { type SandboxRequest } from './contract.js';
import { type Earlier, type Inbox } from './inbox.js';
import { fillIn, templates } from './service/catalogue.js';
import { checkGateway, checkService, readVariables } from './service/checks.js';
import { type Act, type Fault, type FaultName, faults } from './service/faults.js';
import { findMagicNumber } from './service/magic-numbers.js';
import { answerOfService, noReply, type Reply } from './service/replies.js';
import { isSigned } from './service/signature.js';

/** How much of an answer is kept, in characters. */
const answerLimit = 2000;

/** A request to Aliyun's service as it arrived. */
export type Posted = Readonly<{
  body: string;
  contentType: string;
}>;

/** What is to be done with a request: `reply` is answered, unless there is an `act` for its line. */
export type Received = Readonly<{ request: SandboxRequest; reply: Reply; act: Act | undefined }>;

type Parts = Readonly<{
  to: string;
  code: string;
  min: string;
  nonce: string;
  signName: string;
  templateCode: string;
}>;

const readParts = (form: URLSearchParams): Parts => {
  const { code = '', min = '' } = readVariables(form) ?? {};

  return {
    to: form.get('PhoneNumber') ?? '',
    code,
    min,
    nonce: form.get('SignatureNonce') ?? '',
    signName: form.get('SignName') ?? '',
    templateCode: form.get('TemplateCode') ?? '',
  };
};

/** What the phone shows of a message. */
const writeText = ({ code, min, signName, templateCode }: Parts): string => {
  const template = templates.get(templateCode);

  return template ? `【${signName}】${fillIn(template.text, code, min)}` : '';
};

const findFault = (
  inbox: Inbox,
  to: string,
  isRepeat: boolean,
  earlier: Earlier | undefined,
): FaultName | undefined => {
  const magicNumber = findMagicNumber(to);

  if (magicNumber) {
    return magicNumber.isOnce && isRepeat ? undefined : magicNumber.fault;
  }

  // A fault is one of a message, whose repeat and resend meet it as well.
  return earlier ? earlier.fault : inbox.takeFault(to);
};

type Decision = Readonly<{
  reply: Reply;
  act: Act | undefined;
  /** Whether Aliyun got the request. */
  isReached: boolean;
  isDelivered: boolean;
  /** Whether the fault, if any, had its effect: one that answers for Aliyun has none on a request that is refused. */
  isFaultMet: boolean;
}>;

const decide = (
  fault: Fault | undefined,
  refusal: Reply | undefined,
  form: URLSearchParams,
): Decision => {
  switch (fault?.kind) {
    case 'answer': {
      return {
        reply: refusal ?? fault.answer(form),
        act: undefined,
        isReached: true,
        isDelivered: false,
        isFaultMet: !refusal,
      };
    }
    case 'page': {
      return {
        reply: fault.page,
        act: undefined,
        isReached: false,
        isDelivered: false,
        isFaultMet: true,
      };
    }
    case 'line': {
      const isReached = fault.delivers ?? false;

      return {
        reply: noReply,
        act: fault.act,
        isReached,
        isDelivered: isReached && !refusal,
        isFaultMet: true,
      };
    }
    case undefined: {
      return {
        reply: refusal ?? answerOfService('OK', 'OK'),
        act: undefined,
        isReached: true,
        isDelivered: !refusal,
        isFaultMet: false,
      };
    }
  }
};

/**
 * Does with a request what Aliyun does, and what the faults in force want; and has the inbox remember it.
 *
 * @param signature The signature of SMS that works.
 */
export const receive = (inbox: Inbox, signature: string, posted: Posted): Received => {
  const form = new URLSearchParams(posted.body);
  const parts = readParts(form);
  const { to, code, min, nonce, signName, templateCode } = parts;
  const id = inbox.addForm(posted.body);
  const time = new Date().toISOString();

  // Requests without a nonce have none in common.
  const sameNonce = nonce ? inbox.findNonce(nonce) : undefined;
  const refused = sameNonce ? undefined : inbox.takeRefusal(to, code);
  const isRepeat = sameNonce !== undefined;
  const faultName = findFault(inbox, to, isRepeat, sameNonce ?? refused);
  const fault: Fault | undefined = faultName && faults[faultName];

  // Whoever asks for a fault, or writes to a magic number, is to see what it does.
  const isFree = fault !== undefined || findMagicNumber(to) !== undefined;
  const secondsPassed = isFree ? Infinity : inbox.getSecondsPassed(to);
  const gatewayRefusal = checkGateway(form, posted.contentType, sameNonce?.isUsed ?? false);
  const refusal = gatewayRefusal ?? checkService(form, signature, secondsPassed);
  const { reply, act, isReached, isDelivered, isFaultMet } = decide(fault, refusal, form);

  const text = isDelivered ? writeText(parts) : '';
  const request: SandboxRequest = {
    id,
    time,
    to,
    code,
    signName,
    templateCode,
    template: templates.get(templateCode)?.name ?? null,
    text,
    delivered: isDelivered,
    parameters: Object.fromEntries(form),
    isSignedRight: isSigned(form),
    repeats: sameNonce?.id ?? null,
    resends: refused?.id ?? null,
    fault: isFaultMet ? (faultName ?? null) : null,
    status: act ? null : reply.status,
    answerCode: act ? '' : reply.code,
    answer: act ? '' : reply.body.slice(0, answerLimit),
    isOpen: fault?.kind === 'line' && fault.holds === true,
  };

  inbox.setNonce(nonce, {
    id: sameNonce?.id ?? id,
    fault: sameNonce ? sameNonce.fault : faultName,
    isUsed: (sameNonce?.isUsed ?? false) || (isReached && !gatewayRefusal),
  });

  if (request.answerCode === 'biz.FREQUENCY' && !isRepeat && !refused) {
    inbox.addRefusal(to, code, { id, fault: faultName });
  }

  inbox.addRequest(
    request,
    isDelivered ? { time, phoneNumber: to, signName, templateCode, code, min, text } : undefined,
  );

  return { request, reply, act };
};

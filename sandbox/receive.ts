import { type IncomingMessage, type ServerResponse } from 'node:http';

import { business, checkGateway, checkService, isSigned, readVariables } from './checks.js';
import { type Fault, type FaultName, faults, magicNumbers } from './faults.js';
import { judge } from './outcome.js';
import { fillIn, templates } from './service.js';
import { type createState, type Nonce } from './state.js';

/** How much of an answer is kept, in characters. */
const answerLimit = 2000;

/** What a request comes to; `earlier` is what is known of its nonce. */
const decide = (
  form: URLSearchParams,
  contentType: string,
  name: FaultName | undefined,
  earlier: Nonce | undefined,
  secondsPassed: number,
) => {
  const { refuse, page, act, failure, delivers }: Partial<Fault> = name ? faults[name] : {};
  const isAnswered = !page && !act;
  const isReached = isAnswered || delivers === true;
  const gatewayRefusal = checkGateway(form, contentType, earlier?.isUsed === true);
  const refusal = gatewayRefusal ?? checkService(form, secondsPassed);
  const reply = page ?? refusal ?? refuse?.(form) ?? business('OK', 'OK');
  const delivered = isReached && !refusal && !refuse;

  const get = (key: string): string => form.get(key) ?? '';
  const [to, signName, templateCode] = [get('PhoneNumber'), get('SignName'), get('TemplateCode')];
  const template = templates.get(templateCode);
  const { code = '', min = '' } = readVariables(form) ?? {};
  const show = (text = '') => (delivered ? fillIn(text, code, min) : '');
  const text = show(template && `【${signName}】${template.text}`);
  const time = new Date().toISOString();

  return {
    ...{ reply, act },
    nonce: {
      isUsed: earlier?.isUsed === true || (isReached && !gatewayRefusal),
      fault: earlier ? earlier.fault : name,
    },
    message: { time, phoneNumber: to, signName, templateCode, code, min, text },
    arrival: {
      ...{ time, to, templateCode, template: template?.name ?? null, code, text },
      ...{ gloss: show(template && `[${signName}] ${template.gloss}`), delivered },
      parameters: Object.fromEntries(form),
      isSignatureRight: isSigned(form),
      isRepeat: earlier !== undefined,
      fault: name && !(refuse && refusal) ? name : null,
      status: act ? null : reply.status,
      answerCode: act ? '' : reply.code,
      answer: act ? '' : reply.body.slice(0, answerLimit),
      logto: judge(form, failure ? { failure } : reply, earlier !== undefined),
    },
  };
};

/** A message as the phone gets it. */
export type DeliveredMessage = Readonly<ReturnType<typeof decide>['message']>;

/** A request, with all that became of it. Texts are empty where there are none. */
export type Arrival = Readonly<{ id: number } & ReturnType<typeof decide>['arrival']>;

/** Chooses what goes wrong with a request, if anything; told its number in the order of arrival, from 0. */
export type ChooseFault = (index: number, form: URLSearchParams) => FaultName | undefined;

/** Does with a request what Aliyun does, and what the faults in force want. */
export const receive = (
  state: ReturnType<typeof createState>,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
  chooseFault: ChooseFault | undefined,
): void => {
  const form = new URLSearchParams(body);
  const [to, nonce] = [form.get('PhoneNumber') ?? '', form.get('SignatureNonce') ?? ''];
  const id = state.addForm(body);
  const earlier = state.nonces.get(nonce);
  const magic = magicNumbers.get(to);
  const choose = (): FaultName | undefined => {
    if (magic) {
      return magic.isOnce && earlier ? undefined : magic.fault;
    }

    return chooseFault ? chooseFault(id - 1, form) : earlier ? earlier.fault : state.takeFault(to);
  };
  const [name, type] = [choose(), request.headers['content-type'] ?? ''];
  // Whoever asks for a fault is to see it.
  const secondsPassed = magic || name ? Infinity : state.secondsPassed(to);
  const { reply, act, ...fate } = decide(form, type, name, earlier, secondsPassed);

  state.add(nonce, fate.nonce, { id, ...fate.arrival }, fate.message);

  if (act) {
    act(response, request);
  } else {
    const { status, code, body, location } = reply;
    const type = code ? 'application/json;charset=utf-8' : 'text/html';

    response.writeHead(status, { 'content-type': type, ...(location && { location }) }).end(body);
  }
};

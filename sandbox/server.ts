import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { type AddressInfo, type Server } from 'node:net';
import { text } from 'node:stream/consumers';

import { type FaultName, faults } from './faults.js';
import {
  accessKey,
  currentSignature,
  fillIn,
  fixedParameters,
  requiredParameters,
  templates,
  variablesOf,
} from './service.js';
import { referenceSignature } from './signer.js';

/** A message as the phone gets it. */
type DeliveredMessage = Readonly<{
  time: string;
  phoneNumber: string;
  signName: string;
  templateCode: string;
  code: string;
  min: string;
  /** What the phone shows. */
  text: string;
}>;

type Options = Readonly<{
  /** 0, the default, takes a free one. */
  port?: number;
  /** What goes wrong with a request, if anything; told its number in the order of arrival, from 0. */
  fault?: (index: number, form: URLSearchParams) => FaultName | undefined;
  onMessage?: (message: DeliveredMessage) => void;
}>;

/** A running stand-in for Aliyun's service. */
export type Sandbox = Readonly<{
  /** What to write as `endpoint`. */
  endpoint: string;
  /** What was delivered, oldest first. */
  messages: readonly DeliveredMessage[];
  /** Every form that arrived, refused ones too, as it was sent. */
  forms: readonly string[];
  /** How many connections were opened so far. */
  connections: () => number;
  /** Lets a minute pass for the interval between two messages to one number. */
  passMinute: () => void;
  close: () => Promise<void>;
}>;

type Answer = Readonly<{ status: number; code: string; message: string; isGateway: boolean }>;

const gateway = (status: number, code: string, message: string): Answer => ({
  status,
  code,
  message,
  isGateway: true,
});

const business = (code: string, message: string): Answer => ({
  status: 200,
  code,
  message,
  isGateway: false,
});

const minute = 60_000;

const signatureOf = (form: URLSearchParams): string =>
  referenceSignature(
    Object.fromEntries([...form].filter(([name]) => name !== 'Signature')),
    'POST',
    accessKey.secret,
  );

const readTemplateParam = (json: string): Readonly<Record<string, string>> | undefined => {
  try {
    const value: unknown = JSON.parse(json);

    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return undefined;
    }

    const entries = Object.entries(value).flatMap(([name, text]) =>
      typeof text === 'string' ? [[name, text] as const] : [],
    );

    return entries.length === Object.keys(value).length ? Object.fromEntries(entries) : undefined;
  } catch {
    return undefined;
  }
};

/** What the gateway checks before the service sees a request. */
const checkGateway = (
  { method, headers }: IncomingMessage,
  form: URLSearchParams,
  usedNonces: Set<string>,
): Answer | undefined => {
  if (method !== 'POST') {
    return gateway(405, 'UnsupportedHTTPMethod', 'The sandbox takes POST only.');
  }

  if (!/^application\/x-www-form-urlencoded\b/.test(headers['content-type'] ?? '')) {
    return gateway(400, 'UnsupportedContentType', 'The sandbox takes forms only.');
  }

  const missing = [...requiredParameters, 'Signature'].find((name) => !form.has(name));

  if (missing) {
    return gateway(400, `Missing${missing}`, `${missing} is mandatory for this action.`);
  }

  if (form.get('Action') !== 'SendSmsVerifyCode' || form.get('Version') !== '2017-05-25') {
    return gateway(404, 'InvalidApi.NotFound', 'Specified api is not found.');
  }

  const wrong = Object.entries(fixedParameters).find(([name, value]) => form.get(name) !== value);

  if (wrong) {
    return gateway(400, 'InvalidParameter', `The sandbox takes no ${wrong[0]} but ${wrong[1]}.`);
  }

  const time = form.get('Timestamp') ?? '';

  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time)) {
    return gateway(400, 'InvalidTimeStamp.Format', 'Specified time stamp is not well formatted.');
  }

  if (Math.abs(Date.now() - Date.parse(time)) > 15 * minute) {
    return gateway(400, 'InvalidTimeStamp.Expired', 'Specified time stamp is expired.');
  }

  if (form.get('AccessKeyId') !== accessKey.id) {
    return gateway(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  }

  if (form.get('Signature') !== signatureOf(form)) {
    // As Aliyun does: the answer repeats all that was signed, the code and the number among it.
    return gateway(
      400,
      'SignatureDoesNotMatch',
      `Specified signature is not matched with our calculation. server string to sign is:POST&%2F&${encodeURIComponent(form.toString())}`,
    );
  }

  const nonce = form.get('SignatureNonce') ?? '';

  if (usedNonces.has(nonce)) {
    return gateway(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  }

  usedNonces.add(nonce);

  return undefined;
};

/** Starts a stand-in for Aliyun's service on loopback. It keeps what it delivers in memory. */
export const startSandbox = async ({
  port = 0,
  fault,
  onMessage,
}: Options = {}): Promise<Sandbox> => {
  const messages: DeliveredMessage[] = [];
  const forms: string[] = [];
  const usedNonces = new Set<string>();
  const lastSent = new Map<string, number>();
  const clock = { offset: 0 };
  const counter = { connections: 0 };

  /** What the service itself checks, and the delivery. */
  const serve = (form: URLSearchParams): Answer => {
    const phoneNumber = form.get('PhoneNumber') ?? '';

    if ((form.get('CountryCode') ?? '86') !== '86' || !/^1[3-9]\d{9}$/.test(phoneNumber)) {
      return business('MOBILE_NUMBER_ILLEGAL', '手机号码格式错误');
    }

    const signName = form.get('SignName') ?? '';
    const templateCode = form.get('TemplateCode') ?? '';
    const template = templates[templateCode];

    if (signName !== currentSignature || template === undefined) {
      return business('isv.INVALID_PARAMETERS', '签名或者模版无效');
    }

    const values = readTemplateParam(form.get('TemplateParam') ?? '');
    const names = Object.keys(values ?? {}).sort();

    if (!values || names.join() !== variablesOf(template).sort().join()) {
      return business('isv.INVALID_PARAMETERS', '模板内容与模板参数不匹配');
    }

    const now = Date.now() + clock.offset;

    if (now - (lastSent.get(phoneNumber) ?? -Infinity) < minute) {
      return business('biz.FREQUENCY', 'check frequency failed');
    }

    lastSent.set(phoneNumber, now);

    const message = {
      time: new Date(now).toISOString(),
      phoneNumber,
      signName,
      templateCode,
      code: values.code ?? '',
      min: values.min ?? '',
      text: `【${signName}】${fillIn(template, values)}`,
    };

    messages.push(message);
    onMessage?.(message);

    return business('OK', 'OK');
  };

  const answer = (response: ServerResponse, { status, code, message, isGateway }: Answer): void => {
    const requestId = randomUUID().toUpperCase();

    response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' }).end(
      JSON.stringify({
        RequestId: requestId,
        Code: code,
        Message: message,
        ...(isGateway
          ? { HostId: 'dypnsapi.aliyuncs.com', Recommend: 'https://api.aliyun.com/troubleshoot' }
          : { Success: code === 'OK' }),
        ...(code === 'OK' && { Model: { BizId: randomUUID(), RequestId: requestId } }),
      }),
    );
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'GET' && request.url === '/messages') {
      response
        .writeHead(200, { 'content-type': 'application/json;charset=utf-8' })
        .end(JSON.stringify(messages));

      return;
    }

    const body = await text(request);
    const form = new URLSearchParams(body);
    const index = forms.push(body) - 1;
    const name = fault?.(index, form);
    const result = () => checkGateway(request, form, usedNonces) ?? serve(form);

    if (!name) {
      answer(response, result());

      return;
    }

    const { act, ...rest } = faults[name];

    if ('delivers' in rest) {
      result();
    }

    act(response, request);
  };

  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => {
      request.socket.destroy();
    });
  });

  server.on('connection', () => {
    counter.connections += 1;
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });

  return {
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    messages,
    forms,
    connections: () => counter.connections,
    passMinute: () => {
      clock.offset += minute;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** The port that a server listens on. Throws when it listens on none. */
export const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address();

  if (typeof address !== 'object' || address === null) {
    throw new TypeError('The server does not listen on a port.');
  }

  return address.port;
};

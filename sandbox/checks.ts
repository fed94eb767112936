import { randomUUID } from 'node:crypto';

import { trySafe } from '@silverhand/essentials';
import { z } from 'zod';

import * as service from './service.js';
import { referenceSignature } from './signer.js';

/** What is answered. `code` is Aliyun's; nothing where somebody else answers. */
export type Reply = Readonly<{
  status: number;
  headers: Readonly<Record<string, string>>;
  code: string;
  body: string;
}>;

const reply = (status: number, code: string, rest: (RequestId: string) => object): Reply => {
  const RequestId = randomUUID().toUpperCase();

  return {
    status,
    headers: { 'content-type': 'application/json;charset=utf-8' },
    code,
    body: JSON.stringify({ RequestId, Code: code, ...rest(RequestId) }),
  };
};

/** An answer of Aliyun's gateway. */
export const gateway = (status: number, code: string, Message: string): Reply =>
  reply(status, code, () => ({
    ...{ Message, HostId: 'dypnsapi.aliyuncs.com' },
    Recommend: 'https://api.aliyun.com/troubleshoot',
  }));

/** An answer of the service behind it. */
export const business = (code: string, Message: string, status = 200): Reply =>
  reply(status, code, (RequestId) => ({
    ...{ Message, Success: code === 'OK' },
    ...(code === 'OK' && { Model: { BizId: randomUUID(), RequestId } }),
  }));

/** Whether a form is signed with the sandbox's AccessKey. */
export const isSigned = (form: URLSearchParams): boolean => {
  const { Signature, ...rest } = Object.fromEntries(form);

  return Signature === referenceSignature(rest, 'POST', service.accessKey.secret);
};

/** As Aliyun does, this repeats all that was signed, the code and the number among it. */
export const signatureMismatch = (form: URLSearchParams): Reply =>
  gateway(
    400,
    'SignatureDoesNotMatch',
    `Specified signature is not matched with our calculation. server string to sign is:POST&%2F&${encodeURIComponent(form.toString())}`,
  );

/** The variables in a TemplateParam; nothing unless it is an object of texts. */
export const readTemplateParam = (json: string): Readonly<Record<string, string>> | undefined =>
  z.record(z.string()).safeParse(trySafe((): unknown => JSON.parse(json))).data;

type Check = readonly [isWrong: boolean, refusal: () => Reply];

const firstOf = (checks: readonly Check[]): Reply | undefined =>
  checks.find(([isWrong]) => isWrong)?.[1]();

/**
 * The refusal of the gateway, if any, before the service sees a request.
 *
 * @param isNonceUsed Whether it passed a request with this nonce already.
 */
export const checkGateway = (
  form: URLSearchParams,
  contentType: string,
  isNonceUsed: boolean,
): Reply | undefined => {
  const get = (name: string): string => form.get(name) ?? '';
  const refuse =
    (...refusal: Parameters<typeof gateway>) =>
    () =>
      gateway(...refusal);
  const missing = service.requiredParameters.find((name) => !form.has(name));
  const [wrong] =
    Object.entries(service.fixedParameters).find(([name, value]) => get(name) !== value) ?? [];
  const api = `${get('Action')} ${get('Version')}`;
  const time = get('Timestamp');
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(contentType);
  const isInTime = Math.abs(Date.now() - Date.parse(time)) < 15 * 60_000;

  // prettier-ignore
  return firstOf([
    [!isForm, refuse(400, 'UnsupportedContentType', 'The sandbox takes forms only.')],
    [missing !== undefined, refuse(400, `Missing${missing ?? ''}`, 'This parameter is mandatory.')],
    [api !== 'SendSmsVerifyCode 2017-05-25', refuse(404, 'InvalidApi.NotFound', 'Specified api is not found.')],
    [wrong !== undefined, refuse(400, 'InvalidParameter', `The sandbox takes one ${wrong ?? ''} only.`)],
    [!/^\d{4}(-\d\d){2}T\d\d(:\d\d){2}Z$/.test(time), refuse(400, 'InvalidTimeStamp.Format', 'Specified time stamp is not well formatted.')],
    [!isInTime, refuse(400, 'InvalidTimeStamp.Expired', 'Specified time stamp is expired.')],
    [get('AccessKeyId') !== service.accessKey.id, refuse(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.')],
    [!isSigned(form), () => signatureMismatch(form)],
    [isNonceUsed, refuse(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')],
  ]);
};

/**
 * The refusal of the service itself, if any.
 *
 * @param secondsPassed Since the last message to this number.
 */
export const checkService = (form: URLSearchParams, secondsPassed: number): Reply | undefined => {
  const get = (name: string): string => form.get(name) ?? '';
  const refuse =
    (...refusal: Parameters<typeof business>) =>
    () =>
      business(...refusal);
  const text = service.templates.get(get('TemplateCode'))?.text ?? '';
  const names = Object.keys(readTemplateParam(get('TemplateParam')) ?? {});
  const interval = Number(form.get('Interval') ?? 60);
  const isMobile = /^1[3-9]\d{9}$/.test(get('PhoneNumber')) && /^(86)?$/.test(get('CountryCode'));
  const isPair = get('SignName') === service.currentSignature && text !== '';
  const isComplete = names.sort().join() === service.variablesOf(text).sort().join();
  const isInterval = Number.isInteger(interval) && interval >= 1 && interval <= 600;

  return firstOf([
    [!isMobile, refuse('MOBILE_NUMBER_ILLEGAL', '手机号码格式错误', 400)],
    [!isPair, refuse('isv.INVALID_PARAMETERS', '签名或者模版无效')],
    [!isComplete, refuse('isv.INVALID_PARAMETERS', '模板内容与模板参数不匹配')],
    [!isInterval, refuse('isv.INVALID_PARAMETERS', 'Interval 无效')],
    [secondsPassed < interval, refuse('biz.FREQUENCY', 'check frequency failed')],
  ]);
};

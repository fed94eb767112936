import { randomUUID } from 'node:crypto';

import openApiUtil from '@alicloud/openapi-util';
import { trySafe } from '@silverhand/essentials';
import { z } from 'zod';

import * as service from './service.js';

/** What is answered. `code` is Aliyun's, and nothing where somebody else answers: with a page, or elsewhere. */
export type Reply = Readonly<{ status: number; code: string; body: string; location?: string }>;

/** An answer of Aliyun's gateway. */
export const gateway = (status: number, code: string, Message: string): Reply => {
  const [RequestId, HostId] = [randomUUID().toUpperCase(), 'dypnsapi.aliyuncs.com'];

  return { status, code, body: JSON.stringify({ RequestId, HostId, Code: code, Message }) };
};

/** An answer of the service behind it. */
export const business = (code: string, Message: string): Reply => {
  const RequestId = randomUUID().toUpperCase();
  const Model = code === 'OK' ? { BizId: randomUUID(), RequestId } : undefined;
  const body = { RequestId, Code: code, Message, Success: code === 'OK', Model };

  // The documented names come with 400, those seen in practice with 200.
  return { status: /^OK$|\./.test(code) ? 200 : 400, code, body: JSON.stringify(body) };
};

/** The RPC signature of parameters that are not encoded, all but `Signature`, made by Aliyun's own code. */
export const referenceSignature = (
  parameters: Record<string, string>,
  method: string,
  accessKeySecret: string,
): string => openApiUtil.default.getRPCSignature(parameters, method, accessKeySecret);

/** Whether a form is signed with the sandbox's AccessKey. */
export const isSigned = (form: URLSearchParams): boolean => {
  const { Signature, ...rest } = Object.fromEntries(form);

  return Signature === referenceSignature(rest, 'POST', service.accessKey.secret);
};

/** What Aliyun says of a wrong signature. It repeats all that was signed, the code and the number among it. */
export const mismatchOf = (form: URLSearchParams): string =>
  `Specified signature is not matched with our calculation. server string to sign is:POST&%2F&${encodeURIComponent(form.toString())}`;

/** The variables in a TemplateParam; nothing unless it is an object of texts. */
export const readVariables = (form: URLSearchParams): Partial<Record<string, string>> | undefined =>
  z.record(z.string()).safeParse(trySafe((): unknown => JSON.parse(form.get('TemplateParam') ?? ''))).data;

/**
 * The refusal of the gateway, if any, before the service sees a request.
 *
 * @param isNonceUsed Whether it passed a request with this nonce already.
 */
export const checkGateway = (form: URLSearchParams, contentType: string, isNonceUsed: boolean): Reply | undefined => {
  const get = (name: string): string => form.get(name) ?? '';
  const missing = service.requiredParameters.find((name) => !form.has(name)) ?? '';
  const [wrong = ''] = Object.entries(service.fixedParameters).find(([name, value]) => get(name) !== value) ?? [];
  const isApi = get('Action') === 'SendSmsVerifyCode' && get('Version') === '2017-05-25';
  const time = get('Timestamp');
  const isInTime = Math.abs(Date.now() - Date.parse(time)) < 15 * 60_000;

  // prettier-ignore
  const checks: ReadonlyArray<readonly [isWrong: boolean, ...Parameters<typeof gateway>]> = [
    [!/^application\/x-www-form-urlencoded\b/i.test(contentType), 400, 'UnsupportedContentType', 'The sandbox takes forms only.'],
    [missing !== '', 400, `Missing${missing}`, `${missing} is mandatory for this action.`],
    [!isApi, 404, 'InvalidApi.NotFound', 'Specified api is not found.'],
    [wrong !== '', 400, 'InvalidParameter', `The sandbox takes one ${wrong} only.`],
    [!/^\d{4}(-\d\d){2}T\d\d(:\d\d){2}Z$/.test(time), 400, 'InvalidTimeStamp.Format', 'Specified time stamp is not well formatted.'],
    [!isInTime, 400, 'InvalidTimeStamp.Expired', 'Specified time stamp is expired.'],
    [get('AccessKeyId') !== service.accessKey.id, 404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.'],
    [!isSigned(form), 400, 'SignatureDoesNotMatch', mismatchOf(form)],
    [isNonceUsed, 400, 'SignatureNonceUsed', 'Specified signature nonce was used already.'],
  ];
  const found = checks.find(([isWrong]) => isWrong);

  return found && gateway(found[1], found[2], found[3]);
};

/**
 * The refusal of the service itself, if any.
 *
 * @param secondsPassed Since the last message to this number.
 */
export const checkService = (form: URLSearchParams, secondsPassed: number): Reply | undefined => {
  const get = (name: string): string => form.get(name) ?? '';
  const interval = Number(form.get('Interval') ?? 60);
  const isMobile = /^1[3-9]\d{9}$/.test(get('PhoneNumber')) && /^(86)?$/.test(get('CountryCode'));
  const isInterval = Number.isInteger(interval) && interval >= 1 && interval <= 600;
  const names = Object.keys(readVariables(form) ?? {});
  const isKnown = service.templates.has(get('TemplateCode'));

  // prettier-ignore
  const checks: ReadonlyArray<readonly [isWrong: boolean, ...Parameters<typeof business>]> = [
    [!isMobile, 'MOBILE_NUMBER_ILLEGAL', '手机号码格式错误'],
    [!isKnown || get('SignName') !== service.currentSignature, 'isv.INVALID_PARAMETERS', '签名或者模版无效'],
    [names.sort().join() !== 'code,min', 'isv.INVALID_PARAMETERS', '模板内容与模板参数不匹配'],
    [!isInterval, 'isv.INVALID_PARAMETERS', 'Interval 无效'],
    [secondsPassed < interval, 'biz.FREQUENCY', 'check frequency failed'],
  ];
  const found = checks.find(([isWrong]) => isWrong);

  return found && business(found[1], found[2]);
};

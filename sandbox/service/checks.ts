import { trySafe } from '@silverhand/essentials';
import { z } from 'zod';

import { answerOfGateway, answerOfService, answerToMismatch, type Reply } from './answers.js';
import { accessKey, templates } from './catalogue.js';
import { isSigned } from './signature.js';

/** How far off a request's time may be, in milliseconds. */
const clockTolerance = 15 * 60_000;

/** The seconds between two messages to a number, where a request has no `Interval` of its own. */
const defaultInterval = 60;

/** What a request must hold. */
const requiredParameters = [
  'Action',
  'Version',
  'AccessKeyId',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
  'Timestamp',
  'PhoneNumber',
  'SignName',
  'TemplateCode',
  'TemplateParam',
  'Signature',
];

/** What has one good value. Aliyun answers in XML where Format is left out. */
const fixedParameters = {
  Format: 'JSON',
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
};

const variablesGuard = z.record(z.string());

/** The variables in a TemplateParam; nothing unless it is an object of texts. */
export const readVariables = (
  form: URLSearchParams
): Partial<Record<string, string>> | undefined => {
  const json = trySafe((): unknown => JSON.parse(form.get('TemplateParam') ?? ''));

  return variablesGuard.safeParse(json).data;
};

/** What is wrong with the parameters, whatever is sent. */
const checkParameters = (form: URLSearchParams): Reply | undefined => {
  const missing = requiredParameters.find((name) => !form.has(name));

  if (missing) {
    return answerOfGateway(400, `Missing${missing}`, `${missing} is mandatory for this action.`);
  }

  if (form.get('Action') !== 'SendSmsVerifyCode' || form.get('Version') !== '2017-05-25') {
    return answerOfGateway(404, 'InvalidApi.NotFound', 'Specified api is not found.');
  }

  const wrong = Object.entries(fixedParameters).find(([name, value]) => form.get(name) !== value);

  return wrong && answerOfGateway(400, 'InvalidParameter', `${wrong[0]} must be ${wrong[1]} here.`);
};

const checkTime = (time: string): Reply | undefined => {
  if (!/^\d{4}(?:-\d\d){2}T\d\d(?::\d\d){2}Z$/.test(time)) {
    return answerOfGateway(
      400,
      'InvalidTimeStamp.Format',
      'Specified time stamp is not well formatted.'
    );
  }

  const distance = Math.abs(Date.now() - Date.parse(time));

  // There is none where the date does not exist.
  return Number.isNaN(distance) || distance > clockTolerance
    ? answerOfGateway(400, 'InvalidTimeStamp.Expired', 'Specified time stamp is expired.')
    : undefined;
};

/**
 * The refusal of the gateway, if any, before the service sees a request.
 *
 * @param isNonceUsed Whether it passed a request with this nonce already.
 */
export const checkGateway = (
  form: URLSearchParams,
  contentType: string,
  isNonceUsed: boolean
): Reply | undefined => {
  if (!/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    return answerOfGateway(400, 'UnsupportedContentType', 'The sandbox takes forms only.');
  }

  const refusal = checkParameters(form) ?? checkTime(form.get('Timestamp') ?? '');

  if (refusal) {
    return refusal;
  }

  if (form.get('AccessKeyId') !== accessKey.id) {
    return answerOfGateway(
      404,
      'InvalidAccessKeyId.NotFound',
      'Specified access key is not found.'
    );
  }

  if (!isSigned(form)) {
    return answerToMismatch(form);
  }

  return isNonceUsed
    ? answerOfGateway(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')
    : undefined;
};

const isMobileNumber = (form: URLSearchParams): boolean =>
  ['', '86'].includes(form.get('CountryCode') ?? '') &&
  /^1[3-9]\d{9}$/.test(form.get('PhoneNumber') ?? '');

/** Whether there are the variables of a template, and no others. */
const hasItsVariables = (form: URLSearchParams): boolean => {
  const names = Object.keys(readVariables(form) ?? {});

  return names.length === 2 && names.includes('code') && names.includes('min');
};

/**
 * The refusal of the service itself, if any.
 *
 * @param signature The signature of SMS that works.
 * @param secondsPassed Since the last message to this number.
 */
export const checkService = (
  form: URLSearchParams,
  signature: string,
  secondsPassed: number
): Reply | undefined => {
  if (!isMobileNumber(form)) {
    return answerOfService('MOBILE_NUMBER_ILLEGAL', '手机号码格式错误');
  }

  if (!templates.has(form.get('TemplateCode') ?? '') || form.get('SignName') !== signature) {
    return answerOfService('isv.INVALID_PARAMETERS', '签名或者模版无效');
  }

  if (!hasItsVariables(form)) {
    return answerOfService('isv.INVALID_PARAMETERS', '模板内容与模板参数不匹配');
  }

  const interval = Number(form.get('Interval') ?? defaultInterval);

  if (!Number.isInteger(interval) || interval < 1 || interval > 600) {
    return answerOfService('isv.INVALID_PARAMETERS', 'Interval 无效');
  }

  return secondsPassed < interval
    ? answerOfService('biz.FREQUENCY', 'check frequency failed')
    : undefined;
};

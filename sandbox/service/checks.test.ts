import { describe, expect, it } from 'vitest';

import { form } from '../../test/helpers/form.js';

import { currentSignature } from './catalogue.js';
import { checkGateway, checkService, readVariables } from './checks.js';
import { isSigned } from './signature.js';

const formType = 'application/x-www-form-urlencoded;charset=UTF-8';

const service = (
  changes: Record<string, string | undefined>,
  secondsPassed = Number.POSITIVE_INFINITY
) => checkService(form(changes), currentSignature, secondsPassed);

describe('the gateway', () => {
  it('lets a good request pass', () => {
    expect(checkGateway(form(), formType, false)).toBeUndefined();
  });

  it.each<[string, Record<string, string | undefined>, number, string]>([
    ['an unknown AccessKey', { AccessKeyId: 'x' }, 404, 'InvalidAccessKeyId.NotFound'],
    ['a missing parameter', { SignName: undefined }, 400, 'MissingSignName'],
    ['an old request', { Timestamp: '2020-01-01T00:00:00Z' }, 400, 'InvalidTimeStamp.Expired'],
    ['a day that is none', { Timestamp: '2020-99-01T00:00:00Z' }, 400, 'InvalidTimeStamp.Expired'],
    ['milliseconds', { Timestamp: new Date().toISOString() }, 400, 'InvalidTimeStamp.Format'],
    ['another action', { Action: 'SendSms' }, 404, 'InvalidApi.NotFound'],
    ['another version', { Version: '2017-05-26' }, 404, 'InvalidApi.NotFound'],
    ['no JSON asked for', { Format: undefined }, 400, 'InvalidParameter'],
    ['another signature method', { SignatureMethod: 'HMAC-MD5' }, 400, 'InvalidParameter'],
  ])('refuses %s', (_, changes, status, code) => {
    const reply = checkGateway(form(changes), formType, false);

    expect(reply).toMatchObject({ status, code });
    expect(JSON.parse(reply?.body ?? '')).toMatchObject({
      Code: code,
      HostId: 'dypnsapi.aliyuncs.com',
    });
  });

  it('takes a nonce once', () => {
    expect(checkGateway(form(), formType, true)).toMatchObject({
      status: 400,
      code: 'SignatureNonceUsed',
    });
  });

  it('refuses a wrong secret, and repeats all that was signed', () => {
    const reply = checkGateway(form({}, 'wrong'), formType, false);

    expect(reply).toMatchObject({ status: 400, code: 'SignatureDoesNotMatch' });
    expect(reply?.body).toContain('482913');
    expect(reply?.body).toContain('13800138000');
  });

  it.each(['application/json', ''])('refuses the content type "%s"', (contentType) => {
    expect(checkGateway(form(), contentType, false)?.code).toBe('UnsupportedContentType');
  });
});

describe('the service', () => {
  it('accepts a good message', () => {
    expect(service({})).toBeUndefined();
    expect(service({ CountryCode: '86' })).toBeUndefined();
  });

  it.each<[string, Record<string, string | undefined>, number, string]>([
    ['an unknown template', { TemplateCode: '100009' }, 200, 'isv.INVALID_PARAMETERS'],
    ['a missing variable', { TemplateParam: '{"code":"1"}' }, 200, 'isv.INVALID_PARAMETERS'],
    [
      'an extra variable',
      { TemplateParam: '{"code":"1","min":"1","locale":"en"}' },
      200,
      'isv.INVALID_PARAMETERS',
    ],
    [
      'a variable that is no text',
      { TemplateParam: '{"code":1234,"min":"1"}' },
      200,
      'isv.INVALID_PARAMETERS',
    ],
    ['variables that are no JSON', { TemplateParam: 'code' }, 200, 'isv.INVALID_PARAMETERS'],
    ['a landline', { PhoneNumber: '01065529988' }, 400, 'MOBILE_NUMBER_ILLEGAL'],
    [
      'a number with its country code',
      { PhoneNumber: '8613800138000' },
      400,
      'MOBILE_NUMBER_ILLEGAL',
    ],
    ['another country', { CountryCode: '852' }, 400, 'MOBILE_NUMBER_ILLEGAL'],
  ])('refuses %s', (_, changes, status, code) => {
    expect(service(changes)).toMatchObject({ status, code });
  });

  it('refuses another signature than the one that works', () => {
    const SignName = '速通互联验证码';

    expect(service({ SignName })?.code).toBe('isv.INVALID_PARAMETERS');
    expect(checkService(form({ SignName }), SignName, Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  it('sends no second message within a minute', () => {
    expect(service({}, 59)).toMatchObject({ status: 200, code: 'biz.FREQUENCY' });
    expect(service({}, 60)).toBeUndefined();
  });

  it("waits as long as a request's own Interval says", () => {
    expect(service({ Interval: '90' }, 89)?.code).toBe('biz.FREQUENCY');
    expect(service({ Interval: '90' }, 90)).toBeUndefined();
    expect(service({ Interval: '30' }, 30)).toBeUndefined();
  });

  it.each(['0', '601', '1.5', '-1', 'soon', ''])('refuses an Interval of "%s"', (Interval) => {
    expect(service({ Interval })?.code).toBe('isv.INVALID_PARAMETERS');
  });
});

describe('a request', () => {
  it('is signed with the secret, all its parameters included', () => {
    const signed = form();
    expect(isSigned(signed)).toBe(true);

    signed.set('PhoneNumber', '13800138001');
    expect(isSigned(signed)).toBe(false);
    expect(isSigned(form({}, 'wrong'))).toBe(false);
  });

  it('tells its variables, if they are texts', () => {
    expect(readVariables(form())).toEqual({ code: '482913', min: '10' });
    expect(readVariables(form({ TemplateParam: '[1]' }))).toBeUndefined();
    expect(readVariables(new URLSearchParams())).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';

import { form } from '../test/helpers/form.js';

import { createInbox, type FaultChanges } from './inbox.js';
import { type Received, receive } from './receive.js';
import { currentSignature } from './service/catalogue.js';

/** A sandbox without a server. */
const open = (faults: FaultChanges = {}) => {
  const inbox = createInbox(faults);

  return {
    inbox,
    post: (posted: URLSearchParams): Received =>
      receive(inbox, currentSignature, {
        body: posted.toString(),
        contentType: 'application/x-www-form-urlencoded',
      }),
  };
};

const withCode = (code: string, changes: Record<string, string> = {}) =>
  form({ TemplateParam: JSON.stringify({ code, min: '10' }), ...changes });

describe('a request', () => {
  it('is told with all that it held and all that became of it', () => {
    const { inbox, post } = open();
    const posted = form();
    const { request, reply, act } = post(posted);

    expect(act).toBeUndefined();
    expect(inbox.listRequests()).toEqual([request]);
    expect(request).toEqual({
      id: 1,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
      to: '13800138000',
      code: '482913',
      min: '10',
      signName: '恒创联众',
      templateCode: '100001',
      template: { zh: '登录/注册模板', en: 'sign in or register' },
      text: '【恒创联众】您的验证码为482913。尊敬的客户，以上验证码10分钟内有效，请注意保密，切勿告知他人。',
      delivered: true,
      parameters: Object.fromEntries(posted),
      isSignedRight: true,
      repeats: null,
      resends: null,
      fault: null,
      status: 200,
      answerCode: 'OK',
      meaning: null,
      answer: reply?.body,
      isOpen: false,
    });
  });

  it('that is signed wrong puts nothing on the phone', () => {
    const { inbox, post } = open();
    const { request } = post(form({}, 'wrong'));

    expect(request).toMatchObject({
      text: '',
      code: '482913',
      delivered: false,
      isSignedRight: false,
      answerCode: 'SignatureDoesNotMatch',
      meaning: { en: expect.stringContaining('wrong AccessKey Secret') as unknown },
    });
    expect(inbox.listMessages()).toEqual([]);
  });

  it('that holds nothing is told as well', () => {
    const { post } = open();
    post(new URLSearchParams());

    expect(post(new URLSearchParams()).request).toMatchObject({
      to: '',
      code: '',
      template: null,
      repeats: null,
      answerCode: 'MissingAction',
      meaning: { en: 'a parameter is missing' },
    });
  });

  it('is kept in bounds: the beginning of a long answer, and forty parameters', () => {
    const { post } = open({ all: 'large' });
    const many = new URLSearchParams(Array.from({ length: 1000 }, (_, index) => [`a${index}`, '']));

    expect(post(form()).request.answer).toHaveLength(2000);
    expect(Object.keys(post(many).request.parameters)).toHaveLength(40);
  });
});

describe('a retry', () => {
  it.each([
    ['lost', 'SignatureNonceUsed'],
    ['noBalance', 'SignatureNonceUsed'],
    // The gateway refuses before it looks at the nonce, and a page is not Aliyun's.
    ['throttled', 'Throttling.User'],
    ['gatewayDown', ''],
  ] as const)('after the fault %s is answered "%s"', (all, answerCode) => {
    const { post } = open({ all });
    const posted = form();
    const { request } = post(posted);

    expect(post(posted).request).toMatchObject({ answerCode, repeats: request.id });
  });

  it.each([
    ['13800000009', 'cut', 'SignatureNonceUsed', false],
    ['13800000011', 'gatewayDown', 'OK', true],
  ] as const)('to the magic number %s goes on after the fault %s', (...row) => {
    const [PhoneNumber, fault, answerCode, delivered] = row;
    const { post } = open();
    const posted = form({ PhoneNumber });
    const { request } = post(posted);

    expect(request).toMatchObject({ fault, delivered: !delivered });
    expect(post(posted).request).toMatchObject({ answerCode, delivered, repeats: request.id });
  });

  it('meets the fault of its message, and points to the first try', () => {
    const { inbox, post } = open({ next: 'badGateway' });
    const posted = form();
    post(posted);
    post(posted);
    post(posted);

    expect(inbox.listRequests().map(({ repeats, fault }) => [repeats, fault])).toEqual([
      [null, 'badGateway'],
      [1, 'badGateway'],
      [1, 'badGateway'],
    ]);
    expect(post(form()).request.answerCode).toBe('OK');
  });
});

describe('a nonce', () => {
  it('is used up by a request that the gateway let pass, and by no other', () => {
    const { post } = open();
    const SignatureNonce = 'fake-nonce';
    post(form({ SignatureNonce }, 'wrong'));

    expect(post(form({ SignatureNonce })).request).toMatchObject({ answerCode: 'OK', repeats: 1 });
    expect(post(form({ SignatureNonce })).request.answerCode).toBe('SignatureNonceUsed');
  });
});

describe('a resend', () => {
  it('points to the request that was refused as too soon, and ends it', () => {
    const { inbox, post } = open();
    post(withCode('111111'));
    post(withCode('222222'));
    post(withCode('222222'));
    post(withCode('222222'));

    expect(inbox.listRequests().map(({ resends }) => resends)).toEqual([null, null, 2, null]);
  });

  it('is delivered when the interval is over', () => {
    const { inbox, post } = open();
    post(withCode('111111'));
    inbox.passSeconds(59);
    post(withCode('222222'));
    inbox.passSeconds(2);

    expect(post(withCode('222222')).request).toMatchObject({ resends: 2, delivered: true });
  });

  it('is none for another code or another number, nor after another refusal', () => {
    const { inbox, post } = open({ all: 'frequency' });
    post(withCode('111111'));
    post(withCode('222222'));
    post(withCode('111111', { PhoneNumber: '13800138001' }));
    inbox.setFaults({ all: 'dayLimit' });
    post(withCode('333333'));
    post(withCode('333333'));

    expect(inbox.listRequests().every(({ resends }) => resends === null)).toBe(true);
  });

  it('meets the fault of its message', () => {
    const { inbox, post } = open({ next: 'throttled' });
    post(withCode('111111'));
    inbox.setFaults({ next: 'hang' });

    expect(post(withCode('111111')).request).toMatchObject({ resends: 1, fault: 'throttled' });
    expect(inbox.getFaults().next).toBe('hang');
  });
});

describe('a fault', () => {
  it('is seen, however short ago the last message was', () => {
    const { inbox, post } = open();
    post(form());
    inbox.setFaults({ next: 'noBalance' });

    expect(post(form()).request.answerCode).toBe('isv.OUT_OF_SERVICE');
    expect(post(form()).request.answerCode).toBe('biz.FREQUENCY');
  });

  it('that answers for Aliyun is not met by a request that is refused', () => {
    const { post } = open({ all: 'noBalance' });

    expect(post(form({ TemplateCode: '1' })).request).toMatchObject({
      fault: null,
      answerCode: 'isv.INVALID_PARAMETERS',
    });
  });

  it.each([
    ['hang', true],
    ['stall', true],
    ['drip', true],
    ['reset', false],
    ['truncate', false],
    ['garbage', false],
  ] as const)('%s leaves no answer, and the connection open: %s', (fault, isOpen) => {
    const { post } = open({ all: fault });
    const { request, reply } = post(form());

    expect(reply).toBeUndefined();
    expect(request).toMatchObject({ fault, isOpen, status: null, answerCode: '', answer: '' });
  });
});

describe('a magic number', () => {
  it('decides alone, whatever fault is set and however short ago the last message was', () => {
    const { inbox, post } = open({ all: 'throttled' });

    for (const PhoneNumber of ['13800000000', '13800000000', '13800001234', '13800000002']) {
      post(form({ PhoneNumber }));
    }

    expect(inbox.listRequests().map(({ answerCode }) => answerCode)).toEqual([
      'OK',
      'OK',
      'OK',
      'BUSINESS_LIMIT_CONTROL',
    ]);
  });
});

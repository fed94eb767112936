import { describe, expect, it } from 'vitest';

import { form } from '../test/helpers/form.js';
import { createInbox, type FaultChanges } from './inbox.js';
import { type Received, receive } from './receive.js';
import { currentSignature } from './service/catalogue.js';

/** A sandbox without a server. */
const open = (faults: FaultChanges = {}) => {
  const inbox = createInbox(faults);
  const post = (posted: URLSearchParams): Received =>
    receive(inbox, currentSignature, {
      body: posted.toString(),
      contentType: 'application/x-www-form-urlencoded',
    });

  return { inbox, post };
};

const withCode = (code: string, changes: Record<string, string> = {}) =>
  form({ TemplateParam: JSON.stringify({ code, min: '10' }), ...changes });

describe('a request', () => {
  it('is told with all that it held and all that became of it', () => {
    const { inbox, post } = open();
    const posted = form();
    const { request, reply, act } = post(posted);

    expect(act).toBeUndefined();
    expect(reply.code).toBe('OK');
    expect(inbox.requests).toEqual([request]);
    expect(request).toEqual({
      id: 1,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown,
      to: '13800138000',
      code: '482913',
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
      answer: reply.body,
      isOpen: false,
    });
  });

  it('that is signed wrong puts nothing on the phone', () => {
    const { inbox, post } = open();

    expect(post(form({}, 'wrong')).request).toMatchObject({
      text: '',
      code: '482913',
      delivered: false,
      isSignedRight: false,
      answerCode: 'SignatureDoesNotMatch',
    });
    expect(inbox.messages).toEqual([]);
  });

  it('that holds nothing is told as well', () => {
    const { post } = open();

    expect(post(new URLSearchParams()).request).toMatchObject({
      to: '',
      code: '',
      template: null,
      answerCode: 'MissingAction',
    });
    expect(post(new URLSearchParams()).request.repeats).toBeNull();
  });

  it('keeps the beginning of a long answer', () => {
    const { post } = open({ all: 'large' });

    expect(post(form()).request.answer).toHaveLength(2000);
  });
});

describe('a repeat', () => {
  it.each(['unavailable', 'lost'] as const)(
    'after the fault %s, which Aliyun answers with, has a nonce that is used up',
    (all) => {
      const { post } = open({ all });
      const posted = form();
      const { request } = post(posted);

      expect(post(posted).request).toMatchObject({
        answerCode: 'SignatureNonceUsed',
        repeats: request.id,
      });
    },
  );

  it.each([
    ['cut', 'SignatureNonceUsed', '13800000009'],
    // The page of a gateway has not used up the nonce.
    ['gatewayDown', 'OK', '13800000011'],
  ])('after the fault %s is answered with %s', (fault, code, PhoneNumber) => {
    const { post } = open();
    const posted = form({ PhoneNumber });
    const { request } = post(posted);

    expect(request.fault).toBe(fault);
    expect(post(posted).request).toMatchObject({ answerCode: code, repeats: request.id });
  });

  it('meets the fault of its message, and points to the first try', () => {
    const { inbox, post } = open({ next: 'badGateway' });
    const posted = form();
    post(posted);
    post(posted);
    post(posted);

    expect(inbox.requests.map(({ repeats }) => repeats)).toEqual([null, 1, 1]);
    expect(inbox.requests.map(({ fault }) => fault)).toEqual(Array(3).fill('badGateway'));
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

  it('that is too long to be one is not remembered', () => {
    const { inbox, post } = open();
    const posted = new URLSearchParams({ SignatureNonce: 'a'.repeat(129) });
    const shorter = new URLSearchParams({ SignatureNonce: 'a'.repeat(128) });
    post(posted);
    post(posted);
    post(shorter);
    post(shorter);

    expect(inbox.requests.map(({ repeats }) => repeats)).toEqual([null, null, null, 3]);
  });
});

describe('a resend', () => {
  it('points to the request that was refused as too soon, and ends it', () => {
    const { inbox, post } = open();
    post(withCode('111111'));
    post(withCode('222222'));
    post(withCode('222222'));
    post(withCode('222222'));

    expect(inbox.requests.map(({ resends }) => resends)).toEqual([null, null, 2, null]);
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

    expect(inbox.requests.every(({ resends }) => resends === null)).toBe(true);
  });

  it('has a nonce of its own', () => {
    const { inbox, post } = open();
    const refused = withCode('222222');
    post(withCode('111111'));
    post(refused);
    post(refused);

    expect(inbox.requests[2]).toMatchObject({ repeats: 2, resends: null });
    expect(post(withCode('222222')).request).toMatchObject({ repeats: null, resends: 2 });
  });

  it('meets the fault of its message', () => {
    const { inbox, post } = open({ next: 'frequency' });
    post(withCode('111111'));
    inbox.setFaults({ next: 'hang' });

    expect(post(withCode('111111')).request).toMatchObject({ resends: 1, fault: 'frequency' });
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
  ] as const)('%s leaves no answer, and the line open: %s', (fault, isOpen) => {
    const { post } = open({ all: fault });
    const { request, act } = post(form());

    expect(act).toBeDefined();
    expect(request).toMatchObject({ fault, isOpen, status: null, answerCode: '', answer: '' });
  });
});

describe('a magic number', () => {
  it('decides alone, whatever fault is set and however short ago the last message was', () => {
    const { inbox, post } = open({ all: 'throttled' });
    post(form({ PhoneNumber: '13800000000' }));
    post(form({ PhoneNumber: '13800000000' }));
    post(form({ PhoneNumber: '13800001234' }));
    post(form({ PhoneNumber: '13800001234' }));
    post(form({ PhoneNumber: '13800000002' }));

    expect(inbox.requests.map(({ answerCode }) => answerCode)).toEqual([
      'OK',
      'OK',
      'OK',
      'OK',
      'BUSINESS_LIMIT_CONTROL',
    ]);
  });

  it('whose fault is met once has the repeat go on', () => {
    const { inbox, post } = open();

    for (const PhoneNumber of ['13800000009', '13800000011']) {
      const posted = form({ PhoneNumber });
      post(posted);
      post(posted);
    }

    expect(inbox.requests.map(({ delivered }) => delivered)).toEqual([true, false, false, true]);
  });
});

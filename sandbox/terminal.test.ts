import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { form } from '../test/helpers/form.js';
import { createInbox, type FaultChanges } from './inbox.js';
import { receive } from './receive.js';
import { currentSignature } from './service/catalogue.js';
import { describeRequest, describeStart } from './terminal.js';

const describePosted = (posted: URLSearchParams, faults: FaultChanges = {}): string => {
  const { request } = receive(createInbox(faults), currentSignature, {
    body: posted.toString(),
    contentType: 'application/x-www-form-urlencoded',
  });

  return stripVTControlCharacters(describeRequest(request));
};

describe('the terminal', () => {
  it('shows a line for a message', () => {
    expect(describePosted(form())).toMatch(
      /^\d\d:\d\d:\d\d {2}13800138000 {2}482913 {2}100001 {2}OK$/,
    );
  });

  it.each([
    ['gatewayDown', 'HTTP 503'],
    ['unavailable', 'ServiceUnavailable'],
    ['hang', 'no answer'],
  ] as const)('calls what was answered after the fault %s %s', (all, expected) => {
    expect(describePosted(form(), { all }).split('\n')[0]).toContain(`  ${expected}  (${all})`);
  });

  it('says what never comes', () => {
    expect(describePosted(form(), { all: 'lost' })).toContain('OK: accepted, never delivered');
  });

  it('is not steered by what a request holds', () => {
    const evil = '\u001b[2J\u0007\r\u202e\u009b1;1H';
    const posted = form({
      PhoneNumber: evil,
      TemplateCode: evil,
      SignName: evil,
      TemplateParam: JSON.stringify({ code: evil, min: evil }),
    });
    const { request } = receive(createInbox({}), currentSignature, {
      body: posted.toString(),
      contentType: 'application/x-www-form-urlencoded',
    });

    // The only thing that steers is the colour of the answer.
    const rest = ['\u001b[31m', '\u001b[32m', '\u001b[39m'].reduce(
      (left, part) => left.replaceAll(part, ''),
      describeRequest(request),
    );

    expect(rest).not.toMatch(/\p{C}/u);
  });
});

describe('the start', () => {
  const start = {
    endpoint: 'http://192.168.1.5:4010',
    config: '{ "signName": "恒创联众" }',
    isEndpointTaken: true,
    signName: undefined,
    fault: undefined,
  };

  it('shows the config and the address of the page', () => {
    const text = describeStart(start);

    expect(text).toContain(start.config);
    expect(text).toContain('The page is http://192.168.1.5:4010;');
    expect(text).not.toMatch(/Warning|signature "|Fault/);
  });

  it('warns where the connector refuses the endpoint, and says what else was asked for', () => {
    const text = describeStart({
      ...start,
      isEndpointTaken: false,
      signName: '某某签名',
      fault: 'lost',
    });

    expect(text).toContain('Warning: the connector refuses this endpoint.');
    expect(text).toContain('the signature "某某签名" and no other');
    expect(text).toContain('Fault "lost": accepts the message, which never arrives.');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { createRequest } from '../test/helpers/requests.js';

import { type SandboxRequest } from './contract.js';
import { describeRequest, describeStart } from './terminal.js';

const describePlain = (changes: Partial<SandboxRequest> = {}): string =>
  stripVTControlCharacters(describeRequest(createRequest(1, changes)));

describe('the terminal', () => {
  it('shows a line for a message', () => {
    expect(describePlain()).toMatch(/^\d\d:\d\d:\d\d {2}13800138000 {2}482913 {2}100001 {2}OK$/);
  });

  it.each<readonly [Partial<SandboxRequest>, string]>([
    [{ fault: 'gatewayDown', status: 503, answerCode: '' }, 'HTTP 503  (gatewayDown)'],
    [{ fault: 'hang', status: null, answerCode: '' }, 'no answer  (hang)'],
    [
      { answerCode: 'biz.FREQUENCY', meaning: { en: 'too soon', zh: '' } },
      'biz.FREQUENCY: too soon',
    ],
    [{ fault: 'lost' }, 'OK: accepted, never delivered  (lost)'],
  ])('says what was answered: %j', (changes, expected) => {
    const line = describePlain({ delivered: false, ...changes });

    expect(line.endsWith(`  ${expected}`)).toBe(true);
  });

  it('is not steered by what a request holds', () => {
    const evil = '\u001B[2J\u0007\r\u202E\u009B1;1H';
    const line = describeRequest(createRequest(1, { to: evil, code: evil, templateCode: evil }));
    // The only thing that steers is the colour of the answer.
    const rest = line.replace('\u001B[32m', '').replace('\u001B[39m', '');

    expect(rest).not.toMatch(/\p{C}/u);
  });
});

describe('the start', () => {
  const start = {
    endpoint: 'http://127.0.0.1:4010',
    config: '{ "signName": "恒创联众" }',
    signName: undefined,
    fault: undefined,
  };

  it('shows the config and the address of the page', () => {
    const text = describeStart(start);

    expect(text).toContain(start.config);
    expect(text).toContain('The page is http://127.0.0.1:4010;');
    expect(text).not.toMatch(/Warning|signature "|Fault/);
  });

  it('warns where the connector refuses the endpoint, and says what else was asked for', () => {
    const text = describeStart({
      ...start,
      endpoint: 'http://192.168.1.5:4010',
      signName: '某某签名',
      fault: 'lost',
    });

    expect(text).toContain('Warning: the connector refuses this endpoint.');
    expect(text).toContain('the signature "某某签名" and no other');
    expect(text).toContain('Fault "lost": accepts the message, which never arrives.');
  });
});

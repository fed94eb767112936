import { connect } from 'node:net';

import { describe, expect, it } from 'vitest';

import { form } from '../../test/helpers/form.js';
import { openSandbox } from '../../test/helpers/sandbox.js';

import { type FaultName, findMagicNumber } from './faults.js';

/** Posts a form by hand, and reads what comes until that matches, or until the connection ends. */
const readAnswer = async (fault: FaultName, expected: RegExp) => {
  const { endpoint } = await openSandbox({ faults: { all: fault } });
  const { host, hostname, port } = new URL(endpoint);
  const body = form().toString();
  const socket = connect(Number(port), hostname);
  /* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- What comes is gathered. */
  let text = '';
  let isReset = false;

  socket
    .setEncoding('utf8')
    .write(
      [
        'POST / HTTP/1.1',
        `host: ${host}`,
        'content-type: application/x-www-form-urlencoded',
        `content-length: ${body.length}`,
        '',
        body,
      ].join('\r\n')
    );
  socket.on('error', () => {
    isReset = true;
  });
  socket.on('data', (part: string) => {
    text += part;

    if (expected.test(text)) {
      socket.destroy();
    }
  });
  /* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */
  await new Promise((resolve) => {
    socket.once('close', resolve);
  });

  return { text, isReset };
};

describe('a fault', () => {
  it.each<[FaultName, RegExp]>([
    ['stall', /^HTTP\/1\.1 200 OK\r\n[^]*content-length: 100\r\n[^]*\r\n\r\n$/],
    ['drip', /^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n $/],
    ['truncate', /\r\n\r\n{"Code":$/],
    ['garbage', /^SSH-2\.0/],
    ['large', /\r\n\r\n {65537}/],
    ['badGateway', /^HTTP\/1\.1 502 [^]*<h1>502<\/h1>/],
  ])('%s answers so that it matches %s', async (fault, expected) => {
    const { text } = await readAnswer(fault, expected);

    expect(text).toMatch(expected);
  });

  it('cut ends the connection in order, reset does not, and neither answers', async () => {
    expect(await readAnswer('cut', /./)).toEqual({ text: '', isReset: false });
    expect(await readAnswer('reset', /./)).toEqual({ text: '', isReset: true });
  });
});

describe('a magic number', () => {
  it.each([
    ['13800000000', undefined],
    ['13800000004', 'noBalance'],
    ['13800000011', 'gatewayDown'],
    ['13800001000', undefined],
    ['13800001999', undefined],
  ])('is %s, with the fault %s', (number, fault) => {
    expect(findMagicNumber(number)).toBeDefined();
    expect(findMagicNumber(number)?.fault).toBe(fault);
  });

  it.each(['13800000012', '13800000999', '13800002000', '8613800001000', '1380000100', ''])(
    'is not %s',
    (number) => {
      expect(findMagicNumber(number)).toBeUndefined();
    }
  );
});

import { noop } from '@silverhand/essentials';

import { ConnectorError, ConnectorErrorCodes } from '@logto/connector-kit';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { code, config, generic, logtoMessage, number } from '../test/helpers/fixtures.js';
import { refusal } from '../test/helpers/send.js';
import { answerOf, ok, serve, serveInTurn } from '../test/helpers/servers.js';

import createConnector from './index.js';
import { describeCall } from './trace.js';

const warn = vi.spyOn(console, 'warn');

/** The lines that were written since the test began. */
const readLines = (): string[] => warn.mock.calls.map((args) => args.join(' '));

beforeEach(() => {
  warn.mockClear().mockImplementation(noop);
});

afterAll(() => {
  warn.mockRestore();
});

/** Sends a message that Aliyun answers with this code. */
const sendTo = async (answerCode: string, rest: Record<string, unknown> = {}): Promise<void> => {
  const { endpoint } = await serveInTurn([200, answerOf(answerCode, rest)]);

  await refusal({ ...config, endpoint });
};

describe('a call leaves one line in the output of Logto', () => {
  it('where Aliyun refused it: what is wrong, in English, with the code and the RequestId', async () => {
    await sendTo('SignatureDoesNotMatch', {
      RequestId: 'A-1',
      Message: 'server string to sign is',
    });

    expect(readLines()).toEqual([
      expect.stringMatching(
        /^connector-aliyun-sms-mas: invalid_config accessKeySecret: [A-Z][^\n]* \(SignatureDoesNotMatch, RequestId A-1\)$/
      ),
    ]);
  });

  it('where the saved config is wrong', async () => {
    await refusal({ ...config, templates: [{ ...generic, templateCode: 'SMS_1' }] });
    await refusal({ ...config, accessKeyId: '' });

    expect(readLines()).toEqual([
      expect.stringMatching(
        /^connector-aliyun-sms-mas: invalid_config templates\.0\.templateCode: [^\n]*"100001"[^\n]* \(Generic\)$/
      ),
      expect.stringMatching(/^connector-aliyun-sms-mas: invalid_config accessKeyId: Write [^\n]*$/),
    ]);
  });

  it('where a config on trial is wrong, without a word of who wrote it', async () => {
    const { sendMessage } = await createConnector({ getConfig: async () => config });
    const misplaced = { 'fake-secret-in-the-wrong-place\n': 1 };
    const line = /^connector-aliyun-sms-mas: invalid_config: [^\n]*$/;

    await expect(sendMessage(logtoMessage, { ...config, ...misplaced })).rejects.toThrow();
    await expect(
      sendMessage(logtoMessage, { ...config, templates: [{ ...generic, ...misplaced }] })
    ).rejects.toThrow();
    expect(readLines()).toEqual([expect.stringMatching(line), expect.stringMatching(line)]);
    expect(readLines().join('')).not.toContain('fake-secret');
  });

  it('where it counts as sent, since its nonce was used after a copy without an answer', async () => {
    const { endpoint } = await serveInTurn([503, ''], [400, answerOf('SignatureNonceUsed')]);

    expect(await refusal({ ...config, endpoint })).toBeUndefined();
    expect(readLines()).toEqual([
      expect.stringMatching(
        /^connector-aliyun-sms-mas: counts as sent: general endpoint: [^\n]*\(SignatureNonceUsed, RequestId [\w-]+\)$/
      ),
    ]);
  });
});

describe('a call leaves no line in the output of Logto', () => {
  it('where it was sent', async () => {
    const { endpoint } = await serve((response) => response.end(ok));

    expect(await refusal({ ...config, endpoint })).toBeUndefined();
    expect(readLines()).toEqual([]);
  });

  it('where the number or its limits were the reason', async () => {
    await refusal(config, { to: '85261234567' });
    await sendTo('MOBILE_NUMBER_ILLEGAL');
    await sendTo('isv.BUSINESS_LIMIT_CONTROL');

    expect(readLines()).toEqual([]);
  });

  it('where Logto could not read the config, which Logto logs itself', async () => {
    const own = new ConnectorError(ConnectorErrorCodes.NotImplemented, 'own');
    const { sendMessage } = await createConnector({
      getConfig: async () => {
        throw own;
      },
    });

    await expect(sendMessage(logtoMessage)).rejects.toBe(own);
    expect(readLines()).toEqual([]);
  });
});

describe('an error that is not of this connector', () => {
  it('is left to Logto, without a line', () => {
    expect(describeCall(new Error('own'))).toBeUndefined();
    expect(describeCall(new ConnectorError(ConnectorErrorCodes.General, 'own'))).toBeUndefined();
  });
});

describe('the line', () => {
  const confidential = [code, number, config.accessKeyId, config.accessKeySecret];
  const piece = fc.oneof(
    fc.constantFrom(...confidential, 'isv.', 'Missing', 'A', '\n', '\r', '\u2028', '\u001B[2J'),
    fc.string({ maxLength: 3 })
  );
  const hostile = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));

  it('is one line, and holds nothing confidential, whatever Aliyun answers', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, async (answerCode, requestId) => {
        warn.mockClear();
        await sendTo(answerCode, { RequestId: requestId, Message: confidential.join(' ') });

        for (const line of readLines()) {
          expect(line).toMatch(/^connector-aliyun-sms-mas: [ -~信务号断服短码认证诊问题]*$/);
          expect(confidential.filter((part) => line.includes(part))).toEqual([]);
        }
      }),
      { numRuns: 60 }
    );
  }, 60_000);

  it('is one line, and holds nothing that a caller wrote', async () => {
    const { endpoint } = await serve((response) => response.end(ok));
    const odd = hostile.map((text) => `${text}\n`);

    await fc.assert(
      fc.asyncProperty(odd, odd, async (type, text) => {
        warn.mockClear();
        const templates = [{ usageType: type, templateCode: text }];
        const message = { ...logtoMessage, type };

        await refusal({ ...config, endpoint, templates }, message);
        await refusal({ ...config, endpoint }, { payload: { code: text } });
        await refusal({ ...config, endpoint, signName: '\uD83D' });

        expect(readLines()).toHaveLength(3);

        for (const line of readLines()) {
          expect(line).toMatch(/^connector-aliyun-sms-mas: [ -~【】众创恒联]*$/);
          expect(confidential.filter((part) => line.includes(part))).toEqual([]);
        }
      }),
      { numRuns: 100 }
    );
  });
});

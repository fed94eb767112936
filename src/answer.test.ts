import { describe, expect, it } from 'vitest';

import { parseAnswer } from './answer.js';

const requestId = 'CC3BB6D2-2FDF-4321-9DCE-B38165CE4C47';

describe('parseAnswer', () => {
  it("reads an answer of the service's", () => {
    const answer = {
      Code: 'OK',
      Message: 'OK',
      Success: true,
      RequestId: requestId,
      Model: { BizId: '112231421412414124123^4', RequestId: 'another', OutId: null },
    };

    expect(parseAnswer(JSON.stringify(answer))).toStrictEqual({ code: 'OK', requestId });
  });

  it("reads an answer of the gateway's", () => {
    const answer = {
      RequestId: requestId,
      HostId: 'dypnsapi.aliyuncs.com',
      Code: 'InvalidAccessKeyId.NotFound',
      Message: 'Specified access key is not found.',
      Recommend: 'https://api.aliyun.com/troubleshoot',
    };

    expect(parseAnswer(JSON.stringify(answer))).toStrictEqual({
      code: 'InvalidAccessKeyId.NotFound',
      requestId,
    });
  });

  it.each([undefined, null, 5, {}, []])('does without the RequestId %j', (RequestId) => {
    expect(parseAnswer(JSON.stringify({ Code: 'UNKNOWN', RequestId }))).toStrictEqual({
      code: 'UNKNOWN',
      requestId: undefined,
    });
  });

  it.each([
    '',
    'OK',
    'null',
    '1',
    '"OK"',
    '[{"Code":"OK"}]',
    '{}',
    '{"Code":""}',
    '{"Code":1}',
    '{"Code":null}',
    '{"Code":["OK"]}',
    '{"code":"OK"}',
    '{"Model":{"Code":"OK"}}',
    '{"Code":"OK"',
    '{"__proto__":{"Code":"OK"}}',
    '<Code>OK</Code>',
    '<p>Please log in</p>',
  ])('finds no answer of Aliyun in %j', (body) => {
    expect(parseAnswer(body)).toBeUndefined();
  });

  it('finds none in what is nested too deep to be read', () => {
    expect(parseAnswer('['.repeat(60_000))).toBeUndefined();
  });
});

import { ZodError } from 'zod';

import { ConnectorErrorCodes } from '@logto/connector-kit';
import { describe, expect, it } from 'vitest';

import { formatZodError, pathsOf, saidIn, shownToUser, toldUser } from '../test/helpers/errors.js';

import { createError, inBoth } from './error.js';

const issues = [
  { path: ['templates', 1, 'templateCode'], message: '中文\nEnglish' },
  { path: [], message: '也\nToo' },
];

describe('inBoth', () => {
  it('puts Chinese first, and either language on a line of its own', () => {
    expect(inBoth({ en: 'Try again.', zh: '请重试。' })).toBe('请重试。\nTry again.');
  });
});

describe('createError', () => {
  it('tells the admin each key at fault, in a form that Logto shows whatever the code', () => {
    for (const code of [ConnectorErrorCodes.General, ConnectorErrorCodes.RateLimitExceeded]) {
      const error = createError(code, issues);
      const { data } = error;

      expect(error.code).toBe(code);
      expect(pathsOf(error)).toEqual(['templates.1.templateCode', '']);
      expect(saidIn(error)).toBe('中文\nEnglish\n也\nToo');
      expect(data instanceof ZodError && formatZodError(data)).toEqual([
        'Error in key path "templates.1.templateCode": (custom) 中文\nEnglish',
        'Error in key path "": (custom) 也\nToo',
      ]);
    }
  });

  it('begins with the reason, since the audit log shows the first hundred characters', () => {
    const error = createError(ConnectorErrorCodes.General, issues);

    expect(JSON.stringify(error.data).slice(0, 60)).toContain('中文');
  });

  it('puts the sentence for the end user where Logto has a place for one', () => {
    const error = createError(ConnectorErrorCodes.General, issues, '请重试。');

    expect(shownToUser(error, 'zh')).toBe('连接器发生错误：请重试。');
    expect(shownToUser(error, 'en')).toBe('Error occurred in connector: 请重试。');
  });

  it('has no such sentence where Logto speaks for itself', () => {
    const error = createError(ConnectorErrorCodes.InvalidConfig, issues);

    expect(error.data).not.toHaveProperty('errorDescription');
    expect(toldUser(error)).toBeUndefined();
    expect(shownToUser(error, 'en')).toBe("The connector's config is invalid.");
    expect(shownToUser(error, 'zh')).toBe('连接器配置错误');
  });
});

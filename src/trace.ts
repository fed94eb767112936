import { type Optional } from '@silverhand/essentials';
import { ZodError } from 'zod';

import { ConnectorError } from '@logto/connector-kit';

import { configKeys } from './config.js';

/** The keys that an issue can name. A config on trial may have others, which are its writer's own words. */
const knownKeys = new Set<string | number>([...configKeys, 'payload', 'code']);

/**
 * The line about a call that Logto's output gets: Logto itself logs nothing of a failure in the account center, the
 * Management API or Console's test.
 *
 * @param error An error of this connector's.
 * @param note What else is to be said of the call.
 * @returns One line with the error's code, the first key at fault and its English sentence; nothing where the phone
 * number or its limits were the reason, which is no admin's concern, and for an error of somebody else's.
 */
export const describeCall = (error: unknown, note?: string): Optional<string> => {
  if (!(error instanceof ConnectorError && error.data instanceof ZodError)) {
    return undefined;
  }

  const [issue] = error.data.issues;

  if (!issue || issue.path[0] === 'to') {
    return undefined;
  }

  const key = issue.path.every((it) => typeof it === 'number' || knownKeys.has(it))
    ? issue.path.join('.')
    : '';
  const place = key === '' ? error.code : `${error.code} ${key}`;
  // The English sentence is the last line.
  const sentence = issue.message.split('\n').at(-1) ?? '';

  return ['connector-aliyun-sms-mas', note, place, sentence].filter(Boolean).join(': ');
};

import { type AllConnector, type CreateConnector } from '@logto/connector-kit';

import createConnector from '../../src/index.js';

import { logtoMessage } from './fixtures.js';

export { config, number } from './fixtures.js';

/**
 * Sends as Logto does: with a connector that is built for this one message.
 *
 * @param stored The config that Logto has stored.
 * @param changes What is different in the message.
 * @param create The connector, if it is not the one of `src`.
 * @throws What sending throws.
 */
export const send = async (
  stored: unknown,
  changes: Record<string, unknown> = {},
  create: CreateConnector<AllConnector> = createConnector
): Promise<void> => {
  const connector = await create({ getConfig: async () => stored });

  if (!('sendMessage' in connector)) {
    throw new TypeError('This connector sends nothing.');
  }

  await connector.sendMessage({
    ...logtoMessage,
    payload: { ...logtoMessage.payload, locale: 'zh-CN', uiLocales: 'zh-CN en' },
    ip: '203.0.113.7',
    ...changes,
  });
};

/** What {@link send} throws, or nothing. */
export const refusal = async (...given: Parameters<typeof send>): Promise<unknown> => {
  try {
    await send(...given);

    return undefined;
  } catch (error: unknown) {
    return error;
  }
};

import {
  type AllConnector,
  type CreateConnector,
  type SendMessageData,
  TemplateType,
} from '@logto/connector-kit';

import createConnector from '../../src/index.js';

const code = '482913';

/** Where every message goes. */
export const number = '13800138000';

/** A config that is complete, whose AccessKey is of nobody. */
export const config = {
  accessKeyId: 'fake-id',
  accessKeySecret: 'fake-secret',
  signName: '恒创联众',
  templates: [{ usageType: 'Generic', templateCode: '100001' }],
};

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
  changes: Partial<SendMessageData> = {},
  create: CreateConnector<AllConnector> = createConnector,
): Promise<void> => {
  const connector = await create({ getConfig: async () => stored });

  if (!('sendMessage' in connector)) {
    throw new TypeError('This connector sends nothing.');
  }

  await connector.sendMessage({
    to: `86${number}`,
    type: TemplateType.SignIn,
    payload: { code, locale: 'zh-CN', uiLocales: 'zh-CN en' },
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

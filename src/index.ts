import { randomUUID } from 'node:crypto';

import {
  ConnectorError,
  ConnectorErrorCodes,
  ConnectorType,
  type CreateConnector,
  type GetConnectorConfig,
  type SendMessageFunction,
  type SmsConnector,
} from '@logto/connector-kit';
import { type Optional } from '@silverhand/essentials';

import { readAnswer } from './answer.js';
import { post } from './client.js';
import { type CheckedConfig, configGuard } from './config.js';
import { createError, fromBoth, type Language, languageFor } from './error.js';
import { metadata } from './metadata.js';
import { buildParameters, readMessage } from './request.js';
import { signForm } from './signature.js';

export type { AliyunSmsMasConfig } from './config.js';

/** The config that Logto has stored; whatever keeps Logto from reading it is told as a ConnectorError. */
const readStoredConfig = async (
  getConfig: GetConnectorConfig,
  language: Optional<Language>,
): Promise<unknown> => {
  try {
    return await getConfig(metadata.id);
  } catch (error: unknown) {
    throw error instanceof ConnectorError
      ? error
      : createError(
          ConnectorErrorCodes.General,
          [
            {
              path: [],
              en: "Logto could not read this connector's config. Check that the connector is set up and that Logto's database can be reached.",
              zh: 'Logto 无法读取该连接器的配置。请检查连接器是否已配置，以及 Logto 的数据库是否可用。',
            },
          ],
          language,
        );
  }
};

const checkConfig = (input: unknown, language: Optional<Language>): CheckedConfig => {
  const result = configGuard.safeParse(input);

  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => ({
      path,
      ...fromBoth(message),
    }));

    throw createError(ConnectorErrorCodes.InvalidConfig, issues, language);
  }

  return result.data;
};

const sendMessage =
  (getConfig: GetConnectorConfig): SendMessageFunction =>
  async (data, inputConfig) => {
    const language = languageFor(data.payload);
    const config = checkConfig(
      inputConfig ?? (await readStoredConfig(getConfig, language)),
      language,
    );
    const message = readMessage(data, config, language);

    const parameters = buildParameters(message, config, randomUUID(), new Date());
    const outcome = await post(config.endpoint, signForm(parameters, config.accessKeySecret));
    const error = readAnswer(outcome, { config, message, language });

    if (error) {
      throw error;
    }
  };

/**
 * Creates the connector. Logto calls this anew for every message.
 *
 * @returns An SMS connector whose `sendMessage` sends Logto's own verification code through Aliyun's
 * SendSmsVerifyCode. It resolves once Aliyun has accepted the message; all that it throws is a `ConnectorError`.
 * @see https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode
 */
const createAliyunSmsMasConnector: CreateConnector<SmsConnector> = async ({ getConfig }) => ({
  metadata,
  type: ConnectorType.Sms,
  configGuard,
  sendMessage: sendMessage(getConfig),
});

export default createAliyunSmsMasConnector;

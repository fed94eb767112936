import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  ConnectorErrorCodes,
  ConnectorType,
  type CreateConnector,
  type GetConnectorConfig,
  type SendMessageFunction,
  type SmsConnector,
} from '@logto/connector-kit';

import { isTooSoon } from './answer.js';
import { answerTime, type Outcome, post } from './client.js';
import { type Config, configGuard, savedConfigGuard } from './config.js';
import { createError } from './error.js';
import { assertAccepted } from './explain.js';
import { type Message, readMessage } from './message.js';
import { metadata } from './metadata.js';
import { buildParameters } from './request.js';
import { signForm } from './signature.js';

export type { AliyunSmsMasConfig } from './config.js';

/** How long a call may take, with all that is sent again, in milliseconds. Logto's sign-in page waits 10 s. */
const callTime = 8000;

/**
 * The pause before a message that came too soon is sent anew, in milliseconds. Logto's resend button opens 59 s after
 * the answer came, and Aliyun's interval is 60 s.
 */
const resendPause = 1500;

const checkConfig = (guard: typeof configGuard, input: unknown): Config => {
  const result = guard.safeParse(input);

  if (!result.success) {
    throw createError(ConnectorErrorCodes.InvalidConfig, result.error.issues);
  }

  return result.data;
};

/** Whether nothing but a moment was missing until Aliyun takes the message, and there is time for another request. */
const isWorthResending = (outcome: Outcome, end: number): boolean =>
  'answer' in outcome &&
  isTooSoon(outcome.answer) &&
  // Else it is most likely this very message that was sent a moment ago.
  !outcome.mayBeDelivered &&
  end - performance.now() >= resendPause + answerTime;

/** Sends a message, and sends it anew, once, if it came a moment too soon. */
const send = async (message: Message): Promise<Outcome> => {
  const end = performance.now() + callTime;
  const sendOnce = async () => {
    const parameters = buildParameters(message, randomUUID(), new Date());

    return post(message.endpoint, signForm(parameters, message.accessKeySecret), end);
  };
  const outcome = await sendOnce();

  if (!isWorthResending(outcome, end)) {
    return outcome;
  }

  await sleep(resendPause);

  return sendOnce();
};

const sendMessage =
  (getConfig: GetConnectorConfig): SendMessageFunction =>
  async (data, inputConfig) => {
    // A config on trial is checked as it is when it is saved.
    const config = inputConfig
      ? checkConfig(configGuard, inputConfig)
      : checkConfig(savedConfigGuard, await getConfig(metadata.id));
    const message = readMessage(data, config);

    assertAccepted(await send(message), message);
  };

/**
 * Creates the connector. Logto calls this anew for every message.
 *
 * @returns An SMS connector whose `sendMessage` sends Logto's own verification code through Aliyun's
 * SendSmsVerifyCode. It resolves once Aliyun has accepted the message. All that it throws is a `ConnectorError`, but for
 * what the host's `getConfig` throws, which is passed on.
 * @see https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode
 */
const createAliyunSmsMasConnector: CreateConnector<SmsConnector> = async ({ getConfig }) => ({
  metadata,
  type: ConnectorType.Sms,
  configGuard,
  sendMessage: sendMessage(getConfig),
});

export default createAliyunSmsMasConnector;

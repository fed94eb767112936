import { type Optional } from '@silverhand/essentials';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import {
  ConnectorErrorCodes,
  ConnectorType,
  type CreateConnector,
  type GetConnectorConfig,
  type SendMessageData,
  type SendMessageFunction,
  type SmsConnector,
} from '@logto/connector-kit';

import { answerTime, type Outcome, post } from './client.js';
import { type Config, configGuard, savedConfigGuard } from './config.js';
import { createError } from './error.js';
import { explain, isMostLikelySent, isOk } from './explain.js';
import { isPassingRefusal } from './meanings.js';
import { type Message, readMessage } from './message.js';
import { metadata } from './metadata.js';
import { buildParameters } from './request.js';
import { signForm } from './signature.js';
import { describeCall } from './trace.js';

export type { AliyunSmsMasConfig } from './config.js';

/** How long a call may take, with all that is sent again, in milliseconds. Logto's sign-in page waits 10 s. */
const callTime = 8000;

/**
 * The pause before a resend, in milliseconds, lengthened at random by up to half a second. Logto's resend button opens
 * 59 s after the answer came, and Aliyun's interval is 60 s. A burst that was throttled is spread over the next second.
 */
const resendPause = 1500;
const resendSpread = 500;

const checkConfig = (guard: typeof configGuard, input: unknown): Config => {
  const result = guard.safeParse(input);

  if (!result.success) {
    throw createError(ConnectorErrorCodes.InvalidConfig, result.error.issues);
  }

  return result.data;
};

/** Sends a message, and resends it, once and with a new nonce, if Aliyun refused it for something that passes in seconds. */
const send = async (message: Message): Promise<Outcome> => {
  const end = performance.now() + callTime;
  const sendOnce = async () => {
    const parameters = buildParameters(message, randomUUID(), new Date());

    return post(message.endpoint, signForm(parameters, message.accessKeySecret), end);
  };
  const first = await sendOnce();
  const pause = resendPause + Math.random() * resendSpread;

  if (
    !('answer' in first && isPassingRefusal(first.answer.code)) ||
    // A copy before it most likely sent the message.
    first.mayBeDelivered ||
    end - performance.now() < pause + answerTime
  ) {
    return first;
  }

  await sleep(pause);
  const second = await sendOnce();

  // A resend that did not get out leaves what Aliyun said.
  return 'failure' in second && !second.mayBeDelivered ? first : second;
};

const warn = (line: Optional<string>): void => {
  if (line) {
    console.warn(line);
  }
};

/** Sends a message by a config that was checked. Throws the error that its outcome means. */
const sendChecked = async (data: SendMessageData, config: Config): Promise<void> => {
  const { message, origin } = readMessage(data, config);
  const outcome = await send(message);

  if (isOk(outcome)) {
    return;
  }

  const error = explain(outcome, message, origin);

  if (!isMostLikelySent(outcome)) {
    throw error;
  }

  warn(describeCall(error, 'counts as sent'));
};

const sendMessage =
  (getConfig: GetConnectorConfig): SendMessageFunction =>
  async (data, inputConfig) => {
    const input = inputConfig ?? (await getConfig(metadata.id));

    try {
      // A config on trial is checked as it is when it is saved.
      await sendChecked(data, checkConfig(inputConfig ? configGuard : savedConfigGuard, input));
    } catch (error: unknown) {
      warn(describeCall(error));
      throw error;
    }
  };

/**
 * Creates the connector. Logto calls this for every message.
 *
 * @returns An SMS connector whose `sendMessage` sends Logto's own verification code through Aliyun's
 * SendSmsVerifyCode. It resolves once Aliyun has accepted the message, within 8 s. All that it throws is a
 * `ConnectorError`, and what the host's `getConfig` throws, which is passed on.
 * @see https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode
 */
const createAliyunSmsMasConnector: CreateConnector<SmsConnector> = async ({ getConfig }) => ({
  metadata,
  type: ConnectorType.Sms,
  configGuard,
  sendMessage: sendMessage(getConfig),
});

export default createAliyunSmsMasConnector;

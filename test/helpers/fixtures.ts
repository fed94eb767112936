import { TemplateType } from '@logto/connector-kit';

import { type Outcome } from '../../src/client.js';
import { type AliyunSmsMasConfig, savedConfigGuard } from '../../src/config.js';
import { explain, isMostLikelySent, isOk } from '../../src/explain.js';
import { readMessage } from '../../src/message.js';

/** The entry of `templates` that every config must have. */
export const generic = { usageType: 'Generic', templateCode: '100001' } as const;

/** A config as an admin writes it, with no more than it must have, and an AccessKey that is nobody's. */
export const config: AliyunSmsMasConfig = {
  accessKeyId: 'fake-id',
  accessKeySecret: 'fake-secret',
  signName: '恒创联众',
  templates: [generic],
};

/** Where every message goes. */
export const number = '13800138000';

/** The code that every message brings. */
export const code = '482913';

/** What Logto's core hands over when somebody signs in, their language set aside. */
export const logtoMessage = {
  to: `86${number}`,
  type: TemplateType.SignIn,
  payload: { code },
};

/** The signatures that Aliyun has retired: its notice of 2026-07-16. */
export const retiredSignNames = [
  '云渚科技验证平台',
  '云渚科技验证服务',
  '速通互联验证码',
  '速通互联验证平台',
  '速通互联验证服务',
] as const;

/** What a message is like that Aliyun can be asked to send: `SignIn` has the third of three templates. */
export const readFixture = (
  payload: Record<string, unknown> = {},
  configChanges: Record<string, unknown> = {}
) => {
  const templates = [
    generic,
    { usageType: 'ForgotPassword', templateCode: '100003' },
    { usageType: 'SignIn', templateCode: '100001' },
  ];
  const message = { ...logtoMessage, payload: { ...logtoMessage.payload, ...payload } };

  return readMessage(message, savedConfigGuard.parse({ ...config, templates, ...configChanges }));
};

/** The error that an outcome means, or nothing where the message counts as sent. */
export const errorOf = (outcome: Outcome, { message, origin } = readFixture()): unknown =>
  isOk(outcome) || isMostLikelySent(outcome) ? undefined : explain(outcome, message, origin);

/** What the sandbox knows of Aliyun's account and product. Nothing here comes from the connector: a test compares them. */
import { type InBoth } from '../contract.js';

/** The AccessKey that the sandbox takes. */
export const accessKey = { id: 'sandbox-access-key-id', secret: 'sandbox-access-key-secret' };

/** The system-provided signature of SMS that works today. */
export const currentSignature = '恒创联众';

/** A system-provided template: Aliyun's name for it and an English one, and its text. */
export type Template = Readonly<{ name: InBoth; text: string }>;

const describeOperation = (zh: string, en: string, operation: string): Template => ({
  name: { zh, en },
  text: `尊敬的客户，您正在${operation}操作，您的验证码为\${code}。以上验证码\${min}分钟内有效，请注意保密，切勿告知他人。`,
});

/** The system-provided templates, by their codes. */
export const templates: ReadonlyMap<string, Template> = new Map([
  [
    '100001',
    {
      name: { zh: '登录/注册模板', en: 'sign in or register' },
      // eslint-disable-next-line no-template-curly-in-string -- Aliyun writes its variables so.
      text: '您的验证码为${code}。尊敬的客户，以上验证码${min}分钟内有效，请注意保密，切勿告知他人。',
    },
  ],
  ['100002', describeOperation('修改绑定手机号模板', 'change the bound phone', '进行修改手机号')],
  ['100003', describeOperation('重置密码模板', 'reset the password', '进行重置密码')],
  ['100004', describeOperation('绑定新手机号模板', 'bind a new phone', '进行绑定手机号')],
  ['100005', describeOperation('验证绑定手机号模板', 'verify the bound phone', '验证绑定手机号')],
]);

/** A template's text with its variables filled in; all templates have the same two. */
export const fillIn = (text: string, code: string, min: string): string =>
  text.replace(/\${code}/, () => code).replace(/\${min}/, () => min);

/** The template of each usage type of Logto's. */
const templateCodes = {
  SignIn: '100001',
  Register: '100001',
  ForgotPassword: '100003',
  OrganizationInvitation: '100001',
  Generic: '100001',
  UserPermissionValidation: '100005',
  BindNewIdentifier: '100002',
  MfaVerification: '100001',
  BindMfa: '100001',
};

/**
 * A whole config of the connector that the sandbox takes; what matters most comes first.
 *
 * @param endpoint The sandbox's own address.
 * @param signature The signature of SMS that works. One that is not Aliyun's own stands in `signNameOverride`.
 */
export const createConfig = (endpoint: string, signature: string) => ({
  endpoint,
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
  signName: currentSignature,
  ...(signature !== currentSignature && { signNameOverride: signature }),
  templates: Object.entries(templateCodes).map(([usageType, templateCode]) => ({
    usageType,
    templateCode,
  })),
  codeExpirationMinutes: 10,
});

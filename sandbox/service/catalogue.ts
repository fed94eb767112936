import { type InBoth } from '../contract.js';

/** The AccessKey that the sandbox takes. */
export const accessKey = { id: 'sandbox-access-key-id', secret: 'sandbox-access-key-secret' };

/** The system-provided signature of SMS that works today. */
export const currentSignature = '恒创联众';

/** A system-provided template: Aliyun's name for it and an English one, and its text. */
export type Template = Readonly<{ name: InBoth; text: string }>;

const describeOperation = (name: InBoth, operation: string): Template => ({
  name,
  text: `尊敬的客户，您正在${operation}操作，您的验证码为\${code}。以上验证码\${min}分钟内有效，请注意保密，切勿告知他人。`,
});

/** The system-provided templates, by their codes. */
export const templates: ReadonlyMap<string, Template> = new Map([
  [
    '100001',
    {
      name: { zh: '登录/注册模板', en: 'sign in or register' },
      text: '您的验证码为${code}。尊敬的客户，以上验证码${min}分钟内有效，请注意保密，切勿告知他人。',
    },
  ],
  [
    '100002',
    describeOperation({ zh: '修改绑定手机号模板', en: 'change the bound phone' }, '进行修改手机号'),
  ],
  ['100003', describeOperation({ zh: '重置密码模板', en: 'reset the password' }, '进行重置密码')],
  [
    '100004',
    describeOperation({ zh: '绑定新手机号模板', en: 'bind a new phone' }, '进行绑定手机号'),
  ],
  [
    '100005',
    describeOperation({ zh: '验证绑定手机号模板', en: 'verify the bound phone' }, '验证绑定手机号'),
  ],
]);

/** A template's text with its variables filled in; all templates have the same two. */
export const fillIn = (text: string, code: string, min: string): string =>
  text.replace('${code}', () => code).replace('${min}', () => min);

/** What a request must hold. */
export const requiredParameters = [
  'Action',
  'Version',
  'AccessKeyId',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
  'Timestamp',
  'PhoneNumber',
  'SignName',
  'TemplateCode',
  'TemplateParam',
  'Signature',
];

/** What has one good value. Aliyun answers in XML where Format is left out. */
export const fixedParameters = {
  Format: 'JSON',
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
};

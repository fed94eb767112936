/** What Aliyun's service knows, as its documentation and console give it; independent of the connector's source. */

/** A text in the languages that the sandbox speaks. */
export type InBoth = Readonly<{ en: string; zh: string }>;

/** The AccessKey that the sandbox takes. */
export const accessKey = { id: 'sandbox-access-key-id', secret: 'sandbox-access-key-secret' };

/** The system-provided signature that works today. */
export const currentSignature = '恒创联众';

/** Those that Aliyun does not support after 2026-08-31. */
// prettier-ignore
export const retiredSignatures = ['云渚科技验证平台', '云渚科技验证服务', '速通互联验证码', '速通互联验证平台', '速通互联验证服务'];

/** Aliyun's name for a template and an English one; its text, and the same in English. */
type Template = Readonly<{ name: InBoth; text: string; gloss: string }>;

const notice = (zh: string, en: string, operation: string, doing: string): Template => ({
  name: { zh, en },
  text: `尊敬的客户，您正在${operation}操作，您的验证码为\${code}。以上验证码\${min}分钟内有效，请注意保密，切勿告知他人。`,
  gloss: `Dear customer, you are ${doing}. Your code is \${code}. It is valid for \${min} minutes. Keep it secret and tell nobody.`,
});

/** The system-provided templates, by their codes. */
// prettier-ignore
export const templates: ReadonlyMap<string, Template> = new Map([
  ['100001', {
    name: { zh: '登录/注册模板', en: 'sign in or register' },
    text: '您的验证码为${code}。尊敬的客户，以上验证码${min}分钟内有效，请注意保密，切勿告知他人。',
    gloss: 'Your code is ${code}. Dear customer, this code is valid for ${min} minutes. Keep it secret and tell nobody.',
  }],
  ['100002', notice('修改绑定手机号模板', 'change the bound phone', '进行修改手机号', 'changing your phone number')],
  ['100003', notice('重置密码模板', 'reset the password', '进行重置密码', 'resetting your password')],
  ['100004', notice('绑定新手机号模板', 'bind a new phone', '进行绑定手机号', 'binding a phone number')],
  ['100005', notice('验证绑定手机号模板', 'verify the bound phone', '验证绑定手机号', 'verifying your bound phone number')],
]);

/** The text with its variables filled in; all templates have the same. */
export const fillIn = (text: string, code: string, min: string): string =>
  text.replace('${code}', () => code).replace('${min}', () => min);

/** What a request must hold. */
// prettier-ignore
export const requiredParameters = [
  'Action', 'Version', 'AccessKeyId', 'SignatureMethod', 'SignatureVersion', 'SignatureNonce',
  'Timestamp', 'PhoneNumber', 'SignName', 'TemplateCode', 'TemplateParam', 'Signature',
];

/** What has one good value. Aliyun answers in XML where Format is left out. */
export const fixedParameters = {
  Format: 'JSON',
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
};

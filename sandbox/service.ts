/** What Aliyun's service knows, as its documentation and console give it; independent of the connector's source. */

/** The AccessKey that the sandbox takes. */
export const accessKey = { id: 'sandbox-access-key-id', secret: 'sandbox-access-key-secret' };

/** The system-provided signature that works today. */
export const currentSignature = '恒创联众';

const notice = (operation: string) =>
  `尊敬的客户，您正在进行${operation}操作，您的验证码为\${code}。以上验证码\${min}分钟内有效，请注意保密，切勿告知他人。`;

/** The texts of the system-provided templates. */
export const templates: Readonly<Record<string, string>> = {
  '100001':
    '您的验证码为${code}。尊敬的客户，以上验证码${min}分钟内有效，请注意保密，切勿告知他人。',
  '100002': notice('修改手机号'),
  '100003': notice('重置密码'),
  '100004': notice('绑定手机号'),
  '100005': notice('验证绑定手机号'),
};

/** The names of a template's variables. */
export const variablesOf = (template: string): string[] =>
  [...template.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);

/** The text with its variables filled in. */
export const fillIn = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);

/** What a request must hold besides a signature. */
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
];

/** What has one good value. Aliyun answers in XML where Format is left out. */
export const fixedParameters = {
  Format: 'JSON',
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
};

import { TemplateType } from '@logto/connector-kit';
import { trySafe } from '@silverhand/essentials';
import { z } from 'zod';

/** The endpoint of the service, the same for every region. */
export const defaultEndpoint = 'https://dypnsapi.aliyuncs.com';

/** What the SMS says the code is good for when the config does not: Logto's own default, in minutes. */
const defaultCodeExpirationMinutes = 10;

/** System-provided signatures that Aliyun stopped supporting on 2026-08-31. Saved configs may still hold one. */
const retiredSignNames = [
  '云渚科技验证平台',
  '云渚科技验证服务',
  '速通互联验证码',
  '速通互联验证平台',
  '速通互联验证服务',
] as const;

/** Whether Aliyun no longer supports a signature. */
export const isRetired = (signName: string): boolean =>
  retiredSignNames.some((name) => name === signName);

/** Every system-provided signature that `signName` takes, the current one first. */
export const signNames = ['恒创联众', ...retiredSignNames] as const;

/** The usage types of Logto, whether or not the host's connector-kit is new enough to have them all. */
export const usageTypes = [
  'SignIn',
  'Register',
  'ForgotPassword',
  'OrganizationInvitation',
  'Generic',
  'UserPermissionValidation',
  'BindNewIdentifier',
  'MfaVerification',
  'BindMfa',
] as const;

/** Logto checks a config without saying which language the admin reads: a help text has both. */
const help = (en: string, zh: string) => `${en} ${zh}`;

/** Without white space, and without what a copy from a web page can hold unseen: control and format characters. */
const unbroken = /^[^\s\p{C}]*$/u;

const noBlanks = (key: string) =>
  help(
    `"${key}" holds a space, a line break or an invisible character. Remove it.`,
    `"${key}" 中有空格、换行或不可见字符，请删除。`,
  );

const accessKeyGuard = (key: 'accessKeyId' | 'accessKeySecret', label: string) => {
  const message = help(
    `"${key}" is missing, empty or not text. Write the ${label} in double quotes.`,
    `缺少 "${key}"，或其值为空、不是文本。请填写 ${label}，并加双引号。`,
  );

  return z
    .string({ message })
    .min(1, message)
    .regex(unbroken, noBlanks(key))
    .regex(
      /^(?!<access-key-(?:id|secret)>$)/,
      help(
        `"${key}" still holds the template's placeholder. Write the ${label} in its place.`,
        `"${key}" 仍是模板中的占位符，请替换为 ${label}。`,
      ),
    );
};

const signNameGuard = z.enum(signNames, {
  message: help(
    `"signName" must be one of: ${signNames[0]} (current), ${retiredSignNames.join(', ')} (retired), without 【】 and spaces. If Aliyun's console shows a newer system-provided signature, keep "${signNames[0]}" here and write the newer one in "signNameOverride".`,
    `"signName" 只能填写“${signNames[0]}”（当前可用）或上列已停用的签名，不带【】和空格。如果阿里云控制台显示了更新的赠送签名，请在此保留“${signNames[0]}”，并把新签名写入 "signNameOverride"。`,
  ),
});

const signNameOverrideHelp = help(
  '"signNameOverride" must be a signature as Aliyun\'s console shows it, in double quotes, without 【】, < > and spaces around it. Without a newer signature, remove the key.',
  '"signNameOverride" 必须与阿里云控制台显示的签名一致，加双引号，不带【】、< > 和首尾空格。没有更新的签名时，请删除该键。',
);

const signNameOverrideGuard = z
  .string({ message: signNameOverrideHelp })
  .regex(/^(?!\s)[^\p{C}【】<>]+(?<!\s)$/u, signNameOverrideHelp);

const knownUsageTypes = [...usageTypes, ...Object.values(TemplateType)] as const;

const usageTypeGuard = z.enum(knownUsageTypes, {
  message: help(
    `"usageType" must be one of: ${[...new Set(knownUsageTypes)].join(', ')}. Capitals matter.`,
    '"usageType" 只能是以上之一，区分大小写。',
  ),
});

const templateCodeHelp = help(
  '"templateCode" is missing or not text. Write it in double quotes, such as "100001".',
  '缺少 "templateCode"，或其值不是文本。请加双引号填写，例如 "100001"。',
);

const templateCodeGuard = z
  .string({ message: templateCodeHelp })
  .min(1, templateCodeHelp)
  .regex(unbroken, noBlanks('templateCode'));

/** Names the keys that an object may not hold, and those that it may. */
const objectErrorMap =
  (keys: readonly string[], message: string): z.ZodErrorMap =>
  (issue) => {
    if (issue.code !== z.ZodIssueCode.unrecognized_keys) {
      return { message };
    }

    const unknown = issue.keys.map((key) => `"${key}"`).join(', ');

    return {
      message: help(
        `Unknown key ${unknown}: correct its spelling or remove it. The keys are: ${keys.join(', ')}.`,
        `存在未知的键 ${unknown}：请更正拼写或删除，可用的键见上。`,
      ),
    };
  };

const templateShape = { usageType: usageTypeGuard, templateCode: templateCodeGuard };

const templateGuard = z
  .object(templateShape, {
    errorMap: objectErrorMap(
      Object.keys(templateShape),
      help(
        'Each entry of "templates" must look like { "usageType": "Generic", "templateCode": "100001" }.',
        '"templates" 的每一项必须形如 { "usageType": "Generic", "templateCode": "100001" }。',
      ),
    ),
  })
  .strict();

const templatesGuard = z
  .array(templateGuard, {
    message: help(
      '"templates" is missing or not a list. Write at least [{ "usageType": "Generic", "templateCode": "100001" }].',
      '缺少 "templates"，或其值不是列表。请至少填写 [{ "usageType": "Generic", "templateCode": "100001" }]。',
    ),
  })
  .superRefine((templates, context) => {
    const types = templates.map(({ usageType }) => usageType);

    for (const [index, type] of types.entries()) {
      if (types.indexOf(type) < index) {
        context.addIssue({
          code: z.ZodIssueCode.custom,
          path: [index, 'usageType'],
          message: help(
            `"${type}" has more than one entry in "templates". Keep one of them.`,
            `"templates" 中有多项 "${type}"，请只保留一项。`,
          ),
        });
      }
    }

    if (!types.includes('Generic')) {
      context.addIssue({
        code: z.ZodIssueCode.custom,
        message: help(
          '"templates" has no entry for "Generic", which Console\'s test and every type without an entry use. Add { "usageType": "Generic", "templateCode": "100001" }.',
          '"templates" 中缺少 "Generic"：控制台的测试和未列出的类型都使用它。请添加 { "usageType": "Generic", "templateCode": "100001" }。',
        ),
      });
    }
  });

const codeExpirationMinutesHelp = help(
  '"codeExpirationMinutes" must be a whole number from 1 to 60, without quotes, such as 10.',
  '"codeExpirationMinutes" 必须是 1 到 60 的整数，不加引号，例如 10。',
);

const codeExpirationMinutesGuard = z
  .number({ message: codeExpirationMinutesHelp })
  .int(codeExpirationMinutesHelp)
  .min(1, codeExpirationMinutesHelp)
  .max(60, codeExpirationMinutesHelp);

const endpointHelp = help(
  `"endpoint" must be an address that begins with https:// (http:// only for localhost or 127.0.0.1), without user name, password, "?" or "#", such as "${defaultEndpoint}". Without a reason to change it, remove the key.`,
  `"endpoint" 必须是以 https:// 开头的网址（http:// 只能用于 localhost 或 127.0.0.1），不含用户名、密码、"?" 或 "#"，例如 "${defaultEndpoint}"。如无需更改，请删除该键。`,
);

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1])$/;

const isEndpoint = (text: string): boolean => {
  const url = trySafe(() => new URL(text));

  return (
    url !== undefined &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.test(url.hostname))) &&
    // `URL` mends slashes, trims blanks and drops an empty user name, query or fragment without a word.
    unbroken.test(text) &&
    /^https?:\/\/[^/\\@?#]+(?:\/[^?#]*)?$/i.test(text)
  );
};

const configShape = {
  accessKeyId: accessKeyGuard('accessKeyId', 'AccessKey ID'),
  accessKeySecret: accessKeyGuard('accessKeySecret', 'AccessKey Secret'),
  signName: signNameGuard,
  templates: templatesGuard,
  signNameOverride: signNameOverrideGuard.optional(),
  codeExpirationMinutes: codeExpirationMinutesGuard.optional(),
  endpoint: z.string({ message: endpointHelp }).refine(isEndpoint, endpointHelp).optional(),
};

const aliyunSmsMasConfigGuard = z
  .object(configShape, {
    errorMap: objectErrorMap(
      Object.keys(configShape),
      help('The config must be a JSON object: { … }.', '配置必须是 JSON 对象：{ … }。'),
    ),
  })
  .strict();

/** A config as the admin writes it in Logto Console; the README says what each key means. */
export type AliyunSmsMasConfig = z.infer<typeof aliyunSmsMasConfigGuard>;

/** A config that passed {@link configGuard}, its defaults filled in. */
export type CheckedConfig = AliyunSmsMasConfig & {
  codeExpirationMinutes: number;
  endpoint: string;
};

/**
 * Checks a config and fills in its defaults. Each issue says what is wrong and what to write instead: in Console's
 * JSON editor these texts are all the help there is.
 *
 * Every issue is a custom one. For an `invalid_type` Logto prints "Expected string but received number." in place of
 * the message; and some of zod's issues repeat the value that they refuse, which may be a secret in the wrong place.
 */
export const configGuard = z.unknown().transform((input, context): CheckedConfig => {
  const result = aliyunSmsMasConfigGuard.safeParse(input);

  if (result.success) {
    const {
      codeExpirationMinutes = defaultCodeExpirationMinutes,
      endpoint = defaultEndpoint,
      ...rest
    } = result.data;

    return { ...rest, codeExpirationMinutes, endpoint };
  }

  for (const { path, message } of result.error.issues) {
    context.addIssue({ code: z.ZodIssueCode.custom, path, message });
  }

  return z.NEVER;
});

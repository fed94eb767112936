import { TemplateType } from '@logto/connector-kit';
import { trySafe } from '@silverhand/essentials';
import { z, type ZodIssue } from 'zod';

import { inBoth } from './error.js';

/** The endpoint of the service, the same for every region. */
export const defaultEndpoint = 'https://dypnsapi.aliyuncs.com';

/** What the SMS says the code is good for when the config does not: Logto's own default, in minutes. */
const defaultCodeExpirationMinutes = 10;

/**
 * System-provided signatures that Aliyun does not support after 2026-08-31. Saved configs may still hold one.
 *
 * @see https://help.aliyun.com/zh/pnvs/product-overview/sms-authentication-signature-change-notification (2026-07-16)
 */
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

/**
 * Every system-provided signature that `signName` takes, the current one (since 2026-07-07) first.
 *
 * @see https://dypns.console.aliyun.com/smsCertParamsConfig/sign
 */
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

/** Printable ASCII without quotes: what a copy can bring along unseen, look-alikes and a second pair of quotes fail. */
const visible = /^[!#-&(-_a-~]*$/;

const notVisible = (key: string) =>
  inBoth(
    `"${key}" holds something other than letters, digits and the like: a space, a line break, an invisible or foreign character, or quotes of its own. Remove it, or type it anew.`,
    `"${key}" 中有空格、换行、引号、不可见字符、全角字符或其他非英文字符。请删除这些字符，或重新输入。`,
  );

const accessKeyGuard = (key: 'accessKeyId' | 'accessKeySecret', label: string) => {
  const message = inBoth(
    `"${key}" is missing, empty or not text. Write the ${label} in double quotes.`,
    `缺少 "${key}"，或其值为空、不是字符串。请填写 ${label}，并加双引号。`,
  );

  return z
    .string({ message })
    .min(1, message)
    .regex(visible, notVisible(key))
    .regex(
      /^(?!<?(?:your-)?access-key-(?:id|secret)>?$)/i,
      inBoth(
        `"${key}" still holds a placeholder. Write the ${label} in its place.`,
        `"${key}" 仍是占位符，请替换为 ${label}。`,
      ),
    );
};

const signNameGuard = z.enum(signNames, {
  message: inBoth(
    `"signName" must be "${signNames[0]}", without 【】 and spaces. If Aliyun's console shows a newer system-provided signature, keep "${signNames[0]}" here and write the newer one in "signNameOverride".`,
    `"signName" 请填写 "${signNames[0]}"，不带【】和空格。如果阿里云控制台显示了更新的赠送签名，请在此保留 "${signNames[0]}"，并把新签名写入 "signNameOverride"。`,
  ),
});

const signNameOverrideHelp = inBoth(
  '"signNameOverride" must be a signature as Aliyun\'s console shows it, in double quotes, without 【】, < > and spaces around it. If there is no newer signature, remove the key.',
  '"signNameOverride" 必须与阿里云控制台显示的签名一致，加双引号，不带【】、< > 和首尾空格。没有更新的签名时，请删除该键。',
);

const signNameOverrideGuard = z
  .string({ message: signNameOverrideHelp })
  .regex(/^(?!\s)[^\p{C}【】<>]+(?<!\s)$/u, signNameOverrideHelp);

const knownUsageTypes = [...usageTypes, ...Object.values(TemplateType)] as const;

const usageTypeList = [...new Set(knownUsageTypes)].join(', ');

const usageTypeGuard = z.enum(knownUsageTypes, {
  message: inBoth(
    `"usageType" must be one of: ${usageTypeList}. Upper and lower case matter.`,
    `"usageType" 只能是以下之一，区分大小写：${usageTypeList}。`,
  ),
});

const templateCodeHelp = inBoth(
  '"templateCode" is missing or not text. Write it in double quotes, such as "100001".',
  '缺少 "templateCode"，或其值不是字符串。请加双引号填写，例如 "100001"。',
);

const templateCodeGuard = z
  .string({ message: templateCodeHelp })
  .min(1, templateCodeHelp)
  .regex(visible, notVisible('templateCode'));

const templateShape = { usageType: usageTypeGuard, templateCode: templateCodeGuard };

const templateGuard = z
  .object(templateShape, {
    message: inBoth(
      'Each entry of "templates" must look like { "usageType": "Generic", "templateCode": "100001" }.',
      '"templates" 的每一项必须形如 { "usageType": "Generic", "templateCode": "100001" }。',
    ),
  })
  .strict();

const templatesGuard = z
  .array(templateGuard, {
    message: inBoth(
      '"templates" is missing or not a list. Write at least [{ "usageType": "Generic", "templateCode": "100001" }].',
      '缺少 "templates"，或其值不是数组。请至少填写 [{ "usageType": "Generic", "templateCode": "100001" }]。',
    ),
  })
  .superRefine((templates, context) => {
    const types = templates.map(({ usageType }) => usageType);

    for (const [index, type] of types.entries()) {
      if (types.indexOf(type) < index) {
        context.addIssue({
          code: z.ZodIssueCode.custom,
          path: [index, 'usageType'],
          message: inBoth(
            `"${type}" has more than one entry in "templates". Keep only one.`,
            `"templates" 中有多项 "${type}"，请只保留一项。`,
          ),
        });
      }
    }

    if (!types.includes('Generic')) {
      context.addIssue({
        code: z.ZodIssueCode.custom,
        message: inBoth(
          '"templates" has no entry for "Generic", which Console\'s test and every type without an entry use. Add { "usageType": "Generic", "templateCode": "100001" }.',
          '"templates" 中缺少 "Generic"：Logto 控制台的测试和未列出的用途都使用它。请添加 { "usageType": "Generic", "templateCode": "100001" }。',
        ),
      });
    }
  });

const wholeNumberGuard = (key: string, max: number, example: number) => {
  const message = inBoth(
    `"${key}" must be a whole number from 1 to ${max}, without quotes, such as ${example}.`,
    `"${key}" 必须是 1 到 ${max} 的整数，不加引号，例如 ${example}。`,
  );

  return z
    .number({ message })
    .refine((it) => Number.isInteger(it) && it >= 1 && it <= max, message);
};

const endpointHelp = inBoth(
  `"endpoint" must be an address that begins with https:// (http:// only for localhost or 127.0.0.1, and without a path), without user name, password, "?" or "#", such as "${defaultEndpoint}". If you have no reason to change it, remove the key.`,
  `"endpoint" 必须是以 https:// 开头的地址（http:// 只能用于 localhost 或 127.0.0.1，且不带路径），不含用户名、密码、"?" 或 "#"，例如 "${defaultEndpoint}"。如无需更改，请删除该键。`,
);

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1])$/;

const isEndpoint = (text: string): boolean => {
  const url = trySafe(() => new URL(text));

  return (
    url !== undefined &&
    // Whoever may edit a config could else post to any service on Logto's own computer.
    (url.protocol === 'https:' ||
      (url.protocol === 'http:' && loopback.test(url.hostname) && url.pathname === '/')) &&
    // `URL` mends slashes, trims blanks and drops an empty user name, query or fragment without a word.
    visible.test(text) &&
    /^https?:\/\/[^/\\@?#]+(?:\/[^?#]*)?$/i.test(text)
  );
};

const configShape = {
  accessKeyId: accessKeyGuard('accessKeyId', 'AccessKey ID'),
  accessKeySecret: accessKeyGuard('accessKeySecret', 'AccessKey Secret'),
  signName: signNameGuard,
  templates: templatesGuard,
  signNameOverride: signNameOverrideGuard.optional(),
  codeExpirationMinutes: wholeNumberGuard('codeExpirationMinutes', 60, 10).optional(),
  intervalSeconds: wholeNumberGuard('intervalSeconds', 600, 55).optional(),
  endpoint: z.string({ message: endpointHelp }).refine(isEndpoint, endpointHelp).optional(),
};

const aliyunSmsMasConfigGuard = z
  .object(configShape, {
    message: inBoth('The config must be a JSON object: { … }.', '配置必须是 JSON 对象：{ … }。'),
  })
  .strict();

/** A config as the admin writes it in Logto Console; the README says what each key means. */
export type AliyunSmsMasConfig = z.infer<typeof aliyunSmsMasConfigGuard>;

/** A config that passed {@link configGuard}, its defaults filled in. */
export type CheckedConfig = AliyunSmsMasConfig & {
  codeExpirationMinutes: number;
  endpoint: string;
};

/** One issue for each key that an object may not hold, in place of one for the object; others as they are. */
const namingUnknownKeys = (issue: ZodIssue): Array<Pick<ZodIssue, 'path' | 'message'>> => {
  if (issue.code !== z.ZodIssueCode.unrecognized_keys) {
    return [issue];
  }

  const known = Object.keys(issue.path.length === 0 ? configShape : templateShape).join(', ');

  return issue.keys.map((key) => ({
    path: [...issue.path, key],
    message: inBoth(
      `Unknown key "${key}": correct its spelling or remove it. The keys are: ${known}.`,
      `未知的键 "${key}"：请更正拼写或删除。可用的键：${known}。`,
    ),
  }));
};

/**
 * Checks a config and fills in its defaults. Each issue says what is wrong and what to write instead: in Console's
 * JSON editor these texts are all the help there is. Both languages are there, since Logto does not tell which one is read.
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

  for (const issue of result.error.issues) {
    for (const { path, message } of namingUnknownKeys(issue)) {
      context.addIssue({ code: z.ZodIssueCode.custom, path, message });
    }
  }

  return z.NEVER;
});

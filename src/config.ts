import { type Nullable, trySafe } from '@silverhand/essentials';
import { z, type ZodTypeAny, type ZodTypeDef } from 'zod';

import { inBoth, type Sentence } from './error.js';
import { toIssues } from './issues.js';
import { isMissing, isObject } from './keys.js';
import { type FindProblem, findStray, textGuard } from './text-guard.js';
import { isUsageType } from './usage-types.js';

/** The endpoint of the service, the same for every region. */
export const defaultEndpoint = 'https://dypnsapi.aliyuncs.com';

/** What the SMS says the code is good for when the config does not: Logto's own default, in minutes. */
const defaultCodeExpirationMinutes = 10;

/**
 * The system-provided signature in use, since 2026-07-07.
 *
 * @see https://help.aliyun.com/zh/pnvs/product-overview/sms-authentication-signature-change-notification
 */
export const currentSignName = '恒创联众';

/**
 * System-provided signatures that Aliyun took before, and refuses since 2026-07. Saved configs and guides still hold
 * them.
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

/** Every system-provided signature that `signName` takes, the current one first. */
export const signNames = [currentSignName, ...retiredSignNames] as const;

const systemProvided = new Set<string>(signNames);

/**
 * The signature to send for a `signName` of the config: the current one in place of a retired one, so that nobody has
 * to edit a config when Aliyun changes its signatures.
 */
export const signNameFor = (signName: string): string =>
  systemProvided.has(signName) ? currentSignName : signName;

/** A config as the admin writes it in Logto Console. A key with `null` counts as not set. */
export type AliyunSmsMasConfig = {
  /** A permanent AccessKey of a RAM user that may call `dypns:SendSmsVerifyCode`. */
  accessKeyId: string;
  accessKeySecret: string;
  /** The signature before the text of the SMS. `恒创联众` is sent in place of the others, which are retired. */
  signName: (typeof signNames)[number];
  /** The template for each usage type of Logto's. That of `Generic` must be there, and serves all others. */
  templates: Array<{
    /** Such as `SignIn`, `Register`, `ForgotPassword` or `Generic`. */
    usageType: string;
    /** The code of a system-provided template: `100001` to `100005`. */
    templateCode: string;
  }>;
  /** A newer system-provided signature than this version knows, sent in place of `signName`. */
  signNameOverride?: Nullable<string>;
  /** How long the SMS says that the code is valid, in minutes: 1 to 60. 10 if it is not set. */
  codeExpirationMinutes?: Nullable<number>;
  /** Another address than `https://dypnsapi.aliyuncs.com`, such as that of the sandbox. */
  endpoint?: Nullable<string>;
};

const genericTemplate = '{ "usageType": "Generic", "templateCode": "100001" }';

/** What is wrong with the ID of a temporary AccessKey, which wants a token that a config cannot keep up to date. */
export const temporaryAccessKey: Sentence = {
  zh: '请填写 RAM 用户的长期 AccessKey：以 STS. 开头的临时 AccessKey 不能使用。',
  en: 'Write a permanent AccessKey of a RAM user: a temporary one (STS.) does not work.',
};

const accessKeyGuard = (label: string, findProblem: FindProblem) =>
  textGuard(
    { zh: `请填写 ${label}，并加英文双引号。`, en: `Write the ${label}, in double quotes.` },
    (text) => {
      if (/^<?(?:your-)?access-key-(?:id|secret)>?$/i.test(text)) {
        return {
          zh: `请将占位符替换为 ${label}。`,
          en: `Write the ${label} in place of the placeholder.`,
        };
      }

      return findProblem(text);
    }
  );

const accessKeyIdGuard = accessKeyGuard('AccessKey ID', (text) =>
  text.startsWith('STS.') ? temporaryAccessKey : findStray(text)
);

const accessKeySecretGuard = accessKeyGuard('AccessKey Secret', findStray);

const signNameSentence: Sentence = {
  zh: `请填写 "${currentSignName}"，不带【】和空格。`,
  en: `Write "${currentSignName}", without 【】 and spaces.`,
};

const ownSignatureSentence: Sentence = {
  zh: `请填写 "${currentSignName}"：自己申请的签名不能用于短信认证。`,
  en: `Write "${currentSignName}": a signature of your own cannot be used with this product.`,
};

/** What to tell of a text that is no system-provided signature: that of one's own, or one with something around it. */
const findSignNameProblem = (text: unknown): Sentence => {
  const name = typeof text === 'string' ? text.replaceAll(/[^\p{L}\p{N}]/gu, '') : '';
  const isOwn = name !== '' && !systemProvided.has(name);

  return isOwn ? ownSignatureSentence : signNameSentence;
};

const signNameGuard = z.enum(signNames, {
  errorMap: (_, { data }) => ({ message: inBoth(findSignNameProblem(data)) }),
});

const signNameOverrideHelp = inBoth({
  zh: '请填写阿里云控制台显示的签名，不带【】、< > 和首尾空格；不需要时请填写 null。',
  en: "Write a signature as Aliyun's console shows it, without 【】, < > and spaces around it. For none, write null.",
});

const isSignature = (text: string): boolean =>
  text !== '' && text.trim() === text && !/[\p{C}【】<>]/u.test(text);

/** Half of a surrogate pair has no bytes in UTF-8. */
const canBeSent = (text: string): boolean => text !== '' && !/\p{Surrogate}/u.test(text);

const endpointSentence: Sentence = {
  zh: `请填写以 https:// 开头的地址；用默认地址 ${defaultEndpoint} 时请填写 null。`,
  en: `Write an address that begins with https://. For the default, ${defaultEndpoint}, write null.`,
};

const findEndpointProblem: FindProblem = (text) => {
  const stray = findStray(text);
  const url = trySafe(() => new URL(text));

  if (stray) {
    return stray;
  }

  if (!url || !/^https?:\/\//i.test(text)) {
    return endpointSentence;
  }

  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1])$/.test(url.hostname);

  // Whoever may edit a config could else post to any service on Logto's own computer.
  if (url.protocol === 'http:' && !(isLoopback && url.pathname === '/')) {
    return {
      zh: '请使用 https://。http:// 只能用于 localhost 和 127.0.0.1，且不带路径。',
      en: 'Use https://. With http:// only localhost and 127.0.0.1 work, without a path.',
    };
  }

  // `URL` mends slashes, and drops an empty user name, query or fragment without a word.
  if (!/^https?:\/\/[^#/?@\\]+(?:\/[^#?]*)?$/i.test(text)) {
    return {
      zh: '请删除地址中的用户名、密码、"?"、"#" 和反斜杠。',
      en: 'Delete user name, password, "?", "#" and backslashes from the address.',
    };
  }
};

/** Checks the code of a template; each issue says what to write instead. */
export const templateCodeGuard = textGuard(
  {
    zh: '请填写模板 CODE，并加英文双引号，例如 "100001"。',
    en: 'Write the code of the template, in double quotes, such as "100001".',
  },
  (text) => {
    if (/^sms_/i.test(text)) {
      return {
        zh: '请填写 "100001" 等赠送模板的 CODE：SMS_ 开头的模板属于“短信服务”，不能使用。',
        en: 'Write a code such as "100001": a template that begins with SMS_ is of another product.',
      };
    }

    if (/\p{Script=Han}/u.test(text)) {
      return {
        zh: '请填写模板 CODE，例如 "100001"，而不是模板名称。',
        en: 'Write the code of the template, such as "100001", and not its name.',
      };
    }

    return findStray(text);
  }
);

const usageTypeHelp = inBoth({
  zh: '请填写用途（区分大小写），例如 SignIn、Register、ForgotPassword、Generic。',
  en: 'Write a usage type; case matters. Such as SignIn, Register, ForgotPassword, Generic.',
});

const templateHelp = inBoth({
  zh: `每一项请写成 ${genericTemplate}。`,
  en: `Write each entry as ${genericTemplate}.`,
});

const templatesHelp = inBoth({
  zh: `请填写数组，至少包含 ${genericTemplate}。`,
  en: `Write a list with at least ${genericTemplate}.`,
});

const configHelp = inBoth({
  zh: '请填写 JSON 对象：{ … }。',
  en: 'Write a JSON object: { … }.',
});

const codeExpirationMinutesHelp = inBoth({
  zh: '请填写 1 到 60 的整数，不加引号，例如 10。',
  en: 'Write a whole number from 1 to 60, without quotes, such as 10.',
});

const codeExpirationMinutesGuard = z
  .number({ message: codeExpirationMinutesHelp })
  .int(codeExpirationMinutesHelp)
  .min(1, codeExpirationMinutesHelp)
  .max(60, codeExpirationMinutesHelp)
  .default(defaultCodeExpirationMinutes);

const endpointGuard = textGuard(endpointSentence, findEndpointProblem).default(defaultEndpoint);

/** A guard of an object without its keys that have no value. */
const withoutMissing = <Guard extends ZodTypeAny>(guard: Guard, message: string) =>
  z
    .record(z.unknown(), { message })
    .transform((object) =>
      Object.fromEntries(Object.entries(object).filter(([key]) => !isMissing(object, key)))
    )
    .pipe(guard);

const templateGuard = z.object({
  usageType: z.string({ message: usageTypeHelp }).refine(isUsageType, usageTypeHelp),
  templateCode: templateCodeGuard,
});

const templatesGuard = z
  .array(withoutMissing(templateGuard.strict(), templateHelp), { message: templatesHelp })
  .superRefine((templates, context) => {
    const types = new Set<string>();

    for (const [index, { usageType }] of templates.entries()) {
      if (isUsageType(usageType) && types.has(usageType)) {
        context.addIssue({
          code: z.ZodIssueCode.custom,
          path: [index, 'usageType'],
          message: inBoth({
            zh: '请只保留一项：该用途重复。',
            en: 'Keep only one entry for this usage type.',
          }),
        });
      }

      types.add(usageType);
    }

    if (!types.has('Generic')) {
      context.addIssue({
        code: z.ZodIssueCode.custom,
        message: inBoth({
          zh: `请添加 ${genericTemplate}：测试和未列出的用途都使用它。`,
          en: `Add ${genericTemplate}: the test and every type without an entry use it.`,
        }),
      });
    }
  });

const strictGuard = z.object({
  accessKeyId: accessKeyIdGuard,
  accessKeySecret: accessKeySecretGuard,
  signName: signNameGuard,
  templates: templatesGuard,
  signNameOverride: z
    .string({ message: signNameOverrideHelp })
    .refine(isSignature, signNameOverrideHelp)
    .optional(),
  codeExpirationMinutes: codeExpirationMinutesGuard,
  endpoint: endpointGuard,
});

/** An entry as it was saved. Only the one that a message needs must be right; what is no entry is of no usage type. */
const toTemplate = (entry: unknown): { usageType: string; templateCode?: unknown } => {
  const { usageType, templateCode } = isObject(entry) ? entry : {};

  return { usageType: typeof usageType === 'string' ? usageType : '', templateCode };
};

/**
 * What a message needs of a config. It may have been saved by another version, or by Logto's built-in connector, which
 * takes any text as a signature: what could be sent is not refused for the rest.
 */
const lenientGuard = strictGuard.extend({
  signName: textGuard(signNameSentence, (text) => (canBeSent(text) ? undefined : signNameSentence)),
  templates: z
    .array(z.unknown(), { message: templatesHelp })
    .transform((entries) => entries.map((entry) => toTemplate(entry))),
  signNameOverride: z
    .unknown()
    .transform((it) => (typeof it === 'string' && canBeSent(it) ? it : undefined)),
  // eslint-disable-next-line unicorn/prefer-top-level-await -- It is zod's catch, not a promise's.
  codeExpirationMinutes: codeExpirationMinutesGuard.catch(defaultCodeExpirationMinutes),
});

/** The names of all keys of a config, those of an entry of `templates` too. */
export const configKeys: readonly string[] = [
  ...strictGuard.keyof().options,
  ...templateGuard.keyof().options,
];

/** A config that can be sent with, its defaults filled in. Of `templates` the entry in use is still to be checked. */
export type Config = z.output<typeof lenientGuard>;

/**
 * A guard whose issues are custom ones, each with a text of this file. For an `invalid_type` Logto prints "Expected
 * string but received number." in place of the message; and some of zod's issues repeat the value that they refuse,
 * which may be a secret in the wrong place.
 */
const withHelp = <Output>(guard: z.ZodType<Output, ZodTypeDef, unknown>) =>
  z.unknown().transform((input, context): Output => {
    const result = guard.safeParse(input);

    if (result.success) {
      return result.data;
    }

    for (const { path, message } of toIssues(result.error, input)) {
      context.addIssue({ code: z.ZodIssueCode.custom, path: [...path], message });
    }

    return z.NEVER;
  });

/**
 * Checks a config where Console saves or tests it, and fills in its defaults. Each issue says what to write instead, in
 * both languages: in Console's JSON editor these texts are all the help there is.
 */
export const configGuard = withHelp<Config>(
  withoutMissing(
    strictGuard
      // Version 1.4.0 sent it. A saved config may have it, and then every edit would be refused.
      .extend({ intervalSeconds: z.unknown() })
      .strict()
      .transform(({ intervalSeconds, ...config }) => config),
    configHelp
  )
);

/** Checks what a message needs of a saved config, and fills in its defaults. */
export const savedConfigGuard = withHelp<Config>(withoutMissing(lenientGuard, configHelp));

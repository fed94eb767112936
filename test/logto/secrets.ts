/** What nobody but Logto and Aliyun may see. */
import { sandboxConfig, getRequests } from './sandbox.js';

/** A mobile number of mainland China, with its country code or without. */
const mobileNumber = /(?<![\dA-Za-z])(?:\+?86)?(1[3-9]\d{9})(?![\dA-Za-z])/g;

/** Whether a text holds a code, and not as a part of something longer. */
const holds = (text: string, code: string): boolean =>
  new RegExp(`(?<![\\dA-Za-z])${code}(?![\\dA-Za-z])`).test(text);

/**
 * Looks in texts for the codes of all messages, the AccessKey, the signatures and nonces of all requests, and for mobile
 * numbers but those that the user typed. Returns what it found, and where.
 */
export const findSecrets = async (
  texts: readonly string[],
  typed: readonly string[]
): Promise<string[]> => {
  const requests = await getRequests();
  const codes = requests.map(({ code }) => code);
  const keys = [
    sandboxConfig.accessKeyId,
    sandboxConfig.accessKeySecret,
    ...requests.flatMap(({ parameters: { Signature, SignatureNonce } }) => [
      Signature,
      SignatureNonce,
    ]),
  ];

  return texts.flatMap((text) => {
    const numbers = [...text.matchAll(mobileNumber)].map(([, number = '']) => number);

    return [
      ...codes.filter((code) => code && holds(text, code)),
      ...keys.filter((key) => key && text.includes(key)),
      ...numbers.filter((number) => !typed.includes(number)),
    ].map((secret) => `${secret} in ${text}`);
  });
};

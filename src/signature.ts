import { createHmac } from 'node:crypto';

/** The parameters of an RPC request: names and values as they are before any encoding. */
export type RpcParameters = Readonly<Record<string, string>>;

/**
 * Percent-encodes a text as RFC 3986 does: everything but `A–Z a–z 0–9 - _ . ~`, over UTF-8, in upper-case hex.
 *
 * @throws {URIError} For a lone surrogate. The config guards let none through.
 */
const percentEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${Buffer.from(character).toString('hex').toUpperCase()}`
  );

/**
 * The canonicalized query of Aliyun's RPC signature: every parameter, empty ones too, encoded and sorted by name.
 * It is a valid `application/x-www-form-urlencoded` body as well, so that what is signed is what is sent.
 *
 * @see https://help.aliyun.com/zh/sdk/product-overview/rpc-mechanism
 */
export const canonicalize = (parameters: RpcParameters): string =>
  Object.entries(parameters)
    // By name alone: joined to `name=value`, `=` would sort a name behind its own extension by `-` or `.`.
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');

/**
 * Signs a canonicalized query with HMAC-SHA1, RPC signature version 1.0.
 *
 * @param method The HTTP method of the request.
 * @param query What {@link canonicalize} returns.
 * @param accessKeySecret The secret of the AccessKey in the query.
 * @returns The signature in Base64, not yet percent-encoded.
 * @see https://help.aliyun.com/zh/sdk/product-overview/rpc-mechanism
 */
export const sign = (method: 'GET' | 'POST', query: string, accessKeySecret: string): string =>
  createHmac('sha1', `${accessKeySecret}&`)
    .update(`${method}&%2F&${percentEncode(query)}`)
    .digest('base64');

/**
 * The form to post: the parameters and their signature.
 *
 * @returns A body of `application/x-www-form-urlencoded`.
 */
export const signForm = (parameters: RpcParameters, accessKeySecret: string): string => {
  const query = canonicalize(parameters);
  const signature = sign('POST', query, accessKeySecret);

  return `${query}&Signature=${percentEncode(signature)}`;
};

import { type Optional, trySafe } from '@silverhand/essentials';
import { z } from 'zod';

/** What Aliyun answered, as far as it is of use. Its other words are never read: they can repeat the whole request. */
export type Answer = Readonly<{
  /** Aliyun's code, such as `OK` or `isv.INVALID_PARAMETERS`. */
  code: string;
  /** Identifies the request at Aliyun. Not every answer has one. */
  requestId: Optional<string>;
}>;

/** Answers of the service and of the gateway before it have these in common, whatever their HTTP status. */
const answerGuard = z.object({
  Code: z.string().min(1),
  RequestId: z.unknown().transform((it) => (typeof it === 'string' ? it : undefined)),
});

/**
 * Reads the body of a response.
 *
 * @returns Nothing for a body that is no answer of Aliyun's, such as the page of a proxy.
 * @see https://help.aliyun.com/zh/pnvs/developer-reference/api-dypnsapi-2017-05-25-sendsmsverifycode
 */
export const parseAnswer = (body: string): Optional<Answer> => {
  const { data } = answerGuard.safeParse(trySafe((): unknown => JSON.parse(body)));

  return data && { code: data.Code, requestId: data.RequestId };
};

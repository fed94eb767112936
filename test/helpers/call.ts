import { type Outcome, post } from '../../src/client.js';

/** What came of a call, and how long it took, in milliseconds. */
export type Result = Readonly<{ outcome: Outcome; milliseconds: number }>;

/**
 * Posts a form with the connector's client.
 *
 * @param time What the call may take, in milliseconds: as much as the connector gives, where nothing else is said.
 */
export const call = async (
  endpoint: string,
  form = 'SignName=%E6%81%92',
  time = 8000
): Promise<Result> => {
  const start = performance.now();
  const outcome = await post(endpoint, form, start + time);

  return { outcome, milliseconds: performance.now() - start };
};

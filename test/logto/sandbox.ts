/** The sandbox that stands in for Aliyun: what it got, and what goes wrong in it. */
import { z } from 'zod';

import configTemplate from '../../docs/config-template.json' with { type: 'json' };
import { accessKey } from '../../sandbox/service/catalogue.js';

/** Where Logto and these tests find it. */
export const sandboxUrl = 'http://127.0.0.1:4010';

/** The connector's config that leads to the sandbox. */
export const sandboxConfig = {
  endpoint: sandboxUrl,
  ...configTemplate,
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
};

const messageGuard = z.object({
  phoneNumber: z.string(),
  signName: z.string(),
  templateCode: z.string(),
  code: z.string(),
  text: z.string(),
});

/** A message that was delivered to a phone. */
export type Message = z.infer<typeof messageGuard>;

const requestsGuard = z
  .object({
    to: z.string(),
    code: z.string(),
    parameters: z.record(z.string()),
    answerCode: z.string(),
    answer: z.string(),
  })
  .array();

const faultsGuard = z.object({
  next: z.string().nullable(),
  all: z.string().nullable(),
  numbers: z.record(z.string()),
  interval: z.boolean(),
});

/** What is sent as JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Asks the sandbox, and throws with what it answers where that is no success. */
const ask = async (path: string, init?: RequestInit): Promise<unknown> => {
  const response = await fetch(`${sandboxUrl}${path}`, init);

  if (!response.ok) {
    throw new Error(`The sandbox answered ${path} with ${await response.text()}`);
  }

  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);

  return answer;
};

/** The message that comes to a number after a time, in milliseconds; throws with the reason why none came. */
export const waitForMessage = async (to: string, after: number): Promise<Message> =>
  messageGuard.parse(await ask(`/messages/latest?to=${to}&after=${after}&wait=20`));

/** The requests that arrived, the oldest first; those for a number where one is given. */
export const getRequests = async (to?: string) =>
  requestsGuard.parse(await ask(to ? `/requests?to=${to}` : '/requests'));

/** The faults in force. */
export const getFaults = async () => faultsGuard.parse(await ask('/faults'));

const send = async (method: 'PUT' | 'POST', path: string, body: JsonObject): Promise<void> => {
  await ask(path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
};

/** Changes the faults in force. */
export const setFaults = async (faults: JsonObject): Promise<void> =>
  send('PUT', '/faults', faults);

/** Lets time pass for the interval of all numbers. */
export const letTimePass = async (seconds: number): Promise<void> =>
  send('POST', '/clock', { seconds });

/** Forgets what was sent to a number, and when. */
export const forgetNumber = async (number: string): Promise<void> => {
  await ask(`/messages?to=${number}`, { method: 'DELETE' });
};

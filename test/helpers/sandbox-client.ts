/* eslint-disable @silverhand/fp/no-let, @silverhand/fp/no-mutation -- Events and rounds are counted. */
/* eslint-disable no-await-in-loop -- One step after the other. */
/** What the tests of the sandbox ask it. */
import { z } from 'zod';

/** A method, a body that becomes JSON, and headers besides its content type. */
type Asked = Readonly<{
  method?: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
}>;

/** Asks the sandbox's API; `answer` is the JSON that it answers, or an empty text where there is none. */
export const ask = async (url: string, { method = 'GET', body, headers = {} }: Asked = {}) => {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  const answer: unknown = text && JSON.parse(text);

  return { status: response.status, answer };
};

/** Posts a form as to Aliyun, and returns the answer. */
export const post = async (
  endpoint: string,
  form: URLSearchParams | string,
  init?: RequestInit
) => {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    ...init,
  });
  const answer: unknown = await response.json();

  return { status: response.status, answer };
};

/** Listens to the sandbox's events: `next` waits for the next one, `stop` ends the connection. */
export const listenToEvents = async (endpoint: string) => {
  const { body } = await fetch(`${endpoint}/events`);
  const reader = z.instanceof(ReadableStream).parse(body).getReader();
  const decoder = new TextDecoder();
  let kept = '';

  const next = async (): Promise<readonly [event: string, data: unknown]> => {
    let end = kept.indexOf('\n\n');

    while (end < 0) {
      const { value } = await reader.read();
      kept += decoder.decode(z.instanceof(Uint8Array).parse(value), { stream: true });
      end = kept.indexOf('\n\n');
    }

    const told = /^event: (.+)\ndata: (.+)/.exec(kept.slice(0, end));
    kept = kept.slice(end + 2);

    // The sandbox writes an empty line now and then, so that no proxy ends the connection.
    return told ? [told[1] ?? '', JSON.parse(told[2] ?? '')] : next();
  };

  return { next, stop: async () => reader.cancel() };
};
/* eslint-enable @silverhand/fp/no-let, @silverhand/fp/no-mutation */
/* eslint-enable no-await-in-loop */

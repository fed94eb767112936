import { type SandboxEvents } from '../contract.js';

/** What a change comes to: done, refused for a reason that the sandbox gives in English, or not answered at all. */
export type Answer = Readonly<
  { result: 'done' } | { result: 'refused'; reason: string } | { result: 'unanswered' }
>;

/** Hands over each event of a name that the sandbox streams. */
export const listen = <Name extends keyof SandboxEvents>(
  source: EventSource,
  name: Name,
  handle: (data: SandboxEvents[Name]) => void,
): void => {
  source.addEventListener(name, ({ data }: MessageEvent<string>) => {
    // eslint-disable-next-line @typescript-eslint/no-unsafe-argument -- The sandbox that serves this page sends what the contract says.
    handle(JSON.parse(data));
  });
};

const readReason = (answer: unknown): string | undefined =>
  typeof answer === 'object' &&
  answer !== null &&
  'error' in answer &&
  typeof answer.error === 'string'
    ? answer.error
    : undefined;

/** Asks the sandbox for a change. What changed comes back as an event. */
export const change = async (
  method: 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> => {
  try {
    const response = await fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });

    if (response.ok) {
      return { result: 'done' };
    }

    const answer: unknown = await response.json();

    return { result: 'refused', reason: readReason(answer) ?? `HTTP ${response.status}` };
  } catch {
    return { result: 'unanswered' };
  }
};

import { type SandboxEvents } from '../contract.js';

/** Hands over each event of a name that the sandbox streams. */
export const listen = <Name extends keyof SandboxEvents>(
  source: EventSource,
  name: Name,
  handle: (data: SandboxEvents[Name]) => void
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

/** A change that the sandbox is asked for. Its path is relative: the page may be behind a proxy, under a path of its own. */
export type Change = Readonly<{ method: 'PUT' | 'POST'; path: string; body?: unknown }>;

/** Asks the sandbox for a change, which comes back as an event. Tells what went wrong: a reason, or no answer. */
export const ask = async ({
  method,
  path,
  body,
}: Change): Promise<{ isDone: boolean; reason?: string }> => {
  try {
    const response = await fetch(path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });

    if (response.ok) {
      return { isDone: true };
    }

    const answer: unknown = await response.json();

    return { isDone: false, reason: readReason(answer) ?? `HTTP ${response.status}` };
  } catch {
    return { isDone: false };
  }
};

/** What the sandbox tells its page, its API and the tests, as JSON. */

/** A text in the languages that the sandbox speaks. */
export type InBoth = Readonly<{ en: string; zh: string }>;

/** A message as the phone gets it. */
export type DeliveredMessage = Readonly<{
  /** ISO 8601, in UTC. */
  time: string;
  /** 11 digits. */
  phoneNumber: string;
  signName: string;
  templateCode: string;
  code: string;
  /** Minutes, as text: as Aliyun takes them. */
  min: string;
  /** All that the phone shows. */
  text: string;
}>;

/** A request that arrived, with all that became of it. Texts are empty where there are none. */
export type SandboxRequest = Readonly<{
  /** From 1, in the order of arrival; never used again while the sandbox runs. */
  id: number;
  /** ISO 8601, in UTC. */
  time: string;
  /** 11 digits, or whatever was sent in their place. */
  to: string;
  code: string;
  min: string;
  signName: string;
  templateCode: string;
  /** Aliyun's name of the template, if it is one of Aliyun's. */
  template: InBoth | null;
  /** What the phone shows. */
  text: string;
  /** Whether the message got to the phone. */
  delivered: boolean;
  /** The first 40 parameters as they arrived, the signature included. */
  parameters: Readonly<Record<string, string>>;
  /** Whether the request was signed with the sandbox's AccessKey (not to be confused with the signature of the SMS). */
  isSignedRight: boolean;
  /** The `id` of the first request with the same nonce: this one is a retry of it. */
  repeats: number | null;
  /** The `id` of the request that was refused as too soon or too many, and that this one, with a new nonce, resends. */
  resends: number | null;
  /** The name of the fault that it met. */
  fault: string | null;
  /** The HTTP status of the answer; `null` where the connection was cut, hangs or the like. */
  status: number | null;
  /** Aliyun's code; empty where no answer of Aliyun's was given. */
  answerCode: string;
  /** What Aliyun means by the code, where it is a refusal. */
  meaning: InBoth | null;
  /** The body of the answer, its beginning if it is long. */
  answer: string;
  /** The connection is still held by the sandbox; such a request is told once more when it ends. */
  isOpen: boolean;
}>;

/**
 * What the API answers where it does not do what was asked. `GET /messages/latest` gives the request because of which no
 * message came, with status 409; with 404 there was none.
 */
export type ApiError = Readonly<{ error: string; request?: SandboxRequest }>;

/** The faults in force, by name, and whether the interval is; `null` is none. */
export type FaultSettings = Readonly<{
  next: string | null;
  all: string | null;
  numbers: Readonly<Record<string, string>>;
  interval: boolean;
}>;

/** What stays as it is while the sandbox runs. */
export type Facts = Readonly<{
  /** The whole config to paste into Logto Console, as indented JSON, `endpoint` first. */
  config: string;
  faults: ReadonlyArray<Readonly<{ name: string }> & InBoth>;
  /** The numbers that decide what happens; `to` is the last one of a range, such as 13800001000 to 13800001999. */
  magicNumbers: ReadonlyArray<Readonly<{ from: string; to: string }> & InBoth>;
}>;

/**
 * What `GET /events` streams, each as one JSON line of an event of that name. `start` comes first, and again after each
 * reconnecting; `requests` replaces what is known when they were cleared; `request` is new, or known by its `id` and
 * changed.
 */
export type SandboxEvents = Readonly<{
  start: Readonly<{ facts: Facts; requests: readonly SandboxRequest[]; faults: FaultSettings }>;
  requests: readonly SandboxRequest[];
  request: SandboxRequest;
  faults: FaultSettings;
}>;

/**
 * What was answered to a request, in short: Aliyun's code, or else the HTTP status.
 *
 * @param noAnswer What to say where nothing was answered.
 */
export const nameAnswer = (
  { answerCode, status }: SandboxRequest,
  noAnswer = 'no answer'
): string => answerCode || (status === null ? noAnswer : `HTTP ${status}`);

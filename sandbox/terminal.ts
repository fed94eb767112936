import { styleText } from 'node:util';

import { nameAnswer } from './answer.js';
import { type SandboxRequest } from './contract.js';
import { type FaultName, faults } from './service/faults.js';

/** A part of a request, which may be anything: as far as it is ASCII, and its beginning if it is long. */
const cleanPart = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, 16);

const explain = ({ answerCode, delivered }: SandboxRequest): string =>
  answerCode === 'OK' && !delivered ? ': accepted, never delivered' : '';

/** What the terminal prints of a request: a line. Nothing in a request can steer the terminal. */
export const describeRequest = (request: SandboxRequest): string => {
  const { time, to, code, templateCode, fault, delivered } = request;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const answer = styleText(delivered ? 'green' : 'red', nameAnswer(request)) + explain(request);
  const parts = [clock, cleanPart(to), cleanPart(code), cleanPart(templateCode), answer];

  if (fault) {
    parts.push(`(${fault})`);
  }

  return parts.join('  ');
};

/** How a sandbox was started, as far as the terminal says it. */
export type Start = Readonly<{
  endpoint: string;
  config: string;
  /** Whether the connector takes this endpoint. */
  isEndpointTaken: boolean;
  /** The one signature of SMS that works, if it was chosen. */
  signName: string | undefined;
  /** What goes wrong with every message. */
  fault: FaultName | undefined;
}>;

/** What the terminal prints at the start. */
export const describeStart = ({
  endpoint,
  config,
  isEndpointTaken,
  signName,
  fault,
}: Start): string => {
  const parts = [
    'The whole config, to paste into Logto Console:',
    config,
    `The page is ${endpoint}; Ctrl+C stops the sandbox.
+86 13800000000 and 13800001000 to 13800001999 are always delivered;
13800000001 to 13800000011 have faults of their own: the page lists them.`,
  ];

  if (!isEndpointTaken) {
    parts.push(`Warning: the connector refuses this endpoint. It takes http:// for localhost and
127.0.0.1 alone: have the sandbox and Logto share a network, or put https in
front of it.`);
  }

  if (signName !== undefined) {
    parts.push(`It takes the signature "${signName}" and no other.`);
  }

  if (fault) {
    parts.push(`Fault "${fault}": ${faults[fault].en}.`);
  }

  return parts.map((part) => `${part}\n`).join('\n');
};

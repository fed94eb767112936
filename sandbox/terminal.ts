import { styleText } from 'node:util';

import { nameAnswer, type SandboxRequest } from './contract.js';
import { type FaultName, faults } from './service/faults.js';

/** A part of a request, which may be anything: as far as it is ASCII, and its beginning if it is long. */
const cleanPart = (text: string): string => text.replaceAll(/[^ -~]/g, '?').slice(0, 16);

/**
 * What the terminal prints of a request: a line, such as
 * `08:00:00  13800138000  482913  100001  biz.FREQUENCY: too soon after the last one`. Nothing in a request can steer it.
 */
export const describeRequest = (request: SandboxRequest): string => {
  const { time, to, code, templateCode, fault, delivered, answerCode, meaning } = request;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const answer = styleText(delivered ? 'green' : 'red', nameAnswer(request));
  const more = answerCode === 'OK' && !delivered ? 'accepted, never delivered' : meaning?.en;
  const parts = [clock, cleanPart(to), cleanPart(code), cleanPart(templateCode), answer];

  return parts.join('  ') + (more ? `: ${more}` : '') + (fault ? `  (${fault})` : '');
};

/** How a sandbox was started, as far as the terminal says it. */
export type Start = Readonly<{
  endpoint: string;
  config: string;
  /** The one signature of SMS that works, if it was chosen. */
  signName: string | undefined;
  /** What goes wrong with every message. */
  fault: FaultName | undefined;
}>;

/** What the terminal prints at the start. */
export const describeStart = ({ endpoint, config, signName, fault }: Start): string => {
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1])$/.test(new URL(endpoint).hostname);
  const parts = [
    'The whole config, to paste into Logto Console:',
    config,
    `The page is ${endpoint}; Ctrl+C stops the sandbox.
+86 13800000000 and 13800001000 to 13800001999 are always delivered;
13800000001 to 13800000011 have faults of their own: the page lists them.`,
    isLoopback ||
      `Warning: the connector refuses this endpoint. It takes http:// for localhost and
127.0.0.1 alone: have the sandbox and Logto share a network, or put https in
front of it.`,
    signName && `It takes the signature "${signName}" and no other.`,
    fault && `Fault "${fault}": ${faults[fault].en}.`,
  ];

  return parts.flatMap((part) => (typeof part === 'string' ? [`${part}\n`] : [])).join('\n');
};

import { styleText } from 'node:util';

import { nameAnswer } from './answer.js';
import { type SandboxRequest } from './contract.js';
import { type FaultName, faults } from './service/faults.js';

const lineWidth = 80;
const indent = ' '.repeat(10);

/** What is two columns wide: Chinese, and what stands with it. */
const wide = /[\u2e80-\uffef]/gu;

const widthOf = (text: string): number => text.replace(wide, '  ').length;

/** A text without anything that steers a terminal: no control character, and none that is unseen. */
const clean = (text: string): string => text.replace(/\p{C}/gu, '?');

/** A part of a request, which may be anything: as far as it is ASCII, and its beginning if it is long. */
const cleanPart = (text: string): string => text.replace(/[^ -~]/g, '?').slice(0, 16);

/** Breaks a text into lines that fit behind the indent: at blanks, and between Chinese characters. */
const wrap = (text: string): string[] => {
  const pieces =
    text.match(/[\u2e80-\uffef][，。；：）】”]*|[^\s\u2e80-\uffef]+[，。；：）】”]*|\s+/gu) ?? [];
  const lines: string[] = [];
  let line = '';

  for (const piece of pieces) {
    if (line && widthOf(indent + line + piece.trimEnd()) > lineWidth) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else {
      line += piece;
    }
  }

  return [...lines, line.trimEnd()];
};

const explain = ({ answerCode, fault, logto }: SandboxRequest): string[] => {
  switch (logto.result) {
    case 'sent': {
      if (fault === 'lost') {
        return ['accepted, but never delivered'];
      }

      return answerCode === 'OK' ? [] : ['taken for sent: the first try was carried out'];
    }
    case 'repeats': {
      return ['the connector tries once more'];
    }
    case 'resends': {
      return ['the connector waits a moment, and sends the code once more'];
    }
    case 'error': {
      return [`${logto.error}: ${logto.user.en}`, ...logto.admin.en.split('\n')];
    }
  }
};

/**
 * What the terminal prints of a request: a line, and what Logto makes of one that failed, in lines of at most 80 columns:
 * first what whoever signs in reads, then what the admin reads. Nothing in a request can steer the terminal.
 */
export const describeRequest = (request: SandboxRequest): string => {
  const { time, to, code, templateCode, fault, logto } = request;
  const clock = new Date(time).toTimeString().slice(0, 8);
  const answer = styleText(logto.result === 'error' ? 'red' : 'green', nameAnswer(request));
  const parts = [clock, cleanPart(to), cleanPart(code), cleanPart(templateCode), answer];

  if (fault) {
    parts.push(`(${fault})`);
  }

  const more = explain(request).flatMap((text) => wrap(clean(text)));

  return [parts.join('  '), ...more.map((line) => indent + line)].join('\n');
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

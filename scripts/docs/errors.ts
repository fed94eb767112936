import { z } from 'zod';

import { ConnectorErrorCodes } from '@logto/connector-kit';
import phrases from '@logto/phrases';

import { type Failure } from '../../src/client.js';
import { inBoth, type Sentence } from '../../src/error.js';
import { userSentences } from '../../src/explain.js';
import {
  failureMeanings,
  type Meaning,
  meanings,
  unknownMeaning,
  unreachableEndpoint,
  untraceableMeaning,
} from '../../src/meanings.js';

import { renderNodeCodes } from './node-codes.js';
import {
  failureNotes,
  meaningNotes,
  type Note,
  unknownNote,
  unreachableEndpointNote,
  untraceableNote,
  type Who,
} from './notes.js';

/** What is told of one meaning. */
type Entry = Readonly<{ codes: string; meaning: Meaning; note: Omit<Note, 'who'> }>;

/** The groups by who can mend it, in the order of the page. */
const groups: ReadonlyArray<Readonly<{ who: Who; title: Sentence }>> = [
  { who: 'config', title: { zh: 'Logto 管理员：更正配置', en: 'Logto admin: correct the config' } },
  { who: 'owner', title: { zh: '阿里云账号所有者', en: 'Owner of the Aliyun account' } },
  {
    who: 'server',
    title: { zh: 'Logto 管理员：检查服务器和网络', en: 'Logto admin: check server and network' },
  },
  { who: 'user', title: { zh: '登录的用户', en: 'End user' } },
  { who: 'nobody', title: { zh: '等待后重试', en: 'Nobody: wait, and try again' } },
  {
    who: 'maintainer',
    title: { zh: '配置有误，否则是连接器的缺陷', en: 'The config, or else a bug in the connector' },
  },
];

/** The errors of the connector, and the HTTP status that Logto gives them. */
const errors: ReadonlyArray<Readonly<{ error: ConnectorErrorCodes; status: number }>> = [
  { error: ConnectorErrorCodes.RateLimitExceeded, status: 429 },
  { error: ConnectorErrorCodes.InvalidConfig, status: 400 },
  { error: ConnectorErrorCodes.TemplateNotFound, status: 400 },
  { error: ConnectorErrorCodes.InvalidRequestParameters, status: 400 },
  { error: ConnectorErrorCodes.InsufficientRequestParameters, status: 400 },
  { error: ConnectorErrorCodes.InvalidResponse, status: 400 },
  { error: ConnectorErrorCodes.General, status: 400 },
];

const phrasesGuard = z.record(z.unknown());

/** Logto's own sentences, by the name of the error. */
const logtoSentences = {
  zh: phrasesGuard.parse(phrases['zh-CN'].errors?.connector),
  en: phrasesGuard.parse(phrases.en.errors.connector),
};

const quote = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(', ');

/** A line each, in Markdown. */
const inTwoLines = ({ zh, en }: Sentence): string => `${zh}<br>\n${en}`;

const keysOf = ({ suspects }: Meaning): string =>
  quote(suspects.map((it) => (it === 'templateCode' ? 'templates.<n>.templateCode' : it)));

const isMeaning = (name: string): name is keyof typeof meanings => name in meanings;

const isFailure = (name: string): name is Failure => name in failureMeanings;

const entriesOf = (who: Who): Entry[] => {
  const ofCodes = Object.keys(meanings)
    .filter((name) => isMeaning(name))
    .filter((name) => meaningNotes[name].who === who)
    .map((name) => ({
      codes: quote(meanings[name].codes),
      meaning: meanings[name],
      note: meaningNotes[name],
    }));
  const ofFailures = Object.keys(failureMeanings)
    .filter((name) => isFailure(name))
    .filter((name) => failureNotes[name].who === who)
    .map((name) => ({
      codes: quote(failureNotes[name].references),
      meaning: failureMeanings[name],
      note: failureNotes[name],
    }));
  const ofEndpoint = {
    codes: quote(failureNotes.unreachable.references),
    meaning: unreachableEndpoint,
    note: unreachableEndpointNote,
  };

  return [...ofCodes, ...ofFailures, ...(unreachableEndpointNote.who === who ? [ofEndpoint] : [])];
};

const renderEntry = ({ codes, meaning, note: { title, causes, pages = [] } }: Entry): string =>
  [
    `### ${title.zh} · ${title.en}`,
    `${codes}<br>\n→ ${keysOf(meaning)}, \`connector.${meaning.error}\``,
    inTwoLines(causes),
    pages.map(({ url, zh, en }) => `[${zh} · ${en}](${url})`).join('<br>\n'),
  ]
    .filter(Boolean)
    .join('\n\n');

const renderGroup = ({ zh, en }: Sentence, entries: readonly Entry[]): string =>
  [`## ${zh} · ${en}`, ...entries.map((entry) => renderEntry(entry))].join('\n\n');

/** What the end user reads of an error: Logto's sentence, with the connector's in it. */
const describeToUser = (error: ConnectorErrorCodes, description: Sentence): string => {
  const zh = String(logtoSentences.zh[error]).replace('{{errorDescription}}', description.zh);
  const en = String(logtoSentences.en[error]).replace('{{errorDescription}}', description.en);

  return `${zh}<br>${en}`;
};

/** A row for each error, and for `general` one for each of its sentences. */
const renderUserTable = (): string => {
  const rows = errors.flatMap(({ error, status }) => {
    const sentences =
      error === ConnectorErrorCodes.General
        ? Object.values(userSentences).map((sentence) => describeToUser(error, sentence))
        : [describeToUser(error, { zh: '', en: '' })];

    return sentences.map((sentence) => `| \`connector.${error}\` | ${status} | ${sentence} |`);
  });

  return [
    '| 错误 · Error | HTTP | 用户看到 · The user reads |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
};

const example = `Error in key path "accessKeySecret": (custom) ${inBoth(meanings.wrongSecret)} (${meanings.wrongSecret.codes[0]}, RequestId 01234567-…)`;

const introduction = `# 返回码 · Error codes

\`\`\`
${example}
\`\`\`

在 Logto 控制台的连接测试、审计日志和 Logto 的输出中，英文一行末尾的括号里是返回码。请在本页查找；找不到时，见最后一节。

- 提示说明该怎么做，本页说明原因。各节依次为：返回码；→ 出错的参数、Logto 的错误；原因；相关页面。
- 设置了 \`signNameOverride\` 时，\`signName\` 处显示为 \`signNameOverride\`。\`<n>\` 是 \`templates\` 中的序号，从 0 开始。返回码中的 \`…\` 代表任意内容。
- 没有返回码的提示，说的是配置、号码或验证码有误，没有发送任何内容：照提示更正即可。
- 有 RequestId 时，可在 [OpenAPI 问题诊断](https://api.aliyun.com/troubleshoot)中查看该请求和解决方案。

In Console's test, in Logto's audit log and in its output, the code is in brackets at the end of the English line. Look for it on this page; if it is not here, see the last section.

- The toast says what to do, this page why. Each section has the codes; → the keys at fault, and Logto's error; the causes; the pages to open.
- Where \`signNameOverride\` is set, it is named in place of \`signName\`. \`<n>\` is the place in \`templates\`, counted from 0. \`…\` in a code stands for anything.
- A toast without a code speaks of a mistake in the config, the number or the verification code. Nothing was sent: do what it says.
- With a RequestId, [OpenAPI 问题诊断](https://api.aliyun.com/troubleshoot) shows the request and the remedy.`;

const userTitle: Sentence = { zh: '登录页上的提示', en: 'What is read on the sign-in page' };
const unknownTitle: Sentence = { zh: '其他返回码', en: 'Any other code' };

/** Makes docs/errors.md of the connector's tables, the notes beside this file and Logto's sentences. */
export const renderErrors = (): string => {
  const parts = [
    introduction,
    `## ${userTitle.zh} · ${userTitle.en}`,
    renderUserTable(),
    ...groups.map(({ who, title }) => renderGroup(title, entriesOf(who))),
    renderNodeCodes(),
    renderGroup(unknownTitle, [
      { codes: '`…`', meaning: unknownMeaning, note: unknownNote },
      { codes: '`…`', meaning: untraceableMeaning, note: untraceableNote },
    ]),
  ];

  return `${parts.join('\n\n')}\n`;
};

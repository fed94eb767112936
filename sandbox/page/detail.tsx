import { type RefObject } from 'preact';

import { type SandboxRequest } from '../contract.js';
import { spaced } from '../numbers.js';

import { deliveredTry, type Sending } from './sendings.js';
import { clockTime, dateAndTime, language, texts } from './texts.js';

/** JSON, indented; any other text as it is. */
const indented = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
};

const Phone = ({ sending }: Readonly<{ sending: Sending }>) => {
  const delivered = deliveredTry(sending);

  return (
    <div class="phone">
      {delivered ? (
        <>
          <time dateTime={delivered.time}>{dateAndTime(delivered.time)}</time>
          <p class="bubble" lang="zh-CN">
            {delivered.text}
          </p>
        </>
      ) : (
        <p class="soft nothing">{texts.emptyPhone}</p>
      )}
    </div>
  );
};

const Facts = ({ request }: Readonly<{ request: SandboxRequest }>) => (
  <dl class="card facts">
    <dt>{texts.smsSignature}</dt>
    <dd>{request.signName || '—'}</dd>
    <dt>{texts.template}</dt>
    <dd>
      {request.templateCode || '—'}
      {request.template && <span class="soft"> {request.template[language]}</span>}
    </dd>
  </dl>
);

const kindOf = ({ repeats, resends }: SandboxRequest): keyof typeof texts.tries => {
  if (repeats !== null) {
    return 'retry';
  }

  return resends === null ? 'first' : 'resend';
};

/** The HTTP status and Aliyun's code with its meaning, or that there is no answer. */
const Answer = ({ request }: Readonly<{ request: SandboxRequest }>) => {
  const { isOpen, status, answerCode, meaning, fault } = request;

  return (
    <p class="chips">
      {status === null ? (
        <span class="chip odd">{isOpen ? texts.fates.open() : texts.noAnswer}</span>
      ) : (
        <code class={`chip ${status < 300 ? 'plain' : 'bad'}`}>{`HTTP ${status}`}</code>
      )}
      {answerCode && (
        <code class={`chip ${answerCode === 'OK' ? 'good' : 'bad'}`}>{answerCode}</code>
      )}
      {fault && <span class="chip odd">{texts.withFault(fault)}</span>}
      {meaning && <span class="meaning">{meaning[language]}</span>}
    </p>
  );
};

const Try = ({ request }: Readonly<{ request: SandboxRequest }>) => {
  const { time, isSignedRight, delivered, answer, parameters } = request;

  return (
    <li class="try">
      <p class="what">
        <span>{texts.tries[kindOf(request)]}</span>
        <time dateTime={time}>{clockTime(time)}</time>
      </p>
      <Answer request={request} />
      {!isSignedRight && <p class="bad">{texts.signedWrong}</p>}
      {delivered && <p class="soft">{texts.smsSent}</p>}
      {answer && (
        <details open>
          <summary>{texts.answer}</summary>
          <pre>{indented(answer)}</pre>
        </details>
      )}
      <details>
        <summary>{texts.sent}</summary>
        <dl class="parameters">
          {Object.entries(parameters).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
};

type Properties = Readonly<{ sending: Sending; place: RefObject<HTMLElement | null> }>;

/** All that became of a message: what is on the phone, and each request with its answer. */
export const Detail = ({ sending, place }: Properties) => {
  const [first] = sending.tries;

  return (
    <article ref={place} class="detail" tabIndex={-1} aria-labelledby="reading">
      <h2 id="reading">{texts.to(spaced(first.to) || texts.noNumber)}</h2>
      <div class="columns">
        <div class="stack">
          <Phone sending={sending} />
          <Facts request={first} />
        </div>
        <section class="card">
          <h3>{texts.requestsOf}</h3>
          {/* Safari announces a list without bullets only where its role is written. */}
          <ol role="list" class="tries">
            {sending.tries.map((request) => (
              <Try key={request.id} request={request} />
            ))}
          </ol>
        </section>
      </div>
    </article>
  );
};

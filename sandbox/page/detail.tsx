import { type RefObject } from 'preact';

import { type SandboxRequest } from '../contract.js';
import { clockTime, dateAndTime, language, t } from './language.js';
import { spaced } from '../numbers.js';
import { deliveredTry, type Sending } from './sendings.js';

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
        <p class="soft nothing">{t.emptyPhone}</p>
      )}
    </div>
  );
};

const Facts = ({ request }: Readonly<{ request: SandboxRequest }>) => (
  <dl class="card facts">
    <dt>{t.smsSignature}</dt>
    <dd>{request.signName || '—'}</dd>
    <dt>{t.template}</dt>
    <dd>
      {request.templateCode || '—'}
      {request.template && <span class="soft"> {request.template[language]}</span>}
    </dd>
  </dl>
);

const kindOf = ({ repeats, resends }: SandboxRequest): keyof typeof t.tries => {
  if (repeats !== null) {
    return 'repeat';
  }

  return resends === null ? 'first' : 'resend';
};

/** The HTTP status and Aliyun's code, or that there is no answer. */
const Codes = ({ request }: Readonly<{ request: SandboxRequest }>) => {
  const { isOpen, status, answerCode } = request;

  if (isOpen || (status === null && !answerCode)) {
    return <span class="chip odd">{isOpen ? t.fates.open() : t.noAnswer}</span>;
  }

  return (
    <>
      {status !== null && (
        <code class={`chip ${status < 300 ? 'plain' : 'bad'}`}>{`HTTP ${status}`}</code>
      )}
      {answerCode && (
        <code class={`chip ${answerCode === 'OK' ? 'good' : 'bad'}`}>{answerCode}</code>
      )}
    </>
  );
};

const Try = ({ request }: Readonly<{ request: SandboxRequest }>) => {
  const { time, fault, isSignedRight, delivered, answer, parameters } = request;

  return (
    <li class="try">
      <p class="what">
        <span>{t.tries[kindOf(request)]}</span>
        <time dateTime={time}>{clockTime(time)}</time>
      </p>
      <p class="chips">
        <Codes request={request} />
        {fault && <span class="chip odd">{t.withFault(fault)}</span>}
      </p>
      <p class="soft">
        <span class={isSignedRight ? undefined : 'bad'}>
          {isSignedRight ? t.signedRight : t.signedWrong}
        </span>
        {delivered && ` ${t.smsSent}`}
      </p>
      {answer && (
        <details open>
          <summary>{t.answer}</summary>
          <pre>{indented(answer)}</pre>
        </details>
      )}
      <details>
        <summary>{t.sent}</summary>
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

type Props = Readonly<{ sending: Sending; place: RefObject<HTMLElement | null> }>;

/** All that became of a message: what is on the phone, and what the connector did. */
export const Detail = ({ sending, place }: Props) => {
  const [first] = sending.tries;

  return (
    <article ref={place} class="detail" tabIndex={-1} aria-labelledby="reading">
      <h2 id="reading">{t.to(spaced(first.to) || t.noNumber)}</h2>
      <div class="columns">
        <div class="stack">
          <Phone sending={sending} />
          <Facts request={first} />
        </div>
        <div class="stack">
          <section class="card">
            <h3>{t.connector}</h3>
            <ol role="list" class="tries">
              {sending.tries.map((request) => (
                <Try key={request.id} request={request} />
              ))}
            </ol>
          </section>
        </div>
      </div>
    </article>
  );
};

import { useEffect, useReducer, useRef, useState } from 'preact/hooks';

import { type SandboxRequest } from '../contract.js';
import { type Answer, change, listen } from './api.js';
import { Detail } from './detail.js';
import { FaultForm, FaultList } from './faults.js';
import { Header } from './header.js';
import { t } from './language.js';
import { describe, List } from './list.js';
import { spaced } from '../numbers.js';
import { deliveredTry, fold } from './sendings.js';
import { Config, MagicNumbers, Steps } from './setup.js';
import { chosenOf, initialState, listed, reduce } from './state.js';

/** Below this width the detail stands under the list, as page.css has it. */
const narrow = '(max-width: 50rem)';

/** The whole page. */
export const App = () => {
  const [state, dispatch] = useReducer(reduce, initialState);
  /** What is told to those who do not see it. */
  const [news, setNews] = useState('');
  const [problem, setProblem] = useState('');
  const faultsButton = useRef<HTMLButtonElement>(null);
  const detailRef = useRef<HTMLElement>(null);
  const { facts, requests, faults, filter, isLive } = state;
  const sendings = listed(state);
  const chosen = chosenOf(sendings, state.chosen);
  const [newest] = fold(requests);
  const code = newest && deliveredTry(newest)?.code;

  useEffect(() => {
    const source = new EventSource('/events');
    source.addEventListener('error', () => {
      dispatch({ type: 'connection', isLive: false });
    });
    listen(source, 'start', (data) => {
      dispatch({ type: 'start', data });
      setProblem('');
    });
    listen(source, 'requests', (data) => {
      dispatch({ type: 'requests', data });
    });
    listen(source, 'request', (data) => {
      dispatch({ type: 'request', data });
      setNews(newsOf(data));
    });
    listen(source, 'faults', (data) => {
      dispatch({ type: 'faults', data });
    });

    return () => {
      source.close();
    };
  }, []);

  useEffect(() => {
    document.title = code ? `${code} · ${t.title}` : t.title;
  }, [code]);

  /** Asks the sandbox for a change, and shows why it was not made. */
  const ask = async (...request: Parameters<typeof change>): Promise<Answer> => {
    const answer = await change(...request);

    switch (answer.result) {
      case 'done': {
        setProblem('');
        break;
      }

      case 'refused': {
        setProblem(t.refused(answer.reason));
        break;
      }

      case 'unanswered': {
        setProblem(t.unanswered);
        break;
      }
    }

    return answer;
  };

  const passMinute = async () => {
    const { result } = await ask('POST', '/clock', { seconds: 60 });

    if (result === 'done') {
      setNews(t.minutePassed);
    }
  };

  const setFaults = async (body: unknown): Promise<Answer> => ask('PUT', '/faults', body);

  const removeFaults = (body: unknown) => {
    // The button that was pressed goes.
    faultsButton.current?.focus();
    void setFaults(body);
  };

  const open = (by: 'key' | 'click') => {
    if (by === 'key') {
      detailRef.current?.focus();
    } else if (matchMedia(narrow).matches) {
      detailRef.current?.scrollIntoView();
    }
  };

  return (
    <>
      <Header
        isLive={isLive}
        faults={faults}
        faultsButton={faultsButton}
        onInterval={async (interval) => setFaults({ interval })}
        onPassMinute={() => void passMinute()}
        onClear={() => void ask('DELETE', '/messages')}
        onReset={() => void ask('POST', '/reset')}
      />
      <main>
        <p class="problem bad" role="alert">
          {problem}
        </p>
        {facts && <FaultForm facts={facts} onChange={setFaults} />}
        <FaultList settings={faults} onRemove={removeFaults} />
        {facts && requests.length === 0 && (
          <>
            <h2>{t.waiting}</h2>
            <div class="guide">
              <section class="card">
                <h3>{t.connect}</h3>
                <Steps />
              </section>
              <section class="card">
                <h3>{t.config}</h3>
                <Config config={facts.config} onCopy={setNews} />
              </section>
              <section class="card">
                <h3>{t.magic}</h3>
                <MagicNumbers numbers={facts.magicNumbers} />
              </section>
            </div>
          </>
        )}
        {facts && requests.length > 0 && (
          <div class="inbox">
            <List
              sendings={sendings}
              chosen={chosen}
              filter={filter}
              onFilter={(it) => {
                dispatch({ type: 'filter', filter: it });
              }}
              onChoose={(id) => {
                dispatch({ type: 'choose', id });
              }}
              onOpen={open}
              onCopy={setNews}
            />
            <div class="stack">
              {chosen && <Detail key={chosen.id} sending={chosen} place={detailRef} />}
              <details class="card">
                <summary>{t.connect}</summary>
                <div class="columns">
                  <div>
                    <Steps />
                  </div>
                  <Config config={facts.config} onCopy={setNews} />
                </div>
              </details>
              <details class="card">
                <summary>{t.magic}</summary>
                <MagicNumbers numbers={facts.magicNumbers} />
              </details>
            </div>
          </div>
        )}
      </main>
      <p class="unseen" role="status">
        {news}
      </p>
    </>
  );
};

/** A line for a request that arrived. */
const newsOf = (request: SandboxRequest): string =>
  fold([request])
    .map(
      (sending) =>
        `${spaced(request.to)}: ${describe(sending)} ${request.delivered ? request.code : ''}`,
    )
    .join('');

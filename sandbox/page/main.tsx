import { options, render } from 'preact';
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';

import { type SandboxRequest } from '../contract.js';
import { spaced } from '../numbers.js';

import { ask, type Change, listen } from './api.js';
import { Faults, Header } from './controls.js';
import { Detail } from './detail.js';
import { describe, List } from './list.js';
import { deliveredTry, fold } from './sendings.js';
import { Config, MagicNumbers, Steps } from './setup.js';
import { chosenOf, initialState, listed, reduce } from './state.js';
import { lang, texts } from './texts.js';

/** Below this width the detail stands under the list, as page.css has it. */
const narrow = '(max-width: 50rem)';

/**
 * How long changes are collected before they are shown, in milliseconds, so that hundreds of messages a second can be. An
 * animation frame would not come in a tab behind others, whose title is to show the code.
 */
const renderDelay = 20;

/** A line for a request that arrived, for those who do not see it. */
const newsOf = (request: SandboxRequest): string =>
  fold([request])
    .map(
      (sending) =>
        `${spaced(request.to)}: ${describe(sending)} ${request.delivered ? request.code : ''}`
    )
    .join('');

/** The whole page. */
const App = () => {
  const [state, dispatch] = useReducer(reduce, initialState);
  /** What is told to those who do not see it. */
  const [news, setNews] = useState('');
  const [problem, setProblem] = useState('');
  const detailReference = useRef<HTMLElement>(null);
  const { facts, requests, faults, filter, isLive } = state;
  const sendings = listed(state);
  const chosen = chosenOf(sendings, state.chosen);
  const [newest] = fold(requests);
  const code = newest && deliveredTry(newest)?.code;

  useEffect(() => {
    const source = new EventSource('events');
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
    // eslint-disable-next-line @silverhand/fp/no-mutation -- The title is read in a tab behind others.
    document.title = code ? `${code} · ${texts.title}` : texts.title;
  }, [code]);

  /** Asks the sandbox for a change, and shows why it was not made. */
  const handleAsk = async (change: Change): Promise<void> => {
    const { isDone, reason } = await ask(change);

    if (isDone) {
      setProblem('');
      setNews(change.path === 'clock' ? texts.minutePassed : '');
    } else {
      // What was chosen is shown as it is.
      dispatch({ type: 'faults', data: { ...faults } });
      setProblem(reason ? texts.refused(reason) : texts.unanswered);
    }
  };

  const handleOpen = (by: 'key' | 'click') => {
    if (by === 'key') {
      detailReference.current?.focus();
    } else if (matchMedia(narrow).matches) {
      detailReference.current?.scrollIntoView();
    }
  };

  return (
    <>
      <Header isLive={isLive} hasInterval={faults.interval} onAsk={handleAsk} />
      <main>
        <p class="problem bad" role="alert">
          {problem}
        </p>
        {facts && <Faults faults={facts.faults} settings={faults} onAsk={handleAsk} />}
        {facts && requests.length === 0 && (
          <>
            <h2>{texts.waiting}</h2>
            <div class="guide">
              <section class="card">
                <h3>{texts.connect}</h3>
                <Steps />
              </section>
              <section class="card">
                <h3>{texts.config}</h3>
                <Config config={facts.config} onCopy={setNews} />
              </section>
              <section class="card">
                <h3>{texts.magic}</h3>
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
              onOpen={handleOpen}
              onCopy={setNews}
            />
            <div class="stack">
              {chosen && <Detail key={chosen.id} sending={chosen} place={detailReference} />}
              <details class="card">
                <summary>{texts.connect}</summary>
                <div class="columns">
                  <div>
                    <Steps />
                  </div>
                  <Config config={facts.config} onCopy={setNews} />
                </div>
              </details>
              <details class="card">
                <summary>{texts.magic}</summary>
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

/* eslint-disable @silverhand/fp/no-mutation -- So a page and Preact are set up. */
options.debounceRendering = (showAll) => {
  setTimeout(showAll, renderDelay);
};

document.documentElement.lang = lang;
/* eslint-enable @silverhand/fp/no-mutation */
render(<App />, document.body);

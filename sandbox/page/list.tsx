import { type TargetedKeyboardEvent } from 'preact';
import { useRef } from 'preact/hooks';

import { nameAnswer } from '../contract.js';
import { spaced } from '../numbers.js';

import { CopyButton } from './copy.js';
import { deliveredTry, type Fate, fateOf, lastTry, type Sending } from './sendings.js';
import { clockTime, texts } from './texts.js';

/** What became of a sending, in a few words. */
export const describe = (sending: Sending): string =>
  texts.fates[fateOf(sending)](nameAnswer(lastTry(sending), texts.noAnswer));

/** The colour of each. */
const tones: Readonly<Record<Fate, 'good' | 'odd' | 'bad'>> = {
  open: 'odd',
  delivered: 'good',
  unnoticed: 'bad',
  lost: 'odd',
  refused: 'bad',
};

type RowProperties = Readonly<{
  sending: Sending;
  isChosen: boolean;
  onChoose: () => void;
  onCopy: (news: string) => void;
}>;

/** Only the chosen row is reached by Tab; the arrow keys lead to the others. */
const Row = ({ sending, isChosen, onChoose, onCopy }: RowProperties) => {
  const codeReference = useRef<HTMLElement>(null);
  const { to, code, time } = sending.tries[0];
  const isDelivered = deliveredTry(sending) !== undefined;
  const count = sending.tries.length;
  const tabIndex = isChosen ? 0 : -1;

  return (
    <li class="item">
      <button
        type="button"
        class="row"
        aria-current={isChosen}
        tabIndex={tabIndex}
        onClick={onChoose}
      >
        <b ref={codeReference} class={isDelivered ? 'code' : 'code refused'}>
          {code || texts.noCode}
        </b>
        <span class="to">{spaced(to) || texts.noNumber}</span>
        <time dateTime={time}>{clockTime(time)}</time>
        <span class={`fate ${tones[fateOf(sending)]}`}>{describe(sending)}</span>
        {count > 1 && <span class="count">{texts.requests(count)}</span>}
      </button>
      {isDelivered && code && (
        <CopyButton
          text={code}
          source={codeReference}
          label={texts.copy}
          name={texts.copyCode(code)}
          tabIndex={tabIndex}
          onCopy={onCopy}
        />
      )}
    </li>
  );
};

/** Where a key leads from a row, among so many; `undefined` for a key that leads nowhere. */
const target = (key: string, index: number, count: number): number | undefined => {
  switch (key) {
    case 'ArrowDown': {
      return Math.min(index + 1, count - 1);
    }

    case 'ArrowUp': {
      return Math.max(index - 1, 0);
    }

    case 'Home': {
      return 0;
    }

    case 'End': {
      return count - 1;
    }

    default: {
      return undefined;
    }
  }
};

type Properties = Readonly<{
  sendings: readonly Sending[];
  chosen: Sending | undefined;
  filter: string;
  onFilter: (filter: string) => void;
  onChoose: (id: number) => void;
  /** Enter or a click: whoever chose a row wants to read. */
  onOpen: (by: 'key' | 'click') => void;
  onCopy: (news: string) => void;
}>;

/** The messages, the newest first, with a filter by number. */
export const List = ({
  sendings,
  chosen,
  filter,
  onFilter,
  onChoose,
  onOpen,
  onCopy,
}: Properties) => {
  const handleKey = (event: TargetedKeyboardEvent<HTMLOListElement>) => {
    const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('.row')];
    const index = rows.findIndex((row) => row.matches(':focus'));

    if (index === -1 || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }

    if (event.key === 'Enter') {
      event.preventDefault();
      onOpen('key');

      return;
    }

    const next = target(event.key, index, rows.length);
    const sending = next === undefined ? undefined : sendings[next];

    if (next !== undefined && sending) {
      event.preventDefault();
      rows[next]?.focus();
      onChoose(sending.id);
    }
  };

  return (
    <section class="card list" aria-label={texts.messages}>
      <input
        type="search"
        class="filter"
        inputMode="tel"
        aria-label={texts.filter}
        placeholder={texts.filter}
        value={filter}
        onInput={({ currentTarget }) => {
          onFilter(currentTarget.value);
        }}
      />
      {sendings.length === 0 && <p class="soft nothing">{texts.nothingFound}</p>}
      {/* Safari announces a list without bullets only where its role is written. */}
      <ol class="messages" role="list" aria-label={texts.messages} onKeyDown={handleKey}>
        {sendings.map((sending) => (
          <Row
            key={sending.id}
            sending={sending}
            isChosen={sending === chosen}
            onChoose={() => {
              onChoose(sending.id);
              onOpen('click');
            }}
            onCopy={onCopy}
          />
        ))}
      </ol>
    </section>
  );
};

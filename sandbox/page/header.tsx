import { type RefObject } from 'preact';

import { type FaultSettings } from '../contract.js';
import { type Answer } from './api.js';
import { formId } from './faults.js';
import { t } from './language.js';

type Props = Readonly<{
  isLive: boolean;
  faults: FaultSettings;
  faultsButton: RefObject<HTMLButtonElement | null>;
  onInterval: (interval: boolean) => Promise<Answer>;
  onPassMinute: () => void;
  onClear: () => void;
  onReset: () => void;
}>;

/** Whether the sandbox runs, and what can be done to it. */
export const Header = ({
  isLive,
  faults,
  faultsButton,
  onInterval,
  onPassMinute,
  onClear,
  onReset,
}: Props) => (
  <header>
    <img src="/logo.svg" alt="" width="30" height="30" />
    <h1>{t.title}</h1>
    <p class={isLive ? 'connection live' : 'connection bad'} role="status">
      {isLive ? location.host : t.gone}
    </p>
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={faults.interval}
        onChange={({ currentTarget }) => {
          void onInterval(currentTarget.checked).then(({ result }) => {
            if (result !== 'done') {
              currentTarget.checked = faults.interval;
            }
          });
        }}
      />
      {t.interval}
    </label>
    <button type="button" onClick={onPassMinute}>
      {t.passMinute}
    </button>
    <button ref={faultsButton} type="button" popovertarget={formId}>
      {t.faults}
    </button>
    <button type="button" title={t.clearHint} onClick={onClear}>
      {t.clear}
    </button>
    <button type="button" title={t.resetHint} onClick={onReset}>
      {t.reset}
    </button>
  </header>
);

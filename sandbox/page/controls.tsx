import { type Facts, type FaultSettings } from '../contract.js';
import { spaced } from '../numbers.js';

import { type Change } from './api.js';
import { language, texts } from './texts.js';

type HeaderProperties = Readonly<{
  isLive: boolean;
  hasInterval: boolean;
  onAsk: (change: Change) => Promise<void>;
}>;

/** Whether the sandbox runs, the interval and its clock, and the reset. */
export const Header = ({ isLive, hasInterval, onAsk }: HeaderProperties) => (
  <header>
    <img src="logo.svg" alt="" width="30" height="30" />
    <h1>{texts.title}</h1>
    <p class={isLive ? 'connection live' : 'connection bad'} role="status">
      {isLive ? location.host : texts.gone}
    </p>
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        checked={hasInterval}
        onChange={async ({ currentTarget }) => {
          await onAsk({ method: 'PUT', path: 'faults', body: { interval: currentTarget.checked } });
        }}
      />
      {texts.interval}
    </label>
    <button
      type="button"
      onClick={async () => {
        await onAsk({ method: 'POST', path: 'clock', body: { seconds: 60 } });
      }}
    >
      {texts.passMinute}
    </button>
    <button
      type="button"
      title={texts.resetHint}
      onClick={async () => {
        await onAsk({ method: 'POST', path: 'reset' });
      }}
    >
      {texts.reset}
    </button>
  </header>
);

type FaultsProperties = Readonly<{
  faults: Facts['faults'];
  settings: FaultSettings;
  onAsk: (change: Change) => Promise<void>;
}>;

/** What goes wrong with the next message and with every one; and the faults of numbers, which only the API sets. */
export const Faults = ({ faults, settings, onAsk }: FaultsProperties) => (
  <section class="faults" aria-label={texts.faults}>
    {(['next', 'all'] as const).map((scope) => (
      <p key={scope}>
        <label for={scope}>{texts.scopes[scope]}</label>
        <select
          id={scope}
          class={settings[scope] ? 'odd' : undefined}
          value={settings[scope] ?? ''}
          onChange={async ({ currentTarget: { value } }) => {
            await onAsk({ method: 'PUT', path: 'faults', body: { [scope]: value || null } });
          }}
        >
          <option value="">{texts.noFault}</option>
          {faults.map(({ name, ...told }) => (
            <option key={name} value={name}>
              {`${name}: ${told[language]}`}
            </option>
          ))}
        </select>
      </p>
    ))}
    {Object.entries(settings.numbers).map(([number, fault]) => (
      <span key={number} class="chip odd">
        {texts.numberFault(spaced(number), fault)}
      </span>
    ))}
  </section>
);

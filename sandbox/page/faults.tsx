import { type TargetedSubmitEvent } from 'preact';
import { useRef, useState } from 'preact/hooks';

import { type Facts, type FaultSettings } from '../contract.js';
import { language, t } from './language.js';
import { readNumber, spaced } from '../numbers.js';

const scopes = ['next', 'numbers', 'all'] as const;

/** The id of the form, by which its button opens it. */
export const formId = 'faults';

type FormProps = Readonly<{
  facts: Facts;
  /** Asks the sandbox for a change, and resolves when it answered. */
  onChange: (body: unknown) => Promise<unknown>;
}>;

/** Lets something go wrong. */
export const FaultForm = ({ facts: { faults, magicNumbers }, onChange }: FormProps) => {
  const faultRef = useRef<HTMLSelectElement>(null);
  const scopeRef = useRef<HTMLSelectElement>(null);
  const numberRef = useRef<HTMLInputElement>(null);
  const [isForNumber, setIsForNumber] = useState(false);
  const [problem, setProblem] = useState('');

  const checkNumber = (number: string | undefined): string => {
    if (number === undefined) {
      return t.wrongNumber;
    }

    return magicNumbers.some(({ from, to }) => from <= number && number <= to) ? t.magicNumber : '';
  };

  const handleSubmit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    const form = event.currentTarget;
    event.preventDefault();

    const fault = faultRef.current?.value ?? '';
    const scope = scopeRef.current?.value ?? '';
    const number = readNumber(numberRef.current?.value ?? '');
    const wrong = scope === 'numbers' ? checkNumber(number) : '';
    setProblem(wrong);

    if (wrong) {
      numberRef.current?.focus();

      return;
    }

    await onChange({ [scope]: scope === 'numbers' ? { [number ?? '']: fault } : fault });
    // What was asked for, or why it was not done, stands beneath.
    form.hidePopover();
  };

  return (
    <form
      id={formId}
      class="card"
      popover="auto"
      noValidate
      aria-label={t.faults}
      onSubmit={(event) => void handleSubmit(event)}
    >
      <div>
        <label for="fault">{t.fault}</label>
        <select ref={faultRef} id="fault" autofocus>
          {faults.map((it) => (
            <option key={it.name} value={it.name}>
              {t.faultFor(it.name, it[language])}
            </option>
          ))}
        </select>
      </div>
      <div>
        <label for="scope">{t.scope}</label>
        <select
          ref={scopeRef}
          id="scope"
          onChange={({ currentTarget }) => {
            setIsForNumber(currentTarget.value === 'numbers');
            setProblem('');
          }}
        >
          {scopes.map((it) => (
            <option key={it} value={it}>
              {t.scopes[it]}
            </option>
          ))}
        </select>
      </div>
      {isForNumber && (
        <div>
          <label for="number">{t.number}</label>
          <input
            ref={numberRef}
            id="number"
            inputMode="tel"
            placeholder="138 0013 8000"
            autocomplete="off"
            aria-invalid={problem !== ''}
            aria-describedby="wrong-number"
            onInput={() => {
              setProblem('');
            }}
          />
          <p id="wrong-number" class="bad" role="alert">
            {problem}
          </p>
        </div>
      )}
      <button class="main">{t.set}</button>
    </form>
  );
};

type InForce = Readonly<{
  scope: string;
  fault: string;
  /** What removes it. */
  nothing: Readonly<Record<string, unknown>>;
}>;

const inForceOf = ({ next, all, numbers }: FaultSettings): InForce[] => {
  const inForce: InForce[] = Object.entries(numbers).map(([number, fault]) => ({
    scope: spaced(number),
    fault,
    nothing: { numbers: { [number]: null } },
  }));

  if (all) {
    inForce.unshift({ scope: t.scopes.all, fault: all, nothing: { all: null } });
  }

  if (next) {
    inForce.unshift({ scope: t.scopes.next, fault: next, nothing: { next: null } });
  }

  return inForce;
};

type ListProps = Readonly<{
  settings: FaultSettings;
  /** Asks the sandbox for a change that takes some of them away. */
  onRemove: (body: unknown) => void;
}>;

/** The faults in force, each with a button that removes it. */
export const FaultList = ({ settings, onRemove }: ListProps) => {
  const inForce = inForceOf(settings);

  return (
    <ul class="in-force" role="list" aria-label={t.inForce} aria-live="polite">
      {inForce.map(({ scope, fault, nothing }) => (
        <li key={scope}>
          <span>{t.faultFor(scope, fault)}</span>
          <button
            type="button"
            aria-label={t.remove(scope, fault)}
            onClick={() => {
              onRemove(nothing);
            }}
          >
            ×
          </button>
        </li>
      ))}
      {inForce.length > 1 && (
        <li>
          <button
            type="button"
            onClick={() => {
              onRemove({ next: null, all: null, numbers: null });
            }}
          >
            {t.removeAll}
          </button>
        </li>
      )}
    </ul>
  );
};

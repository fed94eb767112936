import { useRef } from 'preact/hooks';

import { type Facts } from '../contract.js';
import { spaced } from '../numbers.js';

import { CopyButton } from './copy.js';
import { language, texts } from './texts.js';

/** What to do in Logto Console. */
export const Steps = () => (
  <>
    <ol class="steps">
      {texts.steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
    <p class="soft">{texts.container}</p>
  </>
);

type ConfigProperties = Readonly<{ config: string; onCopy: (news: string) => void }>;

/** The config to paste, all of it. */
export const Config = ({ config, onCopy }: ConfigProperties) => {
  const configReference = useRef<HTMLPreElement>(null);

  return (
    <div class="config">
      <CopyButton text={config} source={configReference} label={texts.copyConfig} onCopy={onCopy} />
      <pre ref={configReference} aria-label={texts.config}>
        {config}
      </pre>
    </div>
  );
};

/** The numbers that decide what happens. */
export const MagicNumbers = ({ numbers }: Readonly<{ numbers: Facts['magicNumbers'] }>) => (
  <>
    <p class="soft">{texts.magicHint}</p>
    <table>
      <tbody>
        {numbers.map((row) => (
          <tr key={row.from}>
            <th scope="row">
              <span>{spaced(row.from)}</span>
              {row.to !== row.from && (
                <>
                  {' '}
                  – <span>{spaced(row.to)}</span>
                </>
              )}
            </th>
            <td>{row[language]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </>
);

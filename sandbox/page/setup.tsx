import { useRef } from 'preact/hooks';

import { type Facts } from '../contract.js';
import { CopyButton } from './copy.js';
import { language, t } from './language.js';
import { spaced } from '../numbers.js';

/** What to do in Logto Console. */
export const Steps = () => (
  <>
    <ol class="steps">
      {t.steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
    <p class="soft">{t.container}</p>
  </>
);

type ConfigProps = Readonly<{ config: string; onCopy: (news: string) => void }>;

/** The config to paste, all of it. */
export const Config = ({ config, onCopy }: ConfigProps) => {
  const configRef = useRef<HTMLPreElement>(null);

  return (
    <div class="config">
      <CopyButton text={config} source={configRef} label={t.copyConfig} onCopy={onCopy} />
      <pre ref={configRef} aria-label={t.config}>
        {config}
      </pre>
    </div>
  );
};

/** The numbers that decide what happens. */
export const MagicNumbers = ({ numbers }: Readonly<{ numbers: Facts['magicNumbers'] }>) => (
  <>
    <p class="soft">{t.magicHint}</p>
    <table>
      <tbody>
        {numbers.map((row) => (
          <tr key={row.from}>
            <th scope="row">
              <span>{spaced(row.from)}</span>
              {row.to !== row.from && (
                <>
                  {' – '}
                  <span>{spaced(row.to)}</span>
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

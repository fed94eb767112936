import { type RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { texts } from './texts.js';

type Result = 'copied' | 'selected';

/** How long a button tells what came of it, in milliseconds. */
const resultTime = 4000;

/** Copies the text of an element that is shown; where the browser allows none of it, the text stays selected. */
const copySelected = (element: HTMLElement): Result => {
  const selection = window.getSelection();
  selection?.selectAllChildren(element);

  // Nothing else copies on a page that did not come from this computer.
  if (document.execCommand('copy')) {
    selection?.removeAllRanges();

    return 'copied';
  }

  return 'selected';
};

/** A browser gives its clipboard to pages of this computer only, and may keep it from them too. */
const copy = async (text: string, element: HTMLElement): Promise<Result> => {
  try {
    await navigator.clipboard.writeText(text);

    return 'copied';
  } catch {
    return copySelected(element);
  }
};

type Properties = Readonly<{
  text: string;
  /** What shows the text. */
  source: RefObject<HTMLElement | null>;
  label: string;
  /** What the button is called where its label alone does not tell. */
  name?: string;
  tabIndex?: number;
  /** Tells those who do not see the button. */
  onCopy: (news: string) => void;
}>;

/** Copies a text, and tells for a while what came of it. */
export const CopyButton = ({ text, source, label, name, tabIndex, onCopy }: Properties) => {
  const [result, setResult] = useState<Result>();

  useEffect(() => {
    if (!result) {
      return;
    }

    const timer = setTimeout(() => {
      setResult(undefined);
    }, resultTime);

    return () => {
      clearTimeout(timer);
    };
  }, [result]);

  const handleClick = async () => {
    if (!source.current) {
      return;
    }

    const done = await copy(text, source.current);
    setResult(done);
    onCopy(texts[done]);
  };

  return (
    <button type="button" class="copy" aria-label={name} tabIndex={tabIndex} onClick={handleClick}>
      {result ? texts[result] : label}
    </button>
  );
};

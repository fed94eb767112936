import { type InBoth } from '../contract.js';
import { texts } from './texts.js';

/** The first of the browser's languages that the page speaks. */
const wanted = navigator.languages.find((it) => /^(?:en|zh)\b/i.test(it)) ?? 'en';

/** The page's language. */
export const language: keyof InBoth = /^zh/i.test(wanted) ? 'zh' : 'en';

/** What `lang` is for each. */
export const langs: Readonly<Record<keyof InBoth, string>> = { en: 'en', zh: 'zh-CN' };

/** The page's texts in its language. */
export const t = texts[language];

// To make a format takes far longer than to use it, and the list holds a thousand times.
const clockFormat = new Intl.DateTimeFormat(langs[language], {
  timeStyle: 'medium',
  hourCycle: 'h23',
});

const phoneFormat = new Intl.DateTimeFormat(langs[language], {
  dateStyle: 'long',
  timeStyle: 'short',
  hourCycle: 'h23',
});

/** A time of ISO 8601 as a clock shows it here. */
export const clockTime = (time: string): string => clockFormat.format(new Date(time));

/** A time of ISO 8601 as a phone shows it here, with its date. */
export const dateAndTime = (time: string): string => phoneFormat.format(new Date(time));

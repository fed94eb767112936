/** A number without its spaces and its country code: 13800138000 for `+86 138 0013 8000`. */
const compact = (text: string): string =>
  text.replaceAll(/[\s()-]/g, '').replace(/^(\+86|0086|86(?=1\d{10}$))/, '');

/** The 11 digits of a mainland number, however it is written; nothing for any other text. */
export const readNumber = (text: string): string | undefined => {
  const number = compact(text);

  return /^1\d{10}$/.test(number) ? number : undefined;
};

/** A number as people read it: 138 0013 8000. Any other text stays as it is. */
export const spaced = (number: string): string =>
  number.replace(/^(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3');

/** Whether a number holds the part of one that somebody typed. Every number does where nothing was typed. */
export const matches = (number: string, typed: string): boolean => number.includes(compact(typed));

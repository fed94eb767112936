/* eslint-disable @silverhand/fp/no-mutating-assign -- A function of Node.js is replaced for the test. */
/* eslint-disable @silverhand/fp/no-mutating-methods -- What comes in by callbacks is collected. */
import dns, { type LookupAddress, type LookupAllOptions } from 'node:dns';
import net from 'node:net';

/** What a look-up comes to: addresses, in their order, or an error's code; or nothing, ever. */
type Found = readonly string[] | string | undefined;

/** What a look-up comes to, or a function that tells it when it is asked. */
export type LookUp = Found | (() => Found);

type Name = Readonly<{ lookUps: LookUp[]; times: number[] }>;

// eslint-disable-next-line @typescript-eslint/ban-types -- Node.js calls it with null.
type Callback = (error: Error | null, addresses?: LookupAddress[]) => void;

const names = new Map<string, Name>();
const { lookup } = dns;

// Node.js reads it again for each connection to a name.
Object.assign(dns, {
  lookup: (host: string, options: LookupAllOptions, callback: Callback): void => {
    const name = names.get(host);

    if (!name) {
      // eslint-disable-next-line n/prefer-promises/dns -- It is the one that is replaced.
      lookup(host, options, callback);
      return;
    }

    const { lookUps, times } = name;
    const next = lookUps.length > 1 ? lookUps.shift() : lookUps[0];
    const found = typeof next === 'function' ? next() : next;

    times.push(performance.now());

    if (found === undefined) {
      return;
    }

    // Real look-ups take a moment, too.
    setImmediate(() => {
      if (typeof found === 'string') {
        callback(Object.assign(new Error(found), { code: found }));
      } else {
        callback(
          null,
          found.map((address) => ({ address, family: net.isIP(address) }))
        );
      }
    });
  },
});

/**
 * Gives a name to addresses, in this process alone.
 *
 * @param lookUps What the look-ups come to, one after the other; the last stands for all later ones.
 * @returns When it was looked up, as `performance.now()` tells the time.
 */
export const defineName = (name: string, ...lookUps: LookUp[]): readonly number[] => {
  const times: number[] = [];

  names.set(name, { lookUps: [...lookUps], times });

  return times;
};
/* eslint-enable @silverhand/fp/no-mutating-assign */
/* eslint-enable @silverhand/fp/no-mutating-methods */

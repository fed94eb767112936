import { type Facts } from './contract.js';
import { type FaultName, faults, isFaultName } from './service/faults.js';
import { magicNumbers } from './service/magic-numbers.js';
import { sentenceOf } from './verdict.js';

const faultNames: readonly FaultName[] = Object.keys(faults).filter(isFaultName);

/** What the page is told of the sandbox itself. */
export const createFacts = (config: string): Facts => ({
  config,
  faults: faultNames.map((name) => ({
    name,
    group: sentenceOf(name),
    en: faults[name].en,
    zh: faults[name].zh,
  })),
  magicNumbers: magicNumbers.map(({ from, to, en, zh }) => ({ from, to, en, zh })),
});

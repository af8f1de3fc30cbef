// Tests of terms: what each builtin asks, and what is known of it besides its answers for constants.

import { containsAddress, readIpVersion } from '@nhipol/language/types';
import { createConstantsMonitor } from '../automata/preimages.ts';
import type { Literal } from '../formula/formula.ts';
import type { Term, TermMeaning, Terms, Test } from './terms.ts';

/** Whether a text is one of several constants. */
export function createOneOfTest(values: readonly string[]): Test {
  const sorted = [...new Set(values)].sort();
  const key = `one of ${JSON.stringify(sorted)}`;
  const existingTest = made.get(key);
  if (existingTest !== undefined) return existingTest;
  const all = new Set(sorted);
  const monitor = createConstantsMonitor(sorted);
  const label = (state: number) => Math.min(1, monitor.label(state));
  const meaning: TermMeaning = { kind: 'strings', monitor: { ...monitor, label }, atLeast: false };
  const test = { key, evaluate: ([value = '']: readonly string[]) => all.has(value), meaning };
  made.set(key, test);
  return test;
}

const made = new Map<string, Test>();

/** Whether a string has at most this many code points. */
export function isAtMostAsLong(length: number): Test {
  const monitor = {
    cuts: [],
    start: 0,
    next: (state: number) => Math.min(state + 1, length + 1),
    label: (state: number) => Number(state <= length),
  };
  return {
    key: `at most as long as ${length}`,
    evaluate: ([value = '']) => [...value].length <= length,
    meaning: { kind: 'strings', monitor, atLeast: false },
  };
}

/** Whether a network contains an address. */
export function isInNetwork(terms: Terms, address: Term, network: Term): Literal {
  const fixed = terms.findValue(network);
  if (fixed === undefined) return terms.test(inSome, [address, network]);
  const test: Test = {
    key: `in ${fixed}`,
    evaluate: ([ip = '']) => containsAddress(fixed, ip),
    meaning: { kind: 'network', network: fixed },
  };
  return terms.test(test, [address]);
}

const inSome: Test = {
  key: 'in a network',
  evaluate: ([ip = '', network = '']) => containsAddress(network, ip),
};

/** Whether an address is of version 4. */
export function isVersion4(terms: Terms, address: Term): Literal {
  return terms.test(version4, [address]);
}

const version4: Test = {
  key: 'version 4',
  evaluate: ([ip = '']) => readIpVersion(ip) === 4,
  meaning: { kind: 'version', version: 4 },
};

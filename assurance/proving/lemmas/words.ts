// Strings that several monitors accept or refuse, by a search over the states of all at once.

import type { Monitor } from '../automata/monitors.ts';
import type { Budget } from '../formula/budget.ts';

export interface Wanted {
  readonly monitor: Monitor;
  /** Whether the label must not be 0. */
  readonly isTrue: boolean;
}

export type Found =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'none' }
  /** There are too many states. */
  | { readonly kind: 'unknown' };

const maxStates = 60_000;

/** The shortest string with the wanted labels. */
export function findString(wanted: readonly Wanted[], budget: Budget): Found {
  const monitors = wanted.map(({ monitor }) => monitor);
  const letters = listLetters(monitors);
  const start = monitors.map((monitor) => monitor.start);
  const isFound = (states: readonly number[]) =>
    wanted.every(
      ({ monitor, isTrue }, index) => (monitor.label(states[index] ?? 0) !== 0) === isTrue,
    );
  const seen = new Set([start.join(' ')]);
  let layer = [{ states: start, text: '' }];
  while (layer.length > 0) {
    const next: typeof layer = [];
    for (const { states, text } of layer) {
      if (isFound(states)) return { kind: 'string', text };
      budget.search(1 + letters.length * monitors.length);
      for (const letter of letters) {
        const after = monitors.map((monitor, index) => monitor.next(states[index] ?? 0, letter));
        const key = after.join(' ');
        if (seen.has(key)) continue;
        if (seen.size > maxStates) return { kind: 'unknown' };
        seen.add(key);
        next.push({ states: after, text: text + String.fromCodePoint(letter) });
      }
    }
    layer = next;
  }
  return { kind: 'none' };
}

const [surrogates, afterSurrogates, maxCodePoint] = [0xd800, 0xe000, 0x10ffff];
/** `a`, the first after `z`, the first printable one, and the first one that is not. */
const usual = [0x61, 0x7b, 0x20, 0x7f];

/** One code point of each class that no monitor distinguishes; letters come first. */
function listLetters(monitors: readonly Monitor[]): readonly number[] {
  const cuts = new Set([0, ...usual, surrogates, afterSurrogates]);
  for (const monitor of monitors) for (const cut of monitor.cuts) cuts.add(cut);
  const firsts = [...cuts]
    .filter((cut) => cut <= maxCodePoint && (cut < surrogates || cut >= afterSurrogates))
    .sort((a, b) => rankLetter(a) - rankLetter(b) || a - b);
  const classifiers = monitors.map(createClassifier);
  const letters = new Map<string, number>();
  for (const first of firsts) {
    const key = classifiers.map((classifier) => classifier(first)).join(' ');
    if (!letters.has(key)) letters.set(key, first);
  }
  return [...letters.values()];
}

function createClassifier({ classOf: own, cuts }: Monitor): (codePoint: number) => number {
  if (own !== undefined) return own;
  const sorted = [...new Set(cuts)].sort((a, b) => a - b);
  return (codePoint) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) <= codePoint) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function rankLetter(codePoint: number): number {
  if (codePoint >= 0x61 && codePoint <= 0x7a) return 0;
  return codePoint > 0x20 && codePoint < 0x7f ? 1 : 2;
}

// Finds representatives: for each combination of labels that strings can have, up to a number of strings with it,
// other than the constants. If a combination has fewer strings, all of them are found.

import type { Monitor } from './monitors.ts';

/** Undefined if the automata are too large. */
export function representatives(
  monitors: readonly Monitor[],
  count: number,
  constants: ReadonlySet<string>,
): readonly string[] | undefined {
  const few = search(monitors, count, lettersOf(monitors, 1));
  if (few === undefined) return undefined;
  const found = chosen(few, count, constants);
  if (found.isEnough) return found.strings;
  // A combination can have several strings that differ only in letters of one class.
  const wanted = count + constants.size;
  const all = search(monitors, wanted, lettersOf(monitors, wanted));
  return all && chosen(all, count, constants).strings;
}

type ByLabels = ReadonlyMap<string, readonly string[]>;

function chosen(
  found: ByLabels,
  count: number,
  constants: ReadonlySet<string>,
): { readonly strings: readonly string[]; readonly isEnough: boolean } {
  const classes = [...found.values()].map((strings) =>
    strings.filter((each) => !constants.has(each)).slice(0, count),
  );
  return { strings: classes.flat(), isEnough: classes.every(({ length }) => length >= count) };
}

/** Up to `count` code points of each class that the monitors do not distinguish. */
function lettersOf(monitors: readonly Monitor[], count: number): readonly number[] {
  const cuts = new Set([0, 0xd800, 0xe000, 0x61, 0x7b, ...monitors.flatMap(({ cuts }) => cuts)]);
  const starts = [...cuts].filter((cut) => cut <= 0x10ffff).sort((a, b) => a - b);
  const ranges = starts
    .map((first, index) => ({ first, last: (starts[index + 1] ?? 0x110000) - 1 }))
    .filter(({ first }) => first < 0xd800 || first > 0xdfff);
  // Readable letters come first.
  const preferred = [...ranges].sort((a, b) => preference(a.first) - preference(b.first));
  return preferred.flatMap(({ first, last }) =>
    Array.from({ length: Math.min(count, last - first + 1) }, (_, index) => first + index),
  );
}

function preference(codePoint: number): number {
  if (codePoint >= 0x61 && codePoint <= 0x7a) return 0;
  return codePoint > 0x20 && codePoint < 0x7f ? 1 : 2;
}

interface Reached {
  readonly states: readonly number[];
  readonly text: string;
}

const maxReached = 30_000;

/** The shortest strings of each combination of labels; at most `count` strings are extended in each state. */
function search(
  monitors: readonly Monitor[],
  count: number,
  letters: readonly number[],
): ByLabels | undefined {
  const extended = new Map<string, number>();
  const found = new Map<string, string[]>();
  let layer: readonly Reached[] = [{ states: monitors.map(({ start }) => start), text: '' }];
  let total = 0;
  while (layer.length > 0) {
    const next: Reached[] = [];
    for (const { states, text } of layer) {
      const key = states.join(' ');
      const before = extended.get(key) ?? 0;
      if (before >= count) continue;
      extended.set(key, before + 1);
      const labels = states.map((state, index) => monitors[index]?.label(state)).join(' ');
      const strings = found.get(labels) ?? [];
      found.set(labels, strings);
      if (strings.length < 2 * count) strings.push(text);
      for (const letter of sample(letters, states, monitors, count)) {
        total += 1;
        if (total > maxReached) return undefined;
        next.push({
          states: states.map((state, index) => monitors[index]?.next(state, letter) ?? 0),
          text: text + String.fromCodePoint(letter),
        });
      }
    }
    layer = next;
  }
  return found;
}

/** The first ones of the letters that lead to the same states. */
function sample(
  letters: readonly number[],
  states: readonly number[],
  monitors: readonly Monitor[],
  count: number,
): readonly number[] {
  const taken = new Map<string, number>();
  return letters.filter((letter) => {
    const key = states.map((state, index) => monitors[index]?.next(state, letter)).join(' ');
    const before = taken.get(key) ?? 0;
    taken.set(key, before + 1);
    return before < count;
  });
}

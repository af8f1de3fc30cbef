// Finds representatives: for each combination of labels that strings can have, up to a number of strings with it,
// other than the constants. If a combination has fewer strings, all of them are found.

import type { Monitor } from '../automata/monitors.ts';
import type { Budget } from '../formula/budget.ts';

/** Returns the strings, or `undefined` if the automata are too large. */
export function pickRepresentatives(
  monitors: readonly Monitor[],
  count: number,
  constants: ReadonlySet<string>,
  budget: Budget,
): readonly string[] | undefined {
  const shortStrings = search(monitors, count, listLetters(monitors, 1), budget);
  if (shortStrings === undefined) return undefined;
  const found = chooseRepresentatives(shortStrings, count, constants);
  if (found.isEnough) return found.strings;
  // A combination can have several strings that differ only in letters of one class.
  const wanted = count + constants.size;
  const all = search(monitors, wanted, listLetters(monitors, wanted), budget);
  return all && chooseRepresentatives(all, count, constants).strings;
}

type ByLabels = ReadonlyMap<string, readonly string[]>;

function chooseRepresentatives(
  found: ByLabels,
  count: number,
  constants: ReadonlySet<string>,
): { readonly strings: readonly string[]; readonly isEnough: boolean } {
  const classes = [...found.values()].map((strings) =>
    strings.filter((each) => !constants.has(each)).slice(0, count),
  );
  return { strings: classes.flat(), isEnough: classes.every(({ length }) => length >= count) };
}

/** Code points that no monitor distinguishes. */
type Letters = readonly number[];

/** The classes of code points that the monitors do not distinguish, with up to `count` of each. */
function listLetters(monitors: readonly Monitor[], count: number): readonly Letters[] {
  const cuts = new Set([0, 0xd800, 0xe000, 0x61, 0x7b, ...monitors.flatMap(({ cuts }) => cuts)]);
  const starts = [...cuts].filter((cut) => cut <= 0x10ffff).sort((a, b) => a - b);
  const ranges = starts
    .map((first, index) => ({ first, last: (starts[index + 1] ?? 0x110000) - 1 }))
    .filter(({ first }) => first < 0xd800 || first > 0xdfff);
  const classifiers = monitors.map((monitor) => monitor.classOf ?? createRanges(monitor.cuts));
  const classes = new Map<string, number[]>();
  // Readable letters come first.
  for (const { first, last } of ranges.sort(
    (a, b) => rankCodePoint(a.first) - rankCodePoint(b.first),
  )) {
    const key = classifiers.map((classOf) => classOf(first)).join(' ');
    const storedClass = classes.get(key) ?? [];
    for (let each = first; each <= last && storedClass.length < count; each += 1)
      storedClass.push(each);
    classes.set(key, storedClass);
  }
  return [...classes.values()];
}

/** Returns a function that finds the range of a code point between some cuts. */
function createRanges(cuts: readonly number[]): (codePoint: number) => number {
  const sorted = [...new Set(cuts)].sort((a, b) => a - b);
  return (codePoint) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] as number) <= codePoint) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function rankCodePoint(codePoint: number): number {
  if (codePoint >= 0x61 && codePoint <= 0x7a) return 0;
  return codePoint > 0x20 && codePoint < 0x7f ? 1 : 2;
}

/** The states of all monitors after a string. */
interface State {
  readonly states: readonly number[];
  readonly labels: string;
  /** How many strings were extended. */
  extended: number;
  /** Made when a string is extended. */
  steps: readonly Step[] | undefined;
}

interface Step {
  readonly state: State;
  readonly letter: string;
}

const maxReached = 30_000;

/** The shortest strings of each combination of labels; at most `count` strings are extended in each state. */
function search(
  monitors: readonly Monitor[],
  count: number,
  letters: readonly Letters[],
  budget: Budget,
): ByLabels | undefined {
  const known = new Map<string, State>();
  const findState = (states: readonly number[]): State => {
    const key = states.join(' ');
    const labels = () => states.map((state, index) => monitors[index]?.label(state)).join(' ');
    const state = known.get(key) ?? { states, labels: labels(), extended: 0, steps: undefined };
    known.set(key, state);
    return state;
  };
  const after = monitors.map((monitor) => advanceStates(monitor, letters));
  const found = new Map<string, string[]>();
  let layer = [{ state: findState(monitors.map(({ start }) => start)), text: '' }];
  let total = 0;
  while (layer.length > 0) {
    const next: typeof layer = [];
    for (const { state, text } of layer) {
      if (state.extended >= count) continue;
      state.extended += 1;
      const strings = found.get(state.labels) ?? [];
      found.set(state.labels, strings);
      if (strings.length < 2 * count) strings.push(text);
      state.steps ??= listSteps(state.states, letters, after, count, findState);
      budget.list(monitors.length + state.steps.length);
      for (const step of state.steps) {
        total += 1;
        if (total > maxReached) return undefined;
        next.push({ state: step.state, text: text + step.letter });
      }
    }
    layer = next;
  }
  return found;
}

/** Returns a function that finds the state of a monitor after each class of letters, once for each state. */
function advanceStates(
  monitor: Monitor,
  letters: readonly Letters[],
): (state: number) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return (state) => {
    const found = known.get(state) ?? letters.map(([first]) => monitor.next(state, first ?? 0));
    known.set(state, found);
    return found;
  };
}

/** The steps by the first ones of the letters that lead to the same states. */
function listSteps(
  states: readonly number[],
  letters: readonly Letters[],
  after: readonly ((state: number) => readonly number[])[],
  count: number,
  toState: (states: readonly number[]) => State,
): readonly Step[] {
  const reached = states.map((state, index) => after[index]?.(state) ?? []);
  // Classes of letters with equal numbers lead to the same states.
  let groups: readonly number[] = letters.map(() => 0);
  for (const each of new Set(reached)) if (!isUniform(each)) groups = refineGroups(groups, each);
  const steps = new Map<number, { readonly state: State; taken: number }>();
  return letters.flatMap((own, index) => {
    const group = groups[index] as number;
    const state = () => toState(reached.map((each) => each[index] ?? 0));
    const known = steps.get(group) ?? { state: state(), taken: 0 };
    steps.set(group, known);
    const chosen = own.slice(0, Math.max(0, count - known.taken));
    known.taken += own.length;
    return chosen.map((letter) => ({
      state: known.state,
      letter: String.fromCodePoint(letter),
    }));
  });
}

function isUniform(states: readonly number[]): boolean {
  return states.every((state) => state === states[0]);
}

/** Splits groups by a state for each member. */
function refineGroups(groups: readonly number[], states: readonly number[]): readonly number[] {
  const numbers = new Map<number, Map<number, number>>();
  let count = 0;
  return groups.map((group, index) => {
    const byState = numbers.get(group) ?? new Map<number, number>();
    numbers.set(group, byState);
    const state = states[index] as number;
    const known = byState.get(state);
    if (known !== undefined) return known;
    byState.set(state, count);
    count += 1;
    return count - 1;
  });
}

// Generates strings near the boundary of a pattern: some that it matches, drawn from its automaton, and some that
// differ from those in one character. The same numbers give the same strings.

import type { Pattern } from '@nhipol/language/types';

export function generatePatternTexts(
  pattern: Pattern,
  random: () => number,
  count: number,
): string[] {
  return new PatternTexts(pattern, random).make(count);
}

/** After this many steps, a walk takes the shortest way to the end. */
const maxDetour = 12;

class PatternTexts {
  readonly #pattern: Pattern;
  readonly #random: () => number;
  /** Code points of each class: the first and the last of each range, and one between. */
  readonly #codePoints: readonly (readonly number[])[];
  /** The number of code points from each state to the end, or `undefined` if none reaches it. */
  readonly #distance: readonly (number | undefined)[];

  constructor(pattern: Pattern, random: () => number) {
    this.#pattern = pattern;
    this.#random = random;
    const { segments, samples } = pattern.dfa.alphabet;
    this.#codePoints = samples.map((_, letter) =>
      segments.flatMap(({ first, last, letter: own }) =>
        own === letter ? [first, last, first + Math.floor((last - first) / 2)] : [],
      ),
    );
    this.#distance = computeDistances(pattern);
  }

  make(count: number): string[] {
    const shortest = this.#walk(0);
    if (shortest === undefined) return [''];
    const texts = [shortest];
    while (texts.length < count) {
      const text = this.#walk(this.#int(maxDetour)) ?? shortest;
      texts.push(this.#random() < 0.5 ? text : this.#editText(text));
    }
    return [...new Set(texts)];
  }

  #int(max: number): number {
    return Math.floor(this.#random() * (max + 1));
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#int(values.length - 1)] as T;
  }

  #walk(stray: number): string | undefined {
    const { start, accepting } = this.#pattern.dfa;
    if (this.#distance[start] === undefined) return undefined;
    let text = '';
    let state = start;
    for (let left = stray; left > 0 || !accepting[state]; left -= 1) {
      const ways = this.#ways(state).filter((to) => left > 0 || this.#isNearer(to.state, state));
      if (ways.length === 0) break;
      const way = this.#pick(ways);
      text += String.fromCodePoint(this.#pick(this.#codePoints[way.letter] ?? [0]));
      state = way.state;
    }
    return text;
  }

  #ways(state: number): readonly { readonly letter: number; readonly state: number }[] {
    const { alphabet, next } = this.#pattern.dfa;
    return alphabet.samples
      .map((_, letter) => ({ letter, state: next[state * alphabet.size + letter] ?? 0 }))
      .filter((way) => this.#distance[way.state] !== undefined);
  }

  #isNearer(to: number, from: number): boolean {
    return (this.#distance[to] ?? 0) < (this.#distance[from] ?? 0);
  }

  #editText(text: string): string {
    const characters = [...text];
    const at = this.#int(characters.length);
    const codePoint = characters[at]?.codePointAt(0) ?? 0x61;
    const near = [codePoint + 1, codePoint - 1, codePoint ^ 0x20, 0x2f, 0x2e, 0x0a, 0x212a].filter(
      (other) => other >= 0 && other <= 0x10ffff && (other < 0xd800 || other > 0xdfff),
    );
    const other = String.fromCodePoint(this.#pick(near));
    const added = this.#pick([[other], [other], [], [characters[at] ?? '', other]]);
    return [...characters.slice(0, at), ...added, ...characters.slice(at + 1)].join('');
  }
}

function computeDistances({ dfa }: Pattern): readonly (number | undefined)[] {
  const { accepting, alphabet, next } = dfa;
  const sources = accepting.map((): number[] => []);
  next.forEach((to, index) => {
    sources[to]?.push(Math.floor(index / alphabet.size));
  });
  const found: (number | undefined)[] = accepting.map((accepts) => (accepts ? 0 : undefined));
  const open = [...accepting.keys()].filter((state) => accepting[state]);
  for (const state of open) {
    for (const source of sources[state] ?? []) {
      if (found[source] !== undefined) continue;
      found[source] = (found[state] ?? 0) + 1;
      open.push(source);
    }
  }
  return found;
}

// Patterns in tests: made from their text alone, and run by bytes, as a module runs them.

import {
  type ByteAutomaton,
  isPattern,
  makePattern,
  type Pattern,
  type PatternSource,
} from '../../language/index.ts';

type Made = ReturnType<typeof makePattern>;

export function regex(text: string): Made {
  return makePattern({
    language: 'regex',
    text,
    separator: '/',
    ignoringCase: false,
    searches: false,
  });
}

/** As `contains regex"…"` makes it. */
export function search(text: string): Made {
  return makePattern({
    language: 'regex',
    text,
    separator: '/',
    ignoringCase: false,
    searches: true,
  });
}

export function glob(text: string, options: Partial<PatternSource> = {}): Made {
  return makePattern({
    language: 'glob',
    text,
    separator: '/',
    ignoringCase: false,
    searches: false,
    ...options,
  });
}

export function spiffe(text: string): Made {
  return makePattern({
    language: 'spiffe',
    text,
    separator: '/',
    ignoringCase: false,
    searches: false,
  });
}

/** A pattern that must be one. */
export function patternOf(made: Made): Pattern {
  if (!isPattern(made)) throw new Error(made.why);
  return made;
}

/** What is underlined and why; undefined: it is a pattern. */
export function refusal(text: string, made: Made): string | undefined {
  return isPattern(made)
    ? undefined
    : `${made.code} «${text.slice(made.start, made.end)}» ${made.why}`;
}

export function matchesBytes(automaton: ByteAutomaton, text: string): boolean {
  const { start, firstAccepting, columns, columnCount, next } = automaton;
  let state = start;
  for (const byte of new TextEncoder().encode(text)) {
    state = next[state * columnCount + (columns[byte] ?? 0)] ?? 0;
  }
  return state >= firstAccepting;
}

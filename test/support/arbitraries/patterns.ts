// Patterns in tests: made from their source alone, and run over bytes, as a module runs them.

import { type ByteAutomaton, isPattern, makePattern, type Pattern } from '@nhipol/language/types';
import type { PatternSource } from '../../../language/types/patterns/pattern-source.ts';

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

/** Makes the pattern of `contains regex"…"`. */
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

/** The pattern; throws if it is invalid. */
export function requirePattern(made: Made): Pattern {
  if (!isPattern(made)) throw new Error(made.why);
  return made;
}

/** The underlined part and the message, or `undefined` if the pattern is valid. */
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

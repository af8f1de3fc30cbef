// The door to patterns: what an author wrote in, and out either what it matches, with the automata
// that find it, or why it is no pattern.

import { accepts } from './accepts.ts';
import { type ByteAutomaton, toBytes } from './byte-automaton.ts';
import { codePointOf } from './cursor.ts';
import { type Dfa, determinize } from './dfa.ts';
import { parseGlob } from './glob.ts';
import { buildNfa, type Nfa } from './nfa.ts';
import { regexPlaces, segmentPlaces } from './places.ts';
import { type PatternProblem, PatternRefused, refuse } from './problem.ts';
import { parseRegex } from './regex.ts';
import { parseSpiffePattern, spiffeSeparator } from './spiffe-pattern.ts';

export type PatternLanguage = 'glob' | 'regex' | 'spiffe';

export interface PatternSource {
  readonly language: PatternLanguage;
  /** As it stands between the quotes. */
  readonly text: string;
  /** Of a glob's segments. */
  readonly separator: string;
  /** Of a glob. */
  readonly ignoringCase: boolean;
}

/** A printed model shows its source alone. */
export class Pattern {
  readonly source: PatternSource;
  readonly #nfa: Nfa;
  readonly #dfa: Dfa;
  readonly #bytes: ByteAutomaton;

  constructor(source: PatternSource, nfa: Nfa, dfa: Dfa, bytes: ByteAutomaton) {
    this.source = source;
    this.#nfa = nfa;
    this.#dfa = dfa;
    this.#bytes = bytes;
  }

  /** Whether it matches the whole text, by the automaton that defines what matching means. */
  matches(text: string): boolean {
    return accepts(this.#nfa, text);
  }

  get nfa(): Nfa {
    return this.#nfa;
  }

  /** The same by classes of code points … */
  get dfa(): Dfa {
    return this.#dfa;
  }

  /** … and by bytes. */
  get bytes(): ByteAutomaton {
    return this.#bytes;
  }
}

const lengthLimit = 4_096;

export function makePattern(source: PatternSource): Pattern | PatternProblem {
  try {
    return build(source);
  } catch (error) {
    if (error instanceof PatternRefused) return error.problem;
    throw error;
  }
}

export function isPattern(made: Pattern | PatternProblem): made is Pattern {
  return made instanceof Pattern;
}

function build(source: PatternSource): Pattern {
  const { length } = source.text;
  if (length > lengthLimit) {
    refuse('pattern-too-large', 0, length, `a pattern has more than ${lengthLimit} characters`);
  }
  const nfa = toNfa(source);
  const dfa = determinize(nfa, length);
  return new Pattern(source, nfa, dfa, toBytes(dfa, length));
}

function toNfa({ language, text, separator, ignoringCase }: PatternSource): Nfa {
  switch (language) {
    case 'regex':
      return buildNfa(parseRegex(text), regexPlaces, text.length);
    case 'glob': {
      const places = segmentPlaces(codePointOf(separator));
      return buildNfa(parseGlob(text, { separator, ignoringCase }), places, text.length);
    }
    case 'spiffe': {
      const places = segmentPlaces(codePointOf(spiffeSeparator));
      return buildNfa(parseSpiffePattern(text), places, text.length);
    }
  }
}

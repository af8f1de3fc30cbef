// The door to patterns: what an author wrote in, and out either what it matches, with the automata
// that find it, or why it is no pattern.

import { accepts } from './accepts.ts';
import { type ByteAutomaton, toBytes } from './byte-automaton.ts';
import { codePointOf } from './cursor.ts';
import { type Dfa, determinize } from './dfa.ts';
import { Effort } from './effort.ts';
import { parseGlob } from './glob.ts';
import { buildNfa, type Nfa } from './nfa.ts';
import { Notices, type PatternNotice } from './notice.ts';
import { regexPlaces, segmentPlaces } from './places.ts';
import { type PatternProblem, PatternRefused, refuse } from './problem.ts';
import { parseRegex } from './regex.ts';
import { parseSpiffePattern, spiffeSeparator } from './spiffe-pattern.ts';
import { anywhere } from './tree.ts';

export type PatternLanguage = 'glob' | 'regex' | 'spiffe';

export interface PatternSource {
  readonly language: PatternLanguage;
  /** As it stands between the quotes. */
  readonly text: string;
  /** Of a glob's segments. */
  readonly separator: string;
  /** Of a glob. */
  readonly ignoringCase: boolean;
  /** Of a regular expression: whether it matches if any part of the string does. */
  readonly searches: boolean;
}

/** A printed model shows its source alone. */
export class Pattern {
  readonly source: PatternSource;
  readonly #notices: readonly PatternNotice[];
  readonly #nfa: Nfa;
  readonly #dfa: Dfa;
  readonly #bytes: ByteAutomaton;

  constructor(
    source: PatternSource,
    notices: readonly PatternNotice[],
    nfa: Nfa,
    dfa: Dfa,
    bytes: ByteAutomaton,
  ) {
    this.source = source;
    this.#notices = notices;
    this.#nfa = nfa;
    this.#dfa = dfa;
    this.#bytes = bytes;
  }

  /** Whether it matches the text, by the automaton that defines what matching means. */
  matches(text: string): boolean {
    return accepts(this.#nfa, text);
  }

  /** Notation of other pattern languages in it. */
  get notices(): readonly PatternNotice[] {
    return this.#notices;
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

/** `effort` counts what it takes, also where the source is not a pattern. */
export function makePattern(
  source: PatternSource,
  effort: Effort = new Effort(),
): Pattern | PatternProblem {
  try {
    return build(source, effort);
  } catch (error) {
    if (error instanceof PatternRefused) return error.problem;
    throw error;
  }
}

export function isPattern(made: Pattern | PatternProblem): made is Pattern {
  return made instanceof Pattern;
}

function build(source: PatternSource, effort: Effort): Pattern {
  const { length } = source.text;
  if (length > lengthLimit) {
    refuse('pattern-too-large', 0, length, `a pattern has more than ${lengthLimit} characters`);
  }
  const notices = new Notices(source.text);
  const nfa = toNfa(source, notices);
  effort.spend(nfa.nodes.length);
  const dfa = determinize(nfa, length, effort);
  return new Pattern(source, notices.all, nfa, dfa, toBytes(dfa, length, effort));
}

function toNfa(source: PatternSource, notices: Notices): Nfa {
  const { language, text, separator, ignoringCase, searches } = source;
  switch (language) {
    case 'regex': {
      const tree = parseRegex(text, notices);
      return buildNfa(searches ? anywhere(tree) : tree, regexPlaces, text.length);
    }
    case 'glob': {
      const places = segmentPlaces(codePointOf(separator));
      const tree = parseGlob(text, { separator, ignoringCase }, notices);
      return buildNfa(tree, places, text.length);
    }
    case 'spiffe': {
      const places = segmentPlaces(codePointOf(spiffeSeparator));
      return buildNfa(parseSpiffePattern(text), places, text.length);
    }
  }
}

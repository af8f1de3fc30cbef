// The entry point for patterns: builds a pattern with its automata from the source, or returns the problem.

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
  /** The source between the quotes. */
  readonly text: string;
  /** The separator of the segments of a glob. */
  readonly separator: string;
  /** Whether a glob ignores case. */
  readonly ignoringCase: boolean;
  /** Whether a regular expression matches if any part of the string matches. */
  readonly searches: boolean;
}

/** A valid pattern. The automata are private, so that a printed model contains only the source. */
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

  /** Whether the pattern matches the text, by the automaton that defines the meaning of patterns. */
  matches(text: string): boolean {
    return accepts(this.#nfa, text);
  }

  /** The notation of other pattern languages in it. */
  get notices(): readonly PatternNotice[] {
    return this.#notices;
  }

  get nfa(): Nfa {
    return this.#nfa;
  }

  /** The equivalent automaton over classes of code points. */
  get dfa(): Dfa {
    return this.#dfa;
  }

  /** The equivalent automaton over bytes. */
  get bytes(): ByteAutomaton {
    return this.#bytes;
  }
}

const lengthLimit = 4_096;

/** Builds a pattern; `effort` counts the work, also if the pattern is not valid. */
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

// The entry point for patterns: builds a pattern with its automata from the source, or returns the problem.

import { accepts } from './automata/accepts.ts';
import { type ByteAutomaton, toBytes } from './automata/byte-automaton.ts';
import { determinize } from './automata/determinize.ts';
import type { Dfa } from './automata/dfa.ts';
import { Effort } from './automata/effort.ts';
import { buildNfa, type Nfa } from './automata/nfa.ts';
import { createSegmentContext, type PositionContext, regexPlaces } from './automata/places.ts';
import { readCodePoint } from './cursor.ts';
import { parseGlob } from './globs/glob.ts';
import { parseSegmentGlob, type SegmentGlob } from './globs/segment-glob.ts';
import { parseSpiffePattern, spiffeSeparator } from './globs/spiffe-pattern.ts';
import { Notices, type PatternNotice } from './notice.ts';
import type { PatternSource } from './pattern-source.ts';
import { type PatternProblem, PatternRefused, refuse } from './problem.ts';
import { parseRegex } from './regex/regex.ts';
import { matchAnywhere, type PatternTree } from './tree.ts';

/** The automata of a pattern, which accept the same strings. */
interface Automata {
  readonly nfa: Nfa;
  readonly dfa: Dfa;
  readonly bytes: ByteAutomaton;
}

/** A valid pattern. The automata are private, so that a printed model contains only the source. */
export class Pattern {
  readonly source: PatternSource;
  readonly #notices: readonly PatternNotice[];
  readonly #segments: SegmentGlob | undefined;
  readonly #build: () => Automata;
  #built: Automata | undefined;

  /** `build` must not fail; it is called when an automaton is needed. */
  constructor(
    source: PatternSource,
    notices: readonly PatternNotice[],
    segments: SegmentGlob | undefined,
    build: () => Automata,
  ) {
    this.source = source;
    this.#notices = notices;
    this.#segments = segments;
    this.#build = build;
  }

  /** Whether the pattern matches the text, by the automaton that defines the meaning of patterns. */
  matches(text: string): boolean {
    return accepts(this.nfa, text);
  }

  /** The notation of other pattern languages in it. */
  get notices(): readonly PatternNotice[] {
    return this.#notices;
  }

  /** The segments of a glob that can be matched without an automaton. */
  get segments(): SegmentGlob | undefined {
    return this.#segments;
  }

  get nfa(): Nfa {
    return this.#automata.nfa;
  }

  /** The equivalent automaton over classes of code points. */
  get dfa(): Dfa {
    return this.#automata.dfa;
  }

  /** The equivalent automaton over bytes. */
  get bytes(): ByteAutomaton {
    return this.#automata.bytes;
  }

  get #automata(): Automata {
    this.#built ??= this.#build();
    return this.#built;
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
  const parsed = parse(source, notices);
  const segments = parseSegmentGlob(source);
  effort.spend(length);
  if (segments !== undefined) {
    return new Pattern(source, notices.all, segments, () =>
      buildAutomata(parsed, length, new Effort()),
    );
  }
  const automata = buildAutomata(parsed, length, effort);
  return new Pattern(source, notices.all, undefined, () => automata);
}

interface Parsed {
  readonly tree: PatternTree;
  readonly places: PositionContext;
}

function parse(source: PatternSource, notices: Notices): Parsed {
  const { language, text, separator, ignoringCase, searches } = source;
  switch (language) {
    case 'regex': {
      const tree = parseRegex(text, notices);
      return { tree: searches ? matchAnywhere(tree) : tree, places: regexPlaces };
    }
    case 'glob': {
      const tree = parseGlob(text, { separator, ignoringCase }, notices);
      return { tree, places: createSegmentContext(readCodePoint(separator)) };
    }
    case 'spiffe':
      return {
        tree: parseSpiffePattern(text),
        places: createSegmentContext(readCodePoint(spiffeSeparator)),
      };
  }
}

/** Throws a problem if the automata are too large. */
function buildAutomata({ tree, places }: Parsed, length: number, effort: Effort): Automata {
  const nfa = buildNfa(tree, places, length);
  effort.spend(nfa.nodes.length);
  const dfa = determinize(nfa, length, effort);
  return { nfa, dfa, bytes: toBytes(dfa, length, effort) };
}

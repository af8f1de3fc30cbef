// The properties of the source that the printer preserves: the spelling of literals, redundant parentheses,
// braces over several lines, and the order of a rule's clauses.

import type { Span } from '../../support/source.ts';

interface Placed {
  readonly span: Span;
}

export interface Original {
  /** The first word of a node, after parentheses and a minus. */
  readonly firstWord: (node: Placed) => string | undefined;
  /** Whether a minus precedes that word. */
  readonly isNegative: (node: Placed) => boolean;
  /** Whether the node is in parentheses. */
  readonly inParentheses: (node: Placed) => boolean;
  /** Whether the first of the parts in braces is not on the line of the opening brace. */
  readonly isOpened: (parts: readonly Placed[]) => boolean;
  /** Whether a comment is between the words of the node. */
  readonly holdsComment: (node: Placed) => boolean;
  /** A number by which nodes are sorted in source order. */
  readonly findPlace: (node: Placed) => number;
}

/** For trees without a source: literals have their canonical spelling. */
export const noOriginal: Original = {
  firstWord: () => undefined,
  isNegative: () => false,
  inParentheses: () => false,
  isOpened: () => false,
  holdsComment: () => false,
  findPlace: () => 0,
};

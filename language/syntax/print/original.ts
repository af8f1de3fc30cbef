// What the author wrote, where the printer keeps it: the spelling of literals, parentheses that
// only help to read, braces that were opened over several lines, the order of a rule's clauses.

import type { Span } from '../../support/source.ts';

interface Placed {
  readonly span: Span;
}

export interface Original {
  /** The word with which a node begins, past parentheses and a minus. */
  readonly wordAt: (node: Placed) => string | undefined;
  /** A minus stands before that word. */
  readonly isNegative: (node: Placed) => boolean;
  /** Parentheses stand around the whole node. */
  readonly inParentheses: (node: Placed) => boolean;
  /** The first of the parts in braces is not on the brace's line. */
  readonly isOpened: (parts: readonly Placed[]) => boolean;
  /** A comment stands between the words of the node. */
  readonly holdsComment: (node: Placed) => boolean;
  /** Nodes are told apart by it in the order in which they were written. */
  readonly placeOf: (node: Placed) => number;
}

/** For trees of which no text is kept: literals are spelled in one way, and nothing else. */
export const noOriginal: Original = {
  wordAt: () => undefined,
  isNegative: () => false,
  inParentheses: () => false,
  isOpened: () => false,
  holdsComment: () => false,
  placeOf: () => 0,
};

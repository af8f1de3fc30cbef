// The tree of a pattern, common to all pattern languages: parsers build it, and automata are built from it.

import { type CodePoints, complement } from './unicode/code-points.ts';

/** A condition at a position between two code points; see places.ts. */
export type Assertion =
  | 'text begins'
  | 'line begins'
  | 'text ends'
  | 'line ends'
  | 'word boundary'
  | 'no word boundary'
  | 'segment counts';

export type PatternTree =
  | { readonly kind: 'set'; readonly codePoints: CodePoints }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly choices: readonly PatternTree[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternTree;
      readonly min: number;
      /** If undefined, there is no maximum. */
      readonly max: number | undefined;
    };
/** Matches nothing. */
export const never: PatternTree = { kind: 'choice', choices: [] };

export function makeSequenceTree(parts: readonly PatternTree[]): PatternTree {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : { kind: 'sequence', parts };
}

export function makeChoiceTree(choices: readonly PatternTree[]): PatternTree {
  const [first] = choices;
  return choices.length === 1 && first !== undefined ? first : { kind: 'choice', choices };
}

export function makeRepeatTree(part: PatternTree, min: number, max?: number): PatternTree {
  return { kind: 'repeat', part, min, max };
}

export function makeLiteralTree(codePoints: CodePoints): PatternTree {
  return { kind: 'set', codePoints };
}

/** Matches a text if `tree` matches a part of it; assertions see the text around that part. */
export function matchAnywhere(tree: PatternTree): PatternTree {
  const any = makeRepeatTree(makeLiteralTree(complement([])), 0);
  return makeSequenceTree([any, tree, any]);
}

// What a pattern is made of, whatever it was written in: the tree that the front ends give and the
// automata are built from.

import { type CodePoints, complement } from './code-points.ts';

/** What must hold at a place between two code points; see places.ts. */
export type Assertion =
  | 'text begins'
  | 'line begins'
  | 'text ends'
  | 'line ends'
  | 'word border'
  | 'no word border'
  | 'segment counts';

export type PatternTree =
  | { readonly kind: 'set'; readonly codePoints: CodePoints }
  | { readonly kind: 'assert'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly choices: readonly PatternTree[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternTree;
      readonly least: number;
      /** undefined: any number. */
      readonly most: number | undefined;
    };

/** Matches the empty text. */
export const empty: PatternTree = { kind: 'sequence', parts: [] };
/** Matches nothing. */
export const never: PatternTree = { kind: 'choice', choices: [] };

export function sequence(parts: readonly PatternTree[]): PatternTree {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : { kind: 'sequence', parts };
}

export function choice(choices: readonly PatternTree[]): PatternTree {
  const [first] = choices;
  return choices.length === 1 && first !== undefined ? first : { kind: 'choice', choices };
}

export function repeat(part: PatternTree, least: number, most?: number): PatternTree {
  return { kind: 'repeat', part, least, most };
}

export function literal(codePoints: CodePoints): PatternTree {
  return { kind: 'set', codePoints };
}

/** Matches a text if `tree` matches a part of it. What is before and after that part stays in view of assertions. */
export function anywhere(tree: PatternTree): PatternTree {
  const any = repeat(literal(complement([])), 0);
  return sequence([any, tree, any]);
}

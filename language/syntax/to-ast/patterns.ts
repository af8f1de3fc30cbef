// Converts `matches` and `contains` with their pattern and the options of a glob.

import type { MatchNode } from '../ast.ts';
import type { MatchCstNode } from '../cst.generated.ts';
import { readPattern } from '../literals/pattern.ts';
import { only, optional, refuseBroken, type Source, tokenSpan, toText } from './cst.ts';

export type Match = Pick<
  MatchNode,
  'negated' | 'searches' | 'pattern' | 'separator' | 'ignoringCase'
>;

export function toMatch(source: Source, node: MatchCstNode): Match {
  refuseBroken(source, node);
  const { Not, Contains, Pattern, Text, Ignoring } = node.children;
  const token = only(Pattern);
  const { language, text } = readPattern(token.image);
  const separator = optional(Text);
  return {
    negated: Not !== undefined,
    searches: Contains !== undefined,
    pattern: { kind: 'Pattern', span: tokenSpan(source, token), language, text },
    separator: separator && toText(source, separator),
    ignoringCase: Ignoring !== undefined,
  };
}

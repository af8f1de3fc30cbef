// Converts `matches` and `contains` with their pattern and the options of a glob.

import type { MatchNode } from '../ast.ts';
import type { MatchCstNode } from '../cst.generated.ts';
import { readPattern } from '../literals/pattern.ts';
import {
  findPart,
  getTokenSpan,
  type ParsedSource,
  refuseBroken,
  requirePart,
  toText,
} from './cst.ts';

export type MatchParts = Pick<
  MatchNode,
  'negated' | 'searches' | 'pattern' | 'separator' | 'ignoringCase'
>;

export function toMatch(source: ParsedSource, node: MatchCstNode): MatchParts {
  refuseBroken(source, node);
  const { Not, Contains, Pattern, Text, Ignoring } = node.children;
  const token = requirePart(Pattern);
  const { language, text } = readPattern(token.image);
  const separator = findPart(Text);
  return {
    negated: Not !== undefined,
    searches: Contains !== undefined,
    pattern: { kind: 'Pattern', span: getTokenSpan(source, token), language, text },
    separator: separator && toText(source, separator),
    ignoringCase: Ignoring !== undefined,
  };
}

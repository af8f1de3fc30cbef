// Finds the explanation of a syntax error: the first one that applies.

import {
  proposeBracketRepair,
  proposeHistoryRepair,
  proposeInfixRepair,
  proposeOperatorRepair,
  proposePatternRepair,
  proposePrefixRepair,
  proposeTimeRepair,
  typeRepair,
} from './conditions.ts';
import { proposeText, type Repair, type SyntaxErrorContext } from './repair.ts';
import { createForeignRow } from './report.ts';
import {
  proposeLayoutRepair,
  proposeNamingRepair,
  proposeSqlComment,
  proposeStatementRepair,
  quoteRepair,
  signRepair,
} from './statements.ts';

const explanations: readonly ((place: SyntaxErrorContext) => Repair | undefined)[] = [
  proposeNamingRepair,
  proposeStatementRepair,
  proposeSqlComment,
  proposeLayoutRepair,
  quoteRepair,
  signRepair,
  proposeBracketRepair,
  typeRepair,
  proposePatternRepair,
  proposeHistoryRepair,
  proposeTimeRepair,
  proposeOperatorRepair,
  proposePrefixRepair,
  proposeInfixRepair,
  proposeWhereRepair,
];

/** Explains a syntax error, or returns `undefined` if only the message of the grammar applies. */
export function explainSyntaxError(place: SyntaxErrorContext): Repair | undefined {
  for (const explanation of explanations) {
    const repair = explanation(place);
    if (repair !== undefined) return repair;
  }
  return undefined;
}

/** `permit ok where context.level > 5` */
function proposeWhereRepair(place: SyntaxErrorContext): Repair | undefined {
  if (place.phrase !== '`=`' || place.rule !== 'binding') return undefined;
  if (place.image(-2).toLowerCase() !== 'where' || place.hasEarlierWord('when')) return undefined;
  const row = createForeignRow('start', 'where');
  const span = place.span(-2);
  return place.foreign(row, span, { word: place.image(-2), fix: proposeText(span, 'when') }, [
    place.put('when', -2),
  ]);
}

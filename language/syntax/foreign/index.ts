// Finds the explanation of a syntax error: the first one that applies.

import {
  bracketRepair,
  historyRepair,
  infixRepair,
  operatorRepair,
  patternRepair,
  prefixRepair,
  timeRepair,
  typeRepair,
} from './conditions.ts';
import { proposeText, type Repair, type SyntaxErrorContext } from './repair.ts';
import { foreignRow } from './report.ts';
import {
  layoutRepair,
  namingRepair,
  quoteRepair,
  signRepair,
  sqlComment,
  statementRepair,
} from './statements.ts';

const explanations: readonly ((place: SyntaxErrorContext) => Repair | undefined)[] = [
  namingRepair,
  statementRepair,
  sqlComment,
  layoutRepair,
  quoteRepair,
  signRepair,
  bracketRepair,
  typeRepair,
  patternRepair,
  historyRepair,
  timeRepair,
  operatorRepair,
  prefixRepair,
  infixRepair,
  whereRepair,
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
function whereRepair(place: SyntaxErrorContext): Repair | undefined {
  if (place.phrase !== '`=`' || place.rule !== 'binding') return undefined;
  if (place.image(-2).toLowerCase() !== 'where' || place.hasEarlierWord('when')) return undefined;
  const row = foreignRow('start', 'where');
  const span = place.span(-2);
  return place.foreign(row, span, { word: place.image(-2), fix: proposeText(span, 'when') }, [
    place.put('when', -2),
  ]);
}

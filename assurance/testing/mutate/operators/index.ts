// All mutation operators, in the order in which the mutants of a place are listed.

import type { Operator } from '../operator.ts';
import { conditionOperators } from './conditions.ts';
import { declarationOperators } from './declarations.ts';
import { historyOperators } from './history.ts';
import { literalOperators } from './literals.ts';
import { ruleOperators } from './rules.ts';
import { timeOperators } from './time.ts';

export const operators: readonly Operator[] = [
  ...ruleOperators,
  ...conditionOperators,
  ...literalOperators,
  ...timeOperators,
  ...historyOperators,
  ...declarationOperators,
];

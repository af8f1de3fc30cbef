// The table of meanings has rows for each builtin, so that none is described by its implementation alone.

import { collectExprs, listRuleExprs } from '@nhipol/language/model';
import { builtins } from '@nhipol/language/types';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { declarations, lets } from './rows/vocabulary.ts';
import { table } from './table.ts';

test('the table contains each builtin', () => {
  const rules = [...new Set(table.map(([expression]) => expression))].map(
    (expression, index) => `deny row_${index} when ${expression}`,
  );
  const policy = checkPolicy(`${declarations}for agent {\n${lets}${rules.join('\n')}\n}`);
  const exprs = collectExprs(policy.rules.flatMap(listRuleExprs));
  const used = new Set(
    [...exprs].flatMap((expr) => (expr.kind === 'Apply' ? expr.builtin.name : [])),
  );
  expect([...builtins.values()].map(({ name }) => name).filter((name) => !used.has(name))).toEqual(
    [],
  );
});

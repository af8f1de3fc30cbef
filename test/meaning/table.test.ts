// Runs the table in both engines. Two policies hold all rows at once: a deny shows what is possible
// and on what it fired; a revoke of the condition and one of its contrary show what is certain.

import { expect, test } from 'vitest';
import type { Answer } from '../../language/index.ts';
import { policyOf } from '../support/checking.ts';
import { type Ask, evaluator, modules } from '../support/engines.ts';
import type { Worth } from './row.ts';
import { table } from './table.ts';
import { declarations, lets, request } from './vocabulary.ts';

const expressions = [...new Set(table.map(([expression]) => expression))];

function policyWith(rules: (expression: string, index: number) => string) {
  return policyOf(`${declarations}for agent {\n${lets}${expressions.map(rules).join('\n')}\n}`);
}

const policies = [
  policyWith((expression, i) => `deny row_${i} when ${expression}`),
  policyWith(
    (expression, i) =>
      `revoke yes_${i} when ${expression}\nrevoke no_${i} when not (${expression})`,
  ),
];

/** Rows share requests, and each answer tells of all rows. */
function remembering(ask: Ask): (context: string) => Answer {
  const known = new Map<string, Answer>();
  return (context) => {
    const answer = known.get(context) ?? ask(request(context));
    known.set(context, answer);
    return answer;
  };
}

/** What the first policy tells of a row, and what the second. */
function worth([deny, revoke]: readonly Ask[]): (row: number, context: string) => readonly Worth[] {
  const [possible, certain] = [remembering(deny as Ask), remembering(revoke as Ask)];
  return (row, context) => {
    const fired = (answer: Answer, id: string) =>
      answer.reasonDetails.find((detail) => detail.id === `${id}_${row}`)?.firedOn;
    const [denied, revoked] = [possible(context), certain(context)];
    expect([denied.effect, revoked.effect]).toEqual(['deny', 'revoke']);
    const possibly = fired(denied, 'row');
    const [yes, no] = [fired(revoked, 'yes'), fired(revoked, 'no')];
    return [
      possibly === undefined ? false : possibly === 'true' ? true : 'unknown',
      yes === no ? 'unknown' : yes === 'true',
    ];
  };
}

const byEvaluator = worth(policies.map(evaluator));
const byModule = worth(await modules(policies));

test.each(table)('%s, with {%s}: %s', (expression, context, expected) => {
  const row = expressions.indexOf(expression);
  expect([...byEvaluator(row, context), ...byModule(row, context)]).toEqual(
    new Array(4).fill(expected),
  );
});

test('the table has each row once', () => {
  const rows = table.map(([expression, context]) => `${expression} ${context}`);
  expect(rows.filter((row, index) => rows.indexOf(row) !== index)).toEqual([]);
});

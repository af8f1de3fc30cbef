// Runs the table in both engines. Two policies contain all rows: a deny shows whether the condition is possible and
// on what it fired; revokes of the condition and of its negation show what is certain.

import type { EvaluatedAnswer } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { type Ask, evaluator, modules } from '../support/modules/engines.ts';
import type { Worth } from './rows/row.ts';
import { declarations, lets, request } from './rows/vocabulary.ts';
import { table } from './table.ts';

const expressions = [...new Set(table.map(([expression]) => expression))];

function createPolicy(rules: (expression: string, index: number) => string) {
  return checkPolicy(`${declarations}for agent {\n${lets}${expressions.map(rules).join('\n')}\n}`);
}

const policies = [
  createPolicy((expression, i) => `deny row_${i} when ${expression}`),
  createPolicy(
    (expression, i) =>
      `revoke yes_${i} when ${expression}\nrevoke no_${i} when not (${expression})`,
  ),
];

/** Caches answers, because rows share requests and each answer shows the results of all rows. */
function cacheAnswers(ask: Ask): (context: string) => EvaluatedAnswer {
  const known = new Map<string, EvaluatedAnswer>();
  return (context) => {
    const answer = known.get(context) ?? ask(request(context));
    known.set(context, answer);
    return answer;
  };
}

/** The values of a row according to the first and the second policy. */
function createValueReader([deny, revoke]: readonly Ask[]): (
  row: number,
  context: string,
) => readonly Worth[] {
  const [possible, certain] = [cacheAnswers(deny as Ask), cacheAnswers(revoke as Ask)];
  return (row, context) => {
    const findTrigger = (answer: EvaluatedAnswer, id: string) =>
      answer.reasonDetails.find((detail) => detail.id === `${id}_${row}`)?.firedOn;
    const [denied, revoked] = [possible(context), certain(context)];
    expect([denied.effect, revoked.effect]).toEqual(['deny', 'revoke']);
    const possibly = findTrigger(denied, 'row');
    const [yes, no] = [findTrigger(revoked, 'yes'), findTrigger(revoked, 'no')];
    return [
      possibly === undefined ? false : possibly === 'true' ? true : 'unknown',
      yes === no ? 'unknown' : yes === 'true',
    ];
  };
}

const byEvaluator = createValueReader(policies.map(evaluator));
const byModule = createValueReader(await modules(policies));

test.each(table)('%s with {%s} is %s', (expression, context, expected) => {
  const row = expressions.indexOf(expression);
  expect([...byEvaluator(row, context), ...byModule(row, context)]).toEqual(
    new Array(4).fill(expected),
  );
});

test('the table contains each row once', () => {
  const rows = table.map(([expression, context]) => `${expression} ${context}`);
  expect(rows.filter((row, index) => rows.indexOf(row) !== index)).toEqual([]);
});

// The checker's claims about numbers are true: in every request each known value is in its range, a call
// that cannot fail has a value if its operands have one, and a comparison with a claimed result has that
// result.

import { evaluate, mayFail } from '@nhipol/language';
import type { Expr } from '@nhipol/language/model';
import { int64Range } from '@nhipol/language/types';
import { createRequestArbitrary } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decideComparison,
  inferInterval,
} from '../../../language/checker/expressions/intervals.ts';
import { contains, isSubrange } from '../../../language/types/ranges.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { runs, share } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_125);

test('known values are in their ranges, in generated policies and requests', () => {
  const seen = { ranged: 0, infallible: 0, decided: 0 };
  const values = new Map<Expr, unknown>();
  const notice = (expr: Expr, value: unknown) => {
    values.set(expr, value);
    if (typeof value === 'bigint') {
      const range = inferInterval(expr);
      if (!contains(range, value)) expect({ expr, value }).toEqual(range);
      if (range.min < range.max && !isSubrange(int64Range, range)) seen.ranged += 1;
    }
    if (expr.kind === 'Apply' && expr.builtin.reach !== undefined && !mayFail(expr)) {
      const known = expr.args.every((arg) => typeof values.get(arg) === 'bigint');
      if (known) {
        seen.infallible += 1;
        if (value === undefined) expect(expr).toBe('without a value');
      }
    }
    if (expr.kind === 'Compare' && value !== undefined) {
      const decided = decideComparison(expr.operator, expr.left, expr.right);
      if (decided === undefined) return;
      seen.decided += 1;
      if (decided !== value) expect(expr).toBe(`always ${decided}`);
    }
  };
  for (const [index, program] of fc.sample(programs, { numRuns: runs(200, 20), seed }).entries()) {
    const policy = checkPolicy(program.text, program.others);
    for (const { text, now } of fc.sample(createRequestArbitrary(policy), {
      numRuns: 12,
      seed: index,
    })) {
      values.clear();
      const by = now === undefined ? 'request' : 'host';
      evaluate(
        policy,
        new TextEncoder().encode(text),
        { now, precedence: by },
        { expression: (expr, { value }) => notice(expr, value) },
      );
    }
  }
  expect(seen.ranged).toBeGreaterThan(share(1000));
  expect(seen.infallible).toBeGreaterThan(share(500));
  expect(seen.decided).toBeGreaterThan(share(30));
});

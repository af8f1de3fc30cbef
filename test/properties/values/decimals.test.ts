// Compares Decimals from request to answer, in both engines, with BigInt arithmetic: parsed, added,
// multiplied and divided with one rounding, unknown where 64 bits are too few.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkPolicy } from '../../support/checking.ts';
import { evaluator, modules } from '../../support/modules/engines.ts';
import {
  factors,
  fits,
  isHalf,
  nearest,
  numbers,
  one,
  readDecimal,
  writeDecimal,
} from '../../support/references/decimal-reference.ts';
import '../../support/seed.ts';

type Exact = bigint | undefined;
type Compute = (a: bigint, b: bigint, n: bigint) => Exact;

/** Expressions of policies and their results. */
const operations: Readonly<Record<string, Compute>> = {
  'context.a': (a) => a,
  'context.a + context.b': (a, b) => a + b,
  'context.a - context.b': (a, b) => a - b,
  'context.a * context.b': (a, b) => nearest(a * b, one),
  'context.a / context.b': (a, b) => (b === 0n ? undefined : nearest(a * one, b)),
  'context.a * context.n': (a, _, n) => a * n,
  'context.n * context.b': (_, b, n) => b * n,
  'context.a / context.n': (a, _, n) => (n === 0n ? undefined : nearest(a, n)),
  '-context.a': (a) => -a,
  'decimal(context.n)': (_a, _b, n) => n * one,
};
const texts = Object.keys(operations);
const policy = checkPolicy(`policy p
context { a?: Decimal, b?: Decimal, n?: Int }
${texts.map((_, at) => `constraint c${at}: Decimal must agree`).join('\n')}
for any {
  permit ok otherwise
${texts.map((text, at) => `  narrow n${at} when known(${text}) to { c${at}: ${text} }`).join('\n')}
}`);
const [module] = await modules([policy]);
const engines = { evaluator: evaluator(policy), module: module ?? expect.fail('no module') };

const whole = fc.oneof(
  fc.bigInt({ min: -10n, max: 10n }),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const operands = fc.oneof(
  fc.tuple(numbers, numbers),
  factors.map(([a, b]) => [writeDecimal(a), writeDecimal(b)] as const),
);

test('both engines agree with BigInt arithmetic', () => {
  const counts = { known: 0, unknown: 0, halves: 0 };
  const property = fc.property(operands, whole, ([a, b], n) => {
    const request = `{"subject":{"type":"s","id":"i"},"action":{"name":"n"},"resource":{"type":"t","id":"i"},"context":{"a":${a},"b":${b},"n":${n}}}`;
    const [left, right] = [readDecimal(a), readDecimal(b)];
    const expected = texts.map((text) => {
      const reads = (name: string) => text.includes(`context.${name}`);
      if ((reads('a') && left === 'unknown') || (reads('b') && right === 'unknown'))
        return undefined;
      const of = (read: bigint | 'unknown') => (read === 'unknown' ? 0n : read);
      const exact = operations[text]?.(of(left), of(right), n);
      return exact !== undefined && fits(exact) ? exact : undefined;
    });
    for (const [engine, ask] of Object.entries(engines)) {
      const { constraints } = ask(request);
      const found = texts.map((_, at) => {
        const value = constraints[`c${at}`];
        return value === undefined ? undefined : readDecimal(String(value));
      });
      expect({ engine, a, b, n, found }).toEqual({ engine, a, b, n, found: expected });
    }
    for (const value of expected) counts[value === undefined ? 'unknown' : 'known'] += 1;
    if (left !== 'unknown' && right !== 'unknown' && isHalf(left * right, one)) counts.halves += 1;
  });
  fc.assert(property, { numRuns: 2_000 });
  expect(counts.known).toBeGreaterThan(5_000);
  expect(counts.unknown).toBeGreaterThan(3_000);
  expect(counts.halves).toBeGreaterThan(50);
});

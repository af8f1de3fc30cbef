// Arithmetic is compiled without a check exactly if its result always fits.

import { expect, test } from 'vitest';
import { printIr } from '../../compiler/ir/print.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { checkPolicy } from '../support/checking.ts';
import { linkPolicy } from '../support/policies/linked.ts';

const declarations = `policy p
context {
  time: Timestamp, plain?: Int, score?: Int(0..100), step?: Int(1..5), share?: Decimal(0..1)
  price?: Decimal, wait?: Duration, at?: Timestamp, names?: Set<String>
}
table quotas: String -> Int { "a": 10, "b": 1000 }`;

/** The library functions that a condition calls, and whether the `ok` of any of them is read. */
function calls(condition: string): { functions: readonly string[]; checksOverflow: boolean } {
  const policy = checkPolicy(`${declarations}\nfor any { deny d when ${condition} }`);
  const ir = lower(policy);
  const { sources } = linkPolicy(policy, ir);
  const emitted = sources.get('policy/generated.ts') ?? '';
  // Parts that do not depend on time are decided beforehand.
  const rule = emitted.match(/function (?:rule|prepare)0\(\)[\s\S]*?\n}/g)?.join('\n') ?? '';
  const functions = [...printIr(ir).matchAll(/\((\w+)~? /g)].map(([, name = '']) => name);
  return {
    functions: functions.filter((name) => rule.includes(`${name}(`)),
    checksOverflow: /\bok;/.test(rule),
  };
}

test.each([
  ['context.score + 1 > context.plain', ['add']],
  ['context.score * context.score > context.plain', ['mul']],
  ['context.score - context.step > context.plain', ['sub']],
  ['context.score / context.step > context.plain', ['div']],
  ['-context.score > context.plain', ['neg']],
  ['quotas[subject.id] * 1_000_000 > context.plain', ['mul']],
  ['size(context.names) * 4 > context.plain', ['mul', 'readCount']],
  ['(if context.plain > 0 then context.score else 7) + 1 > context.plain', ['add']],
  ['context.share + context.share > context.price', ['add']],
  ['context.share * context.share > context.price', ['decimalProduct']],
  ['decimal(context.score) > context.price', ['toMillionths']],
  ['context.at + 5m < context.at', ['add']],
  ['context.time + 5m < context.at', ['sub', 'add']],
])('%s cannot fail', (condition, functions) => {
  expect(calls(condition)).toEqual({ functions, checksOverflow: false });
});

test.each([
  ['context.plain + 1 > 5', ['addChecked']],
  ['context.score * 92_233_720_368_547_759 > 5', ['mulChecked']],
  ['context.score / context.score > 5', ['divChecked']],
  ['-context.plain > 5', ['negChecked']],
  ['context.price * context.price > 5', ['decimalProduct']],
  ['context.share / context.price > 5', ['decimalQuotient']],
  ['decimal(context.plain) > 5', ['toMillionthsChecked']],
  ['context.at + context.wait < context.at', ['addChecked']],
])('%s can fail', (condition, functions) => {
  expect(calls(condition)).toEqual({ functions, checksOverflow: true });
});

test('finds the exact limits of 64 bits', () => {
  expect(calls('context.score * 92_233_720_368_547_758 > context.plain')).toEqual({
    functions: ['mul'],
    checksOverflow: false,
  });
});

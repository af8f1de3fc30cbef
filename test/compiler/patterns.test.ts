// Patterns in the IR and in the module: how the IR prints them, and that equal ones are stored once.

import { expect, test } from 'vitest';
import { printIr } from '../../compiler/ir/print.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { checkPolicy } from '../support/checking.ts';
import { linkPolicy } from '../support/policies/linked.ts';

function denying(...conditions: readonly string[]) {
  const rules = conditions.map((condition, index) => `deny r${index} when ${condition}`);
  return checkPolicy(`policy p\ncontext { a?: String }\nfor any {\n${rules.join('\n')}\n}`);
}

function dataSize(...conditions: readonly string[]): number {
  const policy = denying(...conditions);
  return linkPolicy(policy, lower(policy)).data.bytes.length;
}

test('the IR prints a pattern as it was written', () => {
  const written = 'glob"*.example" separated by "." ignoring case';
  expect(printIr(lower(denying(`context.a matches ${written}`)))).toContain(written);
  expect(printIr(lower(denying('context.a matches regex"\\d"')))).toContain('regex"\\d")');
});

test('a pattern is stored once, however often a policy contains it', () => {
  const once = dataSize('context.a matches regex"\\pL+"', 'context.a matches glob"x"');
  const twice = dataSize('context.a matches regex"\\pL+"', 'context.a not matches regex"\\pL+"');
  expect(once).toBeGreaterThan(50_000);
  expect(twice).toBeLessThan(once);
});

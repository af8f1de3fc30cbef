// Generated programs use the whole language: every kind of node and expression, every builtin with each
// list of operand types, every clause, and every type in every presence. The list of constructs comes
// from the tables of the language, so that a new construct fails here until the generator supports it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lower } from '../../compiler/lower/lower.ts';
import { policyOf } from '../support/checking.ts';
import {
  expressionsThereAre,
  formsThereAre,
  functionsThereAre,
  membersThereAre,
  nodeKinds,
  variantsThereAre,
} from '../support/constructs/existing.ts';
import { expressionsIn, membersIn, syntaxIn, variantsIn } from '../support/constructs/in-use.ts';
import { missing } from '../support/constructs/names.ts';
import { linked } from '../support/linked.ts';
import { programs } from '../support/program-arbitrary.ts';

const sample = fc.sample(programs, { numRuns: 900, seed: 1 });
const policies = sample.map(({ text, others }) => policyOf(text, others));
const syntax = syntaxIn(sample.flatMap(({ text, others }) => [text, ...Object.values(others)]));

test('generated programs use every kind of node', () => {
  expect(missing(nodeKinds, syntax)).toEqual([]);
});

test('generated programs use every effect, clause and form', () => {
  expect(missing(formsThereAre(), syntax)).toEqual([]);
});

test('generated programs use every kind of expression, and every builtin for each of its operands', () => {
  expect(missing(expressionsThereAre(), expressionsIn(policies))).toEqual([]);
});

test('generated programs use every other form of an expression, for each operand type', () => {
  expect(missing(variantsThereAre(), variantsIn(policies))).toEqual([]);
});

test('generated programs use every type in every presence', () => {
  expect(missing(membersThereAre(), membersIn(policies))).toEqual([]);
});

test('generated programs use every function of the library that a builtin names', () => {
  const sought = functionsThereAre();
  const called = new Set<string>();
  for (const policy of policies) {
    const ir = lower(policy);
    const text = linked(policy, ir).sources.get('policy/generated.ts') ?? '';
    const [, code = ''] = text.split('export const abi_major');
    for (const [, name = ''] of code.matchAll(/\b(\w+)\(/g)) called.add(name);
    if (missing(sought, called).length === 0) break;
  }
  expect(missing(sought, called)).toEqual([]);
});

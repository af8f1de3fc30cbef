// Generated programs use all of the language: every kind of node and expression, every builtin in each
// way of taking operands, every clause, and every type in every presence. What there is comes from the
// language's own tables, so that something new fails here until the generator knows it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emit } from '../../compiler/emit/emit.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { plan } from '../../compiler/plan/plan.ts';
import { policyOf } from '../support/checking.ts';
import { missing } from '../support/constructs/names.ts';
import {
  expressionsThereAre,
  formsThereAre,
  functionsThereAre,
  membersThereAre,
  nodeKinds,
  variantsThereAre,
} from '../support/constructs/there.ts';
import { expressionsIn, membersIn, syntaxIn, variantsIn } from '../support/constructs/used.ts';
import { programs } from '../support/program-arbitrary.ts';

const sample = fc.sample(programs, { numRuns: 800, seed: 1 });
const policies = sample.map(({ text, others }) => policyOf(text, others));
const syntax = syntaxIn(sample.flatMap(({ text, others }) => [text, ...Object.values(others)]));

test('every kind of node', () => {
  expect(missing(nodeKinds, syntax)).toEqual([]);
});

test('every effect, clause and form', () => {
  expect(missing(formsThereAre(), syntax)).toEqual([]);
});

test('every kind of expression, and every builtin for each of its operands', () => {
  expect(missing(expressionsThereAre(), expressionsIn(policies))).toEqual([]);
});

test('every other form of an expression, for each type that it takes', () => {
  expect(missing(variantsThereAre(), variantsIn(policies))).toEqual([]);
});

test('every type in every presence', () => {
  expect(missing(membersThereAre(), membersIn(policies))).toEqual([]);
});

test('every function of the library that a builtin names', () => {
  const sought = functionsThereAre();
  const called = new Set<string>();
  for (const policy of policies) {
    const ir = lower(policy);
    const unit = { ir, plan: plan(ir), manifest: () => new Uint8Array() };
    const text = emit(unit).sources.get('policy0.ts') ?? '';
    const [, code = ''] = text.split('export const abi_major');
    for (const [, name = ''] of code.matchAll(/\b(\w+)\(/g)) called.add(name);
    if (missing(sought, called).length === 0) break;
  }
  expect(missing(sought, called)).toEqual([]);
});

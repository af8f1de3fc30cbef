// Generated programs use the whole language: every kind of node and expression, every builtin with each
// list of operand types, every clause, and every type in every presence. The list of constructs comes
// from the tables of the language, so that a new construct fails here until the generator supports it.

import { collectPolicyHistory, type HistoryTerm, listTermPatterns } from '@nhipol/language/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lower } from '../../../compiler/lower/lower.ts';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { isFull } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import {
  expressionsThereAre,
  formsThereAre,
  functionsThereAre,
  membersThereAre,
  nodeKinds,
  variantsThereAre,
} from '../../support/constructs/existing.ts';
import {
  listExpressions,
  listMemberForms,
  listSyntax,
  listVariants,
} from '../../support/constructs/in-use.ts';
import { missing } from '../../support/constructs/names.ts';
import { linkPolicy } from '../../support/policies/linked.ts';

const sample = fc.sample(programs, { numRuns: isFull ? 900 : 0, seed: 1 });
const policies = sample.map(({ text, others }) => checkPolicy(text, others));
const syntax = listSyntax(sample.flatMap(({ text, others }) => [text, ...Object.values(others)]));

test.runIf(isFull)('generated programs use every kind of node', () => {
  expect(missing(nodeKinds, syntax)).toEqual([]);
});

test.runIf(isFull)('generated programs use every effect, clause and form', () => {
  expect(missing(formsThereAre(), syntax)).toEqual([]);
});

test.runIf(isFull)(
  'generated programs use every kind of expression, and every builtin for each of its operands',
  () => {
    expect(missing(expressionsThereAre(), listExpressions(policies))).toEqual([]);
  },
);

test.runIf(isFull)(
  'generated programs use every other form of an expression, for each operand type',
  () => {
    expect(missing(variantsThereAre(), listVariants(policies))).toEqual([]);
  },
);

test.runIf(isFull)('generated programs use every type in every presence', () => {
  expect(missing(membersThereAre(), listMemberForms(policies))).toEqual([]);
});

const historyForms = [
  ...['once', 'count', 'sum', 'since', 'last'].map((form) => `term ${form}`),
  ...['decided', 'allowed', 'refused', 'signal', 'outcome'].map((events) => `events ${events}`),
  ...['none', 'age', 'day', 'week', 'month'].map((window) => `window ${window}`),
  'listed actions',
  'listed resources',
  'condition',
  'key',
  'correlation',
  'across sessions',
  'sum of Int',
  'sum of Decimal',
  'sum compared with the request',
];

test.runIf(isFull)('generated programs use every form of history terms', () => {
  const used = new Set(
    policies.flatMap(collectPolicyHistory).flatMap(({ term }) => listForms(term)),
  );
  expect(missing(new Set(historyForms), used)).toEqual([]);
});

function listForms(term: HistoryTerm): readonly string[] {
  const patterns = listTermPatterns(term).flatMap(({ of, condition, key, isShared }) => [
    `events ${of.kind === 'decision' ? of.which : of.kind}`,
    ...(of.actions === undefined ? [] : ['listed actions']),
    ...(of.resources === undefined ? [] : ['listed resources']),
    ...(condition === undefined ? [] : ['condition']),
    ...(key?.parts.map(({ origin }) => (origin === 'per' ? 'key' : 'correlation')) ?? []),
    ...(isShared ? ['across sessions'] : []),
  ]);
  const window = 'window' in term ? term.window : undefined;
  const windows = `window ${window?.kind === 'period' ? window.unit : (window?.kind ?? 'none')}`;
  const sums =
    term.form !== 'sum'
      ? []
      : [
          `sum of ${term.member.type.kind}`,
          ...(term.bound.kind === 'Constant' ? [] : ['sum compared with the request']),
        ];
  return [`term ${term.form}`, windows, ...patterns, ...sums];
}

test.runIf(isFull)(
  'generated programs use every function of the library that a builtin names',
  () => {
    const sought = functionsThereAre();
    const called = new Set<string>();
    for (const policy of policies) {
      const ir = lower(policy);
      const text = linkPolicy(policy, ir).sources.get('policy/generated.ts') ?? '';
      const [, code = ''] = text.split('export const abi_major');
      for (const [, name = ''] of code.matchAll(/\b(\w+)\(/g)) called.add(name);
      if (missing(sought, called).length === 0) break;
    }
    expect(missing(sought, called)).toEqual([]);
  },
);

// Tests decisions of lowering and the plan that few requests would show, in the IR and the plan
// themselves.

import { requestLimits } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import type { IrExpr } from '../../compiler/ir/expressions.ts';
import type { IrModule } from '../../compiler/ir/ir.ts';
import { collectIrExprs } from '../../compiler/ir/operands.ts';
import { lower } from '../../compiler/lower/lower.ts';
import { listLiteralSegments } from '../../compiler/plan/literal-segments.ts';
import { defaultPlan, plan } from '../../compiler/plan/plan.ts';
import { checkPolicy } from '../support/checking.ts';

const lowerText = (text: string) => lower(checkPolicy(`policy p\n${text}`));

function only<K extends IrExpr['kind']>({ rules }: IrModule, kind: K) {
  const all = [...collectIrExprs(rules.map(({ condition }) => condition))];
  const found = all.filter((expr): expr is IrExpr & { kind: K } => expr.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] ?? expect.fail('there is none');
}

// --- lowering ------------------------------------------------------------------------------------

test('a record within another is known while both are fresh', () => {
  const ir = lowerText(`context {
    time: Timestamp
    box?: { seal?: { mark?: Int, observed_at?: Timestamp } fresh 1m, observed_at?: Timestamp } fresh 5m
  }
  for any { permit ok when known(context.box.seal) }`);
  expect(only(ir, 'knownRecord').fresh.map(({ span }) => span)).toEqual([300_000n, 60_000n]);
});

test('each element of a list can contain a set of maximum size', () => {
  const { facts } = lowerText(`context { boxes?: List<{ marks?: Set<Int> }> }
  for any { permit ok when any box in context.boxes satisfies 1 in box.marks }`);
  const [box, mark] = [32, 16];
  expect(facts.elementBytes).toBe(requestLimits.elements * (box + requestLimits.elements * mark));
});

test('signals with equal members share their cells', () => {
  const { history } = lowerText(`context { time: Timestamp }
  signals { failed: { reason?: String }, left: { reason?: String } }
  for any {
    permit ok when once(signal "failed" where event.reason is "x") and once(signal "left" where event.reason is resource.id)
  }`);
  const [failed, left] = history?.signals.map(({ record }) => record.members[0]) ?? [];
  expect(left).toBe(failed);
});

test.for([
  ['>=', 3],
  ['<', 3],
  ['>', 4],
  ['<=', 4],
  ['is', 4],
  ['is not', 4],
] as const)('a count compared with %s 3 stores the newest %i events', ([operator, size]) => {
  const { history } = lowerText(`context { time: Timestamp }
  for any { permit ok when count(allowed) ${operator} 3 }`);
  expect(history?.tracks.map(({ count }) => count)).toEqual([size]);
});

test.for([
  ['00:00..24:00', true],
  ['Mon..Sun 00:00..24:00', true],
  ['Mon 00:00..24:00', false],
  ['5th Mon 00:00..24:00', false],
  ['last Mon 00:00..24:00', false],
] as const)('window %s is steady: %s', ([days, steady]) => {
  const ir = lowerText(`context { time: Timestamp }
  window w = ${days} in "UTC"
  for any { permit ok when context.time in w }`);
  expect(only(ir, 'inWindow').window.steady).toBe(steady);
});

// --- the plan ------------------------------------------------------------------------------------

test('conditions with different tables are different leaves', () => {
  const ir = lowerText(`table a: String -> Int { "x": 1 }
  table b: String -> Int { "x": 2 }
  for any {
    permit a1 when a[subject.id] > 1
    permit a2 when a[subject.id] > 2
    permit b1 when b[subject.id] > 1
  }`);
  const { trees, leaves } = plan(ir, { ...defaultPlan, maxUniqueShapes: 0 });
  const taken = trees.map(({ steps }) =>
    steps.map((step) => (step.kind === 'leaf' ? step.leaf : -1)),
  );
  expect(taken).toEqual([[0], [0], [1]]);
  expect(leaves).toHaveLength(2);
});

test.for([
  ['permit', '', true],
  ['deny', '', false],
  ['permit', ' and context.time < context.end', false],
] as const)('a %s%s is irrelevant if its team is unknown: %s', ([effect, more, expected]) => {
  const rules = Array.from(
    { length: 8 },
    (_, at) => `${effect} r${at} when context.team is "t${at}"${more}`,
  );
  const ir = lowerText(`context { time: Timestamp, end: Timestamp, team?: String }
  for any { ${rules.join('\n')} }`);
  const [family, ...others] = plan(ir).families;
  expect(others).toEqual([]);
  expect(family?.discriminator).toMatchObject({ by: 'text', onlyKnown: expected });
});

test('an atom of rules with two scopes is always decided, also if it is part of another condition in one of them', () => {
  const ir = lowerText(`subject a {}
  subject b {}
  context { time: Timestamp, end: Timestamp, on: Bool }
  for a { permit ok when context.on }
  for b { permit ok when if context.on then context.time < context.end else false }`);
  const [atom, ...others] = plan(ir).atoms.filter(({ expr }) => expr.kind === 'cell');
  expect(others).toEqual([]);
  expect(atom?.scope).toBeUndefined();
});

test('segments are compared as written, unless case is ignored', () => {
  const source = {
    language: 'glob',
    text: '/data/*',
    separator: '/',
    ignoringCase: false,
    searches: false,
  } as const;
  expect([...(listLiteralSegments(source) ?? [])]).toEqual([
    [0, ''],
    [1, 'data'],
  ]);
  expect(listLiteralSegments({ ...source, ignoringCase: true })).toBeUndefined();
});

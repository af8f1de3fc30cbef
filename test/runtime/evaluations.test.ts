// Many requests at once: AuthZEN's evaluations with their defaults and semantics, compared with single requests;
// invalid batches; and requests that throw.

import { compile } from '@nhipol/compiler';
import { type DecideOptions, load, type Policy } from '@nhipol/runtime';
import { beforeAll, expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

let policy: Policy;
beforeAll(async () => {
  const text = `policy p
resource any { open?: Bool }
context { level?: Int, time: Timestamp }
for any doing "read" {
  permit low when context.level < 5 and context.time < 2026-03-03T10:00:00Z
  permit open_to_all when resource.open
}`;
  policy = load((await compile(checkPolicy(text), assemble)).wasm);
}, 60_000);

const now = Date.parse('2026-03-03T09:00:00Z');
const subject = { type: 'agent', id: 'a' };
const action = { name: 'read' };
const resource = { type: 'page', id: 'p' };
const batch = { subject, action, resource, context: { level: 3 } };
const denied = { context: { level: 7 } };
const permitted = {};

const decisions = (request: unknown) =>
  policy.decideEvaluations(request, { now }).map(({ decision }) => decision);
const withSemantic = (evaluations_semantic: unknown, ...evaluations: readonly unknown[]) =>
  decisions({ ...batch, evaluations, options: { evaluations_semantic, other: 1 } });

test('a missing member of an item comes from the batch, and an entity is replaced as a whole', () => {
  const evaluations = [
    {},
    { resource: { type: 'page', id: 'q', properties: { open: true } }, context: {} },
    { context: {} },
    { action: { name: 'write' } },
    { subject: undefined },
    { subject: null },
  ];
  const answers = policy.decideEvaluations({ ...batch, evaluations }, { now });
  const alone = evaluations.map((item) => policy.decide({ ...batch, ...item }, { now }));
  expect(answers).toEqual(alone);
  expect(answers.map(({ reasons }) => reasons)).toEqual([
    ['low'],
    ['open_to_all'],
    ['default_deny'],
    ['default_deny'],
    ['invalid_request'],
    ['invalid_request'],
  ]);
});

test('each semantic returns the answers that it should', () => {
  expect(withSemantic('execute_all', permitted, denied, permitted)).toEqual([true, false, true]);
  expect(withSemantic(undefined, permitted, denied, permitted)).toEqual([true, false, true]);
  expect(withSemantic('deny_on_first_deny', permitted, denied, permitted)).toEqual([true, false]);
  expect(withSemantic('permit_on_first_permit', denied, permitted, denied)).toEqual([false, true]);
});

test('a batch without evaluations is one request', () => {
  expect(policy.decideEvaluations(batch, { now })).toEqual([policy.decide(batch, { now })]);
  expect(policy.decideEvaluations({ ...batch, evaluations: [] }, { now })).toEqual([
    policy.decide(batch, { now }),
  ]);
});

test('an invalid item is denied, and the others are decided', () => {
  expect(withSemantic('execute_all', 'no item', permitted, null, [])).toEqual([
    false,
    true,
    false,
    false,
  ]);
  const { subject: _, ...without } = batch;
  expect(decisions({ ...without, evaluations: [{}, { subject }] })).toEqual([false, true]);
});

test.each<readonly [unknown, string, string, string]>([
  [null, '$', 'an object', 'null'],
  [[batch], '$', 'an object', 'an array'],
  [{ ...batch, evaluations: {} }, '$.evaluations', 'an array', 'an object'],
  [{ ...batch, evaluations: 'all' }, '$.evaluations', 'an array', 'a string'],
  [{ ...batch, options: 5 }, '$.options', 'an object', 'a number'],
])('%j is not a batch', (request, path, expected, found) => {
  const [answer, more] = policy.decideEvaluations(request, { now });
  expect(more).toBeUndefined();
  expect(answer).toMatchObject({
    effect: 'deny',
    reasons: ['invalid_request'],
    error: { code: 'wrong_type', path, expected, found },
  });
});

test('an unknown semantic is rejected', () => {
  const [answer] = policy.decideEvaluations({
    ...batch,
    evaluations: [{}],
    options: { evaluations_semantic: 'bogus' },
  });
  expect(answer?.error).toMatchObject({
    path: '$.options.evaluations_semantic',
    expected: 'one of execute_all, deny_on_first_deny, permit_on_first_permit',
  });
});

test('an exception while reading the batch is a deny', () => {
  const throwing = {
    get evaluations(): unknown {
      throw new Error('no');
    },
  };
  expect(decisions(throwing)).toEqual([false]);
  function* requests() {
    yield batch;
    throw new Error('no');
  }
  expect(policy.decideMany(requests(), { now }).map(({ decision }) => decision)).toEqual([
    true,
    false,
  ]);
});

test("the request's own time is used on demand", () => {
  const late = { ...batch, context: { level: 3, time: '2026-03-03T11:00:00Z' } };
  const early = { ...batch, context: { level: 3, time: '2026-03-03T08:00:00Z' } };
  const of = (options: DecideOptions) =>
    policy.decideMany([early, late], options).map(({ decision }) => decision);
  expect(of({ clock: 'request' })).toEqual([true, false]);
  expect(of({ now })).toEqual([true, true]);
});

test('many requests are decided at one instant', () => {
  const answers = policy.decideMany([batch, batch, { ...batch, ...denied }], { now });
  expect(answers.map(({ decision }) => decision)).toEqual([true, true, false]);
  expect(answers[0]).toEqual(policy.decide(batch, { now }));
});

test('null is the same as a missing member', () => {
  expect(decisions({ ...batch, evaluations: null })).toEqual([true]);
  expect(decisions({ ...batch, evaluations: [denied, permitted], options: null })).toEqual([
    false,
    true,
  ]);
  expect(withSemantic(null, permitted, denied, permitted)).toEqual([true, false, true]);
});

test('members of a batch and of its items are read once', () => {
  const reads: string[] = [];
  const noteReads = (members: object, of: string) =>
    new Proxy(members, {
      get: (target, name) => {
        reads.push(`${of}.${String(name)}`);
        return Reflect.get(target, name);
      },
    });
  const items = [
    noteReads({ context: { level: 3 } }, 'first'),
    noteReads({ context: { level: 7 } }, 'last'),
  ];
  const request = noteReads({ ...batch, evaluations: items, options: {} }, 'batch');
  expect(decisions(request)).toEqual([true, false]);
  expect(reads.toSorted()).toEqual([...new Set(reads)].toSorted());
});

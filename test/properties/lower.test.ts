// Counter-offers: a deny offers lower values only if it would be a narrow with them. Decided again with the offered
// values, a policy whose conditions do not read the lowered paths narrows the request, and sets the constraints that
// were offered; any other policy decides it as another request, and offers nothing but lower values again.
// NHIPOL_SEED changes the policies and requests, NHIPOL_TIMES multiplies their number.

import {
  type EvaluatedAnswer,
  emptyObject,
  type Json,
  parseJson,
  toJsonValue,
  toParsedJson,
  writeJson,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { stringify } from '@nhipol/runtime';
import type { JsonValue } from '@nhipol/runtime/abi';
import { createRequestArbitrary } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { programs } from '../support/arbitraries/program-arbitrary.ts';
import { runs, share } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { evaluator, modules } from '../support/modules/engines.ts';
import { seed } from '../support/policies/property-policies.ts';

type Offer = EvaluatedAnswer['lower'];

const levels = ['LOW', 'MEDIUM', 'HIGH'];

const declarations = `policy p
enum Level { LOW < MEDIUM < HIGH }
action any { head?: Int(0..100), cost?: Decimal, wait?: Duration, level?: Level, tags?: Set<String>, args?: { depth?: Int } }
context { flag?: Bool, blocked?: Bool, ask?: Bool, ok: Bool = true, risk?: Int, most?: Int }
constraint head: Int limits action.head or lower
constraint first: Int limits action.head or lower
constraint fixed: Int limits action.head
constraint cost: Decimal limits action.cost or lower
constraint wait: Duration limits action.wait or lower
constraint level: Level limits action.level or lower
constraint tags: Set<String> limits action.tags or lower
constraint marks: Set<String> limits action.tags or lower
constraint depth: Int limits action.args.depth or lower
constraint region: String must agree
`;

/** Values of constraints; some are outside the range of the path, or depend on the request. */
const values: Readonly<Record<string, readonly string[]>> = {
  head: ['5', '20', '-1', '200', 'context.most'],
  first: ['3', '50'],
  fixed: ['60'],
  cost: ['0.5', '10'],
  wait: ['5s', '10m'],
  level: ['LOW', 'MEDIUM'],
  tags: ['{ "a" }', '{ "a", "b" }', '{ "c" }'],
  marks: ['{ "a", "c" }', '{ "b" }'],
  depth: ['2', 'context.most'],
  region: ['"eu"', '"us"'],
};

/** Conditions that no offer changes, and others. */
const independent = ['context.flag', 'context.risk >= 3'];
const dependent = ['action.head > 10', 'action.head <= 20', 'action.tags intersects { "b", "c" }'];

const settings = fc
  .uniqueArray(fc.constantFrom(...Object.keys(values)), { minLength: 1, maxLength: 2 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc.constantFrom(...(values[name] ?? []).map((value) => `${name}: ${value}`)),
      ),
    ),
  )
  .map((parts) => `to { ${parts.join(', ')} }`);

function when(conditions: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom('', '', ...conditions.map((condition) => ` when ${condition}`));
}

function policies(conditions: readonly string[]): fc.Arbitrary<string> {
  const narrow = fc
    .tuple(when(conditions), settings, fc.constantFrom('', '', ' or deny unless context.ok'))
    .map((parts) => parts.join(' '));
  const permit = fc.constantFrom(
    'permit p otherwise',
    'permit p when context.ok',
    ...conditions
      .filter((condition) => dependent.includes(condition))
      .map((each) => `permit p when ${each}`),
  );
  const others = fc.subarray([
    'deny d when context.blocked, if unknown skip',
    'challenge c when context.ask, if unknown skip',
    'score s { counted counts 1 when context.flag from 1 narrow to { head: 4, level: LOW } }',
  ]);
  return fc
    .tuple(fc.array(narrow, { minLength: 1, maxLength: 3 }), permit, others)
    .map(([narrows, granted, rest]) => {
      const rules = narrows.map((clauses, index) => `narrow n${index}${clauses}`);
      return `${declarations}for any {\n${[...rules, granted, ...rest].join('\n')}\n}`;
    });
}

const optional = <T>(...some: readonly T[]) =>
  fc.option(fc.constantFrom(...some), { freq: 6, nil: undefined });

const requests = fc
  .record({
    properties: fc.record({
      head: optional(0, 4, 15, 70, 100),
      cost: optional(0.25, 7.5, 100),
      wait: optional(1, 60, 5000),
      level: optional(...levels),
      tags: optional(['a'], ['a', 'b'], ['b', 'c'], ['d'], ['a', 'b', 'c']),
      args: optional({ depth: 1 }, { depth: 9 }, {}),
    }),
    context: fc.record({
      flag: optional(true, false),
      blocked: optional(false, false, true),
      ask: optional(false, false, true),
      ok: optional(true, true, false),
      risk: optional(1, 5),
      most: optional(0, 6, 80),
    }),
  })
  .map(({ properties, context }) => ({
    subject: { type: 'bot', id: 'b' },
    action: { name: 'run', properties },
    resource: { type: 'host', id: 'h' },
    context,
  }))
  .map((request) => JSON.stringify(request));

/** The request with the offered values in their places. */
function applyOffer(request: string, offer: Offer): string {
  const whole = parseJson(request) ?? expect.fail('invalid JSON');
  const changed = Object.entries(offer).reduce(
    (json, [path, value]) => put(json, path.split('.'), toParsedJson(value)),
    whole,
  );
  return writeJson(changed);
}

/** A member that the request omits is added: its default was too high. */
function put(json: Json | undefined, [name, ...rest]: readonly string[], value: Json): Json {
  if (name === undefined) return value;
  const object = json ?? emptyObject;
  if (object.kind !== 'object') return expect.fail(`no object around ${name}`);
  const own = object.members.find((member) => member.name === name);
  const others = object.members.filter((member) => member !== own);
  return {
    ...object,
    members: [...others, { name, nameOffset: 0, value: put(own?.value, rest, value) }],
  };
}

/** Whether the one value is below the other, and not equal. */
function isLower(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length < b.length && a.every((element) => b.includes(element));
  }
  return rankValue(a) < rankValue(b);
}

function rankValue(value: JsonValue | undefined): number {
  return typeof value === 'string' ? levels.indexOf(value) : Number(stringify(value));
}

function getValue(request: JsonValue, path: string): JsonValue | undefined {
  return path
    .split('.')
    .reduce<JsonValue | undefined>(
      (at, name) => (at as Readonly<Record<string, JsonValue>> | undefined)?.[name],
      request,
    );
}

/** Checks the answer and the answer to the request with its offer. */
function check(answer: EvaluatedAnswer, after: EvaluatedAnswer, text: string): void {
  const request = toJsonValue(parseJson(text) ?? expect.fail('invalid JSON'));
  expect(answer.effect).toBe('deny');
  expect(after.error).toBeUndefined();
  for (const [path, value] of Object.entries(answer.lower)) {
    const before = getValue(request, path);
    if (before !== undefined) expect(isLower(value, before)).toBe(true);
    const again = after.lower[path];
    if (again !== undefined) expect(isLower(again, value)).toBe(true);
  }
}

/** Whether the constraints of an answer are those that the values were lowered to. */
function isBound(
  { constraints: own }: PolicyModel,
  { constraints }: EvaluatedAnswer,
  offer: Offer,
): boolean {
  return Object.entries(offer).every(([path, value]) =>
    own.some(({ name, limits }) => {
      const [root = '', ...names] = path.split('.').filter((part) => part !== 'properties');
      if (limits?.root !== root || limits.names.join('.') !== names.join('.')) return false;
      const bound = constraints[name];
      if (Array.isArray(value)) {
        return Array.isArray(bound) && value.every((element) => bound.includes(element));
      }
      return bound !== undefined && stringify(bound) === stringify(value);
    }),
  );
}

test('a policy narrows the request that it offered, with the constraints that it was lowered to', () => {
  let offers = 0;
  const numRuns = runs(120, 30);
  for (const text of fc.sample(policies(independent), { numRuns, seed })) {
    const policy = checkPolicy(text);
    const ask = evaluator(policy);
    for (const request of fc.sample(requests, { numRuns: 60, seed })) {
      const answer = ask(request);
      if (Object.keys(answer.lower).length === 0) continue;
      offers += 1;
      const after = ask(applyOffer(request, answer.lower));
      check(answer, after, request);
      expect({ text, request, after }).toMatchObject({ after: { effect: 'narrow', lower: {} } });
      expect(isBound(policy, after, answer.lower)).toBe(true);
      expect(after.reasons).toEqual(expect.arrayContaining([...answer.reasons]));
    }
  }
  expect(offers).toBeGreaterThan(share(200));
});

test('a policy that reads lowered paths offers lower values only', () => {
  const seen = { offers: 0, effects: new Set<string>(), again: 0 };
  const conditions = [...independent, ...dependent];
  for (const text of fc.sample(policies(conditions), { numRuns: runs(120, 30), seed: seed + 1 })) {
    const ask = evaluator(checkPolicy(text));
    for (const request of fc.sample(requests, { numRuns: 60, seed })) {
      const answer = ask(request);
      if (Object.keys(answer.lower).length === 0) continue;
      const after = ask(applyOffer(request, answer.lower));
      check(answer, after, request);
      seen.offers += 1;
      seen.effects.add(after.effect);
      if (Object.keys(after.lower).length > 0) seen.again += 1;
    }
  }
  expect(seen.offers).toBeGreaterThan(share(200));
  expect(seen.again).toBeGreaterThan(0);
  expect([...seen.effects]).toEqual(expect.arrayContaining(['deny', 'narrow']));
});

test('module and evaluator make the same offers', async () => {
  const conditions = [...independent, ...dependent];
  const texts = fc.sample(policies(conditions), { numRuns: runs(12, 6), seed: seed + 2 });
  const made = texts.map((text) => checkPolicy(text));
  let offers = 0;
  for (const [index, module] of (await modules(made)).entries()) {
    const policy = made[index];
    if (policy === undefined) throw new Error('a policy is missing');
    const ask = evaluator(policy);
    for (const request of fc.sample(requests, { numRuns: 200, seed: seed + index })) {
      const answer = ask(request);
      expect(stringify(module(request))).toBe(stringify(answer));
      if (Object.keys(answer.lower).length > 0) offers += 1;
    }
  }
  expect(offers).toBeGreaterThan(share(60));
}, 120_000);

test('only a deny of a generated program makes an offer', () => {
  let offers = 0;
  for (const [index, { text, others }] of fc
    .sample(programs, { numRuns: runs(60, 20), seed })
    .entries()) {
    const policy = checkPolicy(text, others);
    const ask = evaluator(policy);
    const sample = fc.sample(createRequestArbitrary(policy), { numRuns: 100, seed: seed + index });
    for (const { text: request, now, tables } of sample) {
      const answer = ask(request, now, tables);
      if (Object.keys(answer.lower).length === 0) continue;
      offers += 1;
      check(answer, ask(applyOffer(request, answer.lower), now, tables), request);
    }
  }
  expect(offers).toBeGreaterThan(share(20));
}, 240_000);

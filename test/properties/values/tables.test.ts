// External tables in both engines: the same documents are accepted and refused, with the same error, and
// every look-up has the same result; after a refused document the table has its old contents.

import { fillTable } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { TableError as RefusedTable } from '@nhipol/runtime';
import { isSameAnswer, noTables } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TableRowError } from '../../../language/tables/rows.ts';
import { checkPolicy } from '../../support/checking.ts';
import { type Ask, evaluator, modules } from '../../support/modules/engines.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_125);

/** Candidates for keys and values, in requests and in tables; as JSON. */
const samples: Readonly<Record<string, readonly string[]>> = {
  Bool: ['true', 'false'],
  'Int(-2..9)': ['0', '-0', '1', '9', '-2', '10', '1.0', '1e0', '0.5', '9223372036854775808'],
  Decimal: ['0', '0.5', '0.50', '1.0000005', '-2.000001', '12345678901234567890', '5e-1'],
  String: ['""', '"a"', '"\\u0061"', '"ä€😀"', '"\\"\\\\"', `"${'x'.repeat(4097)}"`],
  Timestamp: ['"2026-03-03T10:00:00Z"', '"2026-03-03T11:00:00+01:00"', '"noon"'],
  'Timestamp in seconds': ['1772532000', '1772532000.5', '999999999999999'],
  Duration: ['0', '1.5', '1.500', '0.0001', '90'],
  SpiffeId: ['"spiffe://a.example/x"', '"spiffe://A.example/x"'],
  Ip: ['"10.0.0.1"', '"::ffff:10.0.0.1"', '"2001:DB8::1"', '"2001:db8::1"', '"010.0.0.1"'],
  Cidr: ['"10.0.0.0/8"', '"::ffff:10.0.0.0/104"', '"10.0.0.1/8"'],
  Level: ['"low"', '"high"', '"medium"', `"${'\\u006c'.repeat(5000)}"`],
};
const types = Object.keys(samples);
const others = [
  'null',
  '[]',
  '{}',
  '1',
  '"a"',
  'true',
  '[1, null]',
  '{"a":[{}]}',
  '1.',
  '"\\ud800"',
];
const longSet = `[${Array.from({ length: 257 }, (_, at) => `"s${at}"`).join(',')}]`;

interface Shape {
  readonly keys: readonly string[];
  readonly value: string;
  readonly isSet: boolean;
  readonly isTransitive: boolean;
}

const shape: fc.Arbitrary<Shape> = fc.record({
  keys: fc.array(fc.constantFrom(...types), { minLength: 1, maxLength: 2 }),
  value: fc.constantFrom(...types),
  isSet: fc.boolean(),
  isTransitive: fc.constant(false),
});

/** A transitive table of each type. */
const transitive: readonly Shape[] = types.map((type) => ({
  keys: [type],
  value: type,
  isSet: true,
  isTransitive: true,
}));

/**
 * Each value of the table is tested by a condition of its own: equality with the value in the request.
 */
function source({ keys, value, isSet, isTransitive }: Shape): string {
  const key = keys.length === 1 ? keys[0] : `(${keys.join(', ')})`;
  const found = `t[${keys.map((_, at) => `context.k${at}`).join(', ')}]`;
  const read = value.startsWith('Int(') ? 'Int' : value;
  return `policy generated
enum Level { low < high, else low }
context { ${keys.map((type, at) => `k${at}?: ${type}`).join(', ')}, v?: ${read} }
external ${isTransitive ? 'transitive ' : ''}table t: ${key} -> ${isSet ? `Set<${value}>` : value}
for any {
  permit there when known(${found})
  deny same when ${isSet ? `context.v in ${found}` : `context.v is ${found}`}, if unknown skip
  deny empty when ${isSet ? `size(${found}) is 0` : 'false'}, if unknown skip
}`;
}

/** Mostly entries of the right types, and sometimes any JSON. */
function texts({ keys, value, isSet }: Shape): fc.Arbitrary<string> {
  const sample = (type: string) => {
    const [first = '', second = '', ...rest] = samples[type] ?? [];
    return fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(first, first, second) },
      { weight: 1, arbitrary: fc.constantFrom(...rest, first) },
    );
  };
  const odd = fc.constantFrom(...others, longSet);
  const one = fc.oneof({ weight: 30, arbitrary: sample(value) }, { weight: 1, arbitrary: odd });
  const set = fc.array(one, { maxLength: 4 }).map((elements) => `[${elements.join(', ')}]`);
  const cell = fc.oneof(
    { weight: 30, arbitrary: isSet ? set : one },
    { weight: 1, arbitrary: odd },
  );
  const name = (type: string) =>
    sample(type).map((json) => (json.startsWith('"') ? json : JSON.stringify(json)));
  const object = (type: string, inner: fc.Arbitrary<string>, most: number) =>
    fc
      .array(fc.tuple(name(type), inner), { maxLength: most })
      .map((members) => `{${members.map(([key, json]) => `${key}: ${json}`).join(' ,')}}`);
  const [first = '', second] = keys;
  const whole =
    second === undefined ? object(first, cell, 3) : object(first, object(second, cell, 2), 3);
  return fc
    .tuple(whole, fc.nat(), fc.nat({ max: 19 }))
    .map(([text, at, how]) => (how === 0 ? text.slice(0, at % (text.length + 1)) : text));
}

function listRequests({ keys, value }: Shape): readonly string[] {
  const columns = [...keys, value].map((type) => samples[type] ?? []);
  const combine = (rest: readonly (readonly string[])[]): string[][] => {
    const [head, ...tail] = rest;
    if (head === undefined) return [[]];
    return head.flatMap((each) => combine(tail).map((more) => [each, ...more]));
  };
  return combine(columns).map((row) => {
    const members = row.map((json, at) => `"${at < keys.length ? `k${at}` : 'v'}":${json}`);
    return `{"subject":{"type":"a","id":"b"},"action":{"name":"c"},"resource":{"type":"d","id":"e"},"context":{${members.join(',')}}}`;
  });
}

/** Loads the table in both engines; returns the policy with the table, and its contents. */
function fillBoth(policy: PolicyModel, ask: Ask, text: string): PolicyModel {
  const filled = fillTable(policy, 't', new TextEncoder().encode(text));
  const expected = 'error' in filled ? filled.error : undefined;
  expect(refusal(ask, text), text).toEqual(expected);
  return 'policy' in filled ? filled.policy : policy;
}

function refusal(ask: Ask, text: string): TableRowError | undefined {
  try {
    ask('', undefined, new Map([['t', text]]));
    return undefined;
  } catch (failure) {
    if (!(failure instanceof RefusedTable)) throw failure;
    const { code, path, expected, found, offset } = failure;
    return { code: code as TableRowError['code'], path, expected, found, offset };
  }
}

const shapes = [
  ...fc.sample(shape, { numRuns: Number(process.env.NHIPOL_PROGRAMS ?? 24), seed }),
  ...transitive,
];
const policies = shapes.map((each) => checkPolicy(source(each)));
const compiled = await modules(policies);
const seen = { taken: 0, refused: 0, fired: 0 };

test.each(shapes.map((each, index) => ({ ...each, index })))(
  'both engines agree on a table $keys -> $value, a set: $isSet, transitive: $isTransitive',
  ({ index, ...each }) => {
    const [policy, ask] = [policies[index], compiled[index]];
    if (policy === undefined || ask === undefined) return expect.fail('no policy');
    const requests = listRequests(each);
    let [current, contents] = [policy, noTables];
    for (const [round, text] of fc.sample(texts(each), { numRuns: 150, seed }).entries()) {
      const before = current;
      current = fillBoth(current, ask, text);
      if (current !== before) contents = new Map([['t', text]]);
      seen[current === before ? 'refused' : 'taken'] += 1;
      for (let at = round % 7; at < requests.length; at += 7 + Math.floor(requests.length / 10)) {
        const request = requests[at] ?? '';
        const expected = evaluator(current)(request);
        const found = ask(request, undefined, contents);
        if (!isSameAnswer(expected, found)) expect({ text, request, found }).toEqual({ expected });
        if (expected.reasons[0] !== 'default_deny') seen.fired += 1;
      }
    }
  },
);

test('enough documents were accepted and refused, and enough look-ups succeeded', () => {
  expect(seen.taken).toBeGreaterThan(30 * shapes.length);
  expect(seen.refused).toBeGreaterThan(30 * shapes.length);
  expect(seen.fired).toBeGreaterThan(20 * shapes.length);
});

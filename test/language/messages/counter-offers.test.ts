// Declarations of constraints that lower the request, and the counter-offers that tests expect.

import { evaluate } from '@nhipol/language';
import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';

function limiting(type: string, declared = `value?: ${type}`): string {
  return `policy p
enum Level { low < high }
enum Kind { plain, odd }
action any { ${declared} }
constraint most: ${type} limits action.value or lower
for any { permit ok otherwise }`;
}

function codes(source: string): readonly string[] {
  return checkText(source).found.map((line) => line.split(' ')[0] ?? '');
}

test.for([
  'Int',
  'Int(1..10)',
  'Decimal',
  'Duration',
  'Level',
  'Set<Int>',
  'Set<Level>',
  'Set<Ip>',
])('%s can be lowered', (type) => {
  expect(codes(limiting(type))).toEqual([]);
});

test.for(['Timestamp', 'Set<Cidr>', 'Set<Timestamp>', 'String', 'Kind', 'Bool'])(
  '%s cannot be lowered',
  (type) => {
    expect(codes(limiting(type))).toEqual(['bad-constraint']);
  },
);

test('reports why a type cannot be lowered', () => {
  expect(checkText(limiting('Timestamp')).found).toEqual([
    'bad-constraint «Timestamp» `or lower` takes an `Int`, a `Decimal`, a `Duration`, an ordered enum, or a set of neither networks nor instants, found Timestamp',
  ]);
});

test('a secret member cannot be lowered, but limited', () => {
  const source = limiting('Set<Int>', 'value?: secret Set<Int>').replace(
    'permit ok otherwise',
    'permit ok otherwise\nnarrow few to { most: { 1 } }',
  );
  expect(codes(source)).toEqual(['secret-in-answer']);
  expect(codes(source.replace(' or lower', ''))).toEqual([]);
});

test('`lower` remains a name', () => {
  const source = `policy p
action any { lower: Int, value: Int }
constraint lower: Int limits action.lower or lower
for any {
  let lower = action.lower > 5
  permit ok when action.value > 5 or lower
  narrow few to { lower: 9 }
}`;
  expect(codes(source)).toEqual([]);
});

const expecting = (offer: string) => `${limiting('Int')}
test "t" {
  request { subject: { type: a, id: b }, action: { name: c, properties: { value: 5 } }, resource: { type: d, id: e } }
  expect permit or lower ${offer}
}`;

test.for([
  ['{}', []],
  ['{ action.value = 5 }', []],
  ['{ action.value = missing }', ['bad-test']],
  ['{ action = { name: c } }', ['bad-test']],
  ['{ action.vallue = 5 }', ['unknown-member']],
] as const)('the expectation of the counter-offer %s', ([offer, found]) => {
  expect(codes(expecting(offer))).toEqual(found);
});

test('names in paths are quoted unless they are identifiers', () => {
  const policy = checkPolicy(`policy p
action any { "max-rows": Int, properties.name?: Int }
constraint rows: Int limits action."max-rows" or lower
constraint number: Int limits action.properties.name or lower
for any { permit ok otherwise
narrow few to { rows: 5, number: 1 } }`);
  const request = {
    subject: { type: 'a', id: 'b' },
    action: { name: 'c', properties: { 'max-rows': 7, name: 3 } },
    resource: { type: 'd', id: 'e' },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(request));
  expect(evaluate(policy, bytes, { now: 0n, precedence: 'host' }).lower).toEqual({
    'action.properties."max-rows"': 5,
    'action.properties.name': 1,
  });
});

// Address and network literals of policies: which source is a literal, and the errors of invalid ones.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';
import { items, parseText } from '../../support/parsing.ts';

function literal(text: string): unknown {
  const [item] = items(`const x = ${text}`) as [{ value: unknown }];
  return item.value;
}

test.each([
  ['10.0.0.1', 'Ip', '10.0.0.1'],
  ['10.0.0.0/8', 'Cidr', '10.0.0.0/8'],
  ['::', 'Ip', '::'],
  ['::1', 'Ip', '::1'],
  ['FE80::', 'Ip', 'fe80::'],
  ['2001:db8::/32', 'Cidr', '2001:db8::/32'],
  ['2001:0DB8:0:0:1:0:0:1', 'Ip', '2001:db8::1:0:0:1'],
  ['1:2:3:4:5:6:7.8.9.10', 'Ip', '1:2:3:4:5:6:708:90a'],
  ['a:b:c:d:e:f:1:2', 'Ip', 'a:b:c:d:e:f:1:2'],
  ['::ffff:10.0.0.1', 'Ip', '10.0.0.1'],
  ['::ffff:0:0/96', 'Cidr', '0.0.0.0/0'],
])('reads %s as an address or a network', (text, type, value) => {
  expect(literal(text)).toEqual({ kind: 'Address', type, value, text });
});

test('reads JSON members and controls that look like addresses as strings and controls', () => {
  const text = `test "t" {
    request { a:b, fec: 1.5, c:2026-01-01T10:00:00Z, ip:10.0.0.1, v6: ::1, nets: [10.0.0.0/8, "x"] }
    expect deny
  }
  for any { permit a otherwise covers A.9.2.3.1, NHI1:2025, 1.2.3.4 }`;
  const [first, group] = items(text) as [{ request: { members: unknown[] } }, { items: unknown[] }];
  const values = first.request.members.map((member) => (member as { value: unknown }).value);
  const scalar = (json: string) => ({ kind: 'JsonScalar', json });
  expect(values).toEqual([
    ...['"b"', '1.5', '"2026-01-01T10:00:00Z"', '"10.0.0.1"', '"::1"'].map(scalar),
    { kind: 'JsonArray', elements: ['"10.0.0.0/8"', '"x"'].map(scalar) },
  ]);
  expect(group.items).toMatchObject([
    { covers: [{ text: 'A.9.2.3.1' }, { text: 'NHI1:2025' }, { text: '1.2.3.4' }] },
  ]);
});

const parts = 'it does not have four numbers from 0 to 255 without leading zeros';
const groups =
  'it does not have eight groups of up to four hexadecimal digits, some of which `::` can replace';

test.each([
  ['10.0.0.256', parts],
  ['10.0.0.01', parts],
  ['10.0.0.01/8', parts],
  ['10.0.0.0/33', 'its length is not a number from 0 to 32 without leading zeros'],
  ['10.0.0.0/08', 'its length is not a number from 0 to 32 without leading zeros'],
  ['::/129', 'its length is not a number from 0 to 128 without leading zeros'],
  ['10.1.2.3/8', 'it is an address within the network `10.0.0.0/8`'],
  ['::ffff:10.1.2.3/104', 'it is an address within the network `10.0.0.0/8`'],
  ['2001:DB8::1/32', 'it is an address within the network `2001:db8::/32`'],
  ['12345::', groups],
  ['1:2:3:4:5:6:7:8:9::', groups],
])('rejects the invalid address %s', (text, reason) => {
  const { found } = parseText(`const x = ${text}`);
  expect(found).toEqual([`bad-address «${text}» \`${text}\` is not a valid address: ${reason}`]);
});

test('rejects invalid addresses in the request of a test', () => {
  const { found } = parseText('test "t" { request { a: 10.0.0.1/8, b: -::1 } expect deny }');
  expect(found).toEqual([
    'bad-address «10.0.0.1/8» `10.0.0.1/8` is not a valid address: it is an address within the network `10.0.0.0/8`',
    'bad-number «::1» `::1` is not a valid number',
  ]);
});

const members = 'context { a?: Ip, n?: Cidr, s?: String }';

test.each([
  ['context.a is "10.0.0"', 'wrong-type «"10.0.0"» expected an IP address, found "10.0.0"'],
  [
    'context.n within "10.0.0.1/8"',
    'wrong-type «"10.0.0.1/8"» expected a network such as `10.0.0.0/8`, found "10.0.0.1/8"',
  ],
  [
    'context.n in 10.0.0.0/8',
    'wrong-operands «context.n in 10.0.0.0/8» `in` takes a value and a set or list of its type, or an Ip and one or several Cidrs, found Cidr and Cidr',
  ],
  [
    'context.a within 10.0.0.0/8',
    'wrong-operands «context.a within 10.0.0.0/8» `within` takes two sets of the same type, or two Cidrs, found Ip and Cidr',
  ],
  ['context.a < 10.0.0.1', 'not-ordered «context.a < 10.0.0.1» values of Ip have no order'],
  ['context.a in { 10.0.0.0/8, 10.0.0.1 }', 'wrong-type «10.0.0.1» expected Cidr, found Ip'],
  ['context.a in { 10.0.0.1, 10.0.0.0/8 }', 'wrong-type «10.0.0.0/8» expected Ip, found Cidr'],
  ['context.a in { 5 }', 'wrong-type «5» expected Ip, found Int'],
  ['context.s is 10.0.0.1', 'wrong-type «10.0.0.1» expected String, found Ip'],
  [
    'context.n.versio is 4',
    'unknown-member «versio» `Cidr` has no member `versio`: did you mean `version`?',
  ],
  ['ip(5) is ::1', 'wrong-operands «ip(5)» `ip` takes a String, found Int'],
])('reports the type error in %s', (condition, message) => {
  const { found } = checkText(`policy p\n${members}\nfor any { permit ok when ${condition} }`);
  expect(found).toEqual([message]);
});

// Programs on which module and evaluator once disagreed.

import { isSameAnswer } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';
import { evaluator, modules } from '../support/modules/engines.ts';

const rows: readonly { readonly why: string; readonly policy: string; readonly context: object }[] =
  [
    {
      why: 'two empty lists of records, of which an unknown condition selects one',
      policy: `policy p
context { b?: Bool, list?: List<{ n?: Int }> }
for any { permit ok otherwise
deny some when size(if context.b then context.list else context.list) > 0 }`,
      context: { list: [] },
    },
    {
      why: 'an empty list literal of records',
      policy: `policy p
context { b?: Bool, list?: List<{ n?: Int }> }
predicate has_one(xs: List<{ n?: Int }>) = any x in xs satisfies x.n is 1
for any { permit ok when not has_one([])
deny one when has_one(if context.b then [] else context.list), if unknown skip }`,
      context: { b: false, list: [{ n: 1 }] },
    },
    {
      why: 'a set with unknown elements, as a constraint',
      policy: `policy p
enum Level { LOW, HIGH }
context { levels?: Set<Level> }
constraint levels: Set<Level> intersects
for any { permit ok otherwise
narrow few to { levels: context.levels } }`,
      context: { levels: ['LOW', 'UNLISTED'] },
    },
    {
      why: 'an element as an argument in a condition that two rules share',
      policy: `policy p
context { list: Set<Int> = {} }
predicate big(n: Int) = n + 0 > 5
for any when any x in context.list satisfies big(x) { permit ok otherwise
deny some }`,
      context: { list: [3, 9] },
    },
    {
      why: 'eight groups of an address, followed by a gap',
      policy: `policy p
context { addr?: Ip }
for any { permit known_address when known(context.addr) }`,
      context: { addr: '1:2:3:4:5:6:7:8::' },
    },
  ];

const policies = rows.map((row) => checkPolicy(row.policy));
const compiled = await modules(policies, assemble);

test.each(rows.map((row, index) => [row.why, index] as const))(
  'module and evaluator agree on %s',
  (_, index) => {
    const [policy, byModule, row] = [policies[index], compiled[index], rows[index]];
    if (policy === undefined || byModule === undefined) return expect.fail('no policy');
    const request = JSON.stringify({
      subject: { type: 'a', id: 'b' },
      action: { name: 'c' },
      resource: { type: 'd', id: 'e' },
      context: row?.context,
    });
    const [expected, found] = [evaluator(policy)(request), byModule(request)];
    expect(isSameAnswer(expected, found), JSON.stringify(found.reasons)).toBe(true);
    expect(expected.effect).toBe('deny');
  },
);

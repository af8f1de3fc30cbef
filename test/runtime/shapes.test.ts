// Learned shapes never confuse members: consecutive requests differ in one name only, at its start, in its middle
// or at its end.

import { compile } from '@nhipol/compiler';
import { load } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const names = [
  'limit_of_b_for_rows',
  'limit_of_c_for_rows',
  'kimit_of_b_for_rows',
  'limit_of_b_for_rowz',
  'limit_of_rows_that_any_of_many_agents_may_read_in_a_day',
  'limit_of_rows_that_any_of_more_agents_may_read_in_a_day',
];
const { wasm } = await compile(
  checkPolicy(`policy p
context { first?: Int, ${names.map((name) => `${name}?: Int`).join(', ')} }
for any {
${names.map((name) => `permit by_${name} when context.${name} is 5`).join('\n')}
}`),
  assemble,
);
const policy = load(wasm);

function listReasons(name: string): readonly string[] {
  return policy.decideJson(
    `{"subject":{"type":"agent","id":"a"},"action":{"name":"read"},"resource":{"type":"file","id":"f"},"context":{"first":1,"${name}":5}}`,
  ).reasons;
}

test('a name belongs to its own member after any other request', () => {
  for (const before of names)
    for (const name of names) {
      expect(listReasons(before)).toEqual([`by_${before}`]);
      expect(listReasons(name)).toEqual([`by_${name}`]);
    }
});

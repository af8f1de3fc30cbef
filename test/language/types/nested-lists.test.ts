// Lists of lists: where they can be used, and how their elements are known.

import { compile } from '@nhipol/compiler';
import { load } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';

const clock = { now: () => 1_000, at: () => () => {} };

const declared = `policy p
subject any {}
context { grid?: List<List<Int>>, rows: List<List<List<String>>> = [], items: List<{ cells: List<List<Int>> }> = [] }
predicate has(rows: List<List<Int>>, cell: Int) = any row in rows satisfies cell in row
`;

function listErrors(condition: string): readonly string[] {
  return checkText(`${declared}for any { permit ok when ${condition} }`).found;
}

test.for([
  'any row in context.grid satisfies any cell in row satisfies cell > 9',
  'all row in context.grid satisfies size(row) is size(context.grid)',
  'any row in context.grid satisfies 3 in row and row within { 1, 2 } and row intersects { 1 }',
  'any plane in context.rows satisfies all row in plane satisfies any word in row satisfies word is "a"',
  'any item in context.items satisfies has(item.cells, 3)',
  'has(context.grid, 3)',
  'any row in (context.grid else []) satisfies known(row)',
])('accepts %s', (condition) => {
  expect(listErrors(condition)).toEqual([]);
});

test.for([
  ['3 in context.grid', 'wrong-operands'],
  ['context.grid within { 1 }', 'wrong-type'],
  ['context.grid is context.grid', 'not-comparable'],
  ['any row in context.grid satisfies row > 3', 'wrong-type'],
  ['any row in context.grid satisfies row is present', 'presence-of-value'],
  ['any row in context.grid satisfies any cell in row satisfies cell.x is 1', 'unknown-member'],
] as const)('reports %s', ([condition, code]) => {
  expect(listErrors(condition)).toEqual([expect.stringContaining(code)]);
});

test.for([
  ['subject other { a: List<Set<Int>> }', 'a list cannot contain sets or maps'],
  ['subject other { a: List<Map<String, Int>> }', 'a list cannot contain sets or maps'],
  ['subject other { a: Set<List<Int>> }', 'a set cannot contain sets, lists or maps'],
  ['subject other { a: List<List<Int>> = { { 1 } } }', 'a set cannot contain List<Int>'],
  ['constraint c: List<List<Int>> must agree', 'constraint'],
] as const)('reports the declaration %s', ([declaration, message]) => {
  const { found: messages } = checkText(
    `${declared}${declaration}\nfor any { permit ok otherwise }`,
  );
  expect(messages.join('\n')).toContain(message);
});

test('a session keeps lists of lists, also in its snapshot', async () => {
  const policy = checkPolicy(`policy p
subject any {}
context { time: Timestamp, grid?: List<List<Int(0..9)>>, items: List<{ cells: List<List<String>> }> = [] }
for any {
  permit ok otherwise
  deny high when any row in context.grid satisfies any cell in row satisfies cell > 5, if unknown skip
  deny word
    when any item in context.items satisfies any row in item.cells satisfies any w in row satisfies w is "x"
  challenge unsure when any row in context.grid satisfies any cell in row satisfies not known(cell)
}`);
  const { wasm } = await compile(policy, assemble, { sessions: true });
  const request = {
    subject: { type: 'agent', id: 'a' },
    action: { name: 'read' },
    resource: { type: 'sheet', id: 's' },
  };
  const contexts = [
    [{ grid: [[1, 2], [], [3]] }, ['ok']],
    [{ grid: [[1], [99]] }, ['unsure']],
    [{ grid: [[99], [6]] }, ['high']],
    [{ grid: [], items: [{ cells: [['a'], ['b', 'x']] }] }, ['word']],
  ] as const;
  for (const [context, reasons] of contexts) {
    const sessions = createRegistry(load(wasm), { clock });
    sessions.open('s', { ...request, context });
    expect(sessions.decide('s').reasons).toEqual(reasons);
    const text = sessions.snapshot('s');
    const restored = createRegistry(load(wasm), { clock });
    restored.restore(text);
    expect(restored.reevaluate('s').reasons).toEqual(reasons);
    expect(restored.snapshot('s')).toBe(text);
  }
});

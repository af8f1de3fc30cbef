// Constraints on results: which part of a result the client gets, and which results are withheld.

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findResultPlace, limitResult } from '../../../service/mcp/calls/limited-result.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { Harness, readError, resultText } from './relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

const open: Harness[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});
function harness(mode: 'enforce' | 'observe' = 'enforce'): Harness {
  const constraints = new Set(['max_rows', 'depth', 'height']);
  const made = new Harness({
    module,
    mode,
    abilities: { obligations: new Set(), constraints },
    resultLimits: new Map([['max_rows', findResultPlace('result.rows')]]),
  });
  open.push(made);
  return made;
}

const rows = Array.from({ length: 12 }, (_, index) => `row ${index}`);
const complete = (relay: Harness, result: object) =>
  relay.server({ jsonrpc: '2.0', id: 1, result });

describe('a result of a call that is narrowed', () => {
  test('is cut where the constraint says, also in its text', () => {
    const relay = harness();
    expect(relay.call(1, 'find', { path: '/work/many' }).server).toHaveLength(1);
    const content = [
      { type: 'text', text: JSON.stringify({ rows, total: 12 }) },
      { type: 'image', data: 'row 11', mimeType: 'image/png' },
    ];
    const received = complete(relay, {
      content,
      structuredContent: { rows, total: 12 },
      _meta: { last: 'row 11' },
    });
    const structuredContent = { rows: rows.slice(0, 10), total: 12 };
    expect(JSON.parse(received.client[0] ?? '')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
        structuredContent,
      },
    });
  });

  test('is withheld if its numbers would change', () => {
    const relay = harness();
    relay.call(1, 'find', { path: '/work/many' });
    const received = relay.server(
      '{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":{"rows":[9007199254740993]}}}',
    );
    expect(resultText(received)).toBe(
      'not permitted: a limited result cannot be passed on: the number 9007199254740993 is not exact for every reader',
    );
  });

  test.each([
    ['without structured content', { content: [{ type: 'text', text: 'row 11' }] }],
    ['without the member', { content: [], structuredContent: { lines: ['row 11'] } }],
    ['with a member of another type', { content: [], structuredContent: { rows: 'row 11' } }],
    ['that is a task', { task: { taskId: 'row 11' } }],
    ['that is an error', { content: [{ type: 'text', text: 'row 11' }], isError: true }],
  ])('%s is withheld', (_, result) => {
    const relay = harness();
    relay.call(1, 'find', { path: '/work/many' });
    const received = complete(relay, result);
    expect(resultText(received)).toBe('not permitted: `max_rows` cannot be applied to its result');
    expect(received.client.join()).not.toContain('row 11');
    expect(relay.logged.at(-1)).toMatchObject({ kind: 'refusal' });
  });

  test('that is a protocol error is withheld', () => {
    const relay = harness();
    relay.call(1, 'find', { path: '/work/many' });
    const error = { code: 1, message: 'row 11', data: ['row 11'] };
    const received = relay.server({ jsonrpc: '2.0', id: 1, error });
    expect(received.client.join()).not.toContain('row 11');
  });

  test('is passed on in the mode `observe`', () => {
    const relay = harness('observe');
    relay.call(1, 'find', { path: '/work/many' });
    const result = { content: [], structuredContent: { rows } };
    expect(complete(relay, result).client).toEqual([
      JSON.stringify({ jsonrpc: '2.0', id: 1, result }),
    ]);
  });
});

const inexact = 9_007_199_254_740_992;
test.each([
  ['is cut', { result: { content: [], structuredContent: { rows } } }, undefined],
  ['has no rows', { result: { content: [] } }, '`max_rows` cannot be applied to its result'],
  ['is an error', { error: { code: 1, message: 'no' } }, '`max_rows` cannot be applied'],
  [
    'has an inexact number',
    { result: { content: [], structuredContent: { rows: [inexact] } } },
    `a limited result cannot be passed on: the number ${inexact}`,
  ],
])('the log says why a narrowed result that %s does not pass as a whole', (_, answer, reason) => {
  const relay = harness();
  relay.call(1, 'find', { path: '/work/many' });
  relay.server({ jsonrpc: '2.0', id: 1, ...answer });
  const [decision] = relay.logged.filter(({ kind }) => kind === 'decision');
  expect(decision).toMatchObject({
    effect: 'narrow',
    enforcement: 'passed',
    response: { context: { constraints: { max_rows: 10 } } },
  });
  const refusals = relay.logged.filter(({ kind }) => kind === 'refusal');
  const refusal = { reason: expect.stringContaining(`the result of find: ${reason}`) };
  expect(refusals).toMatchObject(reason === undefined ? [] : [refusal]);
});

test('a result of a call that is not narrowed is passed on byte for byte', () => {
  const relay = harness();
  relay.call(1, 'find', { path: '/work/a' });
  const text = `{ "jsonrpc":"2.0","id":1,"result":{"structuredContent":{"rows":${JSON.stringify(rows)}}}}`;
  expect(relay.server(text).client).toEqual([text]);
});

test('another method than a call of a tool is refused if its result would be limited', () => {
  const relay = harness();
  const params = { uri: 'file:///many/a' };
  const received = relay.client({ jsonrpc: '2.0', id: 1, method: 'resources/read', params });
  expect(received.server).toEqual([]);
  expect(readError(received)?.message).toContain('`max_rows`');
});

test.each([
  ['a shorter list', { rows: [1] }, 2, 'result.rows', { rows: [1] }],
  ['a list, to nothing', { rows: [1] }, 0, 'result.rows', { rows: [] }],
  ['a list further in', { a: { b: [1, 2, 3] } }, 2n, 'result.a.b', { a: { b: [1, 2] } }],
  ['the members of an object', { a: 1, b: 2 }, ['a', 'c'], 'result', { a: 1 }],
  [
    'the members of the objects of a list',
    { rows: [{ a: 1, b: 2 }, { b: 3 }] },
    ['a'],
    'result.rows',
    { rows: [{ a: 1 }, {}] },
  ],
] as const)('limits %s', (_, structuredContent, limit, place, expected) => {
  const limits = new Map([['limit', findResultPlace(place)]]);
  const limited = limitResult({ structuredContent }, { limit }, limits);
  expect(limited).toMatchObject({ structuredContent: expected });
});

test.each([
  ['a fraction', 1.5],
  ['a negative number', -1],
  ['a string', 'a'],
  ['a list of numbers', [1]],
  ['an object', { a: 1 }],
])('%s limits nothing', (_, limit) => {
  const limits = new Map([['limit', ['rows']]]);
  expect(typeof limitResult({ structuredContent: { rows } }, { limit }, limits)).toBe('string');
});

test('several constraints limit a result together', () => {
  const limits = new Map([
    ['max_rows', ['rows']],
    ['fields', ['rows']],
  ]);
  const structuredContent = { rows: [{ a: 1, b: 2 }, { a: 3 }] };
  expect(
    limitResult({ structuredContent }, { max_rows: 1, fields: ['a'], other: 1 }, limits),
  ).toMatchObject({ structuredContent: { rows: [{ a: 1 }] } });
});

test.each(['rows', 'result.', 'result..rows', ''])('%s is not a place', (text) => {
  expect(() => findResultPlace(text)).toThrow('expected a place such as `result.rows`');
});

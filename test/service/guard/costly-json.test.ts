// Messages that would take a reader seconds of its only thread, although they are short enough.

import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { findCostProblem } from '../../../service/json/costly-shape.ts';
import { foldName, readUnambiguous } from '../../../service/json/unambiguous.ts';
import { readMessage } from '../../../service/mcp/protocol/message.ts';
import { attack } from '../../attacks/attack.ts';
import { Harness, readError } from '../relay/relay-harness.ts';
import { compileForGuard, guardPolicy } from './guard-policy.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

const list = (length: number, textOf: (index: number) => string) =>
  Array.from({ length }, (_, index) => textOf(index)).join(',');
const members = (length: number, from = 0) => list(length, (index) => `"k${from + index}":1`);

/** Texts of some megabytes, with what they have too much of. */
const costly: readonly (readonly [text: string, problem: string])[] = [
  [`{${members(200_000)}}`, 'more than 50000 different names'],
  [
    `[${list(2_000, (index) => `{${members(100, 100 * index)}}`)}]`,
    'more than 50000 different names',
  ],
  [`{"a" : [{"b"\n:{${members(60_000)}}}]}`, 'more than 50000 different names'],
  [`[${list(1_000_001, () => '[]')}]`, 'more than 1000000 objects and arrays'],
  [`[${list(1_000_001, () => '{}')}]`, 'more than 1000000 objects and arrays'],
  [`[${list(1_000_001, (index) => `"${index}"`)}]`, 'more than 1000000 strings'],
  [`[${list(2_000_002, () => '1')}]`, 'more than 2000000 members and elements'],
  [
    `[${list(500_001, () => '{"a":0,"b":0,"c":0,"d":0}')}]`,
    'more than 2000000 members and elements',
  ],
];

attack(
  'guard-many-members',
  () => {
    const relay = new Harness({ module });
    for (const [text, problem] of costly) {
      for (const params of [`{"_meta":${text}}`, `{"name":"read","arguments":{"path":${text}}}`]) {
        const message = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
        const refused = relay.client(message);
        expect([problem, refused.server]).toEqual([problem, []]);
        expect(readError(refused)?.message).toContain(problem);
      }
    }
    relay.close();
  },
  120_000,
);

test('a costly text is refused in less time than it takes to parse', () => {
  const text = `{${members(1_000_000)}}`;
  const bytes = Buffer.from(text);
  const started = performance.now();
  expect(readUnambiguous(bytes)).toEqual({
    problem: 'the text has more than 50000 different names',
  });
  const refused = performance.now();
  JSON.parse(text);
  expect(refused - started).toBeLessThan(performance.now() - refused);
}, 60_000);

test('long results that many servers send are read', () => {
  const rows = list(50_000, (row) => `{${list(10, (column) => `"column ${column}":${row}`)}}`);
  const numbers = list(1_500_000, () => '0.125');
  for (const value of [`[${rows}]`, `[${numbers}]`, `"${'\\"x'.repeat(1_000_000)}"`]) {
    const message = readMessage(
      Buffer.from(`{"jsonrpc":"2.0","id":1,"result":{"structuredContent":{"a":${value}}}}`),
    );
    expect(message.kind).toBe('response');
  }
}, 60_000);

test('texts that are not valid JSON end the search', () => {
  const long = ' '.repeat(300_000);
  for (const text of [`${long}"`, `${long}"\\"`, `${long}{"a"`, `${long}\\\\\\"`, `"${long}`]) {
    expect(findCostProblem(text)).toBeUndefined();
  }
});

test('names are counted as a parser reads them', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 5 });
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.oneof(name, fc.array(name)), { noNullPrototype: true }),
      (value) => {
        const text = JSON.stringify(value);
        const read = readUnambiguous(Buffer.from(text));
        if ('problem' in read) expect(read.problem).toMatch(/twice|surrogate/);
        else expect(read.value).toEqual(value);
      },
    ),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(foldName(text)).toBe(text.toUpperCase().toLowerCase());
    }),
  );
});

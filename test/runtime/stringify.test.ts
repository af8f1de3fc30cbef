// JSON with exact numbers: as `JSON.stringify` writes it where there are none, and with all digits where there are.

import { ExactDecimal, stringify } from '@nhipol/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';

test('writes what JSON.stringify writes, if no number is exact', () => {
  const value = fc.anything({ withNullPrototype: true, maxDepth: 4 });
  fc.assert(
    fc.property(value, (each) => {
      expect(stringify(each)).toBe(JSON.stringify(each) ?? 'null');
    }),
  );
});

test('writes exact numbers anywhere with all their digits, and the rest as before', () => {
  const leaf = fc.oneof(
    fc.constantFrom('a', null, undefined, 1.5, true),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 62n }).map((exact) => ({ exact })),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('tree')),
      fc.dictionary(fc.constantFrom('a', 'b', '"', '__proto__'), tie('tree')),
    ),
  }));
  const isExact = (value: unknown): value is { readonly exact: bigint } =>
    typeof value === 'object' && value !== null && 'exact' in value;
  const replaceExact = (value: unknown, by: (exact: bigint) => unknown): unknown => {
    if (isExact(value)) return by(value.exact);
    if (Array.isArray(value)) return value.map((each) => replaceExact(each, by));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, each]) => [name, replaceExact(each, by)]);
    return Object.fromEntries(members);
  };
  fc.assert(
    fc.property(tree, (value) => {
      const digits = JSON.stringify(replaceExact(value, (exact) => `#${exact}#`)) ?? 'null';
      const expected = digits.replaceAll(/"#(\d+)#"/g, '$1');
      expect(stringify(replaceExact(value, (exact) => exact))).toBe(expected);
      expect(stringify(replaceExact(value, (exact) => new ExactDecimal(`${exact}`)))).toBe(
        expected,
      );
    }),
  );
});

test('members that are functions are not called', () => {
  expect(stringify({ toJSON: () => 'other', a: 1n })).toBe('{"a":1}');
});

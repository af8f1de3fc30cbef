import { test as check, fc } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { toUtf8 } from '../../runtime/json/utf8.ts';
import { encodeRequest } from '../../runtime/request/encode.ts';

/** JSON whose integers are safe. */
const safeJson = fc
  .jsonValue()
  .map((value) =>
    JSON.parse(JSON.stringify(value), (_, member) =>
      Number.isInteger(member) && !Number.isSafeInteger(member) ? 0.5 : member,
    ),
  );

check.prop([safeJson])('a value has the same meaning as its JSON', (value) => {
  expect(JSON.parse(encodeRequest(value) as string)).toStrictEqual(value);
});

check.prop([fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })])(
  'any names and strings are preserved',
  (name, text) => {
    const encoded = encodeRequest([[name, text]].map((pair) => Object.fromEntries([pair]))[0]);
    expect(Object.entries(JSON.parse(encoded as string))).toEqual([[name, text]]);
  },
);

check.prop([fc.double({ noNaN: true, noDefaultInfinity: true })])(
  'a number keeps its value, or is rejected as an unsafe integer',
  (number) => {
    const encoded = encodeRequest(number);
    if (Number.isInteger(number) && !Number.isSafeInteger(number)) {
      expect(encoded).toMatchObject({ code: 'wrong_type', path: '$' });
    } else {
      expect(encoded).toMatch(/^-?\d+(?:\.\d+)?(?:e-?\d+)?$/);
      expect(JSON.parse(encoded as string)).toBe(number === 0 ? 0 : number);
    }
  },
);

check.prop([fc.bigInt()])('a bigint is written as its digits', (value) => {
  expect(encodeRequest({ value })).toBe(`{"value":${value}}`);
});

check.prop([fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true })])(
  'every value gives JSON or an error',
  (value) => {
    const encoded = encodeRequest(value);
    if (typeof encoded === 'string') expect(() => JSON.parse(encoded)).not.toThrow();
    else expect(encoded).toMatchObject({ path: expect.stringMatching(/^\$/), offset: 0 });
  },
);

check.prop([fc.string({ unit: 'binary' })])('a well-formed string becomes UTF-8', (text) => {
  expect(toUtf8(text)).toEqual(new TextEncoder().encode(text));
});

test.each([
  [1.5, '1.5'],
  [1e-7, '1e-7'],
  [-0, '0'],
  [2 ** 53 - 1, '9007199254740991'],
  [undefined, 'null'],
  [[1, undefined, () => 1], '[1,null,null]'],
  [new Array(2), '[null,null]'],
  [{ a: undefined, b: () => 1, c: Symbol('c'), d: null }, '{"d":null}'],
  [{ [Symbol('a')]: 1, b: 2 }, '{"b":2}'],
  [new Date(1), '"1970-01-01T00:00:00.001Z"'],
  [new Set(['a', 'b']), '["a","b"]'],
  [new Map([['a', new Map()]]), '{"a":{}}'],
  ['\u{1f600}\ud83d"\n', '"\u{1f600}\\ud83d\\"\\n"'],
])('%o is encoded as expected', (value, text) => {
  expect(encodeRequest(value)).toBe(text);
});

test('only own enumerable members are encoded', () => {
  const value = Object.create({ inherited: 1 }, { hidden: { value: 1, enumerable: false } });
  value.toJSON = () => 'forged';
  value.own = { toJSON: () => 'forged' };
  const date = Object.assign(new Date(0), { toISOString: () => 'forged', toJSON: () => 'forged' });
  expect(encodeRequest([value, date])).toBe('[{"own":{}},"1970-01-01T00:00:00.000Z"]');
  expect(encodeRequest(JSON.parse('{"__proto__":{"admin":true}}'))).toBe(
    '{"__proto__":{"admin":true}}',
  );
});

test('a hole in an array is not filled from its prototype', () => {
  const holey = new Array(1);
  Object.setPrototypeOf(holey, ['admin']);
  expect(encodeRequest(holey)).toBe('[null]');
});

const number = 'a number that JSON can represent';
test.each([
  [{ a: Number.NaN }, '$.a', number, 'NaN'],
  [{ a: [0, Number.NEGATIVE_INFINITY] }, '$.a[1]', number, '-Infinity'],
  [{ 'a b': { c: 1e300 } }, '$["a b"].c', number, 'an integer beyond 2^53'],
  [[-(2 ** 53)], '$[0]', number, 'an integer beyond 2^53'],
  [{ at: new Date(Number.NaN) }, '$.at', 'a valid Date', 'an invalid Date'],
  [{ map: new Map([[1, 2]]) }, '$.map', 'a Map whose keys are strings', 'another key'],
])('%o is rejected', (value, path, expected, found) => {
  expect(encodeRequest(value)).toEqual({ code: 'wrong_type', path, expected, found, offset: 0 });
});

function nestArrays(levels: number): unknown {
  return levels === 0 ? 1 : [nestArrays(levels - 1)];
}

test('64 levels are encoded, more levels and cycles are rejected', () => {
  expect(encodeRequest(nestArrays(64))).toBe(`${'['.repeat(64)}1${']'.repeat(64)}`);
  const cycle: Record<string, unknown> = {};
  cycle.a = cycle;
  cycle.b = cycle;
  for (const deep of [nestArrays(65), cycle]) {
    expect(encodeRequest(deep)).toMatchObject({ code: 'too_deep', path: '$' });
  }
});

test('infinite data is rejected early', () => {
  expect(encodeRequest(new Array(2 ** 32 - 1))).toMatchObject({ code: 'too_large', path: '$' });
  let shared: unknown = 'x'.repeat(100);
  for (let level = 0; level < 40; level += 1) shared = [shared, shared];
  expect(encodeRequest(shared)).toMatchObject({ code: 'too_large', path: '$' });
});

test('an exception of a getter is passed on', () => {
  const hostile = {
    get a() {
      throw new RangeError('no');
    },
  };
  expect(() => encodeRequest({ hostile })).toThrow(RangeError);
});

test('a lone surrogate becomes invalid UTF-8, and nothing else changes', () => {
  const bytes = toUtf8('é€\u{1f600}\ud800\\\udfff!');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  expect(() => utf8.decode(bytes)).toThrow(TypeError);
  expect([...bytes.subarray(9)]).toEqual([0xed, 0xa0, 0x80, 0x5c, 0xed, 0xbf, 0xbf, 0x21]);
  expect(utf8.decode(bytes.subarray(0, 9))).toBe('é€\u{1f600}');
});

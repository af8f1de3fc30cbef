// Reads typed values from JSON: compares integers and seconds with BigInt arithmetic on their decimal
// form, timestamps with Date, and tests values of the wrong type.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cell, type Finding, Library } from '../support/modules/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;
type Reader =
  | 'readBool'
  | 'readString'
  | 'readSpiffe'
  | 'readInt'
  | 'readDuration'
  | 'readTimestamp'
  | 'readTimestampSeconds';

const path = 9;

/** Reads a document with one value; `taken` is the position of the cursor in bytes, -1 for none. */
function read(
  reader: Reader,
  text: string,
  nullIsAbsent = true,
): { cell: Cell; finding: Finding | undefined; taken: number } {
  const p = library.begin(text);
  const cell = library.scratch(16);
  library.writeCell(cell, 77n);
  const end = exports[reader](p, cell, path, 2, nullIsAbsent ? 1 : 0);
  const taken = end === 0 ? -1 : end - exports.INPUT.value;
  return { cell: library.readCell(cell), finding: library.finding(), taken };
}

/** The result of a reader for a number, in one word or as the value. */
function outcome(reader: Reader, text: string): bigint | 'unknown' | 'fraction' {
  const { cell, finding, taken } = read(reader, text);
  expect(taken).toBe(text.length);
  if (finding !== undefined) {
    expect(finding).toEqual({ severity: 1, code: 16, path, found: 7, offset: 0 });
    expect([cell.presence, cell.known]).toEqual([3, 0]);
    return 'fraction';
  }
  expect(cell.presence).toBe(1);
  return cell.known === 1 ? cell.value : 'unknown';
}

interface Decimal {
  readonly text: string;
  /** The value is `numerator / denominator`. */
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'00123459'), minLength: 1, maxLength });
const decimal: fc.Arbitrary<Decimal> = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: fc.oneof(
      digits(24).map((text) => text.replace(/^0+(?=.)/, '')),
      fc.bigInt({ min: (1n << 63n) - 3n, max: (1n << 63n) + 3n }).map(String),
      fc.constantFrom('0', '18446744073709551615', '18446744073709551616', '9223372036854775'),
    ),
    fraction: fc.option(digits(24), { nil: '' }),
    exponent: fc.option(fc.integer({ min: -45, max: 45 }), { nil: undefined }),
    letter: fc.constantFrom('e', 'E', 'e+'),
  })
  .map(({ sign, whole, fraction, exponent, letter }) => {
    const power =
      exponent === undefined ? '' : `${exponent < 0 ? letter.slice(0, 1) : letter}${exponent}`;
    const shift = (exponent ?? 0) - fraction.length;
    return {
      text: `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}${power}`,
      numerator:
        BigInt(`${whole}${fraction}`) *
        (sign === '-' ? -1n : 1n) *
        10n ** BigInt(Math.max(0, shift)),
      denominator: 10n ** BigInt(Math.max(0, -shift)),
    };
  });

const orUnknown = (value: bigint) => (BigInt.asIntN(64, value) === value ? value : 'unknown');

test('an integer is exact, unknown beyond 64 bits, and has no fraction', () => {
  fc.assert(
    fc.property(decimal, ({ text, numerator, denominator }) => {
      const expected =
        numerator % denominator === 0n ? orUnknown(numerator / denominator) : 'fraction';
      expect(outcome('readInt', text)).toBe(expected);
    }),
    { numRuns: 4_000 },
  );
});

test('truncates seconds to milliseconds toward zero', () => {
  fc.assert(
    fc.property(decimal, ({ text, numerator, denominator }) => {
      expect(outcome('readDuration', text)).toBe(orUnknown((numerator * 1000n) / denominator));
    }),
    { numRuns: 3_000 },
  );
});

test.each<[string, bigint | 'unknown' | 'fraction']>([
  ['-0', 0n],
  ['0.000e9', 0n],
  ['1e3', 1000n],
  ['1.50e2', 150n],
  ['100e-2', 1n],
  ['1.5', 'fraction'],
  ['999999999999999999', 999_999_999_999_999_999n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['9223372036854775808', 'unknown'],
  ['1e400', 'unknown'],
  ['0e99999999999999999999', 0n],
  ['1e-99999999999999999999', 'fraction'],
  ['1e99999999999999999999', 'unknown'],
  [`1${'0'.repeat(60_000)}e-60000`, 1n],
  [`0.${'0'.repeat(60_000)}7e60001`, 7n],
])('parses the integer %s', (text, expected) => {
  expect(outcome('readInt', text)).toBe(expected);
});

test.each<[string, bigint | 'unknown']>([
  ['9223372036854775', 9_223_372_036_854_775_000n],
  ['9223372036854776', 'unknown'],
  ['-92233720368547758', 'unknown'],
  ['99999999999999999', 'unknown'],
])('a duration of %s seconds', (text, expected) => {
  expect(outcome('readDuration', text)).toBe(expected);
});

test('an instant in seconds is in the years 0 to 9999', () => {
  expect(outcome('readTimestampSeconds', '253402300799.9995')).toBe(253_402_300_799_999n);
  expect(outcome('readTimestampSeconds', '253402300800')).toBe('unknown');
  expect(outcome('readTimestampSeconds', '-62167219200')).toBe(-62_167_219_200_000n);
  expect(outcome('readTimestampSeconds', '-62167219200.001')).toBe('unknown');
  expect(outcome('readTimestampSeconds', '1e300')).toBe('unknown');
});

interface Instant {
  readonly text: string;
  readonly value: bigint | undefined;
}

const two = (value: number) => String(value).padStart(2, '0');
const mostly = (min: number, max: number, ...odd: number[]) =>
  fc.oneof(
    { arbitrary: fc.integer({ min, max }), weight: 9 },
    { arbitrary: fc.constantFrom(...odd), weight: 1 },
  );

const instant: fc.Arbitrary<Instant> = fc
  .record({
    year: fc.oneof(
      fc.integer({ min: 0, max: 9999 }),
      fc.constantFrom(0, 1900, 2000, 2023, 2024, 9999),
    ),
    month: mostly(1, 12, 0, 13, 2),
    day: fc.oneof(mostly(1, 28, 0, 31), fc.integer({ min: 28, max: 32 })),
    hour: mostly(0, 23, 24),
    minute: mostly(0, 59, 60),
    second: fc.option(mostly(0, 59, 60), { nil: undefined }),
    fraction: fc.option(
      fc.string({ unit: fc.constantFrom(...'0129'), minLength: 1, maxLength: 9 }),
      { nil: undefined },
    ),
    zone: fc.oneof(
      fc.constantFrom('Z', 'z'),
      fc.record({
        sign: fc.constantFrom('+', '-'),
        hour: mostly(0, 23, 24),
        minute: mostly(0, 59, 60),
      }),
    ),
    letter: fc.constantFrom('T', 't'),
  })
  .map(({ year, month, day, hour, minute, second, fraction, zone, letter }) => {
    const time =
      second === undefined ? '' : `:${two(second)}${fraction === undefined ? '' : `.${fraction}`}`;
    const zoneText =
      typeof zone === 'string' ? zone : `${zone.sign}${two(zone.hour)}:${two(zone.minute)}`;
    const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}${letter}${two(hour)}:${two(minute)}${time}${zoneText}`;
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
    const zoneFits = typeof zone === 'string' || (zone.hour < 24 && zone.minute < 60);
    if (!isDay || hour > 23 || minute > 59 || (second ?? 0) > 59 || !zoneFits)
      return { text, value: undefined };
    const zoneMinutes =
      typeof zone === 'string' ? 0 : (zone.hour * 60 + zone.minute) * (zone.sign === '-' ? -1 : 1);
    const cut = second === undefined ? 0 : Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
    const ofDay = (hour * 60 + minute - zoneMinutes) * 60_000 + (second ?? 0) * 1000 + cut;
    return { text, value: BigInt(date.getTime() + ofDay) };
  });

function readInstant(text: string): bigint | undefined {
  const json = JSON.stringify(text);
  const { cell, finding, taken } = read('readTimestamp', json);
  expect(taken).toBe(new TextEncoder().encode(json).length);
  if (finding === undefined) {
    expect([cell.presence, cell.known]).toEqual([1, 1]);
    return cell.value;
  }
  expect(finding).toEqual({ severity: 1, code: 16, path, found: 8, offset: 0 });
  expect([cell.presence, cell.known]).toEqual([3, 0]);
  return undefined;
}

test('timestamps have the value that Date computes from their fields', () => {
  fc.assert(
    fc.property(instant, ({ text, value }) => {
      expect(readInstant(text)).toBe(value);
    }),
    { numRuns: 3_000 },
  );
});

test('a damaged timestamp is invalid unless it still has the form', () => {
  const form = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;
  const damage = fc.tuple(
    instant,
    fc.nat({ max: 32 }),
    fc.nat({ max: 2 }),
    fc.string({ unit: fc.constantFrom(...'0-:.TZ+ 5é'), maxLength: 2 }),
  );
  fc.assert(
    fc.property(damage, ([{ text }, at, removed, added]) => {
      const damaged = text.slice(0, at) + added + text.slice(at + removed);
      const value = readInstant(damaged);
      if (!form.test(damaged)) expect(value).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

const samples = [
  ['{}', 1],
  ['[1]', 2],
  ['"x"', 3],
  ['1', 4],
  ['true', 5],
] as const;
const takes: Record<Reader, number> = {
  readBool: 5,
  readString: 3,
  readSpiffe: 3,
  readInt: 4,
  readDuration: 4,
  readTimestamp: 3,
  readTimestampSeconds: 4,
};

test.each(Object.keys(takes) as Reader[])(
  '%s refuses and skips values of other types',
  (reader) => {
    for (const [text, kind] of samples.filter(([, found]) => found !== takes[reader])) {
      const { cell, finding, taken } = read(reader, ` ${text} `);
      expect(finding).toEqual({ severity: 1, code: 16, path, found: kind, offset: 1 });
      expect([cell.presence, cell.known, taken]).toEqual([3, 0, text.length + 1]);
    }
  },
);

test.each(Object.keys(takes) as Reader[])(
  '%s treats null as absent in members, and as a wrong type in arrays',
  (reader) => {
    const member = read(reader, 'null');
    expect(member.finding).toBeUndefined();
    expect([member.cell.presence, member.cell.known, member.taken]).toEqual([0, 0, 4]);
    const element = read(reader, 'null', false);
    expect(element.finding).toEqual({ severity: 1, code: 16, path, found: 6, offset: 0 });
    expect([element.cell.presence, element.cell.known, element.taken]).toEqual([3, 0, 4]);
  },
);

test.each(Object.keys(takes) as Reader[])('%s stops at invalid JSON', (reader) => {
  for (const text of ['', 'nul', 'tru', 'falsy', '-', '1.', '"', '"\\q"', '{"a"}', '[[1,]]', ',']) {
    const { finding, taken } = read(reader, text);
    expect([taken, finding?.severity, finding?.code]).toEqual([-1, 3, 1]);
  }
  expect(read(reader, '[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]').finding?.code).toBe(4);
});

test('reads booleans', () => {
  expect(read('readBool', 'true').cell).toMatchObject({ presence: 1, known: 1, value: 1n });
  expect(read('readBool', 'false').cell).toMatchObject({ presence: 1, known: 1, value: 0n });
});

test('a string can have 4096 bytes without its escapes', () => {
  const read4096Bytes = read('readString', `"${'\\u00e9'.repeat(2048)}"`);
  expect(read4096Bytes.finding).toBeUndefined();
  expect(library.readText(read4096Bytes.cell)).toBe('é'.repeat(2048));
  for (const reader of ['readString', 'readSpiffe'] as const) {
    const { cell, finding, taken } = read(reader, `"${'x'.repeat(4097)}"`);
    expect(finding).toEqual({ severity: 1, code: 18, path, found: 0, offset: 0 });
    expect([cell.presence, cell.known, taken]).toEqual([3, 0, 4099]);
  }
});

test('a SPIFFE ID is known only if it is valid', () => {
  const { cell } = read('readSpiffe', '"spiffe:\\/\\/acme.example/ci"');
  expect([cell.presence, cell.known]).toEqual([1, 1]);
  expect(library.readText(cell)).toBe('spiffe://acme.example/ci');
  const other = read('readSpiffe', '"spiffe://acme.example/"');
  expect([other.cell.presence, other.cell.known, other.finding]).toEqual([1, 0, undefined]);
});

// Compares the detection of duplicate undeclared names with a JavaScript Set per object.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeForm, recordTable } from '../../compiler/emit/data/record-table.ts';
import { Library } from '../support/modules/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

function note(scope: number, name: string | Uint8Array, offset: number): void {
  const { pointer, length } = library.put(name);
  exports.noteName(scope, pointer, length, offset);
}

test('a name is a duplicate only within its own object and request', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom('', 'a', 'b', 'aa', 'ab', 'context', 'contexts', 'a-name-of-24-characters!'),
  );
  const notes = fc.array(fc.record({ scope: fc.nat({ max: 2 }), name }), { maxLength: 40 });
  fc.assert(
    fc.property(notes, (noted) => {
      library.begin('');
      const scopes = [0, 1, 2].map(() => ({
        number: exports.openNames(),
        seen: new Set<string>(),
      }));
      let first: number | undefined;
      for (const [offset, { scope, name: text }] of noted.entries()) {
        const { number, seen } = scopes[scope] as (typeof scopes)[number];
        note(number, text, offset);
        if (seen.has(text)) first ??= offset;
        seen.add(text);
      }
      expect(library.finding()).toEqual(
        first === undefined
          ? undefined
          : { severity: 2, code: 6, path: 0, found: 0, offset: first },
      );
    }),
    { numRuns: 400 },
  );
});

test('detects no duplicates among the maximum number of names, request after request', () => {
  const maxNames = 13_107;
  for (let request = 0; request < 3; request += 1) {
    library.begin(' '.repeat(65_536));
    const scope = exports.openNames();
    for (let name = 0; name < maxNames; name += 1) note(scope, `n${name}`, name);
    expect(library.finding()).toBeUndefined();
    note(scope, 'n6000', maxNames);
    expect(library.finding()?.code).toBe(6);
  }
});

test('names with colliding hashes deny the request, without quadratic time', () => {
  library.begin(' '.repeat(65_536));
  const scope = exports.openNames();
  for (let name = 0; name < 400; name += 1) note(scope, colliding(name), name);
  expect(library.finding()).toMatchObject({ severity: 2, code: 7 });
  library.begin(' '.repeat(65_536));
  for (let name = 0; name < 300; name += 1) note(exports.openNames(), colliding(name), name);
  expect(library.finding()).toBeUndefined();
});

/** Eight bytes whose hash is 0: inverts the hash of names.ts. */
function colliding(name: number): Uint8Array {
  const inverse = 0xf1de83e19937733dn;
  const mixed = (BigInt(name + 1) << 32n) | BigInt(name + 1);
  const product = mixed ^ (mixed >> 29n) ^ (mixed >> 58n);
  const word = BigInt.asUintN(64, product * inverse) ^ 8n;
  return new Uint8Array(new BigUint64Array([word]).buffer);
}

const declared = ['ab', '"q', '', 'é', 'long-name', 'a-name-of-24-characters!'];

/** The addresses of the record and of its members. */
function putRecord() {
  const members = declared.map((name) => ({
    name,
    kind: 1,
    path: 0,
    cell: 0,
    record: 0,
    missing: 'fine' as const,
  }));
  const record = library.put(recordTable(0, members)).pointer;
  const places: number[] = [];
  let member = exports.firstMember(record);
  for (const _ of declared) {
    places.push(member);
    member = exports.getNextMember(member);
  }
  return { record, places, end: member };
}

test.each<[string, string, string | undefined]>([
  ['a space before the colon', '"ab" : 1', 'ab'],
  ['an unnecessary escape', '"a\\u0062":1', 'ab'],
  ['a name that must be escaped, in an uncommon form', '"\\u0022q":1', '"q'],
  ['a long name', '"\\u006cong-name" :1', 'long-name'],
  ['the empty name', '"" :1', ''],
  ['a prefix of a declared name', '"long-nam" :1', undefined],
  ['an undeclared name', '"abc":1', undefined],
  ['a long undeclared name', '"a-name-of-24-characters?":1', undefined],
  ['a name in the common form', '"ab":1', 'ab'],
])('finds the member for %s', (_, text, name) => {
  const p = library.begin(text);
  const { record, places } = putRecord();
  const cursor = exports.readOtherName(p, record, exports.openNames(), 1);
  expect(exports.otherMember.value).toBe(name === undefined ? 0 : places[declared.indexOf(name)]);
  expect(cursor).toBe(p + text.length - (name === undefined ? 0 : 1));
});

test('finds a name in the common form, and no other', () => {
  for (const [index, name] of declared.entries()) {
    const p = library.begin(`${normalizeForm(name)}1`);
    const { record, places, end } = putRecord();
    expect(exports.findMember(p, record)).toBe(places[index]);
    expect([...places, end].map((place) => Boolean(exports.isNextMember(p, place)))).toEqual(
      [...places, end].map((_, at) => at === index),
    );
  }
  const others = ['"a":', '"abc":', '"long-namf":', '"long-name"', '"a-name-of-24-characterz!":'];
  for (const text of others) {
    const p = library.begin(`${text}1`);
    const { record, places, end } = putRecord();
    expect(exports.findMember(p, record)).toBe(0);
    expect([...places, end].some((place) => exports.isNextMember(p, place))).toBe(false);
  }
});

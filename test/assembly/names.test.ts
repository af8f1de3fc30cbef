// Duplicate names among those that a policy doesn't declare, against a JavaScript Set per object.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library } from '../support/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

function note(scope: number, name: string, offset: number): void {
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

test('as many names as a text can hold are told apart, request after request', () => {
  const most = 13_107;
  for (let request = 0; request < 3; request += 1) {
    library.begin(' '.repeat(65_536));
    const scope = exports.openNames();
    for (let name = 0; name < most; name += 1) note(scope, `n${name}`, name);
    expect(library.finding()).toBeUndefined();
    note(scope, 'n6000', most);
    expect(library.finding()?.code).toBe(6);
  }
});

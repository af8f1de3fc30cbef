// JSON that every parser reads in the same way, compared with a reader that keeps repeated names.

import { fc, test } from '@fast-check/vitest';
import { parseFile, SettingsError } from '@nhipol/service';
import { describe, expect, test as plain } from 'vitest';
import { readUnambiguous } from '../../../service/json/unambiguous.ts';

const read = (text: string) => readUnambiguous(Buffer.from(text));

/** JSON as a tree whose objects keep repeated names. */
type Tree =
  | string
  | number
  | null
  | readonly Tree[]
  | { readonly members: readonly (readonly [string, Tree])[] };

const names = fc.constantFrom(
  'a',
  'A',
  'b',
  'params',
  'Params',
  'ſ',
  's',
  '',
  '"',
  '\\',
  '\u{1f600}',
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Tree>(1, null, '{"a":1,"a":2}', '\\"', 'x\\'),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.array(fc.tuple(names, tie('tree')), { maxLength: 3 }).map((members) => ({ members })),
  ),
}));

/** `space`: whitespace between all tokens. */
function writeTree(value: Tree, space: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const joinParts = (parts: readonly string[]) =>
    `${space}${parts.join(`${space},${space}`)}${space}`;
  if ('members' in value) {
    const members = value.members.map(
      ([name, each]) => `${JSON.stringify(name)}${space}:${space}${writeTree(each, space)}`,
    );
    return `{${joinParts(members)}}`;
  }
  return `[${joinParts(value.map((each) => writeTree(each, space)))}]`;
}

function isAmbiguous(value: Tree, depth = 1): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (!('members' in value)) return value.some((each) => isAmbiguous(each, depth + 1));
  const keys = value.members.map(([name]) =>
    depth <= 3 ? name.toUpperCase().toLowerCase() : name,
  );
  return (
    new Set(keys).size < keys.length ||
    value.members.some(([, each]) => isAmbiguous(each, depth + 1))
  );
}

describe('readUnambiguous', () => {
  test.prop([tree, fc.constantFrom('', ' ', '\n\t', '\r')])(
    'rejects exactly the documents with repeated names',
    (value, space) => {
      const result = read(writeTree(value, space));
      expect('problem' in result).toBe(isAmbiguous(value));
    },
  );

  test.prop([tree, fc.constantFrom('', ' ', '\r\n')])(
    'returns the text of each value',
    (value, space) => {
      const text = writeTree(
        {
          members: [
            ['id', 1],
            [
              'params',
              {
                members: [
                  ['x', value],
                  ['y', 2],
                ],
              },
            ],
          ],
        },
        space,
      );
      const result = read(text);
      if ('problem' in result) return;
      const slice = (path: string) => {
        const { start = 0, end = 0 } = result.spans.get(path) ?? {};
        return text.slice(start, end);
      };
      expect(slice('params.x')).toBe(writeTree(value, space));
      expect([slice('id'), slice('params.y')]).toEqual(['1', '2']);
      expect([...result.spans.keys()].sort()).toEqual(['id', 'params', 'params.x', 'params.y']);
    },
  );

  plain('reads a long document in linear time', () => {
    const text = JSON.stringify({ a: 'x'.repeat(5_000_000), b: Array(100_000).fill({ c: '\\"' }) });
    expect(read(text)).not.toHaveProperty('problem');
  });
});

describe('a file of settings', () => {
  test.prop([fc.string(), fc.string(), fc.jsonValue(), fc.nat({ max: 3 })])(
    'has no name twice in any object, and names are compared with case',
    (name, other, value, depth) => {
      fc.pre(name !== other);
      const wrap = (text: string) => '{"in":['.repeat(depth) + text + ']}'.repeat(depth);
      const member = (each: string) => `${JSON.stringify(each)}:${JSON.stringify(value)}`;
      const twice = wrap(`{${member(name)},${member(other)},${member(name)}}`);
      expect(() => parseFile(twice)).toThrow(SettingsError);
      const once = wrap(`{${member(name)},${member(other)}}`);
      expect(parseFile(once)).toEqual(JSON.parse(once));
    },
  );

  plain('is refused without its text, which may be a secret', () => {
    for (const text of ['', ' ', '{', 'secret', '{"a":secret}', '[1,]']) {
      expect(() => parseFile(text)).toThrow(/^this is (empty|not JSON): /);
      expect(() => parseFile(text)).not.toThrow('secret');
    }
    expect(() => parseFile('{\n  "a": 1,\n}')).toThrow('line 3, column 1');
  });
});

// The policy that is written for the tools of a server has no error for any schemas that the server lists.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writePolicy } from '../../../cli/scan/write-policy.ts';
import { checkText } from '../../support/checking.ts';

const number = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom(0.5, -0.5, -0, 1e-7, 1e12, -1e12, 1e21, 2 ** 53, 1.234567, '1', null),
);
const word = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'if',
    'else',
    'and',
    'true',
    'String',
    'id',
    'time',
    '',
    'a b',
    '\u0000',
  ),
  fc.constantFrom('e\u0301', '\ufffd', '\u202e', '{a}', 'A', '__proto__', 'constructor', '%', '$&'),
);
const words = fc.array(fc.oneof(word, fc.constant(null)), { maxLength: 4 });
const scalar = fc.oneof(
  fc.record(
    { type: fc.constantFrom('integer', 'number'), minimum: number, maximum: number },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    { type: fc.constant('string'), minLength: number, maxLength: number, format: word },
    { requiredKeys: ['type'] },
  ),
  fc.record(
    { type: fc.constantFrom('string', 'integer'), enum: words, const: fc.oneof(word, number) },
    { requiredKeys: [] },
  ),
  fc.record({ enum: fc.array(fc.oneof(number, fc.boolean()), { maxLength: 3 }) }),
  fc.record({ anyOf: fc.array(fc.record({ const: word }), { maxLength: 3 }) }),
  fc.constantFrom<object>({}, { not: {} }, { type: 'null' }, { type: [] }, { type: 'boolean' }),
);

/** More members than a record of the language can have. */
const many = Object.fromEntries(
  Array.from({ length: 70 }, (_, at) => [`m${at}`, { type: 'boolean' }]),
);

const { schema } = fc.letrec<{ schema: object; record: object }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    scalar,
    tie('record'),
    fc.record(
      { type: fc.constant('array'), items: tie('schema'), minItems: number, maxItems: number },
      { requiredKeys: ['type'] },
    ),
    fc.record({ type: fc.constant('object'), additionalProperties: tie('schema') }),
  ),
  record: fc.record({
    type: fc.constant('object'),
    properties: fc.oneof(
      { weight: 9, arbitrary: fc.dictionary(word, tie('schema'), { maxKeys: 4 }) },
      { weight: 1, arbitrary: fc.constant(many) },
    ),
    required: words,
  }),
}));

const tool = fc.record({
  name: word.filter((name) => name !== ''),
  inputSchema: schema,
  annotations: fc.record({ readOnlyHint: fc.boolean() }),
  marks: fc.constant([]),
});

test('a written policy has no error for any schemas of a server', () => {
  const choices = { reads: [], writes: [] };
  fc.assert(
    fc.property(fc.uniqueArray(tool, { selector: ({ name }) => name, maxLength: 4 }), (tools) => {
      const { source } = writePolicy({ name: 's', tools, capabilities: new Set(), choices });
      expect(checkText(source, {}, true).found).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

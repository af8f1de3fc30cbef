// The arguments of tools as types of the language, from their JSON Schema.

import { expect, test } from 'vitest';
import { ToolDeclarations } from '../../../cli/scan/declarations.ts';
import { writePolicy } from '../../../cli/scan/write-policy.ts';
import { checkText } from '../../support/checking.ts';

/** The declarations for one argument `x`, or for a whole schema. */
function declareProperty(x: object, required = true) {
  return whole({ type: 'object', properties: { x }, ...(required ? { required: ['x'] } : {}) });
}

function whole(schema: object) {
  const declarations = new ToolDeclarations();
  const { record, undeclared, sample } = declarations.add('a_tool', schema);
  return { record, texts: declarations.texts, undeclared, sample };
}

test.each<[string, object, string, unknown]>([
  ['a string', { type: 'string' }, 'x: String', 'example'],
  ['a URI', { type: 'string', format: 'uri' }, 'x: String', 'https://example.com/'],
  ['an integer', { type: 'integer' }, 'x: Int', 1],
  ['an integer with a range', { type: 'integer', minimum: 3, maximum: 9 }, 'x: Int(3..9)', 3],
  ['a number with a minimum', { type: 'number', minimum: 0.5 }, 'x: Decimal(0.5..)', 0.5],
  [
    'an integer between fractions',
    { type: 'integer', minimum: 0.5, maximum: 2.5 },
    'x: Int(1..2)',
    1,
  ],
  ['a bound that no Decimal has', { type: 'number', maximum: 1e300 }, 'x: Decimal', 1],
  ['a boolean', { type: 'boolean' }, 'x: Bool', true],
  ['a list', { type: 'array', items: { type: 'string' } }, 'x: List<String>', ['example']],
  [
    'a list of lists',
    { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
    'x: List<List<Int>>',
    [[1]],
  ],
  [
    'a map',
    { type: 'object', additionalProperties: { type: 'integer' } },
    'x: Map<String, Int>',
    {},
  ],
  ['a value that can be null', { type: ['string', 'null'] }, 'x?: String', 'example'],
  ['an alternative to null', { anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'x?: Int', 1],
])('declares %s', (_, schema, member, sample) => {
  expect(declareProperty(schema)).toEqual({
    record: 'ATool',
    texts: [`record ATool { ${member} }`],
    undeclared: [],
    sample: { x: sample },
  });
});

test('declares enums, also by constants, and quotes names that are not identifiers', () => {
  expect(declareProperty({ enum: ['a', 'b c', '1'] }).texts[0]).toBe(
    'enum AToolX { a, "b c", "1" }',
  );
  expect(declareProperty({ oneOf: [{ const: 'a' }, { const: 'b' }] }).texts[0]).toBe(
    'enum AToolX { a, b }',
  );
  const dashed = { type: 'object', properties: { 'dry-run': { type: 'boolean' } } };
  expect(whole(dashed).texts).toEqual(['record ATool { "dry-run"?: Bool }']);
});

test('declares records in records, and follows references', () => {
  const schema = {
    type: 'object',
    properties: { edits: { type: 'array', items: { $ref: '#/$defs/edit' } } },
    $defs: { edit: { type: 'object', properties: { at: { type: 'integer' } } } },
  };
  expect(whole(schema).texts).toEqual([
    'record AToolEdits { at?: Int }',
    'record ATool { edits?: List<AToolEdits> }',
  ]);
});

test.each<[object, string]>([
  [{}, 'a value of any type'],
  [{ type: ['string', 'integer'] }, 'values of several types'],
  [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, 'alternatives of different types'],
  [{ allOf: [{ type: 'string' }] }, 'a combination of schemas'],
  [{ type: 'object' }, 'an object with any members'],
  [{ type: 'array' }, 'a list of values of any type'],
  [
    { type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } } },
    'a list of objects with any members',
  ],
  [
    {
      type: 'object',
      additionalProperties: { type: 'array', items: { type: 'string' } },
    },
    'an object of lists or objects',
  ],
  [{ type: 'integer', minimum: 9, maximum: 3 }, 'no value is valid: `minimum` is above `maximum`'],
  [
    { type: 'string', minLength: 2, maxLength: 1 },
    'no value is valid: `minLength` is above `maxLength`',
  ],
  [{ type: 'integer', minimum: 0.2, maximum: 0.8 }, 'no value is valid: it has no whole number'],
  [{ enum: [] }, 'no value is valid: its `enum` is empty'],
  [{ const: 'a', enum: ['b'] }, 'no value is valid: its `const` is not in its `enum`'],
  [{ type: 'integer', enum: ['a'] }, 'no value is valid: its type is not that of its enum'],
  [{ type: 'integer', const: 'a' }, 'no value is valid: its type is not that of its constant'],
  [{ $ref: 'https://example.com/schema' }, 'a reference that is not to a definition of the tool'],
])('does not declare %j', (schema, reason) => {
  expect(declareProperty(schema).undeclared).toEqual([{ path: 'x', reason }]);
});

test('ends with a recursive schema', () => {
  const schema = {
    type: 'object',
    properties: { node: { $ref: '#/$defs/node' } },
    $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
  };
  expect(whole(schema).undeclared.at(-1)?.reason).toBe('more than eight levels, or recursive');
});

test('types that the language has are not declared again', () => {
  const declarations = new ToolDeclarations();
  const schema = { type: 'object', properties: { x: { type: 'boolean' } } };
  for (const tool of ['string', 'list', 'approval']) declarations.add(tool, schema);
  expect(declarations.texts.map((text) => text.split(' ')[1])).toEqual([
    'String2',
    'List2',
    'Approval2',
  ]);
});

test('does not declare texts that are often longer than what a policy reads', () => {
  const { undeclared, record } = whole({
    type: 'object',
    properties: { path: { type: 'string' }, content: { type: 'string' } },
    required: ['path', 'content'],
  });
  expect([record, undeclared.map(({ path }) => path)]).toEqual(['ATool', ['content']]);
});

test('the words of a server cannot become source', () => {
  const inputSchema = {
    type: 'object',
    properties: {
      'x\n} for ai_agent { permit all otherwise } //': { not: {} },
      'y\u202e': { enum: ['a\u202eb', '{subject.id}'] },
    },
    required: ['y\u202e'],
  };
  const tools = [{ name: 'a\u2028b', inputSchema, annotations: { readOnlyHint: true }, marks: [] }];
  const { source } = writePolicy({
    name: 'any',
    tools,
    capabilities: new Set(),
    choices: { reads: [], writes: [] },
  });
  const { found, policy } = checkText(source);
  expect(found).toEqual([]);
  expect(policy?.rules.map(({ id }) => id)).not.toContain('all');
});

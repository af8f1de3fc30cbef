// Masks of secret values: stable for equal values, without the value, and only where a member is secret.

import { type Json, maskSecrets, maskValues, parseJson, writeJson } from '@nhipol/language';
import { expect, test } from 'vitest';
import { createMask, defaultMask } from '../../../language/secrets/mask.ts';
import { checkPolicy } from '../../support/checking.ts';

const policy = checkPolicy(`policy p
subject agent { key: secret String, owner: String, card?: secret { number: String, more?: List<Int> } }
subject human { key: String }
action any { pins: secret List<Int> = [], cards: List<{ number: secret String, name: String }> = [] }
context { token?: secret String, tags?: secret Map<String, Int>, keys?: Map<String, { id: secret String, name: String }> }
for any { permit ok otherwise }`);
const plain = checkPolicy(
  'policy p\nsubject agent { key: String }\nfor any { permit ok otherwise }',
);

const mask = createMask(new Uint8Array(32));
const json = (text: string) => parseJson(text) as Json;

function maskRequest(request: unknown): unknown {
  return JSON.parse(maskSecrets(policy, JSON.stringify(request), mask));
}

test('a mask has 12 digits, and equal values have equal masks', () => {
  expect(mask(json('"a"'))).toMatch(/^secret:[0-9a-f]{12}$/);
  expect(mask(json('"a"'))).toBe(mask(json('"\\u0061"')));
  expect(mask(json('{ "a": 1.50, "b": 2 }'))).toBe(mask(json('{"b":2e0,"a":1.5}')));
  expect(mask(json('"1"'))).not.toBe(mask(json('1')));
  expect(mask(json('9223372036854775807'))).not.toBe(mask(json('9223372036854775806')));
});

test('a mask depends on its key, and the default key differs from a known one', () => {
  const other = createMask(new Uint8Array(32).fill(1));
  expect(other(json('"a"'))).not.toBe(mask(json('"a"')));
  expect(defaultMask(json('"a"'))).not.toBe(mask(json('"a"')));
  expect(defaultMask(json('"a"'))).toBe(defaultMask(json('"a"')));
});

test('the mask of a mask is itself', () => {
  const once = mask(json('"a"'));
  expect(mask({ kind: 'string', offset: 0, value: once })).toBe(once);
});

test('masks the secret members of the declared subject only', () => {
  const properties = { key: 'k', owner: 'o', undeclared: 'u' };
  expect(maskRequest({ subject: { type: 'agent', id: 'a', properties } })).toEqual({
    subject: {
      type: 'agent',
      id: 'a',
      properties: { ...properties, key: mask(json('"k"')) },
    },
  });
  expect(maskRequest({ subject: { type: 'human', id: 'a', properties } })).toEqual({
    subject: { type: 'human', id: 'a', properties },
  });
});

test('masks what any declaration calls secret, if the type is not known', () => {
  expect(maskRequest({ subject: { properties: { key: 'k' } } })).toEqual({
    subject: { properties: { key: mask(json('"k"')) } },
  });
  expect(maskRequest({ subject: { type: 5, properties: { key: 'k' } } })).toEqual({
    subject: { type: 5, properties: { key: mask(json('"k"')) } },
  });
});

test('masks each value in secret records, lists and elements', () => {
  const action = {
    name: 'a',
    properties: { pins: [1, 2], cards: [{ number: 'n', name: 'o' }] },
  };
  const card = { number: 'n', more: [1], undeclared: ['x'] };
  expect(maskRequest({ subject: { type: 'agent', properties: { card } }, action })).toEqual({
    subject: {
      type: 'agent',
      properties: {
        card: {
          number: mask(json('"n"')),
          more: [mask(json('1'))],
          undeclared: mask(json('["x"]')),
        },
      },
    },
    action: {
      name: 'a',
      properties: {
        pins: [mask(json('1')), mask(json('2'))],
        cards: [{ number: mask(json('"n"')), name: 'o' }],
      },
    },
  });
});

test('masks the values of maps, and not their keys', () => {
  const context = { tags: { a: 1, b: null }, keys: { k: { id: 'i', name: 'n' } } };
  expect(maskRequest({ context })).toEqual({
    context: {
      tags: { a: mask(json('1')), b: null },
      keys: { k: { id: mask(json('"i"')), name: 'n' } },
    },
  });
});

test('masks a value of another type as a whole, and keeps `null`', () => {
  expect(maskRequest({ context: { token: { 'sk-1': 'sk-2' } } })).toEqual({
    context: { token: mask(json('{"sk-1":"sk-2"}')) },
  });
  expect(maskRequest({ context: { token: null } })).toEqual({ context: { token: null } });
});

test('shows nothing of a request that is not JSON, and everything without secret members', () => {
  const broken = '{"context": {"token": "sk-1"';
  expect(JSON.parse(maskSecrets(policy, broken, mask))).toMatch(/^secret:[0-9a-f]{12}$/);
  expect(maskSecrets(plain, broken, mask)).toBe(broken);
});

test('masks every value on request', () => {
  const all = writeJson(maskValues(json('{"a": [1, {"b": "c"}], "d": null}'), mask));
  expect(JSON.parse(all)).toEqual({
    a: [mask(json('1')), { b: mask(json('"c"')) }],
    d: null,
  });
});

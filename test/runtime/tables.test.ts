// External tables in the JavaScript host: loaded, replaced and emptied while the module runs; a rejected table
// changes nothing.

import { compile } from '@nhipol/compiler';
import { load, TableError } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { instantiate, type ModuleInstance } from '../../runtime/instance/instance.ts';
import { Policy } from '../../runtime/policy.ts';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const { wasm, manifest } = await compile(
  checkPolicy(`policy p
context { team?: String }
external table quotas: String -> Int(0..100)
external table tools: (String, String) -> Set<String>
for any {
  permit allowed when quotas[context.team] > 0
  permit tool when "read" in tools[context.team, "db"]
}`),
  assemble,
);

const request = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'read' },
  resource: { type: 'file', id: 'f' },
  context: { team: 'ops' },
};

function refusal(act: () => void): TableError {
  try {
    act();
  } catch (failure) {
    if (failure instanceof TableError) return failure;
    throw failure;
  }
  return expect.fail('it was taken');
}

test('the manifest lists the tables', () => {
  expect(manifest.tables).toEqual(['quotas', 'tools']);
});

test.each([
  ['an object', { ops: 5 }],
  ['a map', new Map([['ops', 5]])],
  ['text', '{"ops":5}'],
  ['bytes', new TextEncoder().encode('{"ops":5}')],
])('a table is loaded from %s', (_, contents) => {
  const policy = load(wasm);
  expect(policy.decide(request).reasons).toEqual(['default_deny']);
  policy.loadTable('quotas', contents);
  expect(policy.decide(request).reasons).toEqual(['allowed']);
});

test('replacing or emptying a table changes the answer when a request is evaluated again', () => {
  const policy = load(wasm);
  expect(policy.decide(request).effect).toBe('deny');
  policy.loadTable('tools', { ops: { db: ['write', 'read'] } });
  expect(policy.again(0).reasons).toEqual(['tool']);
  policy.loadTable('quotas', { ops: 1 });
  expect(policy.again(0).reasons).toEqual(['allowed', 'tool']);
  policy.loadTable('tools', { ops: {} });
  expect(policy.again(0).reasons).toEqual(['allowed']);
  policy.dropTable('quotas');
  expect(policy.again(0).reasons).toEqual(['default_deny']);
});

test('an invalid request stays invalid', () => {
  const policy = load(wasm);
  const before = policy.decideJson('{"subject":{"type":5}}');
  expect(before.error?.path).toBe('$.subject.type');
  policy.loadTable('quotas', { '\n"\u20ac': 1 });
  expect(policy.again(0)).toEqual(before);
});

test('an invalid table is rejected with a message, and the old one stays', () => {
  const policy = load(wasm);
  policy.loadTable('quotas', { ops: 5 });
  const error = refusal(() => policy.loadTable('quotas', { ops: 1, night: 101 }));
  expect(error.message).toBe(
    'the table `quotas` was not loaded: $.night: expected an integer in 0..100 (Int), found an invalid value',
  );
  expect({ ...error }).toMatchObject({ table: 'quotas', code: 'wrong_type', offset: 17 });
  expect(policy.decide(request).reasons).toEqual(['allowed']);
});

test.each([
  ['{"a":', 'at byte 5: expected valid JSON, found an unexpected byte'],
  ['{"a":1}1', 'at byte 7: expected valid JSON, found an unexpected byte'],
  ['"\ud800"', 'at byte 1: expected valid UTF-8, found invalid UTF-8'],
  ['{"a":1,"a":1}', '$.a: expected unique keys, found a duplicate key'],
])('an invalid table is rejected: %s', (text, why) => {
  const error = refusal(() => load(wasm).loadTable('quotas', text));
  expect(error.message).toBe(`the table \`quotas\` was not loaded: ${why}`);
});

test('a value that JSON cannot represent is rejected with its path', () => {
  const error = refusal(() => load(wasm).loadTable('quotas', { a: Number.NaN }));
  expect(error.message).toContain('$.a: expected a number that JSON can represent, found NaN');
});

test('a name without an external table is rejected', () => {
  const named = refusal(() => load(wasm).loadTable('quota', {}));
  expect(named.message).toContain(
    'expected one of the tables quotas, tools, found an unknown table',
  );
  expect(refusal(() => load(wasm).dropTable('quota')).code).toBe('unknown_table');
});

const many = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, at % 9])));

test('tables take no more memory than the host allows, and release it', () => {
  const policy = load(wasm, { tableBytes: 1_048_576 });
  policy.loadTable('quotas', { ops: 5 });
  const error = refusal(() => policy.loadTable('quotas', many(20_000)));
  expect(error.code).toBe('out_of_memory');
  for (let round = 0; round < 50; round += 1) policy.loadTable('quotas', many(2_000));
  policy.loadTable('quotas', { ops: 5 });
  expect(policy.decide(request).reasons).toEqual(['allowed']);
});

test('a table with crafted hash collisions is rejected, since every lookup would visit all keys', () => {
  const computeHash = (key: string) =>
    [...new TextEncoder().encode(key), 0xff].reduce(
      (hash, byte) => Math.imul(hash ^ byte, 0x01000193),
      0x811c9dc5 | 0,
    );
  const colliding: string[] = [];
  for (let at = 0; colliding.length < 300; at += 1)
    if ((computeHash(`k${at}`) & 1023) === 7) colliding.push(`k${at}`);
  const table = (keys: readonly string[]) => Object.fromEntries(keys.map((key) => [key, 1]));
  const policy = load(wasm);
  policy.loadTable('quotas', table(colliding.slice(0, 250)));
  const error = refusal(() => policy.loadTable('quotas', table(colliding)));
  expect(error.code).toBe('out_of_memory');
});

test('an instance that replaces a failed one has the same tables', () => {
  let fails = false;
  const described = { manifest, encoding: undefined };
  const failing = (): ModuleInstance => {
    const instance = instantiate(new WebAssembly.Module(wasm as BufferSource), described);
    const decide = (...args: Parameters<ModuleInstance['exports']['decide']>) => {
      if (fails) throw new WebAssembly.RuntimeError('unreachable');
      return instance.exports.decide(...args);
    };
    return { ...instance, exports: { ...instance.exports, decide } };
  };
  const policy = new Policy(described, failing, 65_536 * 16);
  const fail = () => {
    fails = true;
    expect(policy.decide(request).reasons).toEqual(['engine_error']);
    fails = false;
  };
  policy.loadTable('quotas', { ops: 5 });
  fail();
  expect(policy.decide(request).reasons).toEqual(['allowed']);
  policy.dropTable('quotas');
  fail();
  expect(policy.decide(request).reasons).toEqual(['default_deny']);
});

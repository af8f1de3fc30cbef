// The digest of a call that a module computes is that of `callDigest`, for any request that the module reads: odd
// numbers and strings, names in every order, nested and repeated, long values and many members.

import { compile } from '@nhipol/compiler';
import { load } from '@nhipol/runtime';
import { callDigest } from '@nhipol/runtime/call-digest';
import { expect, test } from 'vitest';
import { OddRequests } from '../../support/arbitraries/odd-requests.ts';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';

const source = `policy acme.digests
subject agent { on_behalf_of?: { id?: String } }
subject user {}
action any {}
resource any {}
context { call_digest?: String }
for any {
  permit works otherwise
  challenge always when context.call_digest is missing or context.call_digest is present
}`;
const seed = Number(process.env.NHIPOL_SEED ?? 20_261_125);
const { wasm } = await compile(checkPolicy(source), assemble);
const policy = load(wasm);

/** The digest by the module; 'invalid' if it does not read the request. */
function digestByModule(text: string): string | undefined {
  const { effect, callDigest: digest } = policy.decideJson(text, { now: 0 });
  return effect === 'challenge' ? digest : 'invalid';
}

function digestByDefinition(text: string): string | undefined {
  return callDigest(text, 'acme.digests');
}

test('the module computes the digest of every request that it reads', () => {
  const requests = new OddRequests(seed);
  const seen = { digest: 0, none: 0, invalid: 0 };
  const count = runs(22_000, 1_500);
  for (let left = count; left > 0; left -= 1) {
    const text = requests.request();
    const digest = digestByModule(text);
    if (digest === 'invalid') seen.invalid += 1;
    else {
      seen[digest === undefined ? 'none' : 'digest'] += 1;
      if (digest !== digestByDefinition(text)) expect(text).toBe('a request with the same digest');
    }
  }
  expect(seen.digest).toBeGreaterThan(count / 2);
  expect(seen.none).toBeGreaterThan(count / 30);
}, 300_000);

// --- one member ------------------------------------------------------------------------------------

function writeRequest(json: string): string {
  return `{"subject":{"type":"user","id":"a"},"action":{"name":"act","properties":{"x":${json}}},"resource":{"type":"r","id":"1"}}`;
}

function expectSame(json: string): string | undefined {
  const text = writeRequest(json);
  const digest = digestByModule(text);
  if (digest !== 'invalid') expect(digest, json.slice(0, 200)).toBe(digestByDefinition(text));
  return digest;
}

test('numbers and strings have the same form', () => {
  const values = new OddRequests(seed + 1);
  let forms = 0;
  const count = runs(10_000, 1_000);
  for (let left = count; left > 0; left -= 1) {
    if (expectSame(values.number()) !== undefined) forms += 1;
    expect(expectSame(values.string())).toBeDefined();
  }
  expect(forms).toBeGreaterThan(count / 2);
}, 300_000);

test.for([
  ['15 digits', '999999999999999', true],
  ['16 digits below 2^53', '1234567890123456', true],
  ['2^53', '9007199254740992', true],
  ['2^53 in another notation', '9007199254740992000e-3', true],
  ['an integer above 2^53', '9007199254740993', false],
  ['17 digits', '12345678901234567', false],
  ['16 digits of a fraction', '0.1234567890123456', false],
  ['30,000 leading zeros', `0.${'0'.repeat(30_000)}1e30000`, true],
  ['300 zeros', `1${'0'.repeat(300)}`, true],
  ['308 zeros', `1${'0'.repeat(308)}`, false],
  ['the least magnitude', '1e-307', true],
  ['the greatest magnitude', '9.99999999999999e307', true],
  ['a lesser magnitude', '9.99e-308', false],
  ['40,000 digits', `${'1'.repeat(40_000)}`, false],
  ['zero with a long exponent', `0e${'9'.repeat(30_000)}`, true],
  ['the deepest nesting', '[[[[[[[[[[[[[]]]]]]]]]]]]]', true],
] as const)('%s', ([, json, expected]) => {
  expect(expectSame(json)?.startsWith('sha-256:')).toBe(expected || undefined);
});

test('members are sorted, and repeated names found, however many there are', () => {
  const createName = (at: number) => at.toString(36).split('').reverse().join('');
  for (const count of [1, 2, 3, 100, 6000]) {
    const names = Array.from({ length: count }, (_, at) => createName((at * 7919) % count));
    const object = (all: readonly string[]) => `{${all.map((name) => `"${name}":1`).join(',')}}`;
    expect(expectSame(object(names))).toMatch(/^sha-256:/);
    expect(expectSame(object([...names].sort()))).toBe(expectSame(object(names)));
    expect(expectSame(object([...names, createName(count >> 1)]))).toBeUndefined();
  }
});

test('a form may be longer than its request, up to the length of a request', () => {
  const list = (count: number) => `[${Array.from({ length: count }, () => '1e20').join(',')}]`;
  expect(expectSame(list(2_970))).toMatch(/^sha-256:/);
  expect(expectSame(list(2_990))).toBeUndefined();
  expect(expectSame(list(13_000))).toBeUndefined();
  const unsorted = `{"b":${list(2_900)},"a":{"d":${'1e20'},"c":2}}`;
  expect(expectSame(unsorted)).toMatch(/^sha-256:/);
  // All three forms at once.
  const part = `"properties":{"z":1,"on_behalf_of":${list(2_900)},"a":1}`;
  const text = `{"subject":{"type":"user","id":"a",${part}},"action":{"name":"act",${part}},"resource":{"type":"r","id":"1",${part}}}`;
  expect(digestByModule(text)).toMatch(/^sha-256:/);
  expect(digestByModule(text)).toBe(digestByDefinition(text));
});

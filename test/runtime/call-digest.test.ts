// The digest of a call: its canonical form, by the examples of RFC 8785, and SHA-256, by those of NIST.

import { createHash } from 'node:crypto';
import { test as property } from '@fast-check/vitest';
import { digestForm, callDigest as digestOf, digestOfForms } from '@nhipol/runtime/call-digest';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalizeMembers, selectWholeMembers } from '../../runtime/json/canonical-json.ts';

function canonicalizeJson(json: string): string | undefined {
  return canonicalizeMembers(`{"value":${json}}`, selectWholeMembers('value')).get('value');
}

const callDigest = (request: string) => digestOf(request, 'acme.payments');
const caller = '"subject":{"type":"agent","id":"a1"}';

test.for([
  // RFC 8785, section 3.2.2, without the number of more than 15 digits.
  [
    `{
      "numbers": [333333333.33333, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`,
    '{"literals":[null,true,false],"numbers":[333333333.33333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  ],
  // Section 3.2.3: by UTF-16 code units.
  [
    '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}',
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
  ],
  // Appendix B.
  ['0', '0'],
  ['-0', '0'],
  ['-0.0e5', '0'],
  ['9007199254740992', '9007199254740992'],
  ['-9007199254740991.0', '-9007199254740991'],
  ['90071992547409910e-1', '9007199254740991'],
  ['9.99999999999999e307', '9.99999999999999e+307'],
  ['-1E-307', '-1e-307'],
  ['9.99999999999999e22', '9.99999999999999e+22'],
  ['999999999999999e6', '999999999999999000000'],
  ['999999999999999e7', '9.99999999999999e+21'],
  ['9.99999999999999e-7', '9.99999999999999e-7'],
  ['00.000123e3'.slice(1), '0.123'],
  ['1e23', '1e+23'],
  ['0.000001', '0.000001'],
  // Whitespace does not count, the order of elements does.['{}', '{}'],
  ['[ ]', '[]'],
  ['[2, 1, [ ], { }]', '[2,1,[],{}]'],
  ['{"b":{"d":1,"c":[]},"a":""}', '{"a":"","b":{"c":[],"d":1}}'],
  ['{"__proto__":{"x":1},"toString":2}', '{"__proto__":{"x":1},"toString":2}'],
  ['"]}{:,[\\" 1.0"', '"]}{:,[\\" 1.0"'],
] as const)('%s has the form %s', ([json, form]) => {
  expect(canonicalizeJson(json)).toBe(form);
});

test.for([
  ['333333333.33333329', 'a double rounds it'],
  ['333333333.33333325', 'more than 15 digits'],
  ['1234567890123456.5', 'more than 15 digits'],
  ['9007199254740993', 'a double rounds it'],
  ['9007199254740994', 'an integer above 2^53'],
  ['12345678901234567e3', 'more than 15 digits'],
  ['1e308', 'a double has fewer digits there'],
  ['9.99e-308', 'a double may have fewer digits there'],
  ['5e-324', 'a double has fewer digits there'],
  ['0.1000000000000000055511151231257827', 'it is not the shortest form'],
  ['1e400', 'no double has this value'],
  ['1e-400', 'no double has this value'],
  ['{"a":1,"a":1}', 'a duplicate name'],
  ['[{"a":{"b":1,"\\u0062":2}}]', 'a duplicate name'],
  ['"\\ud800"', 'a lone surrogate'],
  ['{"\\udc00":1}', 'a lone surrogate'],
  [`${'['.repeat(16)}${']'.repeat(16)}`, 'too deep'],
] as const)('%s has no form: %s', ([json]) => {
  expect(canonicalizeJson(json)).toBeUndefined();
  const request = `{"action":{"name":"a","properties":{"x":${json}}},"resource":{},${caller}}`;
  expect(callDigest(request)).toBeUndefined();
});

const fewDigits = (value: unknown) =>
  typeof value === 'number' && !Number.isSafeInteger(value) ? Number(value.toPrecision(15)) : value;

property.prop([fc.jsonValue({ maxDepth: 4 })])(
  'any JSON value of few digits has the form of RFC 8785',
  (value) => {
    const json = JSON.stringify(value, (_, member) => fewDigits(member), 2);
    const sizes = [...json.matchAll(/e([+-]\d+)/g)].map(([, size]) => Math.abs(Number(size)));
    const expected = sizes.some((size) => size > 306) ? undefined : canonicalize(JSON.parse(json));
    if (expected !== undefined) expect(canonicalizeJson(json)).toBe(expected);
  },
);

property.prop([
  fc.double({ noNaN: true, min: 1e-307, max: 9e307 }),
  fc.integer({ min: 1, max: 15 }),
])(
  'numbers of up to 15 digits are already the shortest forms of their doubles',
  (value, digits) => {
    const written = value.toExponential(digits - 1);
    expect(canonicalizeJson(written)).toBe(String(Number(written)));
  },
);

test('a digest is SHA-256 over the call, its caller and its policy, however the request is formatted', () => {
  const form =
    '{"action":{"name":"pay","properties":{"amount":5}},"policy":"acme.payments","resource":{"id":"b1","type":"account"},"subject":{"id":"a1","type":"agent"}}';
  const digest = `sha-256:${createHash('sha256').update(form).digest('hex')}`;
  // The example of runtime/ABI.md.
  expect(digest).toBe('sha-256:1c9ad967c311cce91575fe4f9c1670bf9f98e130a426b5caf9df7a40af852496');
  const request = `{ "resource": {"type":"account","id":"b1"}, "context":{"n":9007199254740993,"a":1,"a":2},
    "action": {"properties":{"amount":5.0},"name":"p\\u0061y"},
    "subject":{"id":"a\\u0031","properties":{"n":9007199254740993,"a":1,"a":2},"more":5,"more":6,"type":"agent"} }`;
  expect(callDigest(request)).toBe(digest);
  expect(callDigest(request)).toMatch(digestForm);
  const forms = { subject: '{"id":"a1","type":"agent"}', action: '{}', resource: '{}' };
  expect(digestOfForms(forms, 'p')).toBeDefined();
  for (const part of ['subject', 'action', 'resource'])
    expect(digestOfForms({ ...forms, [part]: undefined }, 'p')).toBeUndefined();
});

const call = '"action":{"name":"pay"},"resource":{"type":"account","id":"b1"}';

function computeDigest(subject: string): string | undefined {
  return callDigest(`{${call},"subject":${subject}}`);
}

function writeAgent(principal: string): string {
  return `{"type":"agent","id":"a1","properties":{"on_behalf_of":${principal}}}`;
}

const alone = computeDigest('{"type":"agent","id":"a1"}');

test('the digest of a call belongs to one policy', () => {
  const request = `{${call},${caller}}`;
  expect(digestOf(request, 'acme.payments')).toBe(alone);
  expect(digestOf(request, 'acme.other')).not.toBe(alone);
});

test.for([
  ['another agent', '{"type":"agent","id":"a2"}'],
  ['another type', '{"type":"service","id":"a1"}'],
  ['a principal', writeAgent('{"type":"user","id":"alice"}')],
  ['a principal without a type', writeAgent('{"id":"alice"}')],
  ['another principal', writeAgent('{"type":"user","id":"mallory"}')],
  ['a principal of another type', writeAgent('{"type":"group","id":"alice"}')],
  ['a principal as a string', writeAgent('"alice"')],
  ['another one', writeAgent('"mallory"')],
  ['a principal without an id', writeAgent('{"email":"alice@example.com"}')],
  ['another one', writeAgent('{"email":"mallory@example.com"}')],
  ['a list of principals', writeAgent('[{"id":"alice"}]')],
  ['another list', writeAgent('[{"id":"mallory"}]')],
] as const)('%s has a different digest: %s', ([, subject], { task }) => {
  const digest = computeDigest(subject);
  expect(digest).toMatch(digestForm);
  expect(digest).not.toBe(alone);
  expect(seen.get(digest)).toBeUndefined();
  seen.set(digest, task.name);
});
const seen = new Map<string | undefined, string>();

test.for([
  [
    'other properties',
    '{"type":"agent","id":"a1","properties":{"token":{"exp":1},"actor_chain":[{"sub":"b"}]}}',
  ],
  ['no properties', '{"type":"agent","id":"a1","properties":null}'],
  ['no principal', writeAgent('null')],
] as const)('the digest stays the same with %s', ([, subject]) => {
  expect(computeDigest(subject)).toBe(alone);
});

test('a principal is identified by its type and id, whatever its other members are', () => {
  const principal = computeDigest(writeAgent('{"type":"user","id":"alice"}'));
  for (const more of ['"scopes":["a"]', '"scopes":["a","b"],"exp":1', '"scopes":null'])
    expect(computeDigest(writeAgent(`{${more},"id":"alice","type":"user"}`))).toBe(principal);
});

test.for([
  ['no subject', undefined],
  ['a subject that is not an object', '"a1"'],
  ['no id', '{"type":"agent"}'],
  ['an id that is null', '{"type":"agent","id":null}'],
  ['an id that is a number', '{"type":"agent","id":1}'],
  ['no type', '{"id":"a1"}'],
  ['two ids', '{"type":"agent","id":"a1","id":"a1"}'],
  ['two types', '{"type":"agent","type":"agent","id":"a1"}'],
  ['properties twice', '{"type":"agent","id":"a1","properties":{},"properties":{}}'],
  [
    'a principal twice',
    '{"type":"agent","id":"a1","properties":{"on_behalf_of":{"id":"x"},"on_behalf_of":{"id":"y"}}}',
  ],
  ['the id of a principal twice', writeAgent('{"id":"x","id":"y"}')],
  [
    'a principal with a number that a double rounds',
    writeAgent('{"id":"x","exp":9007199254740993}'),
  ],
  ['a lone surrogate', '{"type":"agent","id":"\\ud800"}'],
] as const)('an unidentified caller has no digest: %s', ([, subject]) => {
  expect(
    callDigest(subject === undefined ? `{${call}}` : `{${call},"subject":${subject}}`),
  ).toBeUndefined();
});

test('a duplicate subject leaves no digest', () => {
  expect(callDigest(`{${call},${caller},${caller}}`)).toBeUndefined();
});

test.for(['', '{', '[]', '5', 'null', `{"action":{},${caller}}`, `{"resource":{},${caller}}`])(
  'a call without one of its parts has no digest: %s',
  (text) => {
    expect(callDigest(text)).toBeUndefined();
  },
);

test('a duplicate action or resource leaves no digest', () => {
  expect(callDigest(`{"action":{},"resource":{},${caller}}`)).toBeDefined();
  expect(callDigest(`{"action":{},"resource":{},"action":{},${caller}}`)).toBeUndefined();
});

test.for([
  // FIPS 180-4 example values of NIST: one block, two blocks, none.
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
] as const)('SHA-256 of %j', ([text, digest]) => {
  expect(bytesToHex(sha256(new TextEncoder().encode(text)))).toBe(digest);
});

import { test as check, fc } from '@fast-check/vitest';
import { type Answer, ExactDecimal, stringify, toAuthZen } from '@nhipol/runtime';
import { exactDecimal } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { createEngineError, createEngineErrorAnswer } from '../../runtime/answer/answer.ts';
import { toGivenAnswer } from '../../runtime/answer/given-answer.ts';
import { parseExact } from '../../runtime/json/parse-exact.ts';
import { showInstant, showSeconds } from '../../runtime/module/show.ts';

const permit: Answer = {
  effect: 'permit',
  decision: true,
  reasons: ['works'],
  reasonDetails: [
    {
      id: 'works',
      effect: 'permit',
      message: undefined,
      firedOn: 'true',
      unknown: [],
      source: undefined,
    },
  ],
  constraints: {},
  lower: {},
  obligations: [],
  accessRequest: undefined,
  singleUse: false,
  callDigest: undefined,
  validUntil: undefined,
  read: ['subject.type'],
  error: undefined,
};

test('an absent part is left out of a response', () => {
  expect(toAuthZen(permit)).toStrictEqual({
    decision: true,
    context: {
      effect: 'permit',
      reasons: ['works'],
      reason_details: [{ id: 'works', effect: 'permit', fired_on: 'true' }],
      read: ['subject.type'],
    },
  });
});

test('obligations are numbered, with their names and the rules that require them', () => {
  const obligations = [
    { name: 'sign_in', type: 'step-up', properties: { acr_value: 'gold' }, reasons: ['a', 'b'] },
    { name: 'page', type: 'custom', properties: {}, reasons: ['b'] },
  ];
  expect(toAuthZen({ ...permit, obligations }).context.obligations).toStrictEqual([
    {
      id: 'obl-1',
      type: 'step-up',
      properties: { acr_value: 'gold' },
      name: 'sign_in',
      reasons: ['a', 'b'],
    },
    { id: 'obl-2', type: 'custom', properties: {}, name: 'page', reasons: ['b'] },
  ]);
});

test('an access request has its end, the reason and the instant', () => {
  const accessRequest = {
    name: 'ask',
    properties: { display: 'more', expires_in: 600, template: 'tool-scope' },
    reason: 'b',
    evaluatedAt: 1_767_225_600_000n,
    expiresAt: 1_767_226_200_001n,
  };
  const { context } = toAuthZen({ ...permit, effect: 'challenge', accessRequest });
  expect(context).toMatchObject({ reason: 'b', evaluated_at: '2026-01-01T00:00:00.000Z' });
  expect(context.access_request).toStrictEqual({
    display: 'more',
    template: 'tool-scope',
    expires_at: '2026-01-01T00:10:00.001Z',
  });
});

test('present parts have the member names of AuthZEN', () => {
  const source = { file: 'policy.nhipol', line: 3, column: 5 };
  const error = {
    code: 'missing',
    path: '$.action',
    expected: 'an object',
    found: 'nothing',
    offset: 4,
  };
  const answer: Answer = {
    ...permit,
    effect: 'revoke',
    decision: false,
    reasonDetails: [
      {
        id: 'risky',
        effect: 'revoke',
        message: 'high',
        firedOn: 'unknown',
        unknown: ['context.risk'],
        source,
      },
    ],
    validUntil: 1_767_225_600_000,
    error,
  };
  expect(toAuthZen(answer)).toStrictEqual({
    decision: false,
    context: {
      effect: 'revoke',
      reasons: ['works'],
      reason_details: [
        {
          id: 'risky',
          effect: 'revoke',
          message: 'high',
          fired_on: 'unknown',
          unknown: ['context.risk'],
          source,
        },
      ],
      valid_until: '2026-01-01T00:00:00.000Z',
      read: ['subject.type'],
      error,
    },
  });
});

test('constraints appear with a narrow only, even if there are none', () => {
  expect(toAuthZen({ ...permit, effect: 'narrow' }).context.constraints).toEqual({});
  expect(toAuthZen({ ...permit, constraints: { ttl: 5 } }).context).not.toHaveProperty(
    'constraints',
  );
});

check.prop([fc.jsonValue(), fc.constantFrom(undefined, 0, 2, 4)])(
  'stringify writes JSON like JSON.stringify',
  (value, indent) => {
    expect(stringify(value, indent)).toBe(JSON.stringify(value, null, indent));
  },
);

test('a bigint is written as its digits, and undefined is absent', () => {
  expect(stringify({ a: 2n ** 64n, b: undefined, c: [undefined, -1n] })).toBe(
    '{"a":18446744073709551616,"c":[null,-1]}',
  );
});

test('a Decimal is a number if that is exact, and otherwise its digits', () => {
  const digits = ['0.1', '-12.5', '9007199254740.9', '3074457345618.258602', '0.000001'];
  const decimals = digits.map(exactDecimal);
  expect(decimals.map((each) => typeof each)).toEqual([
    'number',
    'number',
    'number',
    'object',
    'number',
  ]);
  expect(stringify({ decimals })).toBe(`{"decimals":[${digits}]}`);
  expect(String(decimals[3])).toBe('3074457345618.258602');
});

test('only digits are written as they are', () => {
  const forged = {
    digits: '1}',
    get [Symbol.toStringTag]() {
      return 'ExactDecimal';
    },
  };
  expect(stringify([forged, { digits: '1' }])).toBe('[{"digits":"1}"},{"digits":"1"}]');
});

test.each([
  [0n, '0'],
  [1_500n, '1.5'],
  [-1n, '-0.001'],
  [600_000n, '600'],
])('%i milliseconds are %s seconds', (milliseconds, text) => {
  expect(showSeconds(milliseconds)).toBe(text);
});

test.each([
  ['[1,-2.5,1e3]', [1, -2.5, 1000]],
  ['{"a":9007199254740993}', { a: 2n ** 53n + 1n }],
  ['[-9223372036854775808]', [-(2n ** 63n)]],
  [
    '{"a b":["\\"1234567890123456789\\"", 3074457345618.258602]}',
    { 'a b': ['"1234567890123456789"', new ExactDecimal('3074457345618.258602')] },
  ],
  ['[0.1234567890123456]', [0.1234567890123456]],
  ['[[], {}, [12345678901234567890, null, true]]', [[], {}, [12345678901234567890n, null, true]]],
])('%s is parsed with exact numbers', (text, value) => {
  expect(parseExact(text)).toEqual(value);
});

test('text that is not JSON is not parsed', () => {
  expect(() => parseExact('[12345678901234567890')).toThrow(SyntaxError);
});

test.each([
  [-62_167_219_200_000n, '0000-01-01T00:00:00.000Z'],
  [-62_167_219_200_001n, '-62167219200001ms'],
  [253_402_300_799_999n, '9999-12-31T23:59:59.999Z'],
  [2n ** 63n - 1n, '9223372036854775807ms'],
])('the instant %i is %s', (milliseconds, text) => {
  expect(showInstant(milliseconds)).toBe(text);
});

test('JSON.stringify writes an answer as the response', () => {
  const answer = createEngineErrorAnswer(createEngineError('an answer from the module', 'none'));
  const given = toGivenAnswer({
    ...answer,
    effect: 'narrow',
    decision: true,
    validUntil: 1_767_225_600_000,
    constraints: {
      rows: 10n,
      many: 9_007_199_254_740_993n,
      share: new ExactDecimal('0.1234567890123456789'),
      tags: ['a'],
    },
    error: undefined,
  });
  expect(Object.keys(given)).toEqual(Object.keys(answer));
  for (const each of [given, answer]) {
    const [written, exact] = [JSON.stringify({ each }), stringify({ each: toAuthZen(each) })];
    const isExact = 'rawJSON' in JSON;
    expect(written).toBe(
      isExact ? exact : exact.replace(/9007199254740993|0\.1234567890123456789/g, '"$&"'),
    );
  }
  expect(JSON.parse(JSON.stringify(given)).context.valid_until).toBe('2026-01-01T00:00:00.000Z');
});

// Numbers in calls: each number that passes has for the policy exactly the value of its digits, for any reader that the
// server has. The oracle reads digits with BigInt, and shares nothing with the guard.

import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCoazMapping } from '../../../service/mcp/coaz/coaz-mapping.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { Harness, readError, resultText } from '../relay/relay-harness.ts';

const policy = `
policy test.numbers version "1.0.0"
record Given {
  amount?: Decimal
  count?: Int
  wait?: Duration
  at?: Timestamp in seconds
  list?: List<Decimal>
  map?: Map<String, Int>
  deep?: { amount?: Decimal }
}
subject ai_agent {}
subject identity {}
action "fs:pay" { arguments: Given }
action "fs:pay_until" { arguments: Given }
action "pay" { amount?: Decimal }
action "mcp:resources/read" { params: { uri: String, amount?: Decimal } }
action "mcp:sampling/createMessage" { params: { maxTokens?: Int } }
resource mcp_server {}
resource account {}
context { time: Timestamp }

for any doing "fs:pay", "pay", "mcp:resources/read", "mcp:sampling/createMessage" {
  permit pays otherwise
}
for ai_agent doing "fs:pay_until" on mcp_server {
  permit pays otherwise
  deny large when action.arguments.amount > 100
}
`;

const anything = { type: 'object' };
const tools = [
  { name: 'pay', inputSchema: anything },
  { name: 'pay_until', inputSchema: anything },
];
const mapped = [
  {
    name: 'pay',
    inputSchema: {
      ...anything,
      'x-authzen-mapping': {
        evaluation: {
          action: { name: 'pay', properties: { amount: '$params.arguments.amount' } },
          resource: { type: 'account', id: 'a' },
        },
      },
    },
  },
];

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});
const open: Harness[] = [];
function harness(options: object = {}): Harness {
  const made = new Harness({ module, tools, ...options });
  open.push(made);
  return made;
}
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

let id = 0;
function pay(relay: Harness, given: string, name = 'pay') {
  id += 1;
  const params = `{"name":${JSON.stringify(name)},"arguments":${given}}`;
  return relay.client(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${params}}`);
}

/**
 * Places in the arguments, and the number of decimal places that the policy reads there, or `undefined` if it reads
 * none.
 */
const places: readonly (readonly [(digits: string) => string, number | undefined])[] = [
  [(digits) => `{"amount":${digits}}`, 6],
  [(digits) => `{"count":${digits}}`, 0],
  [(digits) => `{"wait":${digits}}`, 3],
  [(digits) => `{"at":${digits}}`, 3],
  [(digits) => `{"list":[1,${digits}]}`, 6],
  [(digits) => `{"map":{"a":1,"b":${digits}}}`, 0],
  [(digits) => `{"deep":{"amount":${digits}}}`, 6],
  [(digits) => `{"undeclared":[{"x":${digits}}]}`, undefined],
  [(digits) => `{"amount":1,"\\u0061b":{"amount":${digits}}}`, undefined],
];

/** A number as a fraction: the digits, and the power of ten that they are multiplied with. */
function parseFraction(digits: string): { readonly value: bigint; readonly power: number } {
  const [, sign, whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(digits) ?? [];
  const value = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  return { value, power: Number(power) - fraction.length };
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [parseFraction(one), parseFraction(other)];
  if (first.value === 0n || second.value === 0n) return first.value === second.value;
  if (Math.abs(first.power) > 5_000) return false;
  const least = Math.min(first.power, second.power);
  const scaleFraction = ({ value, power }: typeof first) => value * 10n ** BigInt(power - least);
  return scaleFraction(first) === scaleFraction(second);
}

/** Whether a Decimal with this number of places, in 64 bits, has the value. */
function isReadExactly(digits: string, decimalPlaces: number): boolean {
  const { value, power } = parseFraction(digits);
  const shift = power + decimalPlaces;
  if (value === 0n) return true;
  if (shift > 40 || shift < -5_000) return false;
  const parts = shift >= 0 ? value * 10n ** BigInt(shift) : value / 10n ** BigInt(-shift);
  if (shift < 0 && value % 10n ** BigInt(-shift) !== 0n) return false;
  return parts >= -(2n ** 63n) && parts < 2n ** 63n;
}

const whole = fc.oneof(
  fc.nat().map(String),
  fc.bigInt(0n, 2n ** 70n).map(String),
  fc.bigInt(2n ** 53n - 4n, 2n ** 53n + 4n).map(String),
  fc.bigInt(9_223_372_036_853n, 9_223_372_036_856n).map(String),
  fc.constantFrom('0', '100', '9007199254740993', '1000000000000000000000'),
);
const fraction = fc.oneof(
  fc.constantFrom(
    '',
    '.0',
    '.000',
    '.5',
    '.000001',
    '.0000001',
    '.0000004',
    '.9999999',
    '.10000000',
  ),
  fc.bigInt(0n, 10n ** 20n).map((value) => `.${value}`),
);
const power = fc.oneof(
  fc.constantFrom(
    '',
    '',
    '',
    'e0',
    'E2',
    'e+2',
    'e-3',
    'e-7',
    'E-06',
    'e18',
    'e22',
    'e23',
    'e400',
    'e-400',
  ),
  fc.integer({ min: -30, max: 30 }).map((value) => `e${value}`),
);
const spellings = fc
  .tuple(fc.constantFrom('', '-'), whole, fraction, power)
  .map((parts) => parts.join(''));

describe('each number that passes', () => {
  test('has the value of its digits for a server with doubles, and for the policy', () => {
    const relay = harness();
    let passed = 0;
    fc.assert(
      fc.property(spellings, fc.constantFrom(...places), (digits, [given, decimalPlaces]) => {
        const received = pay(relay, given(digits));
        const isPassed = received.server.length === 1;
        if (!isPassed) {
          expect(resultText(received)).toMatch(/^not permitted: /);
          return;
        }
        passed += 1;
        expect(received.server[0]).toContain(digits);
        expect(isSame(digits, String(Number(digits)))).toBe(true);
        if (decimalPlaces !== undefined) expect(isReadExactly(digits, decimalPlaces)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    expect(passed).toBeGreaterThan(200);
  });

  test('includes each number that both have exactly', () => {
    const relay = harness();
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
        fc.integer({ min: 0, max: 6 }),
        fc.constantFrom('', '0', '00'),
        (value, decimalPlaces, zeros) => {
          const digits = `${(value / 10 ** decimalPlaces).toFixed(decimalPlaces)}`;
          const text = digits.includes('.') ? `${digits}${zeros}` : digits;
          expect(pay(relay, `{"amount":${text}}`).server).toHaveLength(1);
        },
      ),
    );
    for (const digits of [
      '-0',
      '1E2',
      '1.0',
      '1e0',
      '0.000001',
      '-0.0',
      '0e999',
      '9007199254740991',
    ]) {
      expect(pay(relay, `{"count":${digits}}`).server.length, digits).toBe(
        digits === '0.000001' ? 0 : 1,
      );
    }
  });
});

attack('guard-rounded-decimal', () => {
  const relay = harness();
  const received = pay(relay, '{"amount":100.0000004}', 'pay_until');
  expect(received.server).toEqual([]);
  expect(resultText(received)).toBe(
    'not permitted: $.action.properties.arguments.amount: expected a number of 64 bits with at most 6 decimal places, found 100.0000004',
  );
  expect(pay(relay, '{"amount":100.0000000}', 'pay_until').server).toHaveLength(1);
});

attack('guard-large-integer', () => {
  const relay = harness();
  for (const given of [
    '{"count":9007199254740993}',
    '{"undeclared":{"ids":[1,9007199254740993]}}',
    '{"count":9007199254740993.0}',
    '{"count":1e400}',
    `{"undeclared":[0.1000000000000000000001],"text":"${'x'.repeat(60_000)}"}`,
  ]) {
    const received = pay(relay, given);
    expect(received.server, given).toEqual([]);
    expect(resultText(received)).toMatch(
      /^not permitted: the number \S+ is not exact for every reader$/,
    );
  }
  expect(pay(relay, '{"text":"9007199254740993, 1e400"}').server).toHaveLength(1);
});

describe('the same', () => {
  test('in the parameters of other methods, in both directions', () => {
    const relay = harness();
    const read = (digits: string) =>
      relay.client(
        `{"jsonrpc":"2.0","id":"r","method":"resources/read","params":{"uri":"a","amount":${digits}}}`,
      );
    expect(readError(read('9007199254740993'))?.message).toBe(
      'not permitted: the number 9007199254740993 is not exact for every reader',
    );
    expect(readError(read('100.0000004'))?.message).toContain('found 100.0000004');
    expect(read('100.5').server).toHaveLength(1);
    const sample = relay.server(
      '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"maxTokens":9007199254740993}}',
    );
    expect([sample.client, JSON.parse(sample.server[0] ?? '').error.message]).toEqual([
      [],
      'not permitted: the number 9007199254740993 is not exact for every reader',
    ]);
  });

  test('if a mapping of COAZ-MCP reads the arguments', () => {
    const token = { sub: 'ann' };
    const relay = harness({
      tools: mapped,
      mapping: createCoazMapping('fs'),
      token,
      refusal: 'error',
    });
    expect(readError(pay(relay, '{"amount":9007199254740993}'))?.message).toContain('not exact');
    expect(readError(pay(relay, '{"amount":100.0000004}'))?.message).toContain('100.0000004');
    expect(pay(relay, '{"amount":100.5}').server).toHaveLength(1);
  });

  test('in the mode `observe` it passes, and is logged', () => {
    const relay = harness({ mode: 'observe' });
    expect(pay(relay, '{"count":9007199254740993}').server).toHaveLength(1);
    expect(relay.logged.at(-1)).toMatchObject({ effect: 'deny', enforcement: 'observed' });
  });
});

// The second encoding of policies, which is written from the reference of the language and shares no code with the provers:
// what it covers, and, where cvc5 is installed (`node scripts/install/cvc5.mjs`), that cvc5 finds a violation of three claims
// that were proved once. `npm run second-encoding` compares all false claims, all examples and generated policies.

import { readdirSync, readFileSync } from 'node:fs';
import { check } from '@nhipol/language';
import { readCidr, readIp } from '@nhipol/language/types';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { programs } from '../../support/arbitraries/program-arbitrary.ts';
import { checkPolicy } from '../../support/checking.ts';
import { samples } from '../../support/policies/samples.ts';
import { createRequest } from '../false-claims/false-claim.ts';
import {
  formatAddress,
  formatNetwork,
  listAddressSpellings,
  readAddress,
  readNetwork,
} from './addresses.ts';
import { compareClaims, compareRequest, tryEncode } from './compare.ts';
import { Cvc5, hasCvc5 } from './cvc5.ts';
import { falseClaims, refutation } from './night.ts';
import { NotCovered } from './regular.ts';

const folder = new URL('./', import.meta.url);

test('the encoder imports nothing of the provers', () => {
  const own = ['smt', 'regular', 'addresses', 'facts', 'expressions', 'operators', 'decision'];
  const files = [...own, 'encoding', 'requests', 'search'].map((name) => `${name}.ts`);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(files));
  for (const file of files)
    expect(readFileSync(new URL(file, folder), 'utf8'), file).not.toMatch(/from '[^']*proving\//);
});

test('it covers every example and its claims', { timeout: 120_000 }, () => {
  for (const { path, sources } of samples) {
    const { policy } = check(path, sources);
    if (policy === undefined) throw new Error(`${path} has errors`);
    const made = tryEncode(policy);
    if (made instanceof NotCovered) throw new Error(`${path}: ${made.construct}`);
    for (const { violated } of made.goals) expect(violated).not.toBeInstanceOf(NotCovered);
  }
});

test('it covers most generated policies, and names what it does not have', {
  timeout: 120_000,
}, () => {
  const made = fc
    .sample(programs, { numRuns: 40, seed: 20_261_201 })
    .map(({ text, others }) => tryEncode(checkPolicy(text, others)));
  const missing = made.flatMap((each) => (each instanceof NotCovered ? [each.construct] : []));
  expect(missing.length).toBeLessThan(20);
  for (const each of missing) expect(each).toMatch(/^\w/);
});

const spelled = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((own) => `::ffff:${own}`),
  fc.stringMatching(/^[0-9a-fA-F:.]{0,12}$/),
);

test('it reads addresses and networks as the language does', () => {
  const canonical = (value: bigint) => readIp(formatAddress(value));
  fc.assert(
    fc.property(spelled, fc.integer({ min: 0, max: 130 }), (text, length) => {
      const address = readAddress(text);
      const bits = address && ((address.isV6 ? 1n : 0n) << 128n) | (address?.value ?? 0n);
      expect(bits === undefined ? undefined : canonical(bits)).toBe(readIp(text));
      const network = readNetwork(`${text}/${length}`);
      const own =
        network &&
        ((network.isV6 ? 1n : 0n) << 136n) | (network.value << 8n) | BigInt(network.length);
      expect(own === undefined ? undefined : readCidr(formatNetwork(own))).toBe(
        readCidr(`${text}/${length}`),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('all spellings that it lists are those of the address', () => {
  for (const text of ['::1', '10.0.0.1', '2001:db8::', '::', 'fe80::1:2']) {
    const address = readAddress(text);
    if (address === undefined) throw new Error(text);
    for (const each of listAddressSpellings(address)) expect(readIp(each), each).toBe(readIp(text));
  }
});

describe.skipIf(!hasCvc5)('with cvc5', () => {
  const solver = new Cvc5();
  afterAll(() => solver.close());

  /** Claims that earlier versions proved. */
  const names = [
    '10.0.7.1 in 10.0.0.0/16, and not in 10.0.0.0/24',
    'four approvers, none of whom is the owner, in one team',
    'size(subject.s) is 2 and all x in subject.s satisfies ip(x) is ::1 for ::1 and 0::1',
  ];

  test.each(names)('%s: violated', { timeout: 300_000 }, async (name) => {
    const claim = falseClaims.find((each) => each.name === name);
    expect(claim && (await refutation(solver, claim, 120_000))).toBe('refuted');
  });

  test('a claim that holds is proved by both', { timeout: 120_000 }, async () => {
    const policy = checkPolicy(`policy acme.sizes
subject any { level: Int(0..9) }
for any {
  permit low when subject.level + 1 < 5
}
invariant "only low levels" for any
  effect is permit implies subject.level <= 3
`);
    const [compared] = await compareClaims(solver, policy, { timeout: 20_000 });
    expect(compared).toMatchObject({ verdict: 'proved', compared: 'agreed' });
  });

  test('a request with its answer is a model, and with another answer none', {
    timeout: 120_000,
  }, async () => {
    const policy = checkPolicy(`policy acme.names
enum Level { LOW < HIGH }
subject any { name?: String, home?: String, levels?: Set<Level> }
for any {
  permit low when any level in (subject.levels else { LOW }) satisfies level is LOW
  permit own when subject.name starts_with "a" and resource.id under subject.home
  deny long when length(subject.name) > 3
}
`);
    const encoding = tryEncode(policy);
    if (encoding instanceof NotCovered) throw encoding;
    for (const subject of [
      { name: 'abc', home: 'f' },
      { name: 'abcd', home: 'f' },
      {},
      { home: '/' },
      { levels: ['other'] },
      { levels: ['other', 'LOW'] },
    ]) {
      const request = {
        text: JSON.stringify(createRequest({ subject })),
        now: undefined,
        tables: new Map(),
      };
      const { compared } = await compareRequest(solver, encoding, request, 20_000);
      expect(compared).toBe('agreed');
    }
  });

  test('a request with the answer of another policy is a disagreement', {
    timeout: 120_000,
  }, async () => {
    const levels = (most: number) =>
      checkPolicy(`policy acme.levels
subject any { level: Int }
for any {
  permit low when subject.level <= ${most}
}
`);
    const encoding = tryEncode(levels(3));
    if (encoding instanceof NotCovered) throw encoding;
    const text = JSON.stringify(createRequest({ subject: { level: 4 } }));
    const request = { text, now: undefined, tables: new Map() };
    const other = { ...encoding, policy: levels(4) };
    expect((await compareRequest(solver, encoding, request, 20_000)).compared).toBe('agreed');
    expect((await compareRequest(solver, other, request, 20_000)).compared).toBe('disagreement');
  });
});

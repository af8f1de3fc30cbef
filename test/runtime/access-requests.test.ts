// Reading access requests: the first one that a reason offers, with the instant of evaluation; and what happens if
// the module has no such instant, or an invalid one.

import { load, type Policy } from '@nhipol/runtime';
import type { Manifest, ManifestReason } from '@nhipol/runtime/abi';
import { beforeAll, expect, test } from 'vitest';
import { ObligationReader } from '../../runtime/answer/obligation-reader.ts';
import type { Instance } from '../../runtime/instance/instance.ts';
import { ModuleMemory } from '../../runtime/module/memory.ts';
import { assembleCanned, canned, cannedManifest, withManifest } from '../support/canned-module.ts';

const properties = 64;
const obligations: Manifest['obligations'] = [
  { name: 'page', type: 'custom', properties: [] },
  { name: 'ask', type: 'access_request', properties: [] },
];
const manifest = {
  obligations,
  properties: [{ kind: 'Duration' }, { kind: 'Duration' }, { kind: 'Int' }],
} as unknown as Manifest;
const reader = new ObligationReader(manifest);

interface Filled {
  /** undefined: unknown. */
  readonly cells?: readonly (bigint | undefined)[];
  /** undefined: a module that does not export it. */
  readonly instant?: number | undefined;
}

/** A module with filled cells. */
function instanceWith(filled: Filled) {
  const { cells = [600_000n, 250n, 5n], instant } = { instant: 1_000, ...filled };
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = new DataView(memory.buffer);
  for (const [index, value] of cells.entries()) {
    view.setBigInt64(properties + index * 16, value ?? 0n, true);
    view.setUint16(properties + index * 16 + 8, value === undefined ? 1 : 0x101, true);
  }
  const exports = instant === undefined ? {} : { instant: () => instant };
  return { exports, memory: new ModuleMemory(memory), properties } as unknown as Instance;
}

type AskedFor = readonly [obligation: number, properties: Readonly<Record<string, number>>];

function reason(id: string, ...asked: readonly AskedFor[]): ManifestReason {
  const demands = asked.map(([obligation, own]) => ({ obligation, properties: own }));
  const asks = { effect: 'challenge' as const, obligations: demands };
  return { id, source: [0, 1, 1], asks };
}

const page: AskedFor = [0, { n: 2 }];
const ask: AskedFor = [1, { expires_in: 0 }];
const askShortly: AskedFor = [1, { expires_in: 1, n: 2 }];

function requested(filled: Filled, ...reasons: readonly ManifestReason[]) {
  return reader.accessRequest(instanceWith(filled), 'challenge', reasons);
}

test('the first access request is reported, and is not an obligation', () => {
  const reasons = [reason('a', page), reason('b', page, askShortly), reason('c', ask)];
  expect(requested({}, ...reasons)).toEqual({
    name: 'ask',
    properties: { expires_in: 0.25, n: 5 },
    reason: 'b',
    evaluatedAt: 1_000n,
    expiresAt: 1_250n,
  });
  expect(reader.read(instanceWith({}), 'challenge', reasons)).toEqual([
    { name: 'page', type: 'custom', properties: { n: 5 }, reasons: ['a', 'b'] },
  ]);
});

test('a reason with another obligation, or under another effect, offers no access request', () => {
  expect(requested({ instant: undefined }, reason('a', page))).toBeUndefined();
  const asking = [reason('a', ask)];
  expect(reader.accessRequest(instanceWith({}), 'deny', asking)).toBeUndefined();
});

test('without an instant there is no access request', () => {
  expect(requested({ instant: Number.NaN }, reason('a', ask))).toBeUndefined();
});

test.each<readonly [string, Filled, AskedFor]>([
  ['an instant that is not exported', { instant: undefined }, ask],
  ['an invalid instant', { instant: 0.5 }, ask],
  ['an unknown value', { cells: [undefined] }, ask],
  ['no end', {}, [1, { n: 2 }]],
  ['an end that is not a duration', {}, [1, { expires_in: 2 }]],
  ['an obligation that is not in the manifest', {}, [2, { expires_in: 0 }]],
  ['a property that is not in the manifest', {}, [1, { expires_in: 3 }]],
])('%s is a failure of the module', (_, filled, asked) => {
  expect(() => requested(filled, reason('a', asked))).toThrow();
});

const asking: Manifest = {
  ...cannedManifest,
  obligations,
  properties: [{ kind: 'Duration' }],
  reasons: [reason('weak', ask)],
};
/** An address below all data of an answer. */
const cell = 512;
const filledCell = `export const properties: usize = ${cell};
store<i64>(${cell}, 600000); store<u16>(${cell}, 0x101, 8);`;
const challenge = canned({ effect: 'challenge', reasons: [[0]] });

async function cannedWith(more: string): Promise<Policy> {
  return load(withManifest(await assembleCanned({ more }), asking));
}

let whole: Policy;
let without: Policy;
beforeAll(async () => {
  whole = await cannedWith(`${filledCell}\nexport function instant(): f64 { return 1000; }`);
  without = await cannedWith(filledCell);
});

test('a module that exports the instant has an access request', () => {
  expect(whole.decideJson(challenge)).toMatchObject({
    effect: 'challenge',
    decision: false,
    reasons: ['weak'],
    obligations: [],
    accessRequest: { name: 'ask', reason: 'weak', evaluatedAt: 1_000n, expiresAt: 601_000n },
  });
});

test('a module without the instant, as before version 1.2, loads and has no access request', () => {
  expect(without.decideJson(challenge)).toMatchObject({
    effect: 'deny',
    reasons: ['engine_error'],
    accessRequest: undefined,
  });
  const permit = canned({ effect: 'permit', reasons: [[0]] });
  expect(without.decideJson(permit)).toMatchObject({ effect: 'permit', accessRequest: undefined });
});

// Reading obligations: those of the effect, each once; invalid output of a module is an engine failure.

import type { EffectName, Manifest, ManifestReason } from '@nhipol/runtime/abi';
import { expect, test } from 'vitest';
import { ObligationReader } from '../../runtime/answer/obligation-reader.ts';
import type { Instance } from '../../runtime/instance/instance.ts';
import { ModuleMemory } from '../../runtime/module/memory.ts';

const properties = 64;
const manifest = {
  obligations: [{ name: 'page', type: 'custom', properties: [] }],
  properties: [{ kind: 'Int' }, { kind: 'Int' }, { kind: 'Int' }],
} as unknown as Manifest;

/** A module with filled cells; undefined: unknown. */
function instanceWith(cells: readonly (bigint | undefined)[], at: number | undefined = properties) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const view = new DataView(memory.buffer);
  for (const [index, value] of cells.entries()) {
    view.setBigInt64(properties + index * 16, value ?? 0n, true);
    view.setUint16(properties + index * 16 + 8, value === undefined ? 1 : 0x101, true);
  }
  return { memory: new ModuleMemory(memory), properties: at } as unknown as Instance;
}

function reason(
  id: string,
  effect: EffectName,
  ...asked: readonly (readonly [obligation: number, property: number])[]
): ManifestReason {
  const obligations = asked.map(([obligation, n]) => ({ obligation, properties: { n } }));
  return { id, asks: { effect, obligations } } as unknown as ManifestReason;
}

const reader = new ObligationReader(manifest);

test('an obligation that two reasons require is listed once, with both', () => {
  const reasons = [reason('a', 'deny', [0, 0], [0, 1]), reason('b', 'deny', [0, 2])];
  expect(reader.read(instanceWith([1n, 2n, 1n]), 'deny', reasons)).toEqual([
    { name: 'page', type: 'custom', properties: { n: 1 }, reasons: ['a', 'b'] },
    { name: 'page', type: 'custom', properties: { n: 2 }, reasons: ['a'] },
  ]);
});

test('integers beyond a double are distinguished', () => {
  const reasons = [reason('a', 'deny', [0, 0], [0, 1])];
  const found = reader.read(instanceWith([2n ** 53n, 2n ** 53n + 1n]), 'deny', reasons);
  expect(found.map((each) => each.properties.n)).toEqual([2n ** 53n, 2n ** 53n + 1n]);
});

test('a reason requires obligations under its own effect only', () => {
  const reasons = [reason('a', 'revoke', [0, 0]), { id: 'b' } as unknown as ManifestReason];
  expect(reader.read(instanceWith([1n]), 'deny', reasons)).toEqual([]);
});

test.each(['deny', 'revoke'] as const)('an unknown value is left out of a %s', (effect) => {
  const reasons = [reason('a', effect, [0, 0], [0, 1])];
  const [only, none] = reader.read(instanceWith([undefined, 2n]), effect, reasons);
  expect([only?.properties, none]).toEqual([{ n: 2 }, undefined]);
});

test.each(['permit', 'narrow', 'challenge'] as const)(
  'an unknown value in a %s is an engine failure',
  (effect) => {
    const reasons = [reason('a', effect, [0, 0])];
    expect(() => reader.read(instanceWith([undefined]), effect, reasons)).toThrow();
  },
);

test.each([
  ['an obligation', instanceWith([1n]), reason('a', 'deny', [1, 0])],
  ['a property', instanceWith([1n]), reason('a', 'deny', [0, 3])],
])('%s that the manifest does not list', (_, instance, asking) => {
  expect(() => reader.read(instance, 'deny', [asking])).toThrow();
});

test('a module without properties requires none', () => {
  const older = { ...instanceWith([1n]), properties: undefined };
  expect(() => reader.read(older, 'deny', [reason('a', 'deny', [0, 0])])).toThrow();
});

// A request as an object is decided like its JSON, whichever path it takes: its facts are encoded into
// the module's memory if their values allow it, and otherwise it becomes JSON. Its contents vary as a
// hostile client could vary JSON, and include values that JSON cannot represent.

import type { ModuleExports } from '@nhipol/runtime/abi';
import { emitWriter } from '@nhipol/runtime/direct/writer-source';
import { fillModule } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { varyRequest } from '../support/arbitraries/request-variations.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { loadPolicies } from '../support/modules/engines.ts';
import { normalizedPolicy } from '../support/policies/normalized-policy.ts';
import { compiled, generateRequests, seed } from '../support/policies/property-policies.ts';

const settled = ['settled', checkPolicy(normalizedPolicy)] as const;
const subjects = [...compiled, settled];
const policies = subjects.map(([, policy]) => policy);
/** The number of requests that a policy's module evaluated from encoded facts. */
const written = { byEncoding: 0, byBindings: 0, bySplit: 0, byGenerated: 0 };

function counting(way: keyof typeof written) {
  return (exports: ModuleExports): ModuleExports => ({
    ...exports,
    decide_facts: (...args) => {
      const result = exports.decide_facts?.(...args) ?? 0;
      if (result !== 0) written[way] += 1;
      return result;
    },
  });
}

const byFacts = await loadPolicies(policies, undefined, undefined, {
  change: counting('byEncoding'),
});
const byText = await loadPolicies(policies, undefined, undefined, {
  change: ({ decide_facts: _, ...exports }) => exports,
});

/** Replaces numbers at the limits by small ones, where generated values are all at a limit. */
function tameNumbers(value: unknown): unknown {
  if (typeof value === 'number') return Math.abs(value) < 1e9 ? Math.round(value * 100) / 100 : 7;
  if (Array.isArray(value)) return value.map(tameNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, tameNumbers(member)]),
  );
}

function tryParse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Values that JSON cannot represent, and those that have another meaning there. */
const strange = fc.constantFrom<unknown>(
  undefined,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  0.1 + 0.2,
  1e21,
  2 ** 53,
  12n,
  '\ud800',
  'é€😀',
  new Date('2026-11-25T09:30:00Z'),
  new Date(Number.NaN),
  new Set(['a', 'b', 'a']),
  new Map([['a', 1]]),
  Object.create({ inherited: 'value' }),
  Object.create(null),
  Symbol('other'),
  () => 'called',
  [undefined],
  Array(3),
);

interface Place {
  readonly holder: Record<string, unknown>;
  readonly name: string;
}

function listPlaces(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...listPlaces(holder[name])]);
}

/** The request, sometimes with an unusual value in it. */
function withStrange(request: unknown): fc.Arbitrary<unknown> {
  const places = listPlaces(request);
  if (places.length === 0) return fc.constant(request);
  return fc
    .tuple(fc.nat({ max: places.length - 1 }), fc.option(strange, { freq: 2 }))
    .map(([at, value]) => {
      const copy = structuredClone(request);
      const place = listPlaces(copy)[at];
      if (place !== undefined && value !== null) place.holder[place.name] = value;
      return copy;
    });
}

function bound(way: keyof typeof written, mostInline?: number) {
  return loadPolicies(policies, undefined, undefined, {
    change: counting(way),
    bind: (manifest, encoding) => {
      const source = `${emitWriter(encoding, mostInline)}; return makeWriter;`;
      return { sources: manifest.sources, makeWriter: new Function(source)() };
    },
  });
}

const byBindings = await bound('byBindings');
const bySplit = await bound('bySplit', 0);
/** Generates its code in the middle of the requests. */
const byGenerated = await loadPolicies(policies, undefined, undefined, {
  change: counting('byGenerated'),
  generateCode: true,
});

test.each(subjects.map(([name, policy], index) => [name, policy, index] as const))(
  'an object is decided like its JSON: %s',
  (name, policy, index) => {
    const text = byText[index] ?? expect.fail('not loaded');
    const others = [byFacts, byBindings, bySplit, byGenerated].map(
      (loaded) => loaded[index] ?? expect.fail('not loaded'),
    );
    const requests = fc.constantFrom(...generateRequests(policy)).chain((request) =>
      fc
        .oneof(fc.constant(new TextEncoder().encode(request.text)), varyRequest(request.text))
        .chain((bytes) => fc.constantFrom(tryParse(bytes), tameNumbers(tryParse(bytes))))
        .chain(withStrange)
        .map((object) => ({ object, request })),
    );
    const before = { ...written };
    const property = fc.property(requests, ({ object, request: { now, tables } }) => {
      for (const each of [text, ...others]) fillModule(each, tables);
      const options = { now: now === undefined ? ('request' as const) : now };
      const expected = text.decide(object, options);
      for (const each of others) expect(each.decide(object, options)).toEqual(expected);
      const later = BigInt(1.8e12);
      const again = text.again(later);
      for (const each of others) expect(each.again(later)).toEqual(again);
    });
    const numRuns = runs(300, 100);
    fc.assert(property, { numRuns, seed });
    // A generated request has many members, and nearly always one of them is invalid.
    const minWritten =
      name.startsWith('generated') || name === 'settled' ? numRuns / 100 : numRuns / 6;
    const judged = written.byEncoding - before.byEncoding;
    // The digest of the call covers members that have no cells, so such a policy reads JSON only.
    // The direct encoder does not choose between contexts.
    if (text.manifest.call_digest || policy.contexts.length > 0) expect(judged).toBe(0);
    else expect(judged).toBeGreaterThanOrEqual(minWritten);
    expect(written.byBindings - before.byBindings).toBe(judged);
    expect(written.bySplit - before.bySplit).toBe(judged);
    expect(written.byGenerated - before.byGenerated).toBe(judged);
  },
);

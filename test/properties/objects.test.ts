// A request as an object is decided as its JSON is, whichever way it goes: its facts are written to the
// module's memory where they are usual, and it becomes a text where they are not. What it holds varies as
// hostile writers of JSON would have it, and by what JSON has no word for.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fillModule } from '../../testing/tables.ts';
import { loadedPolicies } from '../support/engines.ts';
import { compiled, requestsOf, seed, times } from '../support/property-policies.ts';
import { variationsOf } from '../support/request-variations.ts';

const policies = compiled.map(([, policy]) => policy);
let written = 0;
const byFacts = await loadedPolicies(policies, undefined, undefined, (exports) => ({
  ...exports,
  decide_facts: (...args) => {
    const result = exports.decide_facts?.(...args) ?? 0;
    if (result !== 0) written += 1;
    return result;
  },
}));
const byText = await loadedPolicies(
  policies,
  undefined,
  undefined,
  ({ decide_facts: _, ...exports }) => exports,
);

/** Where generated values are all at some limit, numbers are made usual ones. */
function tamed(value: unknown): unknown {
  if (typeof value === 'number') return Math.abs(value) < 1e9 ? Math.round(value * 100) / 100 : 7;
  if (Array.isArray(value)) return value.map(tamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, tamed(member)]));
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Values that JSON has no word for, and those that have another meaning there. */
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

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name])]);
}

/** The request, with something strange in a place of it, now and then. */
function withStrange(request: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(request);
  if (places.length === 0) return fc.constant(request);
  return fc
    .tuple(fc.nat({ max: places.length - 1 }), fc.option(strange, { freq: 1 }))
    .map(([at, value]) => {
      const copy = structuredClone(request);
      const place = placesIn(copy)[at];
      if (place !== undefined && value !== null) place.holder[place.name] = value;
      return copy;
    });
}

test.each(compiled.map(([name, policy], index) => [name, policy, index] as const))(
  'an object is decided as its text: %s',
  (name, policy, index) => {
    const [facts, text] = [byFacts[index], byText[index]];
    if (facts === undefined || text === undefined) return expect.fail('not loaded');
    const requests = fc.constantFrom(...requestsOf(policy)).chain((request) =>
      fc
        .oneof(fc.constant(new TextEncoder().encode(request.text)), variationsOf(request.text))
        .chain((bytes) => fc.constantFrom(parsed(bytes), tamed(parsed(bytes))))
        .chain(withStrange)
        .map((object) => ({ object, request })),
    );
    const before = written;
    const property = fc.property(requests, ({ object, request: { now, tables } }) => {
      fillModule(facts, tables);
      fillModule(text, tables);
      const options = { now: now === undefined ? ('request' as const) : now };
      expect(facts.decide(object, options)).toEqual(text.decide(object, options));
      const later = BigInt(1.8e12);
      expect(facts.again(later)).toEqual(text.again(later));
    });
    const numRuns = 300 * times;
    fc.assert(property, { numRuns, seed });
    // Of the many members of a generated request one is nearly always at fault.
    const least = name.startsWith('generated') ? 5 : numRuns / 6;
    expect(written - before).toBeGreaterThan(least);
  },
);

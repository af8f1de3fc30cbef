// A request as an object and the same request as JSON: the same answer, and the same error with the same path,
// with any values of its members.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../support/seed.ts';
import { type Answer, load, type Policy, stringify, toAuthZen } from '@nhipol/runtime';
import { formatJsonPath } from '../../runtime/json/json-path.ts';

const folder = new URL('../conformance/', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as {
  readonly cases: readonly string[];
};

interface Case {
  readonly name: string;
  readonly module: string;
  readonly steps: readonly { readonly do: string; readonly request?: unknown }[];
}

type Members = { [name: string]: unknown };

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The requests of a case that are objects, with no number that JavaScript may have rounded, and not nested too
 * deeply.
 */
function listRequests({ steps }: Case): readonly Members[] {
  return steps.flatMap(({ do: verb, request }) => {
    if (verb !== 'decide' || typeof request !== 'string') return [];
    try {
      const value: unknown = JSON.parse(request);
      return isMembers(value) && !/[0-9]{15}|[0-9][eE]|\[{9}/.test(request) ? [value] : [];
    } catch {
      return [];
    }
  });
}

/** Values that JSON and JavaScript both represent exactly. */
const exact: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  1.5,
  -3,
  1e-7,
  0.1 + 0.2,
  2 ** 53 - 1,
  '',
  'x',
  '\u0000"\\',
  '2026-03-03T10:00:00Z',
  'x'.repeat(4_097),
  [],
  [null],
  ['x', 1],
  [[1], {}],
  {},
  { x: 1 },
  { type: 'agent' },
  { properties: { level: 'x' } },
  Array.from({ length: 257 }, (_, at) => at),
];
/** Values that JSON cannot represent, or represents differently. */
const inexact: readonly number[] = [1e21, 2 ** 53, -(2 ** 60), 1e300];
const unwritable: readonly unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, new Date(Number.NaN)];

/** All paths in a value. */
function listPlaces(
  value: unknown,
  path: readonly (string | number)[] = [],
): (string | number)[][] {
  const within = isMembers(value)
    ? Object.keys(value).flatMap((name) => listPlaces(value[name], [...path, name]))
    : Array.isArray(value)
      ? value.flatMap((each, at) => listPlaces(each, [...path, at]))
      : [];
  return [[...path], ...within];
}

function put(
  value: unknown,
  [step, ...path]: readonly (string | number)[],
  other: unknown,
): unknown {
  if (step === undefined) return other;
  if (Array.isArray(value)) {
    return value.map((each, at) => (at === step ? put(each, path, other) : each));
  }
  return { ...(value as Members), [step]: put((value as Members)[step], path, other) };
}

/** The paths that a path of JSON stands for: it has `[*]` instead of the key of a map. */
function pathPattern(path: string): RegExp {
  const parts = path.split('[*]').map((part) => part.replace(/[$.[\]\\'"*+?^{}()|/]/g, '\\$&'));
  return new RegExp(`^${parts.join('(?:\\.\\w+|\\[[^\\]]*\\])')}$`);
}

/** Everything in an answer except the offset of an error. */
function toComparable(answer: Answer): unknown {
  const { context, ...others } = JSON.parse(stringify(toAuthZen(answer))) as {
    context: { error?: { offset: number } };
  };
  return { ...others, context: { ...context, error: { ...context.error, offset: 0 } } };
}

const options = { now: Date.parse('2026-03-03T09:00:00Z') };
const loaded = cases.flatMap((path): [string, Policy, readonly Members[]][] => {
  const each = JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as Case;
  const requests = listRequests(each);
  if (requests.length === 0) return [];
  return [[each.name, load(readFileSync(new URL(each.module, folder))), requests]];
});

describe.each(loaded)('%s', (_, policy, requests) => {
  const createChangeArbitrary = (values: readonly unknown[]) =>
    fc
      .constantFrom(...requests)
      .chain((request) =>
        fc
          .tuple(fc.constantFrom(...listPlaces(request)), fc.constantFrom(...values))
          .map(([place, value]): [unknown, readonly (string | number)[]] => [
            put(request, place, value),
            place,
          ]),
      );

  test('a value that JSON represents gets the same answer', () => {
    fc.assert(
      fc.property(createChangeArbitrary(exact), ([request]) => {
        const json = JSON.stringify(request);
        expect(toComparable(policy.decide(request, options)), json).toEqual(
          toComparable(policy.decideJson(json, options)),
        );
      }),
      { numRuns: 150 },
    );
  });

  test('a value that JSON represents differently is denied at its own path, or ignored, and may still be revoked', () => {
    fc.assert(
      fc.property(createChangeArbitrary(inexact), ([request, place]) => {
        const json = JSON.stringify(request);
        const [asObject, asJson] = [
          policy.decide(request, options),
          policy.decideJson(json, options),
        ];
        if (asJson.effect === 'revoke') expect(asObject.effect, json).toBe('revoke');
        const { error } = asObject;
        if (error?.found !== 'an integer beyond 2^53') {
          expect(toComparable(asObject), json).toEqual(toComparable(asJson));
          return;
        }
        expect(asObject.decision, json).toBe(false);
        expect(error.path).toBe(formatJsonPath(place));
        if (asJson.error !== undefined) expect(error.path).toMatch(pathPattern(asJson.error.path));
      }),
      { numRuns: 100 },
    );
  });

  test('a value that JSON cannot represent is never permitted', () => {
    fc.assert(
      fc.property(createChangeArbitrary(unwritable), ([request]) => {
        const { error, decision } = policy.decide(request, options);
        if (error !== undefined) expect(decision).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

// Maps, lists, lists of lists, sets and records within each other: both engines read the same values from a request, as
// JSON and as an object. A policy has a rule for each word at each place of its type, so that its reasons show what was
// read.

import { toAuthZen } from '@nhipol/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { evaluator, loadPolicies } from '../../support/modules/engines.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_129);

type Shape =
  | { readonly kind: 'String' }
  | { readonly kind: 'Set' }
  | { readonly kind: 'List' | 'Map'; readonly of: Shape }
  | { readonly kind: 'Record'; readonly x: Shape; readonly y: Shape };

const word: Shape = { kind: 'String' };
const set: Shape = { kind: 'Set' };
const list = (of: Shape): Shape => ({ kind: 'List', of });
const map = (of: Shape): Shape => ({ kind: 'Map', of });
const record = (x: Shape, y: Shape): Shape => ({ kind: 'Record', x, y });

const shapes: readonly Shape[] = [
  map(word),
  map(record(word, set)),
  map(record(list(word), word)),
  list(word),
  list(list(word)),
  list(list(list(word))),
  list(record(word, set)),
  list(record(list(list(word)), word)),
  list(list(record(word, set))),
  list(record(map(word), word)),
  record(map(word), list(list(word))),
  record(record(set, map(record(set, word))), list(word)),
];

const words = ['a', 'b', 'c'];
const keys = ['k', 'l', 'm'];

function writeType(shape: Shape): string {
  switch (shape.kind) {
    case 'String':
      return 'String';
    case 'Set':
      return 'Set<String>';
    case 'List':
      return `List<${writeType(shape.of)}>`;
    case 'Map':
      return `Map<String, ${writeType(shape.of)}>`;
    case 'Record':
      return `{ x?: ${writeType(shape.x)}, y?: ${writeType(shape.y)} }`;
  }
}

/** The conditions that find a word, one for each place of the shape: by iteration, by constant key and by given key. */
type Place = (path: string, found: string, depth?: number) => string;

function listPlaces(shape: Shape): readonly Place[] {
  switch (shape.kind) {
    case 'String':
      return [(path, found) => `${path} is "${found}"`];
    case 'Set':
      return [(path, found) => `"${found}" in ${path}`];
    case 'List':
      return listPlaces(shape.of).map((inner) => iteratePlace(inner, ''));
    case 'Map':
      return listPlaces(shape.of).flatMap((inner) => [
        iteratePlace(inner, '.value'),
        ...[...keys.map((key) => `"${key}"`), 'context.key'].map(
          (key): Place =>
            (path, found, depth) =>
              inner(`${path}[${key}]`, found, depth),
        ),
      ]);
    case 'Record':
      return (['x', 'y'] as const).flatMap((name) =>
        listPlaces(shape[name]).map(
          (inner): Place =>
            (path, found, depth) =>
              inner(`${path}.${name}`, found, depth),
        ),
      );
  }
}

function iteratePlace(inner: Place, member: string): Place {
  return (path, found, depth = 0) =>
    `any e${depth} in ${path} satisfies ${inner(`e${depth}${member}`, found, depth + 1)}`;
}

function listSizes({ kind }: Shape): readonly Place[] {
  return kind === 'Record' ? [] : [(path, size) => `size(${path}) is ${size}`];
}

function writePolicy(shape: Shape): string {
  const conditions = [
    ...listPlaces(shape).flatMap((place) => words.map((found) => place('context.v', found))),
    ...listSizes(shape).flatMap((place) =>
      [0, 1, 2, 3].map((size) => place('context.v', `${size}`)),
    ),
  ];
  return `policy generated
subject any {}
context { key?: String, v?: ${writeType(shape)}, after?: List<String> }
for any {
${conditions.map((condition, at) => `  deny r${at} when ${condition}, if unknown skip`).join('\n')}
  deny after when "after" in context.after, if unknown skip
  challenge unsure when not known(context.v)
  permit ok otherwise
}`;
}

/** JSON of the shape: mostly valid, sometimes with a value of another type, `null`, or a key that occurs twice. */
function createJsonArbitrary(shape: Shape): fc.Arbitrary<string> {
  const odd = fc.constantFrom('null', '1', '"\\u0061"', '[]', '{}');
  const plain = plainJson(shape);
  return fc.oneof({ weight: 25, arbitrary: plain }, { weight: 1, arbitrary: odd });
}

function plainJson(shape: Shape): fc.Arbitrary<string> {
  switch (shape.kind) {
    case 'String':
      return fc.constantFrom(...words.map((text) => JSON.stringify(text)));
    case 'Set':
      return createArrayArbitrary(plainJson(word), 3);
    case 'List':
      return createArrayArbitrary(createJsonArbitrary(shape.of), 3);
    case 'Map': {
      const entry = fc.tuple(fc.constantFrom(...keys), createJsonArbitrary(shape.of));
      const distinct = fc.uniqueArray(entry, { maxLength: 3, selector: ([key]) => key });
      const any = fc.array(entry, { maxLength: 2 });
      return fc
        .oneof({ weight: 15, arbitrary: distinct }, { weight: 1, arbitrary: any })
        .map((entries) => `{${entries.map(([key, json]) => `"${key}":${json}`).join(',')}}`);
    }
    case 'Record':
      return fc
        .tuple(
          fc.option(createJsonArbitrary(shape.x), { freq: 8 }),
          fc.option(createJsonArbitrary(shape.y), { freq: 8 }),
        )
        .map(([x, y]) => [x === null ? [] : `"x":${x}`, y === null ? [] : `"y":${y}`].flat())
        .map((members) => `{${members.join(',')}}`);
  }
}

function createArrayArbitrary(
  element: fc.Arbitrary<string>,
  maxLength: number,
): fc.Arbitrary<string> {
  return fc.array(element, { maxLength, size: 'max' }).map((elements) => `[${elements.join(',')}]`);
}

function createRequestArbitrary(shape: Shape): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...keys), createJsonArbitrary(shape), fc.boolean())
    .map(
      ([key, json, isLast]) =>
        `{"subject":{"type":"a","id":"b"},"action":{"name":"c"},"resource":{"type":"d","id":"e"},` +
        `"context":{"key":"${key}","v":${json}${isLast ? '' : ',"after":["before","after"]'}}}`,
    );
}

const policies = shapes.map((shape) => checkPolicy(writePolicy(shape)));
const modules = await loadPolicies(policies);

test.each(shapes.map((shape, index) => ({ shape, type: writeType(shape), index })))(
  'both engines read the same values of $type',
  ({ shape, index }) => {
    const [policy, module] = [policies[index], modules[index]];
    if (policy === undefined || module === undefined) return expect.fail('no policy');
    const ask = evaluator(policy);
    const fired = new Set<string>();
    const property = fc.property(createRequestArbitrary(shape), (request) => {
      const expected = ask(request, 0n);
      for (const reason of expected.reasons) fired.add(reason);
      expect(toAuthZen(module.decideJson(request, { now: 0n }))).toEqual(toAuthZen(expected));
      // Only JSON can have the same key twice.
      if (expected.error !== undefined) return;
      const object = module.decide(JSON.parse(request), { now: 0n });
      expect(toAuthZen(object)).toEqual(toAuthZen(expected));
    });
    fc.assert(property, { numRuns: runs(1_200, 200), seed });
    // Each place of the type was read.
    const rules = policy.rules.filter(({ effect }) => effect === 'deny');
    expect(fired.size).toBeGreaterThanOrEqual(rules.length);
  },
);

// A policy's requests as arbitraries of fast-check: all of them, preferring those that explore it, and the
// neighbors of one. Requests that the policy would reject are not included.

import { type Json, parseJson, writeJson } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { stringify } from '@nhipol/runtime';
import type fc from 'fast-check';
import { makeNeighbor } from '../explore/neighbors.ts';
import { getJsonValue, listRequestPlaces, setJsonValue, type Way } from '../explore/paths.ts';
import { shrinks } from '../explore/shrink.ts';
import type { Dice } from '../generate/random.ts';
import { ask } from '../runner/ask.ts';
import { drawMatching, Seeded } from './arbitrary.ts';
import { drawRequest } from './corpus.ts';
import { createDrawFilter, type DrawOptions, type Draws } from './supported-types.ts';
import { createRequestSample, toObject } from './to-object.ts';
import type { RequestOf } from './typed-policy.ts';

/** Requests of the policy. Shrinks to fewer members and simpler values. */
export function requests<P extends PolicyModel>(
  policy: P,
  options: DrawOptions<P> = {},
): fc.Arbitrary<RequestOf<P>> {
  return createArbitrary<P>(
    createDrawFilter(policy, options),
    (dice) => drawRequest(policy, dice),
    function* (text) {
      for (const generatedRequest of shrinks(policy, createRequestSample(text)))
        yield generatedRequest.text;
    },
  );
}

/**
 * Neighbors of a request: a few members have another value, are missing or have another name. Shrinks to fewer
 * differences.
 */
export function near<P extends PolicyModel>(
  policy: P,
  request: RequestOf<P>,
  options: DrawOptions<P> = {},
): fc.Arbitrary<RequestOf<P>> {
  const middle = stringify(request);
  const { error } = ask(policy, createRequestSample(middle));
  if (error !== undefined) {
    const { path, expected, found } = error;
    throw new TypeError(
      `near: ${policy.name} rejects the request: ${path}: expected ${expected}, found ${found}`,
    );
  }
  return createArbitrary<P>(
    createDrawFilter(policy, options),
    (dice) => makeNeighbor(policy, middle, dice),
    (text) => listNearer(policy, text, middle),
  );
}

function createArbitrary<P extends PolicyModel>(
  takes: Draws,
  draw: (dice: Dice) => string,
  simplerTexts: (text: string) => Iterable<string>,
): fc.Arbitrary<RequestOf<P>> {
  const toRequest = (text: string) => toObject(text) as RequestOf<P>;
  return new Seeded<RequestOf<P>>({
    draw: (dice) => toRequest(drawMatching(() => draw(dice), takes)),
    *shrinks(request) {
      for (const text of simplerTexts(stringify(request))) if (takes(text)) yield toRequest(text);
    },
    takes: (value) => takes(stringify(value)),
  });
}

const roots: readonly Way[] = [['subject'], ['action'], ['resource'], ['context']];

/** With a part of it reverted to the middle; the largest parts first. */
function* listNearer(policy: PolicyModel, text: string, middle: string): Iterable<string> {
  const [json, goal] = [parseJson(text), parseJson(middle)];
  if (json === undefined || goal === undefined || text === middle) return;
  yield middle;
  const ways = [...roots, ...[json, goal].flatMap((each) => listWays(policy, each))];
  const tried = new Set<string>();
  for (const way of ways) {
    if (isSame(getJsonValue(json, way), getJsonValue(goal, way))) continue;
    const after = setJsonValue(json, way, getJsonValue(goal, way));
    const written = after === undefined ? text : writeJson(after);
    if (written !== text && !tried.has(written)) yield written;
    tried.add(written);
  }
}

function listWays(policy: PolicyModel, json: Json): readonly Way[] {
  return listRequestPlaces(policy, json).map(({ way }) => way);
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return (a && writeJson(a)) === (b && writeJson(b));
}

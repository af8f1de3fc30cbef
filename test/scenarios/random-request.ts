// Seeded random requests: a permitted baseline with a few members changed to relevant values, removed, made `null`
// or given the wrong type. The same seed gives the same request.

import { isObject, type Json, type Kind } from './facts.ts';

/** A member, and the values it may be changed to. */
export interface Choice {
  readonly path: string;
  readonly kind: Kind;
  readonly values: readonly Json[];
}

export interface Recipe {
  /** Permitted requests, each in another way. */
  readonly baselines: readonly Json[];
  readonly choices: readonly Choice[];
}

const wrong: Readonly<Record<Kind, readonly Json[]>> = {
  text: [7, true, ['read'], {}],
  flag: ['true', 1, []],
  count: ['3', 1.5, true, []],
  instant: [
    1_772_532_000,
    'yesterday',
    '2026-03-03',
    '2026-03-03T10:00:00',
    '2026-13-01T00:00:00Z',
    {},
  ],
  seconds: ['1772540000', '2026-03-03T15:00:00Z', true],
  texts: ['crm.read', ['crm.read', 5], [null], {}],
  objects: ['agent', ['agent'], [null], {}],
  object: ['yes', 1, true, []],
};

/** Mulberry32: small, and the same everywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  /** True in this percentage of cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

export function randomRequest({ baselines, choices }: Recipe, seed: number): Json {
  const random = new Random(seed);
  // A few at a time: with many changes, an unrelated deny would hide the effect of each.
  const changes = random.pick([0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 6]);
  let request = random.pick(baselines);
  for (let made = 0; made < changes; made++)
    request = changeRequest(request, random.pick(choices), random);
  return request;
}

function changeRequest(request: Json, choice: Choice, random: Random): Json {
  const names = choice.path.split('.');
  if (random.chance(6)) return changeContainer(request, names, random);
  if (random.chance(12)) return put(request, names, undefined);
  if (random.chance(8)) return put(request, names, null);
  if (random.chance(3)) return put(request, names, random.pick(wrong[choice.kind]));
  if (random.chance(4)) return put(request, [...names.slice(0, -1), 'not_declared'], 5);
  return put(request, names, random.pick(choice.values));
}

/** One of the objects around the member: removed, empty or not an object. */
function changeContainer(request: Json, names: readonly string[], random: Random): Json {
  const around = names.slice(0, 1 + random.below(Math.max(1, names.length - 1)));
  return put(request, around, random.pick([undefined, undefined, null, {}, {}, 'none', []]));
}

/** Creates missing objects on the way, and does not change anything else there. */
export function put(
  request: Json,
  [name = '', ...inner]: readonly string[],
  value: Json | undefined,
): Json {
  if (!isObject(request)) return request;
  const before = request[name];
  if (inner.length > 0) {
    if (before === undefined && value === undefined) return request;
    return { ...request, [name]: put(before ?? {}, inner, value) };
  }
  if (value !== undefined) return { ...request, [name]: value };
  return Object.fromEntries(Object.entries(request).filter(([other]) => other !== name));
}

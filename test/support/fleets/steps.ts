// Random steps with many sessions of a policy: they open and close, facts change in every way, signals
// arrive, decisions are made, time passes and sweeps run. The effect of a step does not depend on any
// other step, so that each can be removed.

import type { PolicyModel, TestSignal } from '@nhipol/language/model';
import type { Encoding } from '@nhipol/runtime/abi';
import type { Json } from './requests.ts';

/** `who`: the index of a session, which may or may not be open. */
export type Step =
  | { readonly kind: 'open'; readonly who: number; readonly request: Json }
  | { readonly kind: 'close'; readonly who: number }
  /** Its snapshot is taken, it closes, and it is restored. */
  | { readonly kind: 'restore'; readonly who: number }
  /** Some parts of a request, which replace the old ones or are merged with them. */
  | { readonly kind: 'replace' | 'merge'; readonly who: number; readonly part: Json }
  | { readonly kind: 'set'; readonly who: number; readonly path: string; readonly value: unknown }
  /** `late`: how long ago it occurred, in milliseconds, or `undefined` for now. */
  | {
      readonly kind: 'signal';
      readonly who: number;
      readonly signal: TestSignal;
      readonly late: number | undefined;
    }
  /** `part`: the request, or `undefined` for the latest one. `back`: how far the clock goes back for this call. */
  | {
      readonly kind: 'decide';
      readonly who: number;
      readonly part: Json | undefined;
      readonly back: number;
    }
  /**
   * Whether the request, or the latest one if `part` is `undefined`, could be permitted. Parts of it may be missing.
   */
  | { readonly kind: 'could'; readonly who: number; readonly part: Json | undefined }
  /** `isTwice`: for its effect first. */
  | {
      readonly kind: 'judge';
      readonly who: number;
      readonly back: number;
      readonly isTwice: boolean;
    }
  /** `rings`: whether timers fire when they are due, or only after the time has passed. */
  | { readonly kind: 'wait'; readonly by: number; readonly rings: boolean }
  /** Waits until the next timer, or until right before it. */
  | { readonly kind: 'alarm'; readonly before: number }
  | { readonly kind: 'sweep' };

export interface StepsFor {
  readonly places: number;
  /** JSON requests with which a session can open. */
  readonly requests: readonly string[];
  readonly signals: readonly TestSignal[];
  readonly words: NonNullable<Encoding['words']>;
  /** The times between steps, in milliseconds. */
  readonly waits: readonly number[];
}

const roots = ['subject', 'action', 'resource', 'context'];

/** The signals in the tests of the policy. */
export function listSignals({ tests }: PolicyModel): readonly TestSignal[] {
  return tests.flatMap(({ steps }) => steps.flatMap(({ signals }) => signals));
}

/** Opens a session at each index and evaluates it once. */
export function openings(places: number, requests: readonly string[]): readonly Step[] {
  return Array.from({ length: places }, (_, who): readonly Step[] => [
    { kind: 'open', who, request: JSON.parse(requests[who % requests.length] ?? '{}') },
    { kind: 'decide', who, part: undefined, back: 0 },
  ]).flat();
}

/** `draw`: returns numbers from 0 up to but excluding 1. */
export function drawStep(
  { places, requests, signals, words, waits }: StepsFor,
  draw: () => number,
): Step {
  const below = (end: number) => Math.floor(draw() * end);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const chance = (of: number) => draw() * 100 < of;
  const who = below(places);
  const request = (): Json => JSON.parse(shiftTimes(pick(requests), pick(shifts)));
  const some = (whole: Json) =>
    Object.fromEntries(
      Object.entries(whole).filter(([root]) => roots.includes(root) && chance(50)),
    );
  const kind = below(100);
  if (kind < 11) return { kind: 'open', who, request: request() };
  if (kind < 13) return { kind: 'restore', who };
  if (kind < 16) return { kind: 'close', who };
  if (kind < 23) return { kind: 'replace', who, part: some(request()) };
  if (kind < 30) return { kind: 'merge', who, part: removeNames(less(request(), draw)) };
  if (kind < 39 && Object.keys(words).length > 0) {
    const path = pick(Object.keys(words));
    return { kind: 'set', who, path, value: drawValue(words[path]?.[1] ?? 0, draw) };
  }
  if (kind < 51 && signals.length > 0) {
    const late = chance(60) ? undefined : pick([0, 500, 9_000, 60_000, 3_600_000, -4_000]);
    return { kind: 'signal', who, signal: pick(signals), late };
  }
  if (kind < 69) {
    const { subject: _, ...query } = request();
    const back = chance(5) ? pick([1, 30_000, 60_000, 60_001]) : 0;
    return { kind: 'decide', who, part: chance(40) ? some(query) : undefined, back };
  }
  if (kind < 77) {
    return { kind: 'judge', who, back: chance(5) ? pick([500, 60_001]) : 0, isTwice: chance(50) };
  }
  if (kind < 87) return { kind: 'wait', by: pick(waits), rings: chance(70) };
  if (kind < 93) return { kind: 'alarm', before: pick([0, 0, 1]) };
  if (kind < 96) {
    const { subject: _, ...query } = request();
    return { kind: 'could', who, part: chance(80) ? removeParts(query, draw) : undefined };
  }
  return { kind: 'sweep' };
}

/** The milliseconds by which all times in a request can be shifted. */
const shifts = [0, 0, 0, 500, 3_000, 30_000, 300_000, 3_600_000, 86_400_000];

/** The request with all times shifted by the given number of milliseconds. */
export function shiftTimes(text: string, milliseconds: number): string {
  if (milliseconds === 0) return text;
  return text.replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, (quoted) => {
    const instant = Date.parse(quoted.slice(1, -1));
    return Number.isNaN(instant) ? quoted : `"${new Date(instant + milliseconds).toISOString()}"`;
  });
}

/** Removes types and names, which are fixed when a session opens, unless a part is replaced. */
function removeNames(part: Json): Json {
  const without = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const { type: _, name: __, ...rest } = value as Json;
    return rest;
  };
  return Object.fromEntries(
    Object.entries(part).map(([root, value]) => [
      root,
      root === 'context' ? value : without(value),
    ]),
  );
}

/** Removes members or sets them to null at random. */
function less(value: Json, draw: () => number): Json {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const chosen = draw();
      if (chosen < 0.4) return [];
      if (chosen < 0.45 && !roots.includes(name)) return [[name, null]];
      const isRecord = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      return [[name, isRecord ? less(inner as Json, draw) : inner]];
    }),
  );
}

/** A query without some of its members; its action and resource have names and types. */
function removeParts(query: Json, draw: () => number): Json {
  const part = less(query, draw);
  const named = (['action', 'resource'] as const).map((root) => {
    const { name, type } = query[root] as Json;
    const own = { ...(part[root] as Json | undefined), name, type };
    return [
      root,
      Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)),
    ];
  });
  return { ...part, ...Object.fromEntries(named) };
}

const numbers = [0, 1, 2, 5, 10, 49, 50, 60, 69, 70, 71, 80, 90, 100, 900, 901, 100_000, -1];

/** A value for the scale of a number, as in the manifest. */
function drawValue(scale: number, draw: () => number): unknown {
  if (scale === 0) return draw() < 0.5;
  const value = numbers[Math.floor(draw() * numbers.length)] ?? 0;
  return scale > 1 && draw() < 0.3 ? value + 0.5 : value;
}

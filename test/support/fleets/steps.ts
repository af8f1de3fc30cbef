// What may be done to many sessions of a policy, drawn from a seed: they open and close, facts change in every way,
// signals come, decisions are taken, time passes and sweeps are made. What a step does depends on no other,
// so that any of them may be left out.

import type { ManifestSessions } from '@nhipol/runtime/abi';
import type { Policy, TestSignal } from '../../../language/index.ts';
import type { Json } from './requests.ts';

/** `who`: a place among the sessions, whether one is open there or not. */
export type Step =
  | { readonly kind: 'open'; readonly who: number; readonly request: Json }
  | { readonly kind: 'close'; readonly who: number }
  /** Some parts of a request, in the place of what was there or merged with it. */
  | { readonly kind: 'replace' | 'merge'; readonly who: number; readonly part: Json }
  | { readonly kind: 'set'; readonly who: number; readonly path: string; readonly value: unknown }
  /** `late`: how long before it came about, in milliseconds; undefined: now. */
  | {
      readonly kind: 'signal';
      readonly who: number;
      readonly signal: TestSignal;
      readonly late: number | undefined;
    }
  /** `part`: what is asked; undefined: what was asked last. `back`: how far the clock runs behind, once. */
  | {
      readonly kind: 'decide';
      readonly who: number;
      readonly part: Json | undefined;
      readonly back: number;
    }
  /** `isTwice`: for its effect first. */
  | {
      readonly kind: 'judge';
      readonly who: number;
      readonly back: number;
      readonly isTwice: boolean;
    }
  /** `rings`: whether alarms go off when they are due, or only once the time has passed. */
  | { readonly kind: 'wait'; readonly by: number; readonly rings: boolean }
  /** To the next alarm, or right before it. */
  | { readonly kind: 'alarm'; readonly before: number }
  | { readonly kind: 'sweep' };

export interface StepsFor {
  readonly places: number;
  /** UTF-8 JSON that a session may open with. */
  readonly requests: readonly string[];
  readonly signals: readonly TestSignal[];
  readonly words: ManifestSessions['words'];
  /** Milliseconds: how much time passes between steps. */
  readonly waits: readonly number[];
}

const roots = ['subject', 'action', 'resource', 'context'];

/** Signals that the policy's own tests send. */
export function signalsOf({ tests }: Policy): readonly TestSignal[] {
  return tests.flatMap(({ steps }) => steps.flatMap(({ signals }) => signals));
}

/** A session at each place, asked once. */
export function openings(places: number, requests: readonly string[]): readonly Step[] {
  return Array.from({ length: places }, (_, who): readonly Step[] => [
    { kind: 'open', who, request: JSON.parse(requests[who % requests.length] ?? '{}') },
    { kind: 'decide', who, part: undefined, back: 0 },
  ]).flat();
}

/** `draw`: numbers from 0 to below 1. */
export function drawStep(
  { places, requests, signals, words, waits }: StepsFor,
  draw: () => number,
): Step {
  const below = (most: number) => Math.floor(draw() * most);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const chance = (of: number) => draw() * 100 < of;
  const who = below(places);
  const request = (): Json => JSON.parse(laterBy(pick(requests), pick(shifts)));
  const some = (whole: Json) =>
    Object.fromEntries(
      Object.entries(whole).filter(([root]) => roots.includes(root) && chance(50)),
    );
  const kind = below(100);
  if (kind < 13) return { kind: 'open', who, request: request() };
  if (kind < 16) return { kind: 'close', who };
  if (kind < 23) return { kind: 'replace', who, part: some(request()) };
  if (kind < 30) return { kind: 'merge', who, part: unnamed(less(request(), draw)) };
  if (kind < 39 && Object.keys(words).length > 0) {
    const path = pick(Object.keys(words));
    return { kind: 'set', who, path, value: valueFor(words[path]?.[1] ?? 0, draw) };
  }
  if (kind < 51 && signals.length > 0) {
    const late = chance(60) ? undefined : pick([0, 500, 9_000, 60_000, 3_600_000, -4_000]);
    return { kind: 'signal', who, signal: pick(signals), late };
  }
  if (kind < 69) {
    const { subject: _, ...asked } = request();
    const back = chance(5) ? pick([1, 30_000, 60_000, 60_001]) : 0;
    return { kind: 'decide', who, part: chance(40) ? some(asked) : undefined, back };
  }
  if (kind < 77) {
    return { kind: 'judge', who, back: chance(5) ? pick([500, 60_001]) : 0, isTwice: chance(50) };
  }
  if (kind < 87) return { kind: 'wait', by: pick(waits), rings: chance(70) };
  if (kind < 93) return { kind: 'alarm', before: pick([0, 0, 1]) };
  return { kind: 'sweep' };
}

/** How much later what a request tells may be than it says, in milliseconds. */
const shifts = [0, 0, 0, 500, 3_000, 30_000, 300_000, 3_600_000, 86_400_000];

/** With all that it says of when moved by so many milliseconds. */
export function laterBy(text: string, milliseconds: number): string {
  if (milliseconds === 0) return text;
  return text.replaceAll(/"\d{4}-\d\d-\d\dT[^"]*"/g, (quoted) => {
    const instant = Date.parse(quoted.slice(1, -1));
    return Number.isNaN(instant) ? quoted : `"${new Date(instant + milliseconds).toISOString()}"`;
  });
}

/** Types and names are those that a session was opened with, unless a part is replaced. */
function unnamed(part: Json): Json {
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

/** Members left out here and there, or taken away. */
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

const numbers = [0, 1, 2, 5, 10, 49, 50, 60, 69, 70, 71, 80, 90, 100, 900, 901, 100_000, -1];

/** As a manifest tells how a word is read. */
function valueFor(scale: number, draw: () => number): unknown {
  if (scale === 0) return draw() < 0.5;
  const value = numbers[Math.floor(draw() * numbers.length)] ?? 0;
  return scale > 1 && draw() < 0.3 ? value + 0.5 : value;
}

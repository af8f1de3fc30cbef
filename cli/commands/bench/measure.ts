// Times the ways in rounds, one after the other in each, so that whatever slows the machine for a while
// slows all of them. A clock that tells milliseconds comes in; nanoseconds of a decision go out.

import { type Summary, summarise } from './statistics.ts';
import type { Way } from './ways.ts';

export interface Measuring {
  readonly rounds: number;
  /** In all, for all ways together. */
  readonly seconds: number;
  readonly clock: () => number;
}

export interface Measured extends Summary {
  readonly name: string;
}

/** Before these nothing counts: the optimising compiler does its work. */
const warmRounds = 3;

export function measure(ways: readonly Way[], options: Measuring): readonly Measured[] {
  const { rounds, seconds, clock } = options;
  const length = (seconds * 1000) / (ways.length * (rounds + warmRounds));
  const taken = ways.map((): number[] => []);
  for (let round = -warmRounds; round < rounds; round += 1) {
    for (const [index, way] of ways.entries()) {
      const ns = passes(way, length, clock);
      if (round >= 0) taken[index]?.push(ns);
    }
  }
  return ways.map(({ name }, index) => ({ name, ...summarise(taken[index] ?? []) }));
}

/** All requests, again and again, for so many milliseconds. */
function passes(way: Way, length: number, clock: () => number): number {
  const pass = way.times > 1 ? heldPass : plainPass;
  let [elapsed, decisions] = [0, 0];
  do {
    elapsed += pass(way, clock);
    decisions += way.requests * way.times;
  } while (elapsed < length);
  return (elapsed * 1e6) / decisions;
}

/** The clock is asked once, for it takes as long as a decision. */
function plainPass({ requests, decide }: Way, clock: () => number): number {
  const started = clock();
  for (let at = 0; at < requests; at += 1) decide(at);
  return clock() - started;
}

function heldPass({ requests, times, hold, decide }: Way, clock: () => number): number {
  let elapsed = 0;
  for (let at = 0; at < requests; at += 1) {
    hold(at);
    const started = clock();
    for (let time = 0; time < times; time += 1) decide(at);
    elapsed += clock() - started;
  }
  return elapsed;
}

// Measures the ways to decide in rounds: each round runs all ways, so that a temporary slowdown of the
// machine affects all of them. The clock is in milliseconds, the result in nanoseconds per decision.

import { summarise, type TimingSummary } from './statistics.ts';
import type { BenchWay } from './ways.ts';

export interface Measuring {
  readonly rounds: number;
  /** The total time for all ways. */
  readonly seconds: number;
  readonly clock: () => number;
}

export interface Measured extends TimingSummary {
  readonly name: string;
}

/** Rounds that are not counted, in which the optimizing compiler does its work. */
const warmUpRounds = 3;

export function measure(ways: readonly BenchWay[], options: Measuring): readonly Measured[] {
  const { rounds, seconds, clock } = options;
  const milliseconds = (seconds * 1000) / (ways.length * (rounds + warmUpRounds));
  const taken = ways.map((): number[] => []);
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const [index, way] of ways.entries()) {
      const ns = runPasses(way, milliseconds, clock);
      if (round >= 0) taken[index]?.push(ns);
    }
  }
  return ways.map(({ name }, index) => ({ name, ...summarise(taken[index] ?? []) }));
}

/** Runs passes over all requests for at least `milliseconds`, and returns nanoseconds per decision. */
function runPasses(way: BenchWay, milliseconds: number, clock: () => number): number {
  const pass = way.times > 1 ? measureHeldPass : measurePass;
  let [elapsed, decisions] = [0, 0];
  do {
    elapsed += pass(way, clock);
    decisions += way.requests * way.times;
  } while (elapsed < milliseconds);
  return (elapsed * 1e6) / decisions;
}

/** Reads the clock once per pass, because reading it takes as long as a decision. */
function measurePass({ requests, decide }: BenchWay, clock: () => number): number {
  const started = clock();
  for (let index = 0; index < requests; index += 1) decide(index);
  return clock() - started;
}

function measureHeldPass({ requests, times, hold, decide }: BenchWay, clock: () => number): number {
  let elapsed = 0;
  for (let index = 0; index < requests; index += 1) {
    hold(index);
    const started = clock();
    for (let time = 0; time < times; time += 1) decide(index);
    elapsed += clock() - started;
  }
  return elapsed;
}

// Shrinks the steps of fleets that disagree.

import type { PolicyModel } from '@nhipol/language/model';
import { Fleet } from './fleet.ts';
import type { OpenNoting } from './noting-module.ts';
import type { Step } from './steps.ts';

export interface FleetRun {
  readonly policy: PolicyModel;
  readonly open: OpenNoting;
  /** The time in milliseconds at which its sessions open. */
  readonly start: number;
}

/** Runs the steps in new fleets. Returns `undefined` if the engines agree. */
export function failure(
  { policy, open, start }: FleetRun,
  steps: readonly Step[],
): string | undefined {
  const fleet = new Fleet(policy, open, start);
  try {
    for (const step of steps) fleet.do(step);
    fleet.judgeAll();
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Removes blocks of steps, the largest first, while the failure remains. */
export function shortest(
  steps: readonly Step[],
  fails: (steps: readonly Step[]) => boolean,
): readonly Step[] {
  let shrunk = steps;
  for (let size = shrunk.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < shrunk.length; ) {
      const fewer = shrunk.toSpliced(at, size);
      if (fails(fewer)) shrunk = fewer;
      else at += size;
    }
  }
  return shrunk;
}

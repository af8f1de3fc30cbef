// When V8 optimizes functions: later in short commands, as it does by default in those that serve.

import { setFlagsFromString } from 'node:v8';

interface Threshold {
  readonly ofShortCommands: number;
  /** Written here because V8 cannot reset a flag. */
  readonly byDefault: number;
}

/** How much a function runs before it is optimized: in V8 11 of Node 20, in bytes of its code, and since V8 12, in calls. */
const thresholds: Readonly<Record<string, Threshold>> =
  Number.parseInt(process.versions.v8, 10) < 12
    ? { 'interrupt-budget': { ofShortCommands: 1_000_000, byDefault: 67_584 } }
    : {
        'invocation-count-for-maglev': { ofShortCommands: 5_000, byDefault: 400 },
        'invocation-count-for-turbofan': { ofShortCommands: 40_000, byDefault: 3_000 },
      };

/** V8 would spend a third of the time of a short command on optimizing functions that soon have nothing more to do. */
export function delayOptimization(): void {
  setThresholds(({ ofShortCommands }) => ofShortCommands);
}

/**
 * For services, whose many functions run a little for each request and would wait long until they are optimized, and for
 * measurements.
 */
export function resumeOptimization(): void {
  setThresholds(({ byDefault }) => byDefault);
}

function setThresholds(choose: (threshold: Threshold) => number): void {
  for (const [flag, threshold] of Object.entries(thresholds))
    setFlagsFromString(`--${flag}=${choose(threshold)}`);
}

// When V8 optimizes functions: later in short commands, as it does by default in those that serve.

import { setFlagsFromString } from 'node:v8';

/** How much a function runs before it is optimized, in bytes of its code. */
const budgets = { ofShortCommands: 1_000_000, default: 67_584 } as const;

/** V8 would spend a third of the time of a short command on optimizing functions that soon have nothing more to do. */
export function delayOptimization(): void {
  setFlagsFromString(`--interrupt-budget=${budgets.ofShortCommands}`);
}

/** A service has many functions that run a little for each request, and would wait long until they are optimized. */
export function resumeOptimization(): void {
  setFlagsFromString(`--interrupt-budget=${budgets.default}`);
}

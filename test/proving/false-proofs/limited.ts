// Ends what takes too much processor time. Nothing that the function has changed may be used after that.

import { Script } from 'node:vm';

const script = new Script('globalThis.limitedRun()');

/** The time of all runs so far, in milliseconds. */
const spent = { wall: 1, processor: 1 };

/**
 * The result of the function, or `undefined` if it takes longer. V8 can limit the time of a clock only, which is more than that of
 * the processor on a busy machine: by how much, earlier runs show.
 */
export function runLimited<Result>(milliseconds: number, run: () => Result): Result | undefined {
  const scope = globalThis as { limitedRun?: () => Result };
  scope.limitedRun = run;
  const [wall, usage] = [performance.now(), process.cpuUsage()];
  const share = Math.max(1, spent.wall / spent.processor);
  try {
    return script.runInThisContext({ timeout: Math.ceil(milliseconds * share) }) as Result;
  } catch (error) {
    if ((error as { readonly code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return undefined;
    throw error;
  } finally {
    const { user, system } = process.cpuUsage(usage);
    spent.wall += performance.now() - wall;
    spent.processor += (user + system) / 1_000;
  }
}

// Runs a function that an input can make slow, such as a regular expression of somebody else, and ends it after a time.

import { type Context, createContext, Script } from 'node:vm';

/** How long a function may run, in milliseconds. */
const limit = 500;

const script = new Script('run()');
/** All functions share the context, as none calls another: one for each tool that is listed would take time and memory. */
let context: Context | undefined;

/** The function, which throws if it takes longer than half a second. It must leave nothing half done. */
export function limitTime<Given, Result>(run: (given: Given) => Result): (given: Given) => Result {
  return (given) => {
    context ??= createContext({ run: undefined });
    let result: Result | undefined;
    context.run = () => {
      result = run(given);
    };
    try {
      script.runInContext(context, { timeout: limit });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new Error('they take too long to check');
    }
    return result as Result;
  };
}

// Runs a function that an input can make slow, such as a regular expression of somebody else, and ends it after a time.

import { createContext, Script } from 'node:vm';

/** How long a function may run, in milliseconds. */
const limit = 500;

const script = new Script('run()');

/** The function, which throws if it takes longer than half a second. It must leave nothing half done. */
export function boundedTime<Given, Result>(
  run: (given: Given) => Result,
): (given: Given) => Result {
  const context = createContext({ run: undefined as unknown });
  return (given) => {
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

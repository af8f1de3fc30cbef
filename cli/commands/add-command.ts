// What a verb's declaration needs: the program that it is added to, the console that its command
// writes to, which policies it is about, and whom it tells the exit code.

import type { Command } from '@commander-js/extra-typings';
import type { Console } from '../io/console.ts';
import type { ExitCode } from '../io/exit-codes.ts';

export interface Shell {
  readonly console: () => Console;
  /**
   * Runs a command on the policies that are named, else on those of the configuration; where it
   * watches, again after each change of a file.
   */
  readonly over: (
    named: readonly string[],
    watches: boolean,
    command: (paths: readonly string[]) => Promise<ExitCode>,
  ) => Promise<ExitCode>;
  readonly end: (code: ExitCode) => void;
}

/** Commands themselves are loaded when they run: some weigh much. */
export type AddVerb = (program: Command, shell: Shell) => void;

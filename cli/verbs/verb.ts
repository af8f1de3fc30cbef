// What a verb's declaration needs: the program that it is added to, the console that its command
// writes to, and whom it tells the exit code.

import type { Command } from '@commander-js/extra-typings';
import type { Console } from '../console.ts';
import type { ExitCode } from '../exit-codes.ts';

export interface Shell {
  readonly console: () => Console;
  readonly end: (code: ExitCode) => void;
}

/** Commands themselves are loaded when they run: some weigh much. */
export type AddVerb = (program: Command, shell: Shell) => void;

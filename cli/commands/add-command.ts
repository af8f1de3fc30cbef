// The interface between the program and the declaration of a command.

import type { Command } from '@commander-js/extra-typings';
import type { Console } from '../io/console.ts';
import type { ExitCode } from '../io/exit-codes.ts';

export interface CommandShell {
  readonly console: () => Console;
  /**
   * Runs a command on the named policies, or on the policies of the configuration if none is named. With
   * `watches` it runs again after each change of a file.
   */
  readonly forPolicies: (
    named: readonly string[],
    watches: boolean,
    command: (paths: readonly string[]) => Promise<ExitCode>,
  ) => Promise<ExitCode>;
  /** Receives the exit code: an `ExitCode`, or the exit code of a program that the command ran. */
  readonly end: (code: number) => void;
}

/** Declares a command. Its implementation is imported when it runs, since some take long to load. */
export type AddCommand = (program: Command, shell: CommandShell) => void;

/** No value has an option that is declared and not read, or read and not declared. */
type SameOptions<Declared, Read> = {
  readonly [Name in
    | Exclude<keyof Declared, keyof Read>
    | Exclude<keyof Read, keyof Declared>]: never;
};

/** Returns the options of a command for its implementation; one that only one of them knows is a type error. */
export function passOptions<Read>() {
  return <Declared extends Read>(options: Declared & SameOptions<Declared, Read>): Read => options;
}

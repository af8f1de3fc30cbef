// The command line: which verbs there are, what they take, and what a wrong word leads to. `run` takes
// the arguments behind `nhipol` and gives the exit code; it never throws for what a user did.

import { Command, CommanderError } from '@commander-js/extra-typings';
import { type Console, consoleOf, type Streams } from './console.ts';
import { type ExitCode, exitCode, UsageError } from './exit-codes.ts';
import { addCheck } from './verbs/check.ts';
import { addCompile } from './verbs/compile.ts';
import { addEval } from './verbs/eval.ts';
import { addFmt } from './verbs/fmt.ts';
import { addTest } from './verbs/test.ts';
import type { AddVerb } from './verbs/verb.ts';
import { version } from './version.ts';

/** In the order of `--help`. */
const verbs: readonly AddVerb[] = [addCheck, addFmt, addCompile, addEval, addTest];

export async function run(args: readonly string[], streams: Streams): Promise<ExitCode> {
  let code: ExitCode = exitCode.fine;
  const program = createProgram(streams, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCode.fine : exitCode.usage;
    if (error instanceof UsageError) {
      streams.stderr.write(`nhipol: ${error.message}\n`);
      return exitCode.usage;
    }
    streams.stderr.write(bugReport(error));
    return exitCode.bug;
  }
}

export function bugReport(error: unknown): string {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `nhipol: this is a bug in nhipol. Please report it, with the policy and the text below.\n${told}\n`;
}

function createProgram(streams: Streams, end: (code: ExitCode) => void) {
  const program = new Command('nhipol')
    .description('Runtime authorization policies for non-human identities')
    .version(version)
    .option('--color', 'colour the output')
    .option('--no-color', 'do not colour the output')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
    })
    .showHelpAfterError('(nhipol --help tells more)');
  const console = (): Console =>
    consoleOf(
      streams,
      program.getOptionValueSource('color') === 'cli' ? program.opts().color : undefined,
    );

  for (const add of verbs) add(program, { console, end });
  return program;
}

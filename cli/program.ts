// The command line. `run` takes the arguments after `nhipol` and returns the exit code. It reports
// invalid usage and unexpected errors itself and never throws.

import { Command, CommanderError } from '@commander-js/extra-typings';
import { formatTerminalText } from '@nhipol/language/support';
import type { AddCommand, CommandShell } from './commands/add-command.ts';
import { addBench } from './commands/bench/command.ts';
import { addCertify } from './commands/certify/command.ts';
import { addCheck } from './commands/check/command.ts';
import { addCompile } from './commands/compile/command.ts';
import { addComplete } from './commands/complete/command.ts';
import { addConfig } from './commands/config/command.ts';
import { addDaemon } from './commands/daemon/command.ts';
import { addDiff } from './commands/diff/command.ts';
import { addDoc } from './commands/doc/command.ts';
import { addEval } from './commands/eval/command.ts';
import { addExplain } from './commands/explain/command.ts';
import { addFmt } from './commands/fmt/command.ts';
import { addGuard } from './commands/guard/command.ts';
import { addHook } from './commands/hook/command.ts';
import { addInit } from './commands/init/command.ts';
import { addLog } from './commands/log/command.ts';
import { addLsp } from './commands/lsp/command.ts';
import { addMutate } from './commands/mutate/command.ts';
import { addProve } from './commands/prove/command.ts';
import { addReport } from './commands/report/command.ts';
import { addServe } from './commands/serve/command.ts';
import { addSignalsCommand } from './commands/signals/command.ts';
import { addSimulate } from './commands/simulate/command.ts';
import { addTest } from './commands/test/command.ts';
import { addVerify } from './commands/verify/command.ts';
import { readsConfig } from './config/keys.ts';
import { type Config, noConfig } from './config/settings.ts';
import { type Console, createConsole, type Streams } from './io/console.ts';
import { exitCode, UsageError } from './io/exit-codes.ts';
import { allowReading } from './io/policies/readable-folders.ts';
import { version } from './io/version.ts';
import type { Watcher } from './io/watch/watch.ts';
import { ContradictedProof } from './output/contradicted-proof.ts';
import { helpStyle } from './output/help.ts';

/** The commands in the order of `--help`. */
const commands: readonly AddCommand[] = [
  addInit,
  addCheck,
  addFmt,
  addTest,
  addVerify,
  addProve,
  addCertify,
  addMutate,
  addEval,
  addSimulate,
  addDiff,
  addCompile,
  addServe,
  addSignalsCommand,
  addGuard,
  addHook,
  addDaemon,
  addLog,
  addBench,
  addReport,
  addDoc,
  addLsp,
  addExplain,
  addConfig,
  addComplete,
];

/** Runs the command line. `watcher` reports changed files for `--watch`. */
export async function run(
  args: readonly string[],
  streams: Streams,
  watcher: () => Promise<Watcher> = loadFileWatcher,
): Promise<number> {
  let code: number = exitCode.fine;
  const end = (ended: number) => {
    code = ended;
  };
  const program = createProgram(streams, watcher, end);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCode.fine : exitCode.usage;
    if (error instanceof UsageError) {
      streams.stderr.write(formatTerminalText(`nhipol: ${error.message}\n`, false));
      return exitCode.usage;
    }
    const report =
      error instanceof ContradictedProof ? `nhipol: ${error.message}\n` : formatBugReport(error);
    streams.stderr.write(formatTerminalText(report, false));
    return exitCode.bug;
  }
}

export function formatBugReport(error: unknown): string {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `nhipol: this is a bug in nhipol. Please report it, with the policy and the output below.\n${details}\n`;
}

async function loadFileWatcher(): Promise<Watcher> {
  return (await import('./io/watch/file-watcher.ts')).watchFiles({ endsBySignal: true });
}

/** Creates the program with all commands and their options. docs/cli.md is generated from it, too. */
export function createProgram(
  streams: Streams,
  watcher: () => Promise<Watcher>,
  end: (code: number) => void,
) {
  let config: Config = noConfig;
  const program = new Command('nhipol')
    .description('Runtime authorization policies for non-human identities')
    .version(version)
    .option('--color', 'color the output')
    .option('--no-color', 'do not color the output')
    .option(
      '--allow-read <dir>',
      'let policies read files in this folder outside their project; repeatable',
      (folder: string, others: readonly string[]) => [...others, folder],
      [] as readonly string[],
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(formatTerminalText(text, false)),
    })
    .configureHelp(helpStyle)
    .showHelpAfterError('(see nhipol --help)')
    .hook('preAction', async (_, command) => {
      allowReading(program.opts().allowRead);
      // Other commands work even if the file has errors.
      if (!readsConfig(command.name())) return;
      const { applyConfig } = await import('./config/apply-config.ts');
      config = await applyConfig(command);
    });
  const console = (): Console =>
    createConsole(
      streams,
      program.getOptionValueSource('color') === 'cli' ? program.opts().color : undefined,
    );

  const forPolicies: CommandShell['forPolicies'] = async (named, watches, command) => {
    const { findPolicies: policiesOf } = await import('./config/policies.ts');
    const paths = await policiesOf(named, config);
    if (!watches) return command(paths);
    const { watchPolicies: watch } = await import('./io/watch/watch.ts');
    return watch(paths, command, await watcher(), console());
  };

  for (const add of commands) add(program, { console, end, forPolicies });
  return program;
}

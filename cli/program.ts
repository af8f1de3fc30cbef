// The command line: which verbs there are, what they take, and what a wrong word leads to. `run` takes
// the arguments behind `nhipol` and gives the exit code; it never throws for what a user did.

import { Command, CommanderError, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { parseInstant } from '../language/request/instant.ts';
import { type Console, consoleOf, type Streams } from './console.ts';
import { type ExitCode, exitCode, UsageError } from './exit-codes.ts';
import type { TableFile } from './table-files.ts';
import { version } from './version.ts';

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

  program
    .command('check')
    .description('report what is wrong with policies')
    .argument('<policy...>', 'policy files')
    .addOption(
      new Option('--format <format>', 'how to report')
        .choices(['pretty', 'json'] as const)
        .default('pretty' as const),
    )
    .action(async (paths, options) => {
      const { checkCommand } = await import('./commands/check.ts');
      end(await checkCommand(paths, options, console()));
    });

  program
    .command('compile')
    .description('compile a policy to a WebAssembly module')
    .argument('<policy>', 'policy file')
    .option('-o, --output <file>', 'where to write the module')
    .addOption(
      new Option('--emit <stage>', 'print a stage of the compiler').choices([
        'ast',
        'model',
        'ir',
        'as',
        'wat',
        'manifest',
      ] as const),
    )
    .option('--no-validate', 'do not compare the module with the evaluator')
    .option('--requests <n>', 'requests to generate for the comparison', wholeNumber, 500)
    .action(async (path, { output, emit, validate, requests }) => {
      const { compileCommand } = await import('./commands/compile.ts');
      end(await compileCommand(path, { output, emit, validate, requests }, console()));
    });

  program
    .command('eval')
    .description('decide requests and print AuthZEN responses')
    .argument('<policy>', 'policy file, or the module that it was compiled to')
    .requiredOption('--request <file>', 'AuthZEN request as JSON; - for standard input')
    .option(
      '--table <name=file>',
      'what an external table holds, as JSON; once for each',
      tableFile,
      [] as readonly TableFile[],
    )
    .option('--jsonl', 'one request a line in, one response a line out', false)
    .addOption(
      new Option('--engine <engine>', 'what decides')
        .choices(['evaluator', 'wasm'] as const)
        .default('wasm' as const),
    )
    .option('--now <instant>', "RFC 3339; else the request's context.time, else the clock", instant)
    .option('--exit-code', 'exit with 3 when a decision is not a permit', false)
    .option('--pretty', 'indent the response')
    .option('--no-pretty', 'print the response on one line')
    .action(
      async (path, { request, table, jsonl, engine, now, exitCode: exits, pretty }, command) => {
        const { evalCommand } = await import('./commands/eval.ts');
        const said = command.getOptionValueSource('pretty') === 'cli' ? pretty : undefined;
        const options = {
          request,
          tables: table,
          jsonl,
          engine,
          now,
          exitCode: exits,
          pretty: said,
        };
        end(await evalCommand(path, options, console()));
      },
    );

  program
    .command('test')
    .description('run the tests that policies hold')
    .argument('<policy...>', 'policy files')
    .addOption(
      new Option('--engine <engine>', 'what decides')
        .choices(['both', 'evaluator', 'wasm'] as const)
        .default('evaluator' as const),
    )
    .action(async (paths, options) => {
      const { testCommand } = await import('./commands/test.ts');
      end(await testCommand(paths, options, console()));
    });

  return program;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  return Number(text);
}

function tableFile(text: string, before: readonly TableFile[]): readonly TableFile[] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError('It is not a name and a file, such as limits=limits.json.');
  return [...before, { name: text.slice(0, at), path: text.slice(at + 1) }];
}

function instant(text: string): bigint {
  const parsed = parseInstant(text);
  if (parsed === undefined) {
    throw new InvalidArgumentError('It is not an instant such as 2026-01-31T09:30:00Z.');
  }
  return parsed;
}

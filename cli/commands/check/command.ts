// Declares `nhipol check`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import { checkFormats } from '../../config/keys.ts';
import { UsageError } from '../../io/exit-codes.ts';
import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';

export const addCheck: AddCommand = (program, { console, end, forPolicies }) => {
  program
    .command('check')
    .description('report the errors and warnings of policies')
    .argument('[policy...]', 'policy files, - for standard input; default: those of nhipol.toml')
    .addOption(
      new Option('--format <format>', 'output format')
        .choices(checkFormats)
        .default('pretty' as const),
    )
    .option('--fix', 'apply the fixes that are certain to be correct', false)
    .option('--deny-warnings', 'exit with 1 if there are warnings', false)
    .option(
      '--no-deny-warnings',
      'exit with 0 if there are only warnings, even if nhipol.toml denies them',
    )
    .option('--advise', 'also report advice about what is a trap in some policies', false)
    .option('--no-advise', 'report no advice, even if nhipol.toml requests it')
    .option('--deny-advice', 'with --advise: exit with 1 if there is advice', false)
    .option(
      '--prove',
      'also report rules that are proved to have no effect, and what is proved about missing members',
      false,
    )
    .option(
      '--solver <program>',
      'with --prove: decide the formula of each proof that a rule has no effect with z3, cvc5 or another SMT solver',
    )
    .option('--timings', 'print the time of each stage to standard error', false)
    .option('--watch', 'check again after each change of a file', false)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol check policy.nhipol', 'report all errors, with help'],
        ['nhipol check --watch', 'check the policies of nhipol.toml after each change'],
        ['nhipol check policy.nhipol --fix', 'apply the fixes'],
        ['nhipol check policy.nhipol --advise', 'also report advice'],
        ['nhipol check policy.nhipol --prove', 'report rules that no request can reach'],
        ['nhipol check - < policy.nhipol', 'check a policy from standard input'],
        ['nhipol check policy.nhipol --format sarif', 'report for code scanning'],
      ]),
    )
    .action(async (named, given) => {
      const { format, fix, denyWarnings, prove, solver, timings: isTimed, watch } = given;
      const { advise, denyAdvice } = given;
      if (denyAdvice && !advise) throw new UsageError('--deny-advice needs --advise');
      if (solver !== undefined && !prove) throw new UsageError('--solver needs --prove');
      if (prove && format !== 'pretty')
        throw new UsageError('--prove cannot be used with another --format than pretty');
      if (watch && named.includes('-')) {
        throw new UsageError(
          '--watch cannot be used with standard input, which can be read only once',
        );
      }
      const { checkCommand } = await import('./run.ts');
      const { Timings } = await import('../../io/timings.ts');
      // With --watch, only the checks are timed, not the start of the process.
      const timings = isTimed ? new Timings(watch ? undefined : performance.now()) : undefined;
      const check = (paths: readonly string[]) =>
        checkCommand(
          paths,
          { format, fix, denyWarnings, advise, denyAdvice, prove, solver, timings },
          console(),
        );
      end(await forPolicies(named, watch, check));
    });
};

// Declares `nhipol verify`: its arguments, options and examples.

import { UsageError } from '../../io/exit-codes.ts';
import type { AddCommand } from '../add-command.ts';
import { parsePositive, parseWholeNumber } from '../arguments.ts';
import { formatExamples } from '../examples.ts';
import { createTextOrJsonOption } from '../format-option.ts';

export const addVerify: AddCommand = (program, { console, end, forPolicies }) => {
  program
    .command('verify')
    .description('search for requests and sessions that violate the invariants of policies')
    .argument('[policy...]', 'policy files; default: those of nhipol.toml')
    .option('--samples <n>', 'number of requests to try', parsePositive, 10_000)
    .option('--seed <n>', 'seed of the generated requests and sessions', parseWholeNumber, 1)
    .option('--prove', 'prove or refute the invariants for every request before searching', false)
    .option('--effort <n>', 'with --prove: maximum number of conflicts', parsePositive, 100_000)
    .option(
      '--events <n>',
      'with --prove: maximum number of events of a session that refutes an invariant',
      parseWholeNumber,
      3,
    )
    .option(
      '--solver <program>',
      'with --prove: decide the formula of each verdict about an invariant with z3, cvc5 or another SMT solver',
    )
    .option('-o, --output <folder>', 'folder to write counterexamples to', 'counterexamples')
    .addOption(createTextOrJsonOption())
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol verify policy.nhipol', 'check its invariants and those of every policy'],
        ['nhipol verify policy.nhipol --prove', 'prove what holds for every request'],
        [
          'nhipol verify policy.nhipol --prove --events 5 --solver z3',
          'search longer sessions, and check that Z3 agrees with each verdict',
        ],
        [
          'nhipol verify --samples 100000 --seed 2',
          'try more requests on the policies of nhipol.toml',
        ],
      ]),
    )
    .action(async (named, options) => {
      if (options.solver !== undefined && !options.prove)
        throw new UsageError('--solver needs --prove');
      const { verifyCommand } = await import('./run.ts');
      const verify = (paths: readonly string[]) => verifyCommand(paths, options, console());
      end(await forPolicies(named, false, verify));
    });
};

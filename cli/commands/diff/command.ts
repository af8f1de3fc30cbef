// Declares `nhipol diff`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import { UsageError } from '../../io/exit-codes.ts';
import type { TableFile } from '../../io/policies/table-files.ts';
import type { AddCommand } from '../add-command.ts';
import {
  parseInstantArgument,
  parsePositive,
  parseTableFile,
  parseWholeNumber,
} from '../arguments.ts';
import { formatExamples } from '../examples.ts';

export const addDiff: AddCommand = (program, { console, end }) => {
  program
    .command('diff')
    .description('compare the decisions of two versions of a policy')
    .argument('<old>', 'policy file of the old version')
    .argument('<new>', 'policy file of the new version')
    .option('--samples <n>', 'number of requests to generate', parsePositive, 5000)
    .option('--seed <n>', 'seed of the generated requests', parseWholeNumber, 1)
    .option(
      '--requests <file>',
      'compare on recorded requests, one per line, or on a decision log; - for standard input',
    )
    .option('--anchor <digest>', 'digest of the line before the first one of the decision log')
    .option(
      '--now <instant>',
      "with --requests: current time (RFC 3339); default: each request's context.time, otherwise the clock",
      parseInstantArgument,
    )
    .option(
      '--table <name=file>',
      'the contents of an external table, as JSON; repeatable',
      parseTableFile,
      [] as readonly TableFile[],
    )
    .option('--prove', 'also decide for every request whether decisions differ', false)
    .option('--effort <n>', 'with --prove: maximum number of conflicts', parsePositive, 100_000)
    .option(
      '--solver <program>',
      'with --prove: decide the formula of each verdict with z3, cvc5 or another SMT solver',
    )
    .option('--no-loosening', 'exit with 1 if a decision is loosened')
    .addOption(
      new Option('--format <format>', 'output format')
        .choices(['text', 'json', 'markdown', 'html'] as const)
        .default('text' as const),
    )
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol diff old.nhipol policy.nhipol', 'show example requests for each kind of change'],
        [
          'nhipol diff old.nhipol policy.nhipol --no-loosening',
          'exit with 1 if the new version permits more',
        ],
        [
          'nhipol diff old.nhipol policy.nhipol --prove --no-loosening',
          'exit with 1 unless it is proved that no effect is less strict',
        ],
        [
          'nhipol diff old.nhipol policy.nhipol --requests today.jsonl',
          'count the changes in recorded requests',
        ],
        [
          'nhipol diff old.nhipol policy.nhipol --format markdown',
          'write a comment for a pull request',
        ],
      ]),
    )
    .action(async (before, after, given) => {
      const { diffCommand } = await import('./run.ts');
      const { samples, seed, requests, anchor, now, table, loosening, format, output } = given;
      const { prove, effort, solver } = given;
      if (solver !== undefined && !prove) throw new UsageError('--solver needs --prove');
      if (prove && format === 'html')
        throw new UsageError('--prove cannot be used with --format html');
      if (now !== undefined && requests === undefined)
        throw new UsageError('--now needs --requests: generated requests have their own times');
      const noLoosening = !loosening;
      const options = {
        samples,
        seed,
        requests,
        anchor,
        now,
        tables: table,
        noLoosening,
        format,
        output,
      };
      end(await diffCommand([before, after], { ...options, prove, effort, solver }, console()));
    });
};

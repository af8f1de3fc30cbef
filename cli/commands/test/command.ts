// Declares `nhipol test`: its arguments, options and examples.

import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type CoverageForm, coverageForms, testEngines, testFormats } from '../../config/keys.ts';
import { UsageError } from '../../io/exit-codes.ts';
import type { CoverageOptions } from '../../reports/coverage.ts';
import { type TestFilter, testFilter } from '../../test-run/test-filter.ts';
import type { AddCommand } from '../add-command.ts';
import {
  createCacheOption,
  parseInstantArgument,
  parsePositive,
  parseWholeNumber,
} from '../arguments.ts';
import { formatExamples } from '../examples.ts';

export const addTest: AddCommand = (program, { console, end, forPolicies }) => {
  program
    .command('test')
    .description('run the tests of policies and try to refute their invariants')
    .argument('[policy...]', 'policy files; default: those of nhipol.toml')
    .option(
      '-t, --filter <text>',
      'run only tests and invariants whose name contains this text or matches /regexp/',
      filter,
    )
    .addOption(
      new Option('--engine <engine>', 'engine that decides; both must agree')
        .choices(testEngines)
        .default('both' as const),
    )
    .option(
      '--now <instant>',
      'current time (RFC 3339) for requests without context.time',
      parseInstantArgument,
    )
    .option(
      '--jobs <n>',
      'number of policies to run at the same time; default: the available parallelism',
      parsePositive,
    )
    .addOption(
      new Option('--format <format>', 'output format')
        .choices(testFormats)
        .default('pretty' as const),
    )
    .option('-o, --output <file>', 'write the report to this file and print only the counts')
    .addOption(
      new Option('--coverage [form]', 'report what the tests cover')
        .choices(coverageForms)
        .preset('text' as const),
    )
    .option(
      '--coverage-output <file>',
      'write the coverage to this file; required for lcov and html',
    )
    .option(
      '--min <percent>',
      'exit with 1 if the tests of a policy cover a smaller part of its outcomes',
      parsePercentage,
    )
    .addOption(createCacheOption())
    .option('--watch', 'run again after each change of a file', false)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol test', 'test the policies of nhipol.toml with both engines'],
        ['nhipol test policy.nhipol -t expired', 'run the tests with "expired" in their names'],
        ['nhipol test --watch --engine evaluator', 'run after each change, without compiling'],
        ['nhipol test --min 90', 'report the coverage; exit with 1 below 90 %'],
        [
          'nhipol test --coverage=html --coverage-output coverage.html',
          'write the source marked with its coverage, as a page',
        ],
        ['nhipol test --format junit -o tests.xml', 'write a report for a CI system'],
      ]),
    )
    .action(async (named, given) => {
      const { cache, engine, filter, now, jobs, format, output, watch } = given;
      const coverage = readCoverageOptions(given);
      const { testCommand } = await import('./run.ts');
      const { PolicyRuns } = await import('../../test-run/policy-runs.ts');
      const colored = format === 'pretty' && output === undefined && console().colored;
      const runs = new PolicyRuns(
        { cache, engine, filter, now, covers: coverage !== undefined, quick: watch, colored },
        jobs,
      );
      const options = { format, output, filter, coverage };
      const test = (paths: readonly string[]) => testCommand(paths, runs, options, console());
      try {
        end(await forPolicies(named, watch, test));
      } finally {
        await runs.close();
      }
    });
};

/** Returns the coverage options; any of the three options requests coverage. */
function readCoverageOptions({
  coverage,
  coverageOutput: output,
  min,
}: {
  readonly coverage?: CoverageForm | true | undefined;
  readonly coverageOutput?: string | undefined;
  readonly min?: number | undefined;
}): CoverageOptions | undefined {
  if (coverage === undefined && output === undefined && min === undefined) return undefined;
  const form = coverage === undefined || coverage === true ? 'text' : coverage;
  if (form !== 'text' && output === undefined)
    throw new UsageError(`--coverage=${form} needs a file to write to: --coverage-output`);
  return { form, output, min };
}

function parsePercentage(text: string): number {
  const number = parseWholeNumber(text);
  if (number > 100) throw new InvalidArgumentError('Expected a number from 0 to 100.');
  return number;
}

function filter(text: string): TestFilter {
  try {
    return testFilter(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

// `nhipol test`.

import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type CoverageForm, coverageForms, testEngines, testFormats } from '../../config/keys.ts';
import { UsageError } from '../../io/exit-codes.ts';
import type { CoverageOptions } from '../../reports/print-coverage.ts';
import { type TestFilter, testFilter } from '../../test-run/test-filter.ts';
import type { AddVerb } from '../add-command.ts';
import { instant, positive, wholeNumber } from '../arguments.ts';
import { examples } from '../examples.ts';

export const addTest: AddVerb = (program, { console, end, over }) => {
  program
    .command('test')
    .description('run the tests that policies hold')
    .argument('[policy...]', 'policy files; else those of nhipol.toml')
    .option(
      '-t, --filter <text>',
      'run only what has this in its name, or matches it, as in /key.*old/',
      filter,
    )
    .addOption(
      new Option('--engine <engine>', 'what decides').choices(testEngines).default('both' as const),
    )
    .option('--now <instant>', 'RFC 3339: when, for requests that tell no time', instant)
    .option('--jobs <n>', 'so many policies at a time; else as many as the machine runs', positive)
    .addOption(
      new Option('--format <format>', 'how to report')
        .choices(testFormats)
        .default('pretty' as const),
    )
    .option('-o, --output <file>', 'where to write the report; else it is printed')
    .addOption(
      new Option('--coverage [form]', 'tell what the tests cover')
        .choices(coverageForms)
        .preset('text' as const),
    )
    .option('--coverage-output <file>', 'where to write what they cover; text is printed else')
    .option('--min <percent>', 'fail where less of the outcomes is covered', percent)
    .option('--watch', 'run again whenever a file changes', false)
    .addHelpText(
      'after',
      examples([
        ['nhipol test', 'the policies of nhipol.toml, by evaluator and module'],
        ['nhipol test policy.nhipol -t expired', 'those of its tests that have it in their names'],
        ['nhipol test --watch --engine evaluator', 'again after each change, without compiling'],
        ['nhipol test --min 90', 'what the tests cover; fails below that'],
        [
          'nhipol test --coverage=html --coverage-output coverage.html',
          'the same on the source, as a page',
        ],
        ['nhipol test --format junit -o tests.xml', 'for a CI system; json: for programs'],
      ]),
    )
    .action(async (named, given) => {
      const { engine, filter, now, jobs, format, output, watch } = given;
      const coverage = coverageOf(given);
      const { testCommand } = await import('./run.ts');
      const { PolicyRuns } = await import('../../test-run/policy-runs.ts');
      const colored = format === 'pretty' && output === undefined && console().colored;
      const runs = new PolicyRuns(
        { engine, filter, now, covers: coverage !== undefined, colored },
        jobs,
      );
      const options = { format, output, filter, coverage };
      const test = (paths: readonly string[]) => testCommand(paths, runs, options, console());
      try {
        end(await over(named, watch, test));
      } finally {
        await runs.close();
      }
    });
};

/** Whoever asks for a part of it asks for all. */
function coverageOf({
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
    throw new UsageError(`--coverage=${form} needs --coverage-output, a file to write it to`);
  return { form, output, min };
}

function percent(text: string): number {
  const number = wholeNumber(text);
  if (number > 100) throw new InvalidArgumentError('It is more than 100.');
  return number;
}

function filter(text: string): TestFilter {
  try {
    return testFilter(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

// Declares `nhipol mutate`: its arguments, options and examples.

import type { AddCommand } from '../add-command.ts';
import {
  collectArgument,
  parseLinePlace,
  parsePercent,
  parsePositive,
  parseWholeNumber,
} from '../arguments.ts';
import { formatExamples } from '../examples.ts';
import { createTextOrJsonOption } from '../format-option.ts';

export const addMutate: AddCommand = (program, { console, end, forPolicies }) => {
  program
    .command('mutate')
    .description('test whether the tests of policies detect small mistakes')
    .argument('[policy...]', 'policy files; default: those of nhipol.toml')
    .option(
      '--operator <name>',
      'use only this mutation operator; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option('--at <file:line>', 'mutate only this line', parseLinePlace)
    .option(
      '--samples <n>',
      'number of requests to try on each mutant that no test detects, and a fifth as many sessions',
      parsePositive,
      1_000,
    )
    .option('--seed <n>', 'seed of the generated requests', parseWholeNumber, 1)
    .option(
      '--min <percent>',
      'exit with 1 if the score of a policy is lower; default: exit with 1 if a mutant survives',
      parsePercent,
    )
    .option('--all', 'also show undecided and equivalent mutants', false)
    .option('--no-prove', 'do not try to prove that undetected mutants are equivalent')
    .addOption(createTextOrJsonOption())
    .addHelpText(
      'after',
      formatExamples([
        [
          'nhipol mutate policy.nhipol',
          'show undetected mistakes, each with a test that detects it',
        ],
        ['nhipol mutate policy.nhipol --at policy.nhipol:42', 'mutate one line'],
        ['nhipol mutate policy.nhipol --operator number', 'mutate numbers, such as thresholds'],
        ['nhipol mutate --min 95', 'require a score of 95 %, for CI'],
      ]),
    )
    .action(async (named, { operator, at, samples, seed, min, all, prove, format }) => {
      const { mutateCommand } = await import('./run.ts');
      const options = { operators: operator, at, samples, seed, min, all, prove, format };
      end(await forPolicies(named, false, (paths) => mutateCommand(paths, options, console())));
    });
};

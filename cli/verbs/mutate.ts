// `nhipol mutate`.

import { Option } from '@commander-js/extra-typings';
import { linePlace, oneMore, percent, positive, wholeNumber } from './arguments.ts';
import { examples } from './examples.ts';
import type { AddVerb } from './verb.ts';

export const addMutate: AddVerb = (program, { console, end, over }) => {
  program
    .command('mutate')
    .description('make small mistakes in policies and see whether their tests notice')
    .argument('[policy...]', 'policy files; else those of nhipol.toml')
    .option(
      '--operator <name>',
      'make mutants of this kind alone; once for each',
      oneMore,
      [] as readonly string[],
    )
    .option('--at <file:line>', 'make mutants of this line alone', linePlace)
    .option(
      '--samples <n>',
      'requests to try for each surviving mutant; sessions: a fifth of it',
      positive,
      1_000,
    )
    .option('--seed <n>', 'where the requests begin', wholeNumber, 1)
    .option('--min <percent>', 'the least score that is fine; else no mutant may live', percent)
    .option('--all', 'show also mutants that are undecided or mean the same', false)
    .addOption(
      new Option('--format <format>', 'how to report it')
        .choices(['text', 'json'] as const)
        .default('text' as const),
    )
    .addHelpText(
      'after',
      examples([
        ['nhipol mutate policy.nhipol', 'what no test notices, with a test that would'],
        ['nhipol mutate policy.nhipol --at policy.nhipol:42', 'mistakes in one line'],
        ['nhipol mutate policy.nhipol --operator number', 'thresholds that are off by one'],
        ['nhipol mutate --min 95', 'those of nhipol.toml; for CI'],
      ]),
    )
    .action(async (named, { operator, at, samples, seed, min, all, format }) => {
      const { mutateCommand } = await import('../commands/mutate.ts');
      const options = { operators: operator, at, samples, seed, min, all, format };
      end(await over(named, false, (paths) => mutateCommand(paths, options, console())));
    });
};

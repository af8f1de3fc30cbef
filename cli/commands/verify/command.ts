// `nhipol verify`.

import { Option } from '@commander-js/extra-typings';
import type { AddVerb } from '../add-command.ts';
import { positive, wholeNumber } from '../arguments.ts';
import { examples } from '../examples.ts';

export const addVerify: AddVerb = (program, { console, end, over }) => {
  program
    .command('verify')
    .description('look for requests and sessions that break what is claimed of policies')
    .argument('[policy...]', 'policy files; else those of nhipol.toml')
    .option('--samples <n>', 'requests to try', positive, 10_000)
    .option('--seed <n>', 'another seed tries others', wholeNumber, 1)
    .option('-o, --output <folder>', 'where counterexamples are written', 'counterexamples')
    .addOption(
      new Option('--format <format>', 'how to report')
        .choices(['text', 'json'] as const)
        .default('text' as const),
    )
    .addHelpText(
      'after',
      examples([
        ['nhipol verify policy.nhipol', 'its invariants, and what holds of any policy'],
        ['nhipol verify --samples 100000 --seed 2', 'the policies of nhipol.toml, longer'],
      ]),
    )
    .action(async (named, options) => {
      const { verifyCommand } = await import('./run.ts');
      const verify = (paths: readonly string[]) => verifyCommand(paths, options, console());
      end(await over(named, false, verify));
    });
};

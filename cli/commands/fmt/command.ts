// `nhipol fmt`.

import type { AddVerb } from '../add-command.ts';
import { examples } from '../examples.ts';

export const addFmt: AddVerb = (program, { console, end, over }) => {
  program
    .command('fmt')
    .description('bring policies into the canonical style')
    .argument('[policy...]', 'policy files, - for standard input; else those of nhipol.toml')
    .option('--check', 'write nothing and exit with 1 where something would change', false)
    .option('--diff', 'write nothing and print what would change', false)
    .addHelpText(
      'after',
      examples([
        ['nhipol fmt', 'the policies of nhipol.toml, in place'],
        ['nhipol fmt --check policies/*.nhipol', 'names those that would change, for CI'],
        ['nhipol fmt - < policy.nhipol', 'from standard input to standard output'],
      ]),
    )
    .action(async (named, options) => {
      const { fmtCommand } = await import('./run.ts');
      const fmt = (paths: readonly string[]) => fmtCommand(paths, options, console());
      end(await over(named, false, fmt));
    });
};

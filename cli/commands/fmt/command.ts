// Declares `nhipol fmt`: its arguments, options and examples.

import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';

export const addFmt: AddCommand = (program, { console, end, forPolicies }) => {
  program
    .command('fmt')
    .description('format policies in the canonical style')
    .argument('[policy...]', 'policy files, - for standard input; default: those of nhipol.toml')
    .option(
      '--check',
      'write nothing; list the files that would change and exit with 1 if there are any',
      false,
    )
    .option('--diff', 'write nothing; print the changes', false)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol fmt', 'format the policies of nhipol.toml in place'],
        ['nhipol fmt --check policies/*.nhipol', 'list the files that would change, for CI'],
        ['nhipol fmt - < policy.nhipol', 'format standard input to standard output'],
      ]),
    )
    .action(async (named, options) => {
      const { fmtCommand } = await import('./run.ts');
      const fmt = (paths: readonly string[]) => fmtCommand(paths, options, console());
      end(await forPolicies(named, false, fmt));
    });
};

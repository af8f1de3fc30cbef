// `nhipol config`.

import { Option } from '@commander-js/extra-typings';
import type { AddVerb } from '../add-command.ts';
import { examples } from '../examples.ts';

export const addConfig: AddVerb = (program, { console, end }) => {
  program
    .command('config')
    .description('print the configuration that holds, and where each value comes from')
    .argument('[policy]', 'policy file; else what holds in this folder')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['pretty', 'json'] as const)
        .default('pretty' as const),
    )
    .addHelpText(
      'after',
      examples([
        ['nhipol config', 'what holds in this folder'],
        ['nhipol config policies/agent.nhipol', 'what holds for that policy'],
      ]),
    )
    .action(async (policy, { format }) => {
      const { configCommand } = await import('./run.ts');
      end(await configCommand(policy, { format, program }, console()));
    });
};

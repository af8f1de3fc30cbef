// Declares `nhipol config`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';

export const addConfig: AddCommand = (program, { console, end }) => {
  program
    .command('config')
    .description('print the effective configuration and the source of each value')
    .argument(
      '[policy]',
      'policy file whose configuration to print; default: that of the working directory',
    )
    .addOption(
      new Option('--format <format>', 'output format')
        .choices(['pretty', 'json'] as const)
        .default('pretty' as const),
    )
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol config', 'print the configuration of the working directory'],
        ['nhipol config policies/agent.nhipol', 'print the configuration for a policy'],
      ]),
    )
    .action(async (policy, { format }) => {
      const { runConfigCommand } = await import('./run.ts');
      end(await runConfigCommand(policy, { format, program }, console()));
    });
};

// Declares `nhipol init`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import { kinds } from '../../templates/kinds.ts';
import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';

export const addInit: AddCommand = (program, { console, end }) => {
  program
    .command('init')
    .description('create a policy with tests, a request and a configuration')
    .argument('[folder]', 'folder to create the files in', '.')
    .addOption(
      new Option(
        '--kind <kind>',
        'kind of identity that the policy is for; prompted for if missing',
      ).choices(kinds),
    )
    .option('--name <name>', 'name of the policy, such as acme.support; prompted for if missing')
    .option('--yes', 'do not prompt; derive a missing name from the folder', false)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol init', 'prompt for the kind of identity and a name'],
        [
          'nhipol init support --kind ai-agent --name acme.support',
          'create the files without prompts',
        ],
      ]),
    )
    .action(async (folder, { kind, name, yes }) => {
      const { initCommand } = await import('./run.ts');
      end(await initCommand(folder, { kind, name, yes }, console()));
    });
};

// `nhipol init`.

import { Option } from '@commander-js/extra-typings';
import { kinds } from '../../templates/kinds.ts';
import type { AddVerb } from '../add-command.ts';
import { examples } from '../examples.ts';

export const addInit: AddVerb = (program, { console, end }) => {
  program
    .command('init')
    .description('begin a policy, with tests, a request and a configuration')
    .argument('[folder]', 'where to', '.')
    .addOption(
      new Option('--kind <kind>', 'what kind of identity it is for; asked for if missing').choices(
        kinds,
      ),
    )
    .option('--name <name>', "the policy's name, such as acme.support; asked for if missing")
    .option('--yes', 'ask nothing: what is missing is as usual', false)
    .addHelpText(
      'after',
      examples([
        ['nhipol init', 'asks for the kind of identity and a name'],
        ['nhipol init support --kind ai-agent --name acme.support', 'without questions'],
      ]),
    )
    .action(async (folder, { kind, name, yes }) => {
      const { initCommand } = await import('./run.ts');
      end(await initCommand(folder, { kind, name, yes }, console()));
    });
};

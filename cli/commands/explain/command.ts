// `nhipol explain`.

import type { AddVerb } from '../add-command.ts';
import { examples } from '../examples.ts';

export const addExplain: AddVerb = (program, { console, end }) => {
  program
    .command('explain')
    .description('tell what a diagnostic means, and what to do')
    .argument('[code]', 'such as unknown-member; without one, all of them')
    .addHelpText(
      'after',
      examples([
        ['nhipol explain', 'all diagnostics, by group'],
        ['nhipol explain unknown-member', 'one, with what to avoid and what to prefer'],
      ]),
    )
    .action(async (code) => {
      const { explainCommand } = await import('./run.ts');
      end(await explainCommand(code, console()));
    });
};

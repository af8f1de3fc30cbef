// `nhipol explain`.

import { examples } from './examples.ts';
import type { AddVerb } from './verb.ts';

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
      const { explainCommand } = await import('../commands/explain.ts');
      end(await explainCommand(code, console()));
    });
};

// `nhipol explain`.

import type { AddVerb } from './verb.ts';

export const addExplain: AddVerb = (program, { console, end }) => {
  program
    .command('explain')
    .description('tell what a diagnostic means, and what to do')
    .argument('[code]', 'such as unknown-member; without one, all of them')
    .action(async (code) => {
      const { explainCommand } = await import('../commands/explain.ts');
      end(await explainCommand(code, console()));
    });
};

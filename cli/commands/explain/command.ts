// Declares `nhipol explain`: its arguments and examples.

import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';

export const addExplain: AddCommand = (program, { console, end }) => {
  program
    .command('explain')
    .description('explain a diagnostic and how to resolve it')
    .argument('[code]', 'code of a diagnostic, such as unknown-member; default: list all codes')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol explain', 'list all diagnostics by group'],
        [
          'nhipol explain unknown-member',
          'explain one, with an example to avoid and one to prefer',
        ],
      ]),
    )
    .action(async (code) => {
      const { explainCommand } = await import('./run.ts');
      end(await explainCommand(code, console()));
    });
};

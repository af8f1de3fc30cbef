// Declares `nhipol lsp`: the language server for editors.

import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';

export const addLsp: AddCommand = (program, { end }) => {
  program
    .command('lsp')
    .description('serve editors by the language server protocol, on standard input and output')
    .option('--stdio', 'the only transport; editors pass it by habit', false)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol lsp --stdio', 'as most editors start it'],
        ['nhipol lsp', 'the same'],
      ]),
    )
    .action(async () => {
      const { lspCommand } = await import('./run.ts');
      end(await lspCommand());
    });
};

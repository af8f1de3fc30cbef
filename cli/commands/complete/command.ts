// Declares `nhipol complete`: its arguments and examples.

import { UsageError } from '../../io/exit-codes.ts';
import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';

export const addComplete: AddCommand = (program, { end }) => {
  program
    .command('complete')
    .description('print a completion script for a shell')
    .usage('<shell>')
    .argument('<shell...>', 'zsh, bash, fish or powershell; after --: the words to complete')
    .addHelpText(
      'after',
      formatExamples([
        ['source <(nhipol complete zsh)', 'in ~/.zshrc; for bash likewise in ~/.bashrc'],
        ['nhipol complete fish | source', 'in ~/.config/fish/config.fish'],
        ['nhipol complete powershell | Out-String | Invoke-Expression', 'in $PROFILE'],
      ]),
    )
    .action(async (words) => {
      const complete = await import('./run.ts');
      // The scripts call `nhipol complete -- words`; only the raw arguments still contain the `--`.
      const { rawArgs } = program as unknown as { readonly rawArgs: readonly string[] };
      const [shell = ''] = words;
      if (rawArgs[rawArgs.indexOf('complete') + 1] === '--') {
        end(await complete.completeCommand(words, program));
      } else if (words.length === 1 && complete.isShell(shell)) {
        end(complete.runScriptCommand(shell, program));
      } else throw new UsageError('expected a shell: zsh, bash, fish or powershell');
    });
};

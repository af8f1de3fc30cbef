// Declares `nhipol doc`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';

export const addDoc: AddCommand = (program, { console, end }) => {
  program
    .command('doc')
    .description('generate a description of a policy for its reviewers')
    .argument('<policy>', 'policy file')
    .addOption(
      new Option('--format <format>', 'output format')
        .choices(['markdown', 'html'] as const)
        .default('markdown' as const),
    )
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol doc policy.nhipol -o policy.md', 'write a page for a pull request'],
        ['nhipol doc policy.nhipol --format html -o policy.html', 'write a page for a browser'],
      ]),
    )
    .action(async (path, { format, output }) => {
      const { runDocCommand } = await import('./run.ts');
      end(await runDocCommand(path, { format, output }, console()));
    });
};

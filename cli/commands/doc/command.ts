// `nhipol doc`.

import { Option } from '@commander-js/extra-typings';
import type { AddVerb } from '../add-command.ts';
import { examples } from '../examples.ts';

export const addDoc: AddVerb = (program, { console, end }) => {
  program
    .command('doc')
    .description('describe a policy for those who review it')
    .argument('<policy>', 'policy file')
    .addOption(
      new Option('--format <format>', 'what kind of page')
        .choices(['markdown', 'html'] as const)
        .default('markdown' as const),
    )
    .option('-o, --output <file>', 'where to write it; else it is printed')
    .addHelpText(
      'after',
      examples([
        ['nhipol doc policy.nhipol -o policy.md', 'for a pull request'],
        ['nhipol doc policy.nhipol --format html -o policy.html', 'one page, for a browser'],
      ]),
    )
    .action(async (path, { format, output }) => {
      const { docCommand } = await import('./run.ts');
      end(await docCommand(path, { format, output }, console()));
    });
};

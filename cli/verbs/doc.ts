// `nhipol doc`.

import { Option } from '@commander-js/extra-typings';
import type { AddVerb } from './verb.ts';

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
    .action(async (path, { format, output }) => {
      const { docCommand } = await import('../commands/doc.ts');
      end(await docCommand(path, { format, output }, console()));
    });
};

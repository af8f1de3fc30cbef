// `nhipol report`.

import { Option } from '@commander-js/extra-typings';
import type { AddVerb } from './verb.ts';

export const addReport: AddVerb = (program, { console, end }) => {
  program
    .command('report')
    .description('tell which controls the rules of policies cover')
    .argument('<policy...>', 'policy files')
    .addOption(
      new Option('--framework <framework>', 'tell one in full; else all in short').choices([
        'owasp-nhi',
        'owasp-agentic',
        'nist-csf',
        'nist-800-207',
      ] as const),
    )
    .addOption(
      new Option('--format <format>', 'how to tell it')
        .choices(['text', 'json', 'markdown', 'html'] as const)
        .default('text' as const),
    )
    .option('-o, --output <file>', 'where to write it; else it is printed')
    .action(async (paths, { framework, format, output }) => {
      const { reportCommand } = await import('../commands/report.ts');
      end(await reportCommand(paths, { framework, format, output }, console()));
    });
};

// `nhipol report`.

import { Option } from '@commander-js/extra-typings';
import type { AddVerb } from '../add-command.ts';
import { examples } from '../examples.ts';

export const addReport: AddVerb = (program, { console, end, over }) => {
  program
    .command('report')
    .description('tell which controls the rules of policies cover')
    .argument('[policy...]', 'policy files; else those of nhipol.toml')
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
    .addHelpText(
      'after',
      examples([
        ['nhipol report', 'all frameworks, of the policies of nhipol.toml'],
        ['nhipol report policy.nhipol --framework owasp-nhi', 'the rules behind each control'],
        [
          'nhipol report --framework nist-csf --format html -o report.html',
          'one page, with sources',
        ],
      ]),
    )
    .action(async (named, { framework, format, output }) => {
      const { reportCommand } = await import('./run.ts');
      const report = (paths: readonly string[]) =>
        reportCommand(paths, { framework, format, output }, console());
      end(await over(named, false, report));
    });
};

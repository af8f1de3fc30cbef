// Declares `nhipol report`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import type { AddCommand } from '../add-command.ts';
import { formatExamples } from '../examples.ts';

export const addReport: AddCommand = (program, { console, end, forPolicies }) => {
  program
    .command('report')
    .description('report which controls the rules of policies cover')
    .argument('[policy...]', 'policy files; default: those of nhipol.toml')
    .addOption(
      new Option(
        '--framework <framework>',
        'report one framework in full; default: a summary of all',
      ).choices(['owasp-nhi', 'owasp-agentic', 'nist-csf', 'nist-800-207'] as const),
    )
    .addOption(
      new Option('--format <format>', 'output format')
        .choices(['text', 'json', 'markdown', 'html'] as const)
        .default('text' as const),
    )
    .option('-o, --output <file>', 'write to this file instead of standard output')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol report', 'summarize all frameworks for the policies of nhipol.toml'],
        ['nhipol report policy.nhipol --framework owasp-nhi', 'list the rules for each control'],
        [
          'nhipol report --framework nist-csf --format html -o report.html',
          'write a page with the sources of the rules',
        ],
      ]),
    )
    .action(async (named, { framework, format, output }) => {
      const { reportCommand } = await import('./run.ts');
      const report = (paths: readonly string[]) =>
        reportCommand(paths, { framework, format, output }, console());
      end(await forPolicies(named, false, report));
    });
};

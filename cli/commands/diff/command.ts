// `nhipol diff`.

import { Option } from '@commander-js/extra-typings';
import { UsageError } from '../../io/exit-codes.ts';
import type { TableFile } from '../../io/table-files.ts';
import type { AddVerb } from '../add-command.ts';
import { instant, positive, tableFile, wholeNumber } from '../arguments.ts';
import { examples } from '../examples.ts';

export const addDiff: AddVerb = (program, { console, end }) => {
  program
    .command('diff')
    .description('show which requests two versions of a policy answer otherwise')
    .argument('<old>', 'policy file')
    .argument('<new>', 'policy file')
    .option('--samples <n>', 'how many requests are drawn', positive, 5000)
    .option('--seed <n>', 'other requests for another number', wholeNumber, 1)
    .option(
      '--requests <file>',
      'compare on these requests instead, one a line; - for standard input',
    )
    .option(
      '--now <instant>',
      "with --requests: RFC 3339; else each request's context.time, else the clock",
      instant,
    )
    .option(
      '--table <name=file>',
      'what an external table holds, as JSON; once for each',
      tableFile,
      [] as readonly TableFile[],
    )
    .option('--no-loosening', 'exit with 1 when something is loosened')
    .addOption(
      new Option('--format <format>', 'how to show it')
        .choices(['text', 'json', 'markdown', 'html'] as const)
        .default('text' as const),
    )
    .option('-o, --output <file>', 'where to write it; else it is printed')
    .addHelpText(
      'after',
      examples([
        ['nhipol diff old.nhipol policy.nhipol', 'example requests for each kind of change'],
        [
          'nhipol diff old.nhipol policy.nhipol --no-loosening',
          'exit with 1 when it lets more through',
        ],
        [
          'nhipol diff old.nhipol policy.nhipol --requests today.jsonl',
          'counted on what was asked',
        ],
        ['nhipol diff old.nhipol policy.nhipol --format markdown', 'for a pull request'],
      ]),
    )
    .action(async (before, after, given) => {
      const { diffCommand } = await import('./run.ts');
      const { samples, seed, requests, now, table, loosening, format, output } = given;
      if (now !== undefined && requests === undefined)
        throw new UsageError(
          '--now is for --requests: requests that are drawn have times of their own',
        );
      const noLoosening = !loosening;
      const options = { samples, seed, requests, now, tables: table, noLoosening, format, output };
      end(await diffCommand([before, after], options, console()));
    });
};

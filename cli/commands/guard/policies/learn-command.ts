// Declares `nhipol guard learn`: its arguments, options and examples.
// Options that `nhipol guard` itself has, too, are parsed as its own: `optsWithGlobals` contains both.

import type { AddCommand } from '../../add-command.ts';
import { collectArgument, parsePositive, parseWholeNumber } from '../../arguments.ts';
import { formatExamples } from '../../examples.ts';

export const addLearn: AddCommand = (guard, { console, end }) => {
  guard
    .command('learn')
    .description('write the narrowest policy that permits the calls of decision logs')
    .argument('<log...>', 'decision logs; rotated files next to them are included')
    .option('-o, --output <file>', 'the policy', 'learned.nhipol')
    .option('--anchor <digest>', 'digest of the line before the first one of the log')
    .option('--tools <file>', 'reviewed tools of the server (default: guard.tools.json)')
    .option(
      '--more-tools <file>',
      'reviewed tools of another server in the same logs; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option('--current <policy>', 'show what the written policy changes in this one')
    .option(
      '--max-values <n>',
      'list the values of a string up to this number',
      parseWholeNumber,
      5,
    )
    .option('--prefix-depth <n>', 'number of segments in a prefix of paths', parsePositive, 4)
    .option('--include-refused', 'learn calls that were refused or failed, too', false)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol guard learn guard.jsonl', 'write learned.nhipol'],
        [
          'nhipol guard learn guard.jsonl --current guard.nhipol',
          'and show what it changes, looser decisions first',
        ],
        ['nhipol guard learn mon.jsonl tue.jsonl --max-values 0', 'list no values'],
      ]),
    )
    .action(async (logs, _, command) => {
      const { learnCommand } = await import('./learn.ts');
      end(await learnCommand(logs, command.optsWithGlobals(), console()));
    });
};

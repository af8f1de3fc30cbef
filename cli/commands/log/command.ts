// Declares `nhipol log` with its commands: their arguments, options and examples.

import type { AddCommand } from '../add-command.ts';
import { positive } from '../arguments.ts';
import { examples } from '../examples.ts';

export const addLog: AddCommand = (program, { console, end }) => {
  const log = program
    .command('log')
    .description('verify or read a decision log')
    .addHelpText(
      'after',
      examples([
        ['nhipol log verify guard.jsonl', 'check that no line was changed or removed'],
        ['nhipol log tail guard.jsonl --follow', 'show decisions as they are made'],
      ]),
    );
  log
    .command('verify')
    .description('check that no line of a decision log was changed, inserted or removed')
    .argument('<log>', 'decision log; rotated files next to it are included')
    .option('--head <digest>', 'digest of a line that was the last one earlier: it must be there')
    .addHelpText(
      'after',
      examples([
        ['nhipol log verify guard.jsonl', 'print the number of entries and the last digest'],
        ['nhipol log verify guard.jsonl --head sha-256:3f…', 'also find lines removed at the end'],
      ]),
    )
    .action(async (path, { head }) => {
      const { verifyCommand } = await import('./verify.ts');
      end(await verifyCommand(path, head, console()));
    });
  log
    .command('tail')
    .description('print the last entries of a decision log for people')
    .argument('<log>', 'decision log')
    .option('-n, --lines <n>', 'number of entries', positive, 20)
    .option('-f, --follow', 'wait for more entries', false)
    .addHelpText(
      'after',
      examples([
        ['nhipol log tail guard.jsonl', 'the last 20 entries'],
        ['nhipol log tail guard.jsonl -f', 'and those that follow'],
      ]),
    )
    .action(async (path, { lines, follow }) => {
      const { tailCommand } = await import('./tail.ts');
      end(await tailCommand(path, { lines, follow }, console()));
    });
};

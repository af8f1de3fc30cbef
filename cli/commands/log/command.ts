// Declares `nhipol log` with its commands: their arguments, options and examples.

import type { AddCommand } from '../add-command.ts';
import { parsePositive } from '../arguments.ts';
import { formatExamples } from '../examples.ts';

export const addLog: AddCommand = (program, { console, end }) => {
  const log = program
    .command('log')
    .description('verify, sign or read a decision log')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol log verify guard.jsonl', 'check the chain of its lines'],
        [
          'nhipol log checkpoint guard.jsonl --key checkpoint.pem --checkpoints checkpoints.jsonl',
          'sign its end',
        ],
        ['nhipol log tail guard.jsonl --follow', 'show decisions as they are made'],
      ]),
    );
  log
    .command('verify')
    .description(
      'check the chain of the lines of a decision log, and what was noted of it elsewhere',
    )
    .argument('<log>', 'decision log; rotated files next to it are included')
    .option('--head <digest>', 'digest of a line that was the last one earlier: it must be there')
    .option(
      '--anchor <digest>',
      'digest of the line before the first one, if older files were removed',
    )
    .option(
      '--state <file>',
      'state that knows the end of the log (default: in the home folder, if it exists)',
    )
    .option('--checkpoints <file>', 'signed checkpoints, whose lines must be there; needs --key')
    .option('--key <file>', 'public key of the checkpoints, in PEM')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol log verify guard.jsonl', 'print the number of entries and the last digest'],
        ['nhipol log verify guard.jsonl --head sha-256:3f…', 'also find lines removed at the end'],
        [
          'nhipol log verify guard.jsonl --checkpoints checkpoints.jsonl --key checkpoint.pub',
          'also find a log that was computed again',
        ],
      ]),
    )
    .action(async (path, options) => {
      const { verifyLogCommand: verifyCommand } = await import('./verify.ts');
      end(await verifyCommand(path, options, console()));
    });
  log
    .command('checkpoint')
    .description('verify a decision log, and append its signed end to a file')
    .argument('<log>', 'decision log; rotated files next to it are included')
    .requiredOption('--key <file>', 'private key that signs, which the agent cannot read, in PEM')
    .requiredOption('--checkpoints <file>', 'file with the checkpoints, which must hold')
    .option(
      '--anchor <digest>',
      'digest of the line before the first one, if older files were removed',
    )
    .addHelpText(
      'after',
      formatExamples([
        [
          'nhipol log checkpoint guard.jsonl --key checkpoint.pem --checkpoints checkpoints.jsonl',
          'sign its end, each hour for instance',
        ],
      ]),
    )
    .action(async (path, options) => {
      const { checkpointCommand } = await import('./checkpoint.ts');
      end(await checkpointCommand(path, options, console()));
    });
  log
    .command('key')
    .description('write a new private key (Ed25519) for checkpoints, and print its public key')
    .argument('<file>', 'file to create')
    .addHelpText(
      'after',
      formatExamples([['nhipol log key checkpoint.pem > checkpoint.pub', 'create both files']]),
    )
    .action(async (path) => {
      const { logKeyCommand } = await import('./key.ts');
      end(await logKeyCommand(path, console()));
    });
  log
    .command('tail')
    .description('print the last entries of a decision log for people')
    .argument('<log>', 'decision log')
    .option('-n, --lines <n>', 'number of entries', parsePositive, 20)
    .option('-f, --follow', 'wait for more entries', false)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol log tail guard.jsonl', 'the last 20 entries'],
        ['nhipol log tail guard.jsonl -f', 'and those that follow'],
      ]),
    )
    .action(async (path, { lines, follow }) => {
      const { runTailCommand } = await import('./tail.ts');
      end(await runTailCommand(path, { lines, follow }, console()));
    });
};

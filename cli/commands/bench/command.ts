// Declares `nhipol bench`: its arguments, options and examples.

import type { TableFile } from '../../io/policies/table-files.ts';
import type { AddCommand } from '../add-command.ts';
import { parseInstantArgument, parsePositive, parseTableFile } from '../arguments.ts';
import { formatExamples } from '../examples.ts';

export const addBench: AddCommand = (program, { console, end }) => {
  program
    .command('bench')
    .description('measure how long decisions take on your own requests')
    .argument('<policy>', 'policy file, or a compiled module')
    .requiredOption(
      '--requests <file>',
      'AuthZEN requests, one per line or a JSON array; - for standard input',
    )
    .option(
      '--table <name=file>',
      'the contents of an external table, as JSON; repeatable',
      parseTableFile,
      [] as readonly TableFile[],
    )
    .option('--rounds <n>', 'number of measurements for each way to decide', parsePositive, 20)
    .option('--seconds <n>', 'total time to measure', parsePositive, 3)
    .option(
      '--now <instant>',
      "current time (RFC 3339); default: the request's context.time, otherwise the clock",
      parseInstantArgument,
    )
    .option('--json', 'print the results as JSON', false)
    .addHelpText(
      'after',
      formatExamples([
        [
          'nhipol bench policy.nhipol --requests requests.jsonl',
          'compile the policy in memory and measure it',
        ],
        ['nhipol bench policy.wasm --requests - < requests.json', 'measure a module'],
        ['nhipol bench policy.nhipol --requests r.jsonl --json', 'print the results for programs'],
      ]),
    )
    .action(async (path, { requests, table, rounds, seconds, now, json }) => {
      const { benchCommand } = await import('./run.ts');
      const clock = () => performance.now();
      const options = { requests, tables: table, rounds, seconds, now, json, clock };
      end(await benchCommand(path, options, console()));
    });
};

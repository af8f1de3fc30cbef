// `nhipol bench`.

import type { TableFile } from '../../io/table-files.ts';
import type { AddVerb } from '../add-command.ts';
import { instant, positive, tableFile } from '../arguments.ts';
import { examples } from '../examples.ts';

export const addBench: AddVerb = (program, { console, end }) => {
  program
    .command('bench')
    .description('measure how long decisions take on requests of your own')
    .argument('<policy>', 'policy file, or the module that it was compiled to')
    .requiredOption(
      '--requests <file>',
      'AuthZEN requests, one a line or a JSON array; - for standard input',
    )
    .option(
      '--table <name=file>',
      'what an external table holds, as JSON; once for each',
      tableFile,
      [] as readonly TableFile[],
    )
    .option('--rounds <n>', 'so many measurements of each way', positive, 20)
    .option('--seconds <n>', 'how long to measure in all', positive, 3)
    .option('--now <instant>', "RFC 3339; else the request's context.time, else the clock", instant)
    .option('--json', 'print the figures as JSON', false)
    .addHelpText(
      'after',
      examples([
        ['nhipol bench policy.nhipol --requests requests.jsonl', 'compiled in memory'],
        ['nhipol bench policy.wasm --requests - < requests.json', 'a module as it is'],
        ['nhipol bench policy.nhipol --requests r.jsonl --json', 'figures for programs'],
      ]),
    )
    .action(async (path, { requests, table, rounds, seconds, now, json }) => {
      const { benchCommand } = await import('./run.ts');
      const clock = () => performance.now();
      const options = { requests, tables: table, rounds, seconds, now, json, clock };
      end(await benchCommand(path, options, console()));
    });
};

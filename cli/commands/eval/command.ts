// `nhipol eval`.

import { Option } from '@commander-js/extra-typings';
import type { TableFile } from '../../io/table-files.ts';
import type { AddVerb } from '../add-command.ts';
import { instant, tableFile } from '../arguments.ts';
import { examples } from '../examples.ts';

export const addEval: AddVerb = (program, { console, end }) => {
  program
    .command('eval')
    .description('decide requests and print AuthZEN responses')
    .argument('<policy>', 'policy file, or the module that it was compiled to')
    .requiredOption('--request <file>', 'AuthZEN request as JSON; - for standard input')
    .option(
      '--table <name=file>',
      'what an external table holds, as JSON; once for each',
      tableFile,
      [] as readonly TableFile[],
    )
    .option('--jsonl', 'one request a line in, one response a line out', false)
    .addOption(
      new Option('--engine <engine>', 'what decides')
        .choices(['evaluator', 'wasm'] as const)
        .default('wasm' as const),
    )
    .addOption(
      new Option(
        '--explain [form]',
        'tell why instead, with the evaluator; all: also what did not fire',
      )
        .choices(['text', 'all', 'json'] as const)
        .preset('text'),
    )
    .option('--now <instant>', "RFC 3339; else the request's context.time, else the clock", instant)
    .option('--exit-code', 'exit with 3 when a decision is not a permit', false)
    .option('--pretty', 'indent the response')
    .option('--no-pretty', 'print the response on one line')
    .addHelpText(
      'after',
      examples([
        ['nhipol eval policy.nhipol --request request.json', 'one request, one response'],
        ['nhipol eval policy.wasm --request - --jsonl < requests.jsonl', 'one a line'],
        ['nhipol eval policy.nhipol --request r.json --explain', 'and why that response'],
        ['nhipol eval policy.nhipol --request r.json --exit-code', 'exit with 3 unless permitted'],
      ]),
    )
    .action(async (path, given, command) => {
      const { evalCommand } = await import('./run.ts');
      const { request, table, jsonl, explain, engine, now, exitCode: exits, pretty } = given;
      const isSaid = (name: 'engine' | 'pretty') => command.getOptionValueSource(name) === 'cli';
      const options = {
        request,
        tables: table,
        jsonl,
        explain,
        engine: isSaid('engine') ? engine : undefined,
        now,
        exitCode: exits,
        pretty: isSaid('pretty') ? pretty : undefined,
      };
      end(await evalCommand(path, options, console()));
    });
};

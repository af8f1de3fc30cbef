// Declares `nhipol eval`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import type { TableFile } from '../../io/policies/table-files.ts';
import type { AddCommand } from '../add-command.ts';
import { parseInstantArgument, parseTableFile } from '../arguments.ts';
import { formatExamples } from '../examples.ts';

export const addEval: AddCommand = (program, { console, end }) => {
  program
    .command('eval')
    .description('decide requests and print AuthZEN responses')
    .argument('<policy>', 'policy file, or a compiled module')
    .requiredOption('--request <file>', 'AuthZEN request as JSON; - for standard input')
    .option(
      '--table <name=file>',
      'the contents of an external table, as JSON; repeatable',
      parseTableFile,
      [] as readonly TableFile[],
    )
    .option('--jsonl', 'read one request per line and print one response per line', false)
    .addOption(
      new Option('--engine <engine>', 'engine that decides')
        .choices(['evaluator', 'wasm'] as const)
        .default('wasm' as const),
    )
    .option('--possible', 'print whether an incomplete request could be permitted', false)
    .addOption(
      new Option(
        '--explain [form]',
        'print an explanation instead of the response; all: include rules that did not fire',
      )
        .choices(['text', 'all', 'json'] as const)
        .preset('text'),
    )
    .option(
      '--now <instant>',
      "current time (RFC 3339); default: the request's context.time, otherwise the clock",
      parseInstantArgument,
    )
    .option('--exit-code', 'exit with 3 if a decision is false', false)
    .option('--pretty', 'indent the response (default on a terminal)')
    .option('--no-pretty', 'print the response on one line')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol eval policy.nhipol --request request.json', 'decide one request'],
        [
          'nhipol eval policy.wasm --request - --jsonl < requests.jsonl',
          'decide one request per line',
        ],
        ['nhipol eval policy.nhipol --request r.json --explain', 'explain the decision'],
        [
          'nhipol eval policy.nhipol --request part.json --possible',
          'print whether it could be permitted',
        ],
        [
          'nhipol eval policy.nhipol --request r.json --exit-code',
          'exit with 3 if it is not permitted',
        ],
      ]),
    )
    .action(async (path, given, command) => {
      const { evalCommand } = await import('./run.ts');
      const { request, table, jsonl, possible, explain, engine, now, pretty } = given;
      const isExplicit = (name: 'engine' | 'pretty') =>
        command.getOptionValueSource(name) === 'cli';
      const options = {
        request,
        tables: table,
        jsonl,
        possible,
        explain,
        engine: isExplicit('engine') ? engine : undefined,
        now,
        exitCode: given.exitCode,
        pretty: isExplicit('pretty') ? pretty : undefined,
      };
      end(await evalCommand(path, options, console()));
    });
};

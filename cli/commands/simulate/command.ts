// `nhipol simulate`.

import { Option } from '@commander-js/extra-typings';
import { testEngines } from '../../config/keys.ts';
import type { TableFile } from '../../io/table-files.ts';
import type { AddVerb } from '../add-command.ts';
import { instant, oneMore, tableFile } from '../arguments.ts';
import { examples } from '../examples.ts';

export const addSimulate: AddVerb = (program, { console, end }) => {
  program
    .command('simulate')
    .description('run recorded sessions through a policy and show each change of answer')
    .argument('<policy>', 'policy file, or the module that it was compiled to')
    .requiredOption(
      '--events <file>',
      'what the sessions were told and asked, a JSON object a line; - for standard input',
    )
    .option(
      '--table <name=file>',
      'what an external table holds, as JSON; once for each',
      tableFile,
      [] as readonly TableFile[],
    )
    .option('--until <instant>', 'RFC 3339: time passes to there behind the last line', instant)
    .option(
      '--session <id>',
      'show this session alone; once for each',
      oneMore,
      [] as readonly string[],
    )
    .addOption(
      new Option('--engine <engine>', 'what decides').choices(testEngines).default('both' as const),
    )
    .addOption(
      new Option('--format <format>', 'how to show it')
        .choices(['text', 'json', 'markdown', 'html'] as const)
        .default('text' as const),
    )
    .option('-o, --output <file>', 'where to write it; else it is printed')
    .addHelpText(
      'after',
      examples([
        ['nhipol simulate policy.nhipol --events incident.jsonl', 'in the terminal'],
        [
          'nhipol simulate policy.nhipol --events incident.jsonl --format html -o incident.html',
          'one page, for a browser',
        ],
        ['nhipol simulate policy.wasm --events - < today.jsonl', 'a module as it is'],
      ]),
    )
    .action(async (path, given, command) => {
      const { simulateCommand } = await import('./run.ts');
      const { events, table, until, session, engine, format, output } = given;
      const options = {
        events,
        tables: table,
        until,
        sessions: session,
        engine: command.getOptionValueSource('engine') === 'cli' ? engine : undefined,
        format,
        output,
      };
      end(await simulateCommand(path, options, console()));
    });
};

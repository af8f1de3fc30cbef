// Declares `nhipol simulate`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import { testEngines } from '../../config/keys.ts';
import type { TableFile } from '../../io/policies/table-files.ts';
import type { AddCommand } from '../add-command.ts';
import { collectArgument, parseInstantArgument, parseTableFile } from '../arguments.ts';
import { formatExamples } from '../examples.ts';

export const addSimulate: AddCommand = (program, { console, end }) => {
  program
    .command('simulate')
    .description('replay recorded sessions and show each change of the answer')
    .argument('<policy>', 'policy file, or a compiled module')
    .requiredOption(
      '--events <file>',
      'signals and requests of the sessions, one JSON object per line, or a decision log; - for standard input',
    )
    .option('--anchor <digest>', 'digest of the line before the first one of the decision log')
    .option(
      '--table <name=file>',
      'the contents of an external table, as JSON; repeatable',
      parseTableFile,
      [] as readonly TableFile[],
    )
    .option(
      '--until <instant>',
      'continue after the last event until this time (RFC 3339)',
      parseInstantArgument,
    )
    .option(
      '--session <id>',
      'show only this session; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .addOption(
      new Option('--engine <engine>', 'engine that decides')
        .choices(testEngines)
        .default('both' as const),
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
        [
          'nhipol simulate policy.nhipol --events incident.jsonl',
          'show the timeline in the terminal',
        ],
        [
          'nhipol simulate policy.nhipol --events incident.jsonl --format html -o incident.html',
          'write a page for a browser',
        ],
        ['nhipol simulate policy.wasm --events - < sessions.jsonl', 'replay with a module'],
        ['nhipol simulate new.nhipol --events guard.jsonl', 'replay what a guard decided'],
      ]),
    )
    .action(async (path, given, command) => {
      const { simulateCommand } = await import('./run.ts');
      const { events, anchor, table, until, session, engine, format, output } = given;
      const options = {
        events,
        anchor,
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

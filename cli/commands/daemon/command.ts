// Declares `nhipol daemon`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import { type AddCommand, passOptions } from '../add-command.ts';
import { collectArgument, createCacheOption, parsePositive } from '../arguments.ts';
import { formatExamples } from '../examples.ts';
import { createModeOption, createObligationOption } from '../guard/options.ts';
import type { DaemonCommandOptions } from './run.ts';

export const addDaemon: AddCommand = (program, { console, end }) => {
  program
    .command('daemon')
    .description('decide for the hooks of coding agents, and for several guards in one session')
    .argument('[policy]', 'policy file, or a compiled module with sessions', 'guard.nhipol')
    .addOption(createModeOption())
    .option('--subject <type:id>', 'who the agent is', 'ai_agent:local')
    .option('--facts <file>', 'JSON with facts of the session: `subject.properties` and `context`')
    .option('--log <file>', 'append each decision to this file')
    .option(
      '--state <file>',
      'database of approvals, revocations and sessions (default: in the home folder)',
    )
    .option('--require-state', 'refuse a state that does not exist instead of creating it', false)
    .option('--socket <path>', 'where hooks and guards connect (default: one for each policy)')
    .addOption(
      new Option('--ask <who>', 'who approves a challenged use of a tool')
        .choices(['agent', 'terminal', 'never'] as const)
        .default('agent' as const),
    )
    .option(
      '--ask-timeout <s>',
      'how long a use waits for a terminal, in seconds',
      parsePositive,
      40,
    )
    .option('--allow', 'a permit replaces the question of the agent to its user', false)
    .addOption(createObligationOption())
    .option(
      '--constraint <name>',
      'permit answers with this constraint, which the tool enforces; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option('--signals <file>', 'JSON with whom security events come from')
    .option(
      '--signals-listen <address>',
      'with --signals: where others send events (default: they are only polled)',
    )
    .addOption(createCacheOption())
    .option('--max-message <MiB>', 'length of the longest message', parsePositive, 16)
    .option('--background', 'start it and return, or leave the one that runs', false)
    .option('--status', 'print whether it runs, and with which policy', false)
    .option('--stop', 'stop it', false)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol daemon guard.nhipol --log guard.jsonl', 'decide until it is stopped'],
        ['nhipol daemon guard.nhipol --background', 'start it, and wait until it is ready'],
        ['nhipol daemon guard.nhipol --signals signals.json', 'end sessions by security events'],
        ['nhipol daemon guard.nhipol --stop', 'stop it; sessions go on with the next one'],
      ]),
    )
    .action(async (policy, given) => {
      const { runDaemonCommand } = await import('./run.ts');
      const { askTimeout, maxMessage, ...options } = given;
      end(
        await runDaemonCommand(
          policy,
          passOptions<DaemonCommandOptions>()({
            ...options,
            askTimeout: askTimeout * 1_000,
            maxMessageBytes: maxMessage * 1_048_576,
          }),
          console(),
        ),
      );
    });
};

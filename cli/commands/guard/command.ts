// Declares `nhipol guard`: its arguments, options and examples.

import { Option } from '@commander-js/extra-typings';
import { type AddCommand, passOptions } from '../add-command.ts';
import { collectArgument, createCacheOption, parsePositive } from '../arguments.ts';
import { formatExamples } from '../examples.ts';
import { createModeOption, createObligationOption } from './options.ts';
import { addApprove, addConfirm, addRevoke } from './people/people-commands.ts';
import { addLearn } from './policies/learn-command.ts';
import type { GuardCommandOptions } from './run.ts';
import { addDoctor, addScan } from './servers/server-commands.ts';

const commands = [addScan, addLearn, addDoctor, addApprove, addRevoke, addConfirm];

/** Options with which a daemon was started. */
const daemonOptions = [
  'mode',
  'subject',
  'facts',
  'log',
  'state',
  'obligation',
  'constraint',
  'askTimeout',
  'upstream',
  'listen',
  'tokenEnv',
  'tokenClaims',
  'maxMessage',
  'signals',
  'signalsListen',
];

export const addGuard: AddCommand = (program, shell) => {
  const { console, end } = shell;
  const guard = program.command('guard');
  for (const add of commands) add(guard, shell);
  guard
    .description('decide the tool calls of an agent before an MCP server gets them')
    .argument('[policy]', 'policy file, or a compiled module with sessions (default: guard.nhipol)')
    .argument('[command...]', 'after --: the command that starts the MCP server')
    .addOption(createModeOption())
    .option('--server <name>', 'name of the server (default: that of the tools file)')
    .option('--subject <type:id>', 'who the agent is', 'ai_agent:local')
    .option(
      '--facts <file>',
      'JSON with facts: `subject.properties`, `context`, and claims in `token`',
    )
    .option('--session <id>', 'continue this session after a restart (default: a new one)')
    .option('--tools <file>', 'reviewed tools (default: the policy with .tools.json, if it exists)')
    .option('--log <file>', 'append each decision to this file')
    .option('--state <file>', 'database of approvals and revocations (default: in the home folder)')
    .option('--require-state', 'refuse a state that does not exist instead of creating it', false)
    .addOption(
      new Option('--ask <who>', 'who approves a challenged call')
        .choices(['elicitation', 'terminal', 'never'] as const)
        .default('elicitation' as const),
    )
    .option(
      '--ask-timeout <s>',
      'how long a call waits for a terminal, in seconds',
      parsePositive,
      45,
    )
    .option(
      '--env <name>',
      'pass an environment variable to the server, or set it by NAME=value; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .addOption(createObligationOption())
    .option(
      '--constraint <name>',
      'permit answers with this constraint: the server enforces it, or by NAME=result.PATH the guard; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .addOption(
      new Option(
        '--daemon [socket]',
        'decide by the daemon of the policy, in the session of all its servers',
      ).conflicts(daemonOptions),
    )
    .option('--upstream <url>', 'relay to this MCP server over HTTP, instead of starting one')
    .option('--listen <address>', 'with --upstream: where clients connect', '127.0.0.1:8931')
    .option('--token-env <name>', 'with --upstream: variable with the token that clients must send')
    .option(
      '--token-claims <file>',
      'with --upstream: JSON with the issuer of tokens, and the subject by their claims',
    )
    .option('--signals <file>', 'JSON with whom security events come from')
    .option(
      '--signals-listen <address>',
      'with --signals: where others send events (default: they are only polled)',
    )
    .option('--coaz', 'map messages to requests by the COAZ-MCP binding of AuthZEN', false)
    .addOption(createCacheOption())
    .option('--max-message <MiB>', 'length of the longest message', parsePositive, 16)
    .addHelpText(
      'after',
      formatExamples([
        [
          'nhipol guard files.nhipol -- npx -y @modelcontextprotocol/server-filesystem .',
          'start a server behind the guard',
        ],
        ['nhipol guard --mode observe --log guard.jsonl -- node server.js', 'only log decisions'],
        [
          'nhipol guard --upstream https://mcp.example.com/mcp',
          'relay to a server over Streamable HTTP',
        ],
        ['nhipol guard --ask terminal -- node server.js', 'wait for `nhipol guard approve`'],
        [
          'nhipol guard --signals signals.json -- node server.js',
          'stop the server when an identity provider reports a leaked credential',
        ],
        [
          'nhipol guard --daemon -- node server.js',
          'share a session with other servers, by `nhipol daemon`',
        ],
      ]),
    )
    .action(async (policy, command, given) => {
      const { guardCommand } = await import('./run.ts');
      const { askTimeout, maxMessage, ...options } = given;
      const operands = policy === undefined ? [] : [policy, ...command];
      end(
        await guardCommand(
          operands,
          passOptions<GuardCommandOptions>()({
            ...options,
            askTimeout: askTimeout * 1_000,
            maxMessageBytes: maxMessage * 1_048_576,
          }),
          console(),
        ),
      );
    });
};

// Declares the commands of `nhipol guard` that ask a server for its tools.
// Options that `nhipol guard` itself has, too, are parsed as its own: `optsWithGlobals` contains both.

import type { AddCommand } from '../../add-command.ts';
import { collectArgument } from '../../arguments.ts';
import { formatExamples } from '../../examples.ts';

export const addScan: AddCommand = (guard, { console, end }) => {
  guard
    .command('scan')
    .description(
      'write a policy for the tools of an MCP server, or compare them with the reviewed ones',
    )
    .argument('<command...>', 'after --: the command that starts the MCP server')
    .option('-o, --output <file>', 'the policy; the tools are written next to it', 'guard.nhipol')
    .option('--server <name>', 'name of the server (default: derived from the command)')
    .option(
      '--env <name>',
      'pass an environment variable to the server, or set it by NAME=value; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option(
      '--reads <pattern>',
      'permit the tools whose names match, such as get_*: they only read and carry nothing out; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option(
      '--writes <pattern>',
      'request an approval for the tools whose names match, such as send_*; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .option('--accept', 'accept tools that differ from the reviewed ones', false)
    .addHelpText(
      'after',
      formatExamples([
        [
          'nhipol guard scan -- npx -y @modelcontextprotocol/server-filesystem .',
          'write guard.nhipol and guard.tools.json',
        ],
        [
          "nhipol guard scan --reads 'get_*' --writes 'send_*' -- node server.js",
          'say what tools do that do not state it',
        ],
        ['nhipol guard scan -- node server.js', 'with both files: show which tools changed'],
        ['nhipol guard scan --accept -- node server.js', 'accept the tools as they are now'],
      ]),
    )
    .action(async (words, _, command) => {
      const { scanCommand } = await import('./scan.ts');
      end(await scanCommand(words, command.optsWithGlobals(), console()));
    });
};

export const addDoctor: AddCommand = (guard, { console, end }) => {
  guard
    .command('doctor')
    .description('check that policy, server, tools, facts, log and state fit together')
    .argument('[policy]', 'policy file (default: guard.nhipol)')
    .argument('[command...]', 'after --: the command that starts the MCP server')
    .option('--server <name>', 'name of the server (default: that of the tools file)')
    .option('--subject <type:id>', 'who the agent is', 'ai_agent:local')
    .option('--facts <file>', 'JSON with facts of the session')
    .option('--tools <file>', 'reviewed tools (default: the policy with .tools.json, if it exists)')
    .option('--log <file>', 'decision log')
    .option('--state <file>', 'database of approvals and revocations (default: in the home folder)')
    .option(
      '--env <name>',
      'pass an environment variable to the server, or set it by NAME=value; repeatable',
      collectArgument,
      [] as readonly string[],
    )
    .addHelpText(
      'after',
      formatExamples([['nhipol guard doctor guard.nhipol -- node server.js', 'list all problems']]),
    )
    .action(async (policy, words, _, command) => {
      const { runDoctorCommand } = await import('./doctor.ts');
      const operands = policy === undefined ? [] : [policy, ...words];
      end(await runDoctorCommand(operands, command.optsWithGlobals(), console()));
    });
};

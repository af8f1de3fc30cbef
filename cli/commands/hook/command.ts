// Declares `nhipol hook` with its commands: their arguments, options and examples.
// Options that `nhipol hook` itself has, too, are parsed as its own: `optsWithGlobals` contains both.

import { Argument } from '@commander-js/extra-typings';
import type { AddCommand } from '../add-command.ts';
import { parsePositive } from '../arguments.ts';
import { formatExamples } from '../examples.ts';
import { agentNames } from './agents.ts';

const createAgentArgument = () => new Argument('<agent>', 'coding agent').choices(agentNames);

export const addHook: AddCommand = (program, shell) => {
  const { console, end } = shell;
  const hook = program.command('hook');
  for (const add of [addInstall, addStatus, addRemove]) add(hook, shell);
  hook
    .description('decide the tools of a coding agent, by its hooks')
    .addArgument(createAgentArgument())
    .option('--policy <file>', 'policy of the daemon', 'guard.nhipol')
    .option('--socket <path>', 'where the daemon listens (default: the one of the policy)')
    .option('--timeout <s>', 'how long the daemon has to answer, in seconds', parsePositive, 50)
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol hook install claude-code', 'write policy and settings for Claude Code'],
        ['nhipol hook claude-code < input.json', 'answer one hook, as the agent would read it'],
      ]),
    )
    .action(async (agent, { policy, socket, timeout }) => {
      const { runHookCommand } = await import('./run.ts');
      end(await runHookCommand(agent, { policy, socket, timeout: timeout * 1_000 }, console()));
    });
};

const addInstall: AddCommand = (hook, { console, end }) => {
  hook
    .command('install')
    .description('have a coding agent report its tools, and write a policy for them')
    .addArgument(createAgentArgument())
    .option('--policy <file>', 'policy; written if it does not exist', 'guard.nhipol')
    .option('--user', 'for all projects of the user, and not only for this folder', false)
    .option('--log <file>', 'decision log', 'guard.jsonl')
    .option('--socket <path>', 'where the daemon listens (default: the one of the policy)')
    .option('--daemon <options>', 'further options of `nhipol daemon`, in one argument', '')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol hook install claude-code', 'for the folder, with guard.nhipol'],
        ['nhipol hook install gemini --user --policy ~/agents/guard.nhipol', 'for all projects'],
        ['nhipol hook install codex --daemon "--mode observe"', 'only log decisions'],
      ]),
    )
    .action(async (agent, _, command) => {
      const { installCommand } = await import('./install.ts');
      end(await installCommand(agent, command.optsWithGlobals(), console()));
    });
};

const addStatus: AddCommand = (hook, { console, end }) => {
  hook
    .command('status')
    .description('check that the hooks are as `install` writes them')
    .addArgument(createAgentArgument())
    .option('--user', 'those for all projects of the user', false)
    .addHelpText('after', formatExamples([['nhipol hook status claude-code', 'from the folder']]))
    .action(async (agent, _, command) => {
      const { runStatusCommand } = await import('./install.ts');
      end(await runStatusCommand(agent, command.optsWithGlobals(), console()));
    });
};

const addRemove: AddCommand = (hook, { console, end }) => {
  hook
    .command('remove')
    .description('remove the hooks that `install` wrote; the policy stays')
    .addArgument(createAgentArgument())
    .option('--user', 'those for all projects of the user', false)
    .addHelpText('after', formatExamples([['nhipol hook remove claude-code', 'from the folder']]))
    .action(async (agent, _, command) => {
      const { removeCommand } = await import('./install.ts');
      end(await removeCommand(agent, command.optsWithGlobals(), console()));
    });
};

// Declares the commands of `nhipol guard` for people, who approve calls, revoke agents and confirm policies.
// Options that `nhipol guard` itself has, too, are parsed as its own: `optsWithGlobals` contains both.

import type { AddCommand } from '../../add-command.ts';
import { formatExamples } from '../../examples.ts';

export const addApprove: AddCommand = (guard, { console, end }) => {
  guard
    .command('approve')
    .description('approve or refuse calls that wait for a person')
    .argument('[id]', 'id of the call, or its first characters (default: all calls that wait)')
    .option('--refuse', 'refuse the call', false)
    .option('--yes <digest>', 'approve the call without a prompt, if this is its whole digest')
    .option('--as <name>', 'who approves (default: the user of the system)')
    .option('--state <file>', 'database of approvals and revocations (default: in the home folder)')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol guard approve', 'show the calls that wait, and prompt for each'],
        ['nhipol guard approve 7f3a', 'show one call, and prompt'],
        ['nhipol guard approve 7f3a --refuse', 'refuse it'],
      ]),
    )
    .action(async (id, _, command) => {
      const { approveCommand } = await import('./approve.ts');
      end(await approveCommand(id, command.optsWithGlobals(), console()));
    });
};

export const addRevoke: AddCommand = (guard, { console, end }) => {
  guard
    .command('revoke')
    .description('revoke an agent: its guards stop, and later ones refuse')
    .argument('[subject]', 'type and id, such as ai_agent:laptop (default: list who is revoked)')
    .option('--server <name>', 'only at this server (default: at all)')
    .option('--because <text>', 'reason for the agent and the log')
    .option('--lift', 'lift the revocation', false)
    .option('--state <file>', 'database of approvals and revocations (default: in the home folder)')
    .addHelpText(
      'after',
      formatExamples([
        ['nhipol guard revoke ai_agent:laptop --because "key leaked"', 'revoke it at all servers'],
        ['nhipol guard revoke ai_agent:laptop --lift', 'lift the revocation'],
        ['nhipol guard revoke', 'list who is revoked'],
      ]),
    )
    .action(async (subject, _, command) => {
      const { revokeCommand } = await import('./revoke.ts');
      end(await revokeCommand(subject, command.optsWithGlobals(), console()));
    });
};

export const addConfirm: AddCommand = (guard, { console, end }) => {
  guard
    .command('confirm')
    .description(
      'make a changed policy, or changed reviewed tools, the active one of guards and daemon',
    )
    .argument('[policy]', 'policy file', 'guard.nhipol')
    .option('--tools <file>', 'reviewed tools (default: the policy with .tools.json, if it exists)')
    .option('--state <file>', 'database of approvals and revocations (default: in the home folder)')
    .addHelpText(
      'after',
      formatExamples([['nhipol guard confirm guard.nhipol', 'show its changes, and prompt']]),
    )
    .action(async (policy, _, command) => {
      const { confirmCommand } = await import('./confirm.ts');
      end(await confirmCommand(policy, command.optsWithGlobals(), console()));
    });
};

// The hooks of Codex: https://developers.openai.com/codex/hooks, and the schemas in codex-rs/hooks/schema of
// openai/codex. An answer with a member that the event does not support counts as a failure, and a failure lets the tool
// run: `ask`, `continue` and new arguments without `allow` are never sent.

import type { ReadJson } from '../../json/unambiguous.ts';
import { blockCall, type HookAgent, type HookEvent, printOutput } from './agent.ts';
import { isOtherEvent, listStrings, readHookInput, readToolUse, withServer } from './members-of.ts';

const printDecision = (decision: object) =>
  printOutput({ hookSpecificOutput: { hookEventName: 'PreToolUse', ...decision } });

const refuse = (reason: string) =>
  printDecision({ permissionDecision: 'deny', permissionDecisionReason: reason });

export const codex: HookAgent = {
  name: 'codex',
  testedVersion: '0.171.0',
  read,
  pass: () => printOutput({}),
  allow: () => printDecision({ permissionDecision: 'allow' }),
  lower: undefined,
  ask: undefined,
  refuse,
  stop: refuse,
  stopAfter: blockCall,
};

function read(input: ReadJson): HookEvent | undefined {
  const hookInput = readHookInput(input);
  if (hookInput === undefined) return undefined;
  const { event, session, workspace, members } = hookInput;
  if (event !== 'PreToolUse' && event !== 'PostToolUse') {
    return isOtherEvent(hookInput) ? { kind: 'other' } : undefined;
  }
  const use = readToolUse(input);
  if (use === undefined) return undefined;
  const agent = listStrings(members, { permission_mode: 'permission_mode', model: 'model' });
  const place = { session, workspace, agent, use: withServer(use) };
  return event === 'PreToolUse'
    ? { kind: 'call', ...place }
    : { kind: 'outcome', ...place, isFailed: false, response: members.tool_response };
}

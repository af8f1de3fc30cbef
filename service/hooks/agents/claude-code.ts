// The hooks of Claude Code: https://code.claude.com/docs/en/hooks, and the types of hooks in
// @anthropic-ai/claude-agent-sdk 0.3.332. A hook that fails blocks only with `onFailure: "block"`, since 2.1.295.

import { isMembers } from '../../json/members.ts';
import type { ReadJson } from '../../json/unambiguous.ts';
import { type HookAgent, type HookEvent, printOutput } from './agent.ts';
import { isOtherEvent, listStrings, readHookInput, readToolUse, withServer } from './members-of.ts';

const printDecision = (decision: object) =>
  printOutput({ hookSpecificOutput: { hookEventName: 'PreToolUse', ...decision } });

const formatRefusal = (reason: string) => ({
  hookEventName: 'PreToolUse',
  permissionDecision: 'deny',
  permissionDecisionReason: reason,
});

export const claudeCode: HookAgent = {
  name: 'claude-code',
  testedVersion: '2.1.332',
  read,
  pass: () => printOutput({}),
  allow: () => printDecision({ permissionDecision: 'allow' }),
  lower: (values) => printDecision({ updatedInput: values }),
  ask: (reason) => printDecision({ permissionDecision: 'ask', permissionDecisionReason: reason }),
  refuse: (reason) => printDecision(formatRefusal(reason)),
  stop: (reason) =>
    printOutput({ continue: false, stopReason: reason, hookSpecificOutput: formatRefusal(reason) }),
  stopAfter: (reason) =>
    printOutput({ continue: false, stopReason: reason, decision: 'block', reason }),
};

const eventsOfTools: ReadonlySet<string> = new Set([
  'PreToolUse',
  'PostToolUse',
  'PostToolUseFailure',
]);

function read(input: ReadJson): HookEvent | undefined {
  const hookInput = readHookInput(input);
  if (hookInput === undefined) return undefined;
  const { event, session, workspace, members } = hookInput;
  if (!eventsOfTools.has(event)) {
    return isOtherEvent(hookInput) ? { kind: 'other' } : undefined;
  }
  const use = readToolUse(input);
  if (use === undefined) return undefined;
  const agent = listStrings(members, {
    permission_mode: 'permission_mode',
    agent_type: 'subagent',
    agent_id: 'subagent_id',
  });
  const { mcp_server: server, tool_response: response, error } = members;
  const named = withServer(use);
  const isNamed = isMembers(server) && typeof server.name === 'string';
  const place = {
    session,
    workspace,
    agent,
    use: isNamed && named.server !== undefined ? { ...named, server: String(server.name) } : named,
  };
  switch (event) {
    case 'PreToolUse':
      return { kind: 'call', ...place };
    case 'PostToolUse':
      return { kind: 'outcome', ...place, isFailed: false, response };
    case 'PostToolUseFailure':
      return { kind: 'outcome', ...place, isFailed: true, response: error };
    default:
      return undefined;
  }
}

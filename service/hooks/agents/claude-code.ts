// The hooks of Claude Code: https://code.claude.com/docs/en/hooks, and the types of hooks in
// @anthropic-ai/claude-agent-sdk 0.3.332. A hook that fails blocks only with `onFailure: "block"`, since 2.1.295.

import { isMembers } from '../../json/members.ts';
import type { ReadJson } from '../../json/unambiguous.ts';
import { type HookAgent, type HookEvent, printed } from './agent.ts';
import { inputOf, stringsIn, useOf, withServer } from './members-of.ts';

const decided = (decision: object) =>
  printed({ hookSpecificOutput: { hookEventName: 'PreToolUse', ...decision } });

const refusal = (reason: string) => ({
  hookEventName: 'PreToolUse',
  permissionDecision: 'deny',
  permissionDecisionReason: reason,
});

export const claudeCode: HookAgent = {
  name: 'claude-code',
  testedVersion: '2.1.332',
  read,
  pass: () => printed({}),
  allow: () => decided({ permissionDecision: 'allow' }),
  lower: (values) => decided({ updatedInput: values }),
  ask: (reason) => decided({ permissionDecision: 'ask', permissionDecisionReason: reason }),
  refuse: (reason) => decided(refusal(reason)),
  stop: (reason) =>
    printed({ continue: false, stopReason: reason, hookSpecificOutput: refusal(reason) }),
  stopAfter: (reason) =>
    printed({ continue: false, stopReason: reason, decision: 'block', reason }),
};

function read(input: ReadJson): HookEvent | undefined {
  const found = inputOf(input);
  if (found === undefined) return undefined;
  const { event, session, workspace, members } = found;
  if (!/^(Pre|Post)ToolUse/.test(event)) return { kind: 'other' };
  const use = useOf(input);
  if (use === undefined) return undefined;
  const agent = stringsIn(members, {
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
      return { kind: 'other' };
  }
}

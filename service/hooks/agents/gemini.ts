// The hooks of Gemini CLI: https://geminicli.com/docs/hooks/reference. A hook that fails lets the tool run, unless its
// exit code is 2. `ask`, which the reference does not list, leaves an agent without a terminal waiting.

import { isMembers } from '../../json/members.ts';
import type { ReadJson } from '../../json/unambiguous.ts';
import { type HookAgent, type HookEvent, printOutput, type ToolUse } from './agent.ts';
import { isOtherEvent, readHookInput, readToolUse } from './members-of.ts';

const refuse = (reason: string) => printOutput({ decision: 'deny', reason });
const stop = (reason: string) =>
  printOutput({ continue: false, stopReason: reason, decision: 'deny', reason });

export const gemini: HookAgent = {
  name: 'gemini',
  testedVersion: '0.61.0',
  read,
  pass: () => printOutput({}),
  allow: () => printOutput({ decision: 'allow' }),
  lower: (values) =>
    printOutput({ hookSpecificOutput: { hookEventName: 'BeforeTool', tool_input: values } }),
  ask: undefined,
  refuse,
  stop,
  stopAfter: stop,
};

function read(input: ReadJson): HookEvent | undefined {
  const hookInput = readHookInput(input);
  if (hookInput === undefined) return undefined;
  const { event, session, workspace, members } = hookInput;
  if (event !== 'BeforeTool' && event !== 'AfterTool') {
    return isOtherEvent(hookInput) ? { kind: 'other' } : undefined;
  }
  const use = readToolUse(input);
  if (use === undefined) return undefined;
  const place = { session, workspace, agent: {}, use: addServer(use, members.mcp_context) };
  const { tool_response: response } = members;
  return event === 'BeforeTool'
    ? { kind: 'call', ...place }
    : { kind: 'outcome', ...place, isFailed: isFailure(response), response };
}

/** The name of a tool of an MCP server cannot be split: `mcp_server_tool`. */
function addServer(use: ToolUse, context: unknown): ToolUse {
  if (!isMembers(context)) return use;
  const { server_name: server, tool_name: tool } = context;
  if (typeof server !== 'string' || typeof tool !== 'string') return use;
  return { ...use, server, tool };
}

function isFailure(response: unknown): boolean {
  return isMembers(response) && response.error !== undefined && response.error !== null;
}

// The members that the inputs of several agents have in common.

import { isMembers, type Members } from '../../json/members.ts';
import type { ReadJson } from '../../json/unambiguous.ts';
import type { ToolUse } from './agent.ts';

export interface HookInput {
  readonly event: string;
  readonly session: string;
  readonly workspace: string;
  readonly members: Members;
}

/** `session_id`, `cwd` and `hook_event_name`, which all agents send. */
export function readHookInput({ value }: ReadJson): HookInput | undefined {
  if (!isMembers(value)) return undefined;
  const { session_id: session, cwd: workspace, hook_event_name: event } = value;
  if (typeof session !== 'string' || session === '') return undefined;
  if (typeof workspace !== 'string' || typeof event !== 'string') return undefined;
  return { event, session, workspace, members: value };
}

/** The events of the agents that are not about one use of a tool that runs. */
const otherEvents: ReadonlySet<string> = new Set([
  'SessionStart',
  'SessionEnd',
  'UserPromptSubmit',
  'Notification',
  'PermissionRequest',
  'Stop',
  'SubagentStart',
  'SubagentStop',
  'PreCompact',
  'PostCompact',
  'PostToolBatch',
  'BeforeAgent',
  'AfterAgent',
  'BeforeModel',
  'AfterModel',
  'BeforeToolSelection',
]);

/**
 * Whether an event is not about a use of a tool: one that is known, or that names no tool. An event of an agent that renamed its
 * events must not let a tool run that nobody decided.
 */
export function isOtherEvent({ event, members }: HookInput): boolean {
  return otherEvents.has(event) || !('tool_name' in members || 'tool_input' in members);
}

/** `tool_input` with its text, as `use` without a server. */
export function readToolUse({ value, text, spans }: ReadJson): ToolUse | undefined {
  if (!isMembers(value)) return undefined;
  const { tool_name: tool, tool_input: given, tool_use_id: id } = value;
  const span = spans.get('tool_input');
  if (typeof tool !== 'string' || !isMembers(given) || span === undefined) return undefined;
  return {
    server: undefined,
    tool,
    arguments: given,
    text: text.slice(span.start, span.end),
    id: typeof id === 'string' ? id : undefined,
  };
}

/** The names that Claude Code and Codex give to tools of MCP servers: `mcp__server__tool`. */
export function withServer(use: ToolUse): ToolUse {
  const [, server, tool] = /^mcp__(.+?)__(.+)$/s.exec(use.tool) ?? [];
  return server === undefined || tool === undefined ? use : { ...use, server, tool };
}

/** The strings among these members, under new names. */
export function listStrings(
  members: Members,
  names: Readonly<Record<string, string>>,
): Record<string, string> {
  const strings: [string, string][] = [];
  for (const [name, renamed] of Object.entries(names)) {
    const value = members[name];
    if (typeof value === 'string') strings.push([renamed, value]);
  }
  return Object.fromEntries(strings);
}

// The use of a tool as a call that a policy decides: `server:tool` for tools of MCP servers, as the guard names them, and
// `agent:tool` for those of the agent itself, on its working directory.

import type { Call, CallerFacts } from '../engine/call.ts';
import { nameToolAction } from '../mcp/tools/tool-action.ts';
import type { ToolUse } from './agents/agent.ts';

export interface UsePlace {
  /** The name of the agent. */
  readonly agent: string;
  readonly workspace: string;
  /** Those of the session, with what the agent states about itself. */
  readonly facts: CallerFacts;
  /** Whether the use names a file that configures guard or agent, for `action.names_guard`. */
  readonly isGuardNamed: boolean;
  /**
   * Where the paths lead that the use names, for `action.real_paths`, or `undefined` if they are too many to examine.
   */
  readonly realPaths: readonly string[] | undefined;
}

/** Where the tool is: the name of its server, or that of the agent. */
export function nameServer({ server }: ToolUse, agent: string): string {
  return server ?? agent;
}

export function toUseCall(use: ToolUse, place: UsePlace): Call {
  const { agent, workspace, facts, isGuardNamed, realPaths } = place;
  const name = nameToolAction(nameServer(use, agent), use.tool);
  const resource =
    use.server === undefined
      ? { type: 'workspace', id: workspace }
      : { type: 'mcp_server', id: use.server };
  const serviceProperties = { names_guard: isGuardNamed, real_paths: realPaths };
  const action = { name, properties: { arguments: use.arguments, ...serviceProperties } };
  const serviceText = JSON.stringify(serviceProperties).slice(1);
  const actionText = `{"name":${JSON.stringify(name)},"properties":{"arguments":${use.text},${serviceText}}`;
  return {
    parts: { action, resource },
    text: `{"action":${actionText},"resource":${JSON.stringify(resource)}}`,
    facts,
  };
}

// The agents whose settings `nhipol hook install` can write: the agents of `service/hooks`, which loads only when it is used.

export const agentNames = ['claude-code', 'codex', 'gemini'] as const;

export type AgentName = (typeof agentNames)[number];

// The agents whose hooks are known.

import type { HookAgent } from './agent.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { gemini } from './gemini.ts';

export const hookAgents: readonly HookAgent[] = [claudeCode, codex, gemini];

export function findHookAgent(name: string): HookAgent | undefined {
  return hookAgents.find((agent) => agent.name === name);
}

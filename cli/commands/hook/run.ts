// Implements `nhipol hook`: answers one hook through the daemon.

import { forwardHook } from '../../hook/forward.ts';
import type { Console } from '../../io/console.ts';
import { defaultSocketPath } from '../../io/paths/socket-path.ts';

export interface HookCommandOptions {
  readonly policy: string;
  readonly socket: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
}

export async function runHookCommand(
  agent: string,
  { policy, socket, timeout }: HookCommandOptions,
  console: Console,
): Promise<number> {
  const path = socket ?? defaultSocketPath(policy, process.env);
  const answer = await forwardHook({ agent, socket: path, timeout, input: console.input });
  console.err(answer.stderr);
  await console.out(answer.stdout);
  return answer.exitCode;
}

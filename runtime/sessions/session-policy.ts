// A loaded policy for sessions: an instance of its module that holds them, and its manifest's description of them.

import type { Encoding } from '../contract/index.ts';
import { LoadError } from '../module/load-error.ts';
import type { Policy, SessionSource } from '../policy.ts';
import { DeclaredPaths } from './declared-paths.ts';
import { HistoryEngine } from './history-engine.ts';
import { SessionEngine } from './session-engine.ts';

export interface SessionPolicy {
  readonly policy: Policy;
  readonly engine: SessionEngine;
  /** `undefined` if the policy is not about history across sessions. */
  readonly history: HistoryEngine | undefined;
  /** The numbers that can be changed without JSON. */
  readonly words: NonNullable<Encoding['words']>;
  /** The paths of members that can be changed one by one. */
  readonly paths: DeclaredPaths;
  /** Whether it reads approvals. */
  readonly takesApprovals: boolean;
  /** Must be called when it is no longer needed. */
  readonly dispose: () => void;
}

/**
 * `bytes`: the maximum size of all sessions; `tablesChanged`: called when the contents of one of the policy's
 * tables change. Throws `LoadError` for a module that was not compiled with sessions.
 */
export function createSessionPolicy(
  policy: SessionSource,
  bytes: number,
  tablesChanged: () => void,
): SessionPolicy {
  const { sessions: described } = policy.manifest;
  if (described === undefined)
    throw new LoadError('the module does not support sessions: compile it with --sessions');
  const { instance, reader, dispose } = policy.attach(bytes, tablesChanged);
  if (instance.sessions === undefined) {
    dispose();
    throw new LoadError('the module does not export the functions of sessions');
  }
  const engine = new SessionEngine(instance, instance.sessions, reader);
  const history =
    instance.history && new HistoryEngine(instance, { ...instance.sessions, ...instance.history });
  const { approvals: takesApprovals = false } = described;
  const { words = {} } = policy.encoding ?? {};
  const paths = new DeclaredPaths(policy.encoding);
  // Bindings change its types only.
  return { policy: policy as Policy, engine, history, words, paths, takesApprovals, dispose };
}

// A loaded policy as sessions have it: an instance of its module that holds them, and what its manifest says of them.

import type { ManifestSessions } from '../contract/index.ts';
import { LoadError } from '../module/load-error.ts';
import type { Policy, SessionSource } from '../policy.ts';
import { DeclaredPaths } from './declared-paths.ts';
import { SessionEngine } from './session-engine.ts';

export interface SessionPolicy {
  readonly policy: Policy;
  readonly engine: SessionEngine;
  /** The policy's name, which the digest of a call covers. */
  readonly name: string;
  readonly words: ManifestSessions['words'];
  /** By which members are changed one by one. */
  readonly paths: DeclaredPaths;
  /** Names, in the order of the module's numbers. */
  readonly signals: readonly string[];
  /** Whether it looks for approvals. */
  readonly takesApprovals: boolean;
  /** It is needed no more. */
  readonly letGo: () => void;
}

/**
 * `bytes`: what sessions may take in all; `tablesChanged`: told when one of the policy's tables has other contents. Throws
 * `LoadError` for a module that was not compiled to hold sessions.
 */
export function sessionPolicy(
  policy: SessionSource,
  bytes: number,
  tablesChanged: () => void,
): SessionPolicy {
  const { sessions: described } = policy.manifest;
  if (described === undefined)
    throw new LoadError('the module holds no sessions: compile it with --sessions');
  const { instance, reader, letGo } = policy.follow(bytes, tablesChanged);
  if (instance.sessions === undefined) {
    letGo();
    throw new LoadError("the module's sessions lack their exports");
  }
  const engine = new SessionEngine(instance, instance.sessions, reader, bytes);
  const { words, signals = [], approvals: takesApprovals = false } = described;
  const { name } = policy.manifest.policy;
  const paths = new DeclaredPaths(policy.manifest);
  // Bindings give it other types, and it is the same.
  const untyped = policy as Policy;
  return { policy: untyped, engine, name, words, paths, signals, takesApprovals, letGo };
}

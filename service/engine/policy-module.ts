// A compiled policy that an engine decides with.

import { createHash } from 'node:crypto';
import { load, type Policy } from '@nhipol/runtime';
import type { LoggedPolicy } from '../log/entry.ts';
import type { Abilities } from './abilities.ts';
import { type DeclaredRequest, readDeclaredRequest } from './declared.ts';
import { type DeclaredPayloads, readDeclaredPayloads } from './declared-payloads.ts';

export interface PolicyModule extends DeclaredPayloads {
  readonly bytes: Uint8Array;
  readonly policy: Policy;
  readonly logged: LoggedPolicy;
  readonly declared: DeclaredRequest;
  readonly abilities: Abilities;
  /** The signals that sessions record. */
  readonly signals: ReadonlySet<string>;
  /** Whether events in one session can change the answers of another. */
  readonly hasSharedEvents: boolean;
  /** Whether the module evaluates what could be permitted. */
  readonly isPossibilityKnown: boolean;
}

/** Throws a `LoadError` for a module that is not a policy, or that was compiled without sessions. */
export function loadPolicyModule(module: Uint8Array, abilities: Abilities): PolicyModule {
  const policy = load(module);
  const { manifest } = policy;
  const { name, version } = manifest.policy;
  const digest = `sha-256:${createHash('sha256').update(module).digest('hex')}`;
  const declared = readDeclaredRequest(manifest.schema);
  return {
    bytes: module,
    policy,
    logged: { name, version, digest },
    declared,
    ...readDeclaredPayloads(manifest, declared),
    abilities,
    signals: new Set(manifest.sessions?.signals ?? []),
    hasSharedEvents: manifest.sessions?.shared_bytes !== undefined,
    isPossibilityKnown: manifest.possible === true,
  };
}

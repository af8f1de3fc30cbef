// Made by nhipol 0.1.0 from the policy acme.support_agent 1.0.0. Do not edit: compile it again.

import type { Answer, Bindings, DecideOptions, LoadOptions, Policy } from '@nhipol/runtime';

/** What is asked: an AuthZEN evaluation request, as this policy reads it. */
export interface Request {
  readonly subject: Subject;
  readonly action: Action;
  readonly resource: Resource;
  readonly context: Context;
}

export type Subject =
  | {
      readonly type: "ai_agent";
      readonly id: string;
      readonly properties: {
        readonly lifecycle_state?: "active" | "suspended" | "decommissioned" | null;
        readonly attestation?: {
          readonly status?: "affirming" | "warning" | "contraindicated" | "none" | null;
          readonly observed_at?: string | Date | null;
        } | null;
        readonly credential: {
          readonly expires_at: string | Date;
          readonly exposed?: boolean | null;
          readonly audience?: readonly string[] | ReadonlySet<string> | null;
          readonly scopes?: readonly string[] | ReadonlySet<string> | null;
        };
        readonly on_behalf_of?: {
          readonly scopes?: readonly string[] | ReadonlySet<string> | null;
        } | null;
        readonly actor_chain?: readonly {
        }[] | null;
      };
    };

export type Action =
  | {
      readonly name: "tools/call";
      readonly properties?: {
        readonly tool?: {
          readonly server?: string | null;
          readonly name?: string | null;
        } | null;
        readonly privilege?: "read" | "write" | "admin" | null;
      };
    };

export type Resource =
  | {
      readonly type: (string & {});
      readonly id: string;
      readonly properties?: {
        readonly sensitivity?: "public" | "internal" | "confidential" | "restricted" | null;
      };
    };

export interface Context {
  readonly time: string | Date;
  readonly risk?: {
    readonly level?: "LOW" | "MEDIUM" | "HIGH" | null;
    readonly observed_at?: string | Date | null;
  } | null;
  readonly session?: {
    readonly approved_scopes?: readonly string[] | ReadonlySet<string> | null;
    readonly requestable_scopes?: readonly string[] | ReadonlySet<string> | null;
  } | null;
  readonly events?: {
    readonly "session-revoked"?: {
    } | null;
  } | null;
}

export type Effect = "challenge" | "deny" | "narrow" | "permit" | "revoke";

export type Reason = "session_revoked" | "risk_high" | "credential_exposed" | "identity_not_active" | "credential_expired" | "audience_mismatch" | "scope_confirmed" | "scope_not_approved" | "scope_not_grantable" | "principal_lacks_scope" | "insufficient_scope" | "delegation_too_deep" | "sensitivity_exceeds_clearance" | "attestation_required" | "risk_medium" | "risk_unknown" | "unknown_tool" | "default_deny" | "invalid_request" | "engine_error";

export interface Decision extends Omit<Answer, 'effect' | 'reasons' | 'constraints'> {
  readonly effect: Effect;
  /** Ids of the rules that decided. */
  readonly reasons: readonly Reason[];
  /** What a `narrow` allows at most. */
  readonly constraints: {
    readonly privilege?: "read" | "write" | "admin";
    readonly max_rows?: number | bigint;
    readonly ttl?: Answer['constraints'][string];
  };
}

/** The policy, bound to the types of its requests. Throws `LoadError`, also on another version. */
export function load(bytes: Uint8Array, options?: LoadOptions): BoundPolicy;

/** For a `load` of another place, such as a bundle: its option `bindings`. */
export const bindings: Bindings;

export interface BoundPolicy extends Omit<Policy, Asking> {
  decide(request: Request, options?: DecideOptions): Decision;
  decideJson(request: Uint8Array | string, options?: DecideOptions): Decision;
  decideMany(requests: Iterable<Request>, options?: DecideOptions): readonly Decision[];
  again(now: number | bigint | Date): Decision;
}

type Asking = 'decide' | 'decideJson' | 'decideMany' | 'again';

// Made by nhipol 0.1.0 from the policy acme.support_agent 1.0.0. Do not edit: compile it again.

import type { Answer, Bindings, DecideOptions, LoadOptions, Policy, TypedPolicy } from '@nhipol/runtime';

/** The request: an AuthZEN evaluation request, as this policy reads it. */
export interface Request {
  readonly subject: Subject;
  readonly action: Action;
  readonly resource: Resource;
  readonly context?: Context;
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
  readonly time?: string | Date | null;
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
  /** The IDs of the rules that decided. */
  readonly reasons: readonly Reason[];
  /** The limits that a `narrow` sets. */
  readonly constraints: {
    readonly privilege?: "read" | "write" | "admin";
    readonly max_rows?: number | bigint;
    readonly ttl?: Answer['constraints'][string];
  };
}

/** The policy, with the types of its requests. Throws `LoadError`, also if the module is another version of the policy. */
export function load(bytes: Uint8Array, options?: LoadOptions): BoundPolicy;

/** For a `load` from elsewhere, such as a bundle: its option `bindings`. */
export const bindings: Bindings;

/** The answer of a session. A revoke is final, also under a later policy without revokes. */
export interface SessionDecision extends Omit<Decision, 'effect' | 'reasons'> {
  readonly effect: Effect | 'revoke';
  readonly reasons: readonly (Reason | 'clock_went_back' | 'revoked_before')[];
}

/** The arguments and results of session calls. */
export interface Types {
  readonly request: Request;
  readonly decision: SessionDecision;
  /** The members that `set` can change, by path. */
  readonly paths: {
    readonly "subject.lifecycle_state": "active" | "suspended" | "decommissioned";
    readonly "subject.attestation": {
      readonly status?: "affirming" | "warning" | "contraindicated" | "none" | null;
      readonly observed_at?: string | Date | null;
    };
    readonly "subject.attestation.status": "affirming" | "warning" | "contraindicated" | "none";
    readonly "subject.attestation.observed_at": string | Date;
    readonly "subject.credential": {
      readonly expires_at: string | Date;
      readonly exposed?: boolean | null;
      readonly audience?: readonly string[] | ReadonlySet<string> | null;
      readonly scopes?: readonly string[] | ReadonlySet<string> | null;
    };
    readonly "subject.credential.expires_at": string | Date;
    readonly "subject.credential.exposed": boolean;
    readonly "subject.credential.audience": readonly string[] | ReadonlySet<string>;
    readonly "subject.credential.scopes": readonly string[] | ReadonlySet<string>;
    readonly "subject.on_behalf_of": {
      readonly scopes?: readonly string[] | ReadonlySet<string> | null;
    };
    readonly "subject.on_behalf_of.scopes": readonly string[] | ReadonlySet<string>;
    readonly "subject.actor_chain": readonly {
    }[];
    readonly "action.tool": {
      readonly server?: string | null;
      readonly name?: string | null;
    };
    readonly "action.tool.server": string;
    readonly "action.tool.name": string;
    readonly "action.privilege": "read" | "write" | "admin";
    readonly "resource.sensitivity": "public" | "internal" | "confidential" | "restricted";
    readonly "context.time": string | Date;
    readonly "context.risk": {
      readonly level?: "LOW" | "MEDIUM" | "HIGH" | null;
      readonly observed_at?: string | Date | null;
    };
    readonly "context.risk.level": "LOW" | "MEDIUM" | "HIGH";
    readonly "context.risk.observed_at": string | Date;
    readonly "context.session": {
      readonly approved_scopes?: readonly string[] | ReadonlySet<string> | null;
      readonly requestable_scopes?: readonly string[] | ReadonlySet<string> | null;
    };
    readonly "context.session.approved_scopes": readonly string[] | ReadonlySet<string>;
    readonly "context.session.requestable_scopes": readonly string[] | ReadonlySet<string>;
    readonly "context.events": {
      readonly "session-revoked"?: {
      } | null;
    };
    readonly "context.events.\"session-revoked\"": {
    };
  };
  readonly signals: object;
}

/** Also for `createSessions`, whose calls then have these types. */
export interface BoundPolicy extends Omit<Policy, Asking>, TypedPolicy<Types> {
  decide(request: Request, options?: DecideOptions): Decision;
  decideJson(request: Uint8Array | string, options?: DecideOptions): Decision;
  decideMany(requests: Iterable<Request>, options?: DecideOptions): readonly Decision[];
  again(now: number | bigint | Date): Decision;
}

type Asking = 'decide' | 'decideJson' | 'decideMany' | 'again';

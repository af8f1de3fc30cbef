// Types for the sessions of a policy with bindings (`nhipol compile --bindings ts`). Nothing here exists at run
// time.

import type { Possibility } from '../answer/possibility.ts';
import type { AnswerError } from '../contract/index.ts';
import type { SessionSource } from '../policy.ts';
import type { Approval } from './approvals.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** The types that bindings declare for a policy. */
export interface PolicyTypes {
  readonly request: object;
  /** The type of the answers of sessions. */
  readonly decision: object;
  /** The type of each member that is changed by itself, by path. */
  readonly paths: object;
  /** The type of each signal's payload, by name. */
  readonly signals: object;
}

/** Exists only for the TypeScript compiler: it carries the types of a policy. */
declare const policyTypes: unique symbol;

/** A policy with types. */
export interface TypedPolicy<Types extends PolicyTypes> extends SessionSource {
  readonly [policyTypes]: Types;
}

/** A value of which any part may be given; null removes a member. */
export type Part<Value> = Value extends string | number | bigint | boolean | Date | null | undefined
  ? Value
  : Value extends readonly unknown[] | ReadonlySet<unknown>
    ? Value
    : { readonly [Name in keyof Value]?: Part<Value[Name]> | null };

type Given<Request, Name extends string> = Name extends keyof Request ? Request[Name] : unknown;

/** A request that may leave out the query. */
export type Opening<Request> = Omit<Request, 'action' | 'resource'> & {
  readonly action?: Given<Request, 'action'>;
  readonly resource?: Given<Request, 'resource'>;
};

/** A whole action and resource, and what is new in the context. */
export interface Question<Request> {
  readonly action?: Given<Request, 'action'>;
  readonly resource?: Given<Request, 'resource'>;
  readonly context?: Part<Given<Request, 'context'>>;
}

/** A question of which members may be missing. */
interface PossibleQuestion<Request> {
  readonly action?: Part<Given<Request, 'action'>>;
  readonly resource?: Part<Given<Request, 'resource'>>;
  readonly context?: Part<Given<Request, 'context'>>;
}

type TypedCalls = 'decide' | 'could' | 'reevaluate' | 'patch' | 'replace' | 'record' | 'grant';

/** `Session` with the types that the policy declares. */
export interface TypedSession<Types extends PolicyTypes> extends Omit<Session, TypedCalls> {
  decide(query?: Question<Types['request']>): Types['decision'];
  could(query?: PossibleQuestion<Types['request']>): Possibility;
  reevaluate(): Types['decision'];
  patch(part: Part<Types['request']>): void;
  patch<Path extends keyof Types['paths']>(path: Path, value: Types['paths'][Path] | null): void;
  replace(part: Partial<Types['request']> | string): void;
  record<Name extends keyof Types['signals'] & string>(
    name: Name,
    payload?: Types['signals'][Name] | string,
    time?: number | bigint | Date,
  ): void;
  grant(approval: Approval): Types['decision'];
}

type TypedManagement = 'open' | 'get' | 'decide' | 'restore' | 'on' | 'off';

/** `Sessions` with the types that the policy declares. */
export interface TypedSessions<Types extends PolicyTypes> extends Omit<Sessions, TypedManagement> {
  open(id: string, request: Opening<Types['request']> | string): TypedSession<Types>;
  get(id: string): TypedSession<Types> | undefined;
  decide(id: string, query?: Question<Types['request']>): Types['decision'];
  restore(snapshot: string): { session: TypedSession<Types>; mismatch: AnswerError | undefined };
  on(...of: Parameters<Sessions['on']>): this;
  off(...of: Parameters<Sessions['off']>): this;
}

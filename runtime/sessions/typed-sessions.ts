// Sessions of a policy whose types are known: those that `nhipol compile --bindings ts` writes. Nothing here is there when a
// program runs.

import type { SessionSource } from '../policy.ts';
import type { Approval } from './approvals.ts';
import type { Preview } from './preview.ts';
import type { Sessions } from './sessions.ts';

/** What bindings say of a policy. */
export interface PolicyTypes {
  readonly request: object;
  /** What sessions answer. */
  readonly decision: object;
  /** By path, what a member is that is changed by itself. */
  readonly paths: object;
  /** By name, what a signal tells. */
  readonly signals: object;
}

/** No object has it: it tells the TypeScript compiler the types of a policy. */
declare const policyTypes: unique symbol;

/** A policy with types. */
export interface TypedPolicy<Types extends PolicyTypes> extends SessionSource {
  readonly [policyTypes]: Types;
}

/** A value of which any part may be told; null takes a member away. */
export type Part<Value> = Value extends string | number | bigint | boolean | Date | null | undefined
  ? Value
  : Value extends readonly unknown[] | ReadonlySet<unknown>
    ? Value
    : { readonly [Name in keyof Value]?: Part<Value[Name]> | null };

type Given<Request, Name extends string> = Name extends keyof Request ? Request[Name] : unknown;

/** A request that need not say yet what is asked. */
export type Opening<Request> = Omit<Request, 'action' | 'resource'> & {
  readonly action?: Given<Request, 'action'>;
  readonly resource?: Given<Request, 'resource'>;
};

/** An action and a resource as a whole, and what is new about the context. */
export interface Question<Request> {
  readonly action?: Given<Request, 'action'>;
  readonly resource?: Given<Request, 'resource'>;
  readonly context?: Part<Given<Request, 'context'>>;
}

type Typed =
  | 'open'
  | 'patch'
  | 'replace'
  | 'record'
  | 'decide'
  | 'reevaluate'
  | 'grant'
  | 'preview'
  | 'on'
  | 'off';

/** `Sessions` whose calls take and give what the policy declares. */
export interface TypedSessions<Types extends PolicyTypes> extends Omit<Sessions, Typed> {
  open(id: string, request: Opening<Types['request']> | string): void;
  patch(id: string, part: Part<Types['request']>): void;
  patch<Path extends keyof Types['paths']>(
    id: string,
    path: Path,
    value: Types['paths'][Path] | null,
  ): void;
  replace(id: string, part: Partial<Types['request']> | string): void;
  record<Name extends keyof Types['signals'] & string>(
    id: string,
    name: Name,
    told?: Types['signals'][Name] | string,
    time?: number | bigint | Date,
  ): void;
  decide(id: string, asked?: Question<Types['request']>): Types['decision'];
  reevaluate(id: string): Types['decision'];
  grant(id: string, approval: Approval): Types['decision'];
  preview(policy: SessionSource): Preview;
  on(...of: Parameters<Sessions['on']>): this;
  off(...of: Parameters<Sessions['off']>): this;
}

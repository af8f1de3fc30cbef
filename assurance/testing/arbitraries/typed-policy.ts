// The TypeScript types of a policy's requests and answers: those that `nhipol compile --bindings ts` declares, or
// otherwise those of any AuthZEN request. They exist only at compile time.

import type { PolicyModel } from '@nhipol/language/model';
import type { Answer, DecideOptions } from '@nhipol/runtime';

declare const bound: unique symbol;

/** A checked policy, with the `BoundPolicy` of its bindings. */
export type TypedSourcePolicy<B = unknown> = PolicyModel & { readonly [bound]?: B };

type BoundOf<P> = P extends { readonly [bound]?: infer B } ? B : unknown;

/** A request as an object that JSON can represent: sets as arrays, instants as RFC 3339 strings. */
export type RequestOf<P> =
  BoundOf<P> extends { decide(request: infer R, options?: DecideOptions): unknown }
    ? Plain<R>
    : UntypedRequest;

export type DecisionOf<P> =
  BoundOf<P> extends { decide(request: never, options?: DecideOptions): infer D } ? D : Answer;

/** Types and names outside of bindings have no type. */
export type StrangersOf<P> = unknown extends BoundOf<P> ? boolean : false;

export interface UntypedRequest {
  readonly subject: AnyEntity & { readonly type: string; readonly id: string };
  readonly action: AnyEntity & { readonly name: string };
  readonly resource: AnyEntity & { readonly type: string; readonly id: string };
  readonly context?: Readonly<Record<string, unknown>>;
}

interface AnyEntity {
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** Without the types that a host accepts in addition to arrays and strings. */
type Plain<T> = T extends ReadonlySet<unknown> | Date
  ? never
  : T extends readonly (infer E)[]
    ? readonly Plain<E>[]
    : object extends T
      ? T
      : T extends object
        ? { readonly [Name in keyof T]: Plain<T[Name]> }
        : T;

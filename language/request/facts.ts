// What a policy may know of a request: each declared member as absent, present or faulty, with its
// value where that is usable. Made from JSON by the declared shapes; members that the policy does
// not declare are passed over.

import { digestMember } from '@nhipol/runtime/call-digest';
import type { Selector } from '../model/model.ts';
import type { Value } from '../types/types.ts';
import type { RequestError } from './errors.ts';
import type { SessionEvent } from './session-event.ts';

export interface Fact {
  /** `faulty`: of the wrong type, required and missing, or inside such a record. */
  readonly presence: 'absent' | 'present' | 'faulty';
  /** A scalar's value; undefined: unknown. */
  readonly value: Value | undefined;
  /** A record's members. */
  readonly members: ReadonlyMap<string, Fact> | undefined;
  /** A set's or list's elements; a set's are distinct. */
  readonly elements: readonly Fact[] | undefined;
}

export interface Facts {
  readonly subject: Fact;
  readonly action: Fact;
  readonly resource: Fact;
  readonly context: Fact;
  /** The request's own strings; undefined: faulty. */
  readonly selectors: ReadonlyMap<Selector, string>;
  /** The instant of evaluation, in milliseconds. */
  readonly now: bigint | undefined;
  /** Those of the session, in the order in which they were recorded; undefined: there is none. */
  readonly events?: readonly SessionEvent[];
}

/** The digest of the call, where the policy declares it and the call has one. */
export function digestIn({ context }: Pick<Facts, 'context'>): string | undefined {
  return context.members?.get(digestMember)?.value as string | undefined;
}

export interface Decoded {
  readonly facts: Facts | undefined;
  readonly error: RequestError | undefined;
}

const nothing: Fact = {
  presence: 'absent',
  value: undefined,
  members: undefined,
  elements: undefined,
};

/** Of no request at all: what is asked of it is constant. */
export const noFacts: Facts = {
  subject: nothing,
  action: nothing,
  resource: nothing,
  context: nothing,
  selectors: new Map(),
  now: undefined,
};

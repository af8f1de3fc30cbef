// The facts of a request: each declared member as absent, present or faulty, with its value if that is
// usable. They are decoded from JSON by the declared shapes; undeclared members are ignored.

import { digestMember } from '@nhipol/runtime/call-digest';
import type { RequestError } from './errors.ts';
import { absentFact, type Fact } from './fact.ts';
import type { HistoryEvent, RequestedFacts } from './session-event.ts';

export interface Facts extends RequestedFacts {
  readonly subject: Fact;
  /** The instant of evaluation, in milliseconds. */
  readonly now: bigint | undefined;
  /** The events of the session in the order in which they were recorded, or `undefined` if there is no session. */
  readonly events?: readonly HistoryEvent[];
  /** The events of all sessions, or `undefined` if only the events of this session are known. */
  readonly shared?: SharedView;
}

/** The events of all sessions, as one of them sees them. */
export interface SharedView {
  /** In the order in which they were recorded. */
  readonly events: readonly SharedEvent[];
  /** The last decision of the session, which does not count for itself. */
  readonly pending: HistoryEvent | undefined;
}

/** An event, with the request of its session when it was recorded, or `undefined` if that could not be read. */
export interface SharedEvent {
  readonly event: HistoryEvent;
  readonly request: Facts | undefined;
}

/** Whether a member of the context is the digest of the call, which is computed if the request has none. */
export function isDigestMember({ name }: { readonly name: string }): boolean {
  return name === digestMember;
}

/** Returns the digest of the call, if the policy declares it and the call has one. */
export function findDigest({ context }: Pick<Facts, 'context'>): string | undefined {
  return context.members?.get(digestMember)?.value as string | undefined;
}

export interface Decoded {
  readonly facts: Facts | undefined;
  readonly error: RequestError | undefined;
}

/** The facts without a request, for the evaluation of constant expressions. */
export const noFacts: Facts = {
  subject: absentFact,
  action: absentFact,
  resource: absentFact,
  context: absentFact,
  selectors: new Map(),
  now: undefined,
};

// Turns an event into the fact that patterns see: a record of the type that the checker gave to
// `event`.

import { strictness } from '@nhipol/runtime/abi';
import { digestMember } from '@nhipol/runtime/call-digest';
import type { Variable } from '../../model/model.ts';
import { absentFact, createPresentFact, type Fact, faultyFact } from '../../request/fact.ts';
import { findDigest } from '../../request/facts.ts';
import type { HistoryEvent, RequestedFacts, SignalEvent } from '../../request/session-event.ts';
import type { RecordType, Type } from '../../types/types.ts';

export function createEventFact(event: HistoryEvent, { type }: Variable): Fact {
  const own = new Map([['time', createPresentFact(event.time)]]);
  const call = findEventCall(event);
  if (call !== undefined) {
    for (const root of ['action', 'resource'] as const) own.set(root, createPart(call, root, type));
  }
  if (event.kind !== 'decision') return record(type, own, event.payload);
  own.set('effect', createPresentFact(strictness(event.effect)));
  const digest = findDigest(event.facts);
  if (digest !== undefined) own.set(digestMember, createPresentFact(digest));
  return record(type, own, absentFact);
}

/** The call that an event is about; a signal is about none. */
export function findEventCall(event: HistoryEvent): SignalEvent['call'] {
  return event.kind === 'decision' ? event.facts : event.call;
}

/** The action or resource of the request may have been invalid, in whole or in part. */
function createPart(
  facts: NonNullable<SignalEvent['call']>,
  root: 'action' | 'resource',
  event: Type,
): Fact {
  const type = event.kind === 'Record' ? event.members.get(root)?.type : undefined;
  const names = root === 'action' ? (['action.name'] as const) : resourceNames;
  const own = new Map(
    names.map((name) => {
      const value = facts.selectors.get(name);
      return [
        name.slice(root.length + 1),
        value === undefined ? faultyFact : createPresentFact(value),
      ];
    }),
  );
  return type === undefined ? faultyFact : record(type, own, facts[root]);
}

const resourceNames = ['resource.type', 'resource.id'] as const;

/** Has exactly the members of the type: the event's own ones, and those that were decoded. */
function record(type: Type, own: ReadonlyMap<string, Fact>, decoded: Fact): Fact {
  const otherwise = decoded.presence === 'faulty' ? faultyFact : absentFact;
  const names = [...(type as RecordType).members.keys()];
  const members = new Map(
    names.map((name) => [name, own.get(name) ?? decoded.members?.get(name) ?? otherwise]),
  );
  return { ...absentFact, presence: 'present', members };
}

/** The facts of a request that could not be read at all. */
export const unreadable: RequestedFacts = {
  action: faultyFact,
  resource: faultyFact,
  context: faultyFact,
  selectors: new Map(),
};

// A bounded number of events of a session, for refutations: each is a decision about a request of its own, a signal or an
// outcome, at an instant that is not before the one of the event before it.

import {
  type EventPattern,
  type HistoryExpr,
  listTermPatterns,
  type PolicyModel,
} from '@nhipol/language/model';
import type { RecordType, Type } from '@nhipol/language/types';
import { effectNames, type SymbolicDecision } from '../decision/decision.ts';
import { nameEventPlace } from '../domains/flow.ts';
import type { Bound } from '../expressions/environment.ts';
import { EncodedFact } from '../facts/encoded-fact.ts';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import type { SymbolicFacts } from '../facts/facts.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { createChoiceValue, createNumberValue } from '../symbolic/algebra.ts';
import { requireExactlyOne } from '../symbolic/cardinality.ts';
import type { Choice, Finite, Symbolic } from '../symbolic/symbolic.ts';

type Of = EventPattern['of'];

/** One event, which need not have happened. */
export interface SymbolicEvent {
  readonly exists: Literal;
  /** One of the kinds that patterns of the policy are about. */
  readonly kind: Choice;
  /** The request of a decision, the call of an outcome, and the instant. */
  readonly facts: SymbolicFacts;
  readonly decision: SymbolicDecision;
  /** The payloads by the kinds of signals and outcomes. */
  readonly payloads: ReadonlyMap<Finite, SymbolicFact>;
}

export function nameKind(of: Of): string {
  return of.kind === 'decision' ? of.kind : `${of.kind} ${of.name}`;
}

/** The kinds of events that history terms are about. */
export function listKinds(terms: Iterable<HistoryExpr>): ReadonlyMap<string, Of> {
  const patterns = [...terms].flatMap(({ term }) => listTermPatterns(term));
  return new Map(patterns.map(({ of }) => [nameKind(of), of]));
}

/** An event of one of the kinds; `exists` says whether it happened. */
export function createEvent(
  policy: PolicyModel,
  kinds: ReadonlyMap<string, Of>,
  exists: Literal,
  facts: SymbolicFacts,
  decision: SymbolicDecision,
): SymbolicEvent {
  const { encoding } = facts;
  const kind = requireExactlyOne(encoding, 'kind of an event', [...kinds.keys()], exists);
  const payloads = new Map<Finite, SymbolicFact>();
  for (const [key, of] of kinds) {
    const shape = of.kind === 'decision' ? undefined : policy.signals.get(of.name);
    if (shape === undefined) continue;
    const guard = kind.values.get(key) ?? no;
    const declared = [{ policy: undefined, guard, type: shape, isRequired: false }];
    payloads.set(key, new EncodedFact(encoding, nameEventPlace(of), shape, declared, guard));
  }
  return { exists, kind, facts, decision, payloads };
}

/** The record that a pattern calls `event`. */
export function bindEvent(event: SymbolicEvent, { of, event: variable }: EventPattern): Bound {
  const { encoding } = event.facts;
  const type = variable.type as RecordType;
  const record = recordFact(encoding, nameEventPlace(of), type);
  for (const { name, type: own } of type.members.values()) {
    const fact = findMember(event, of, name, own);
    if (fact !== undefined) record.adopt(name, fact);
  }
  return { fact: record, value: record.value };
}

function findMember(
  event: SymbolicEvent,
  of: Of,
  name: string,
  type: Type,
): SymbolicFact | undefined {
  const { facts, decision } = event;
  const { encoding } = facts;
  if (name === 'time')
    return createGiven(encoding, type, createNumberValue([{ guard: yes, term: facts.now }]));
  if (of.kind !== 'signal' && (name === 'action' || name === 'resource'))
    return createCall(facts, name, type as RecordType);
  if (of.kind === 'decision') {
    if (name !== 'effect') return undefined;
    const effects = effectNames.map((effect, ordinal) => [ordinal, decision.has(effect)] as const);
    return createGiven(encoding, type, createChoiceValue(new Map(effects)));
  }
  return event.payloads.get(nameKind(of))?.member(name, type);
}

/** The action or resource of a call, with its own strings. */
function createCall(
  facts: SymbolicFacts,
  root: 'action' | 'resource',
  type: RecordType,
): SymbolicFact {
  const { encoding } = facts;
  const record = recordFact(encoding, root, type);
  const own = root === 'action' ? (['name'] as const) : (['type', 'id'] as const);
  for (const { name, type: member } of type.members.values()) {
    const selector = own.find((each) => each === name);
    if (selector === undefined) record.adopt(name, facts.root(root).member(name, member));
    else {
      const which = `${root}.${selector}` as Parameters<SymbolicFacts['selector']>[0];
      record.adopt(name, createGiven(encoding, member, facts.selector(which)));
    }
  }
  return record;
}

function recordFact(encoding: SymbolicEncoding, place: string, type: RecordType): SymbolicFact {
  return new EncodedFact(encoding, place, type, [declareType(type)], yes);
}

function createGiven(
  encoding: SymbolicEncoding,
  type: Type,
  value: Symbolic<SymbolicFact>,
): SymbolicFact {
  return new EncodedFact(encoding, 'event', type, [declareType(type)], yes, { value });
}

function declareType(type: Type) {
  return { policy: undefined, guard: yes, type, isRequired: false };
}

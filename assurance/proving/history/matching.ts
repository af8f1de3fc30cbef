// Which of the events match a pattern, certainly or possibly, and are in a window. As `createMatches` of the evaluator, as
// long as no key is dropped.

import {
  type EventPattern,
  type Expr,
  type HistoryTerm,
  listKeyReads,
} from '@nhipol/language/model';
import { findWindowStart, type HistoryWindow } from '@nhipol/language/types';
import { areEqual } from '../expressions/collections.ts';
import type { Environment } from '../expressions/environment.ts';
import type { Expressions } from '../expressions/expressions.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { add, createConstantTerm, type Linear } from '../formula/linear.ts';
import { hasUsableValue } from '../symbolic/algebra.ts';
import type { Symbolic, Truth } from '../symbolic/symbolic.ts';
import { bindEvent, nameKind, type SymbolicEvent } from './events.ts';

interface EventMatch {
  readonly event: SymbolicEvent;
  readonly certain: Literal;
  readonly possible: Literal;
  /** Evaluates an expression about the event. */
  readonly judge: (expr: Expr) => Symbolic<SymbolicFact>;
}

export interface PatternMatches {
  /** Whether the present request has the key of the pattern. */
  readonly known: Literal;
  /** In the order of the events. */
  readonly matches: readonly EventMatch[];
}

export function createMatches(
  pattern: EventPattern,
  events: readonly SymbolicEvent[],
  expressions: Expressions,
): PatternMatches {
  const { formula } = expressions.encoding;
  const present = listKeyReads(pattern.key).map((read) => expressions.value(read));
  const known = formula.all(present.map((value) => hasUsableValue(formula, value)));
  const matches = events.map((event): EventMatch => {
    const environment: Environment = {
      variable: pattern.event,
      bound: bindEvent(event, pattern),
      outer: undefined,
      values: new Map(),
    };
    const judge = (expr: Expr) => event.decision.expressions.value(expr, environment);
    const base = formula.and(
      event.kind.values.get(nameKind(pattern.of)) ?? no,
      hasFacts(pattern, event),
    );
    const condition =
      pattern.condition === undefined ? { yes, no } : (judge(pattern.condition) as Truth);
    const key = createKey(pattern, event, expressions, judge);
    return {
      event,
      certain: formula.and(base, condition.yes, key.certain),
      possible: formula.and(base, -condition.no, key.possible),
      judge,
    };
  });
  return { known, matches };
}

/** Whether the effect, action and resource type are those of the pattern. */
function hasFacts({ of }: EventPattern, { facts, decision }: SymbolicEvent): Literal {
  const { formula } = facts.encoding;
  if (of.kind === 'signal') return yes;
  const about = formula.and(
    facts.selects('action.name', of.actions),
    facts.selects('resource.type', of.resources),
  );
  if (of.kind !== 'decision' || of.which === 'decided') return about;
  return formula.and(about, of.which === 'allowed' ? decision.isAllowed : -decision.isAllowed);
}

/** Whether the event has the key of the present request; one without a key may have it. */
function createKey(
  { key }: EventPattern,
  event: SymbolicEvent,
  expressions: Expressions,
  judge: EventMatch['judge'],
): { readonly certain: Literal; readonly possible: Literal } {
  if (key === undefined) return { certain: yes, possible: yes };
  const { formula } = expressions.encoding;
  const parts = key.parts.map(({ ofEvent, ofRequest }) => {
    const isOfRequest = ofEvent === ofRequest;
    const own = isOfRequest ? event.decision.expressions.value(ofEvent) : judge(ofEvent);
    const isEqual = areEqual(expressions.encoding, own, expressions.value(ofRequest));
    return { isEqual, isUnknown: -hasUsableValue(formula, own) };
  });
  const certain = formula.all(parts.map(({ isEqual }) => isEqual));
  // An event of which one part is unknown has an unknown key: it may be any.
  const isUnknown = formula.any(parts.map((part) => part.isUnknown));
  return { certain, possible: formula.or(certain, isUnknown) };
}

// --- windows -----------------------------------------------------------------------------------

/** Whether an instant is in a window; in those of calendar periods, between two other instants. */
export function isInWindow(
  { facts, encoding }: Expressions,
  term: HistoryTerm,
  time: Linear,
  between: readonly [bigint, bigint],
): Literal {
  const { formula } = encoding;
  const window = 'window' in term ? term.window : undefined;
  if (window === undefined) return yes;
  if (window.kind === 'age')
    return formula.atMost(facts.now, add(time, createConstantTerm(window.milliseconds)));
  const starts = listStarts(window, between);
  return formula.any(
    starts.map((start, index) => {
      const next = starts[index + 1] ?? between[1];
      const isPeriod = formula.and(
        formula.atMost(createConstantTerm(start), facts.now),
        formula.below(facts.now, createConstantTerm(next)),
      );
      return formula.and(isPeriod, formula.atMost(createConstantTerm(start), time));
    }),
  );
}

const hour = 3_600_000n;

/** The starts of the periods that contain an instant between two others. */
function listStarts(
  window: HistoryWindow,
  [from, to]: readonly [bigint, bigint],
): readonly bigint[] {
  const starts = new Set<bigint>();
  for (let instant = from; instant < to; instant += hour) {
    const start = findWindowStart(window, instant);
    if (start !== undefined) starts.add(start);
  }
  return [...starts];
}

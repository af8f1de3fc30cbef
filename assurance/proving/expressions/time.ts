// The symbolic counterparts of expressions about time: ages, windows, weekdays and times of day.

import type { CalendarExpr } from '@nhipol/language/model';
import { createWeekdayWindow, type Window } from '@nhipol/language/types';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import type { SymbolicFacts } from '../facts/facts.ts';
import { type Literal, no } from '../formula/formula.ts';
import { add, createConstantTerm } from '../formula/linear.ts';
import { createChoiceValue, createNumberValue, createTruthValue } from '../symbolic/algebra.ts';
import type { NumberValue, Symbolic, Truth } from '../symbolic/symbolic.ts';
import type { Windows } from './windows.ts';

/** The values that the instant of a decision is related to. */
export interface Timed {
  readonly encoding: SymbolicEncoding;
  readonly facts: SymbolicFacts;
  readonly windows: Windows;
}

/** How much time has passed since an instant. */
export function encodeAge({ encoding, facts }: Timed, of: NumberValue): NumberValue {
  const { formula } = encoding;
  const cases = of.cases.map(({ guard, term }) => ({
    guard: formula.and(guard, facts.isNowKnown),
    term: createConstantTerm(0n),
    of: term,
  }));
  return { kind: 'number', cases, clock: 'age', sign: 1n };
}

export function testWindow(
  { encoding, facts, windows }: Timed,
  window: Window,
  of: NumberValue,
): Truth {
  const { formula } = encoding;
  const truths = of.cases.map(({ guard, term }) => {
    const isMoving = of.clock !== 'none';
    const known = isMoving ? formula.and(guard, facts.isNowKnown) : guard;
    const inside = windows.test(window, isMoving ? add(facts.now, term) : term);
    return createTruthValue(formula.and(known, inside.yes), formula.and(known, inside.no));
  });
  return createTruthValue(
    formula.any(truths.map((truth) => truth.yes)),
    formula.any(truths.map((truth) => truth.no)),
  );
}

/** The weekday or the time of day of an instant. */
export function encodeCalendar(
  timed: Timed,
  { field, zone }: CalendarExpr,
  of: NumberValue,
): Symbolic<SymbolicFact> {
  if (field === 'time_of_day') return encodeTimeOfDay(timed, zone, of);
  const { encoding, windows } = timed;
  const { formula } = encoding;
  const days = of.cases.flatMap(({ guard, term }) =>
    [0, 1, 2, 3, 4, 5, 6].map((day): readonly [number, Literal] => {
      const { yes: isDay } = windows.test(createWeekdayWindow(zone, [day]), term);
      return [day, formula.and(guard, isDay)];
    }),
  );
  const values = new Map<number, Literal>();
  for (const [day, literal] of days) values.set(day, formula.or(values.get(day) ?? no, literal));
  // Each instant with a known offset has one weekday.
  const literals = [...values.values()];
  for (const [index, literal] of literals.entries())
    for (const other of literals.slice(0, index)) encoding.require(formula.or(-literal, -other));
  for (const { guard, term } of of.cases) {
    const { yes: isKnown, no: isNone } = windows.test(createWeekdayWindow(zone, [0]), term);
    const known = formula.and(guard, formula.or(isKnown, isNone));
    encoding.require(formula.implies(known, formula.any(literals)));
  }
  return createChoiceValue(values);
}

/** Known where the offset of the zone is. */
function encodeTimeOfDay(
  { encoding, windows }: Timed,
  zone: CalendarExpr['zone'],
  of: NumberValue,
): NumberValue {
  const { formula } = encoding;
  const cases = of.cases.map(({ guard, term }) => {
    const known = formula.and(
      guard,
      formula.atMost(createConstantTerm(BigInt(zone.known.from)), term),
      formula.below(term, createConstantTerm(BigInt(zone.known.until))),
    );
    return { guard: known, term: windows.timeOfDay(zone, term) };
  });
  return createNumberValue(cases);
}

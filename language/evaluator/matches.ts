// Which events of a session a pattern is about, certainly or possibly, in the order in which they came
// about. With a key only those count that have it as the present request does; a session keeps a
// bounded number of values, and what became of further ones is told by `lost`.

import type { EventPattern, Expr, Variable } from '../model/model.ts';
import type { Fact } from '../request/facts.ts';
import type { SessionEvent } from '../request/session-event.ts';
import { eventFact } from './history/event-fact.ts';
import type { Outcome } from './outcome.ts';

export interface Match extends Position {
  readonly event: SessionEvent;
  /** Whether it matches, or only may. */
  readonly certain: boolean;
}

/** When an event came about and, among those of one instant, as which of all it was recorded. */
export interface Position {
  readonly time: bigint;
  readonly order: number;
}

export interface Matches {
  readonly found: readonly Match[];
  /** The last of the events that were not kept: any number up to it may match. */
  readonly lost: Position | undefined;
}

/** What an expression of an event comes to. */
export type JudgeEvent = (expr: Expr, event: Variable, fact: Fact) => Outcome;

/** `key`: that of the present request; where the pattern has one. */
export function matchesOf(
  pattern: EventPattern,
  within: bigint | undefined,
  events: readonly SessionEvent[],
  key: unknown,
  judge: JudgeEvent,
): Matches {
  const places = new Places(pattern.key?.limit ?? 0, within);
  const found: Match[] = [];
  for (const [order, event] of events.entries()) {
    const { time } = event;
    const matches = matchOf(pattern, event, judge);
    if (matches === false) continue;
    if (pattern.key === undefined) found.push({ event, time, order, certain: matches === true });
    else {
      const own = judge(pattern.key.ofEvent, pattern.event, eventFact(event, pattern.event)).value;
      // Whose it is nobody knows: it may match for every value.
      if (own === undefined) found.push({ event, time, order, certain: false });
      else places.add(own, { event, time, order, certain: matches === true }, event.recorded);
    }
  }
  const { kept, lost } = places.of(key);
  return { found: [...found, ...kept].sort(byPosition), lost };
}

/** undefined: it may match, for not all of it is known. */
function matchOf(
  { of, event, condition }: EventPattern,
  recorded: SessionEvent,
  judge: JudgeEvent,
): boolean | undefined {
  if (of.kind !== recorded.kind) return false;
  if (of.kind === 'signal' && recorded.kind === 'signal' && of.name !== recorded.name) return false;
  if (of.kind === 'decision' && recorded.kind === 'decision') {
    const { which, actions, resources } = of;
    const allowed = recorded.effect === 'permit' || recorded.effect === 'narrow';
    if (which !== 'decided' && allowed !== (which === 'allowed')) return false;
    const { selectors } = recorded.facts;
    const about = [
      isAmong(actions, selectors.get('action.name')),
      isAmong(resources, selectors.get('resource.type')),
    ];
    if (about.includes(false)) return false;
    // Its condition is typed by what it is about.
    if (about.includes(undefined)) return undefined;
  }
  if (condition === undefined) return true;
  return judge(condition, event, eventFact(recorded, event)).value as boolean | undefined;
}

function isAmong(
  names: readonly string[] | undefined,
  name: string | undefined,
): boolean | undefined {
  if (names === undefined) return true;
  return name === undefined ? undefined : names.includes(name);
}

/** An event of the very age of the window is still inside. */
export function isOver(time: bigint, within: bigint | undefined, now: bigint): boolean {
  return within !== undefined && time + within < now;
}

/** The earlier first. */
function byPosition(a: Position, b: Position): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.order - b.order;
}

export function isBehind(a: Position, b: Position): boolean {
  return byPosition(a, b) > 0;
}

/** The one that came about last. */
export function newest<P extends Position>(positions: readonly P[]): P | undefined {
  return positions.reduce<P | undefined>(
    (last, each) => (last === undefined || isBehind(each, last) ? each : last),
    undefined,
  );
}

// --- values that are kept --------------------------------------------------------------------------

interface Place {
  readonly value: unknown;
  readonly matches: Match[];
  /** The last of what had been lost before: it may have been of this value. */
  readonly lost: Position | undefined;
}

/**
 * Values take places in the order in which their first events are recorded. Where none is left, a
 * further value takes the first whose events have all left the window; where there is none either, its
 * event is lost.
 */
class Places {
  readonly #limit: number;
  readonly #within: bigint | undefined;
  readonly #places: Place[] = [];
  #lost: Position | undefined;

  constructor(limit: number, within: bigint | undefined) {
    this.#limit = limit;
    this.#within = within;
  }

  add(value: unknown, match: Match, recorded: bigint): void {
    const known = this.#places.find((place) => place.value === value);
    if (known !== undefined) {
      known.matches.push(match);
      return;
    }
    const full = this.#places.length >= this.#limit;
    const at = full ? this.#places.findIndex((place) => this.#isOver(place, recorded)) : -1;
    if (full && at < 0) {
      this.#lost = newest([match, ...(this.#lost === undefined ? [] : [this.#lost])]);
      return;
    }
    const place: Place = { value, matches: [match], lost: this.#lost };
    if (full) this.#places[at] = place;
    else this.#places.push(place);
  }

  #isOver({ matches }: Place, now: bigint): boolean {
    return matches.every(({ time }) => isOver(time, this.#within, now));
  }

  of(value: unknown): { readonly kept: readonly Match[]; readonly lost: Position | undefined } {
    const place = this.#places.find((each) => each.value === value);
    return place === undefined
      ? { kept: [], lost: this.#lost }
      : { kept: place.matches, lost: place.lost };
  }
}

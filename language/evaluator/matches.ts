// Finds the events of a session that match a pattern, certainly or possibly, in the order in which
// they occurred. If the pattern has a key, only events with the key of the present request count. A
// session stores a bounded number of keys; `lost` states what became of further ones.

import type { EventPattern, Expr, Variable } from '../model/model.ts';
import type { Fact } from '../request/fact.ts';
import type { HistoryEvent } from '../request/session-event.ts';
import {
  findWindowStart,
  type HistoryWindow,
  isOutsideWindow,
} from '../types/time/history-window.ts';
import { createEventFact, findEventCall } from './history/event-fact.ts';
import type { EvaluatedValue } from './outcome.ts';

/** An event that matches or may match. */
export interface MatchedEvent extends EventPosition {
  readonly event: HistoryEvent;
  /** False if the event only may match. */
  readonly certain: boolean;
}

/**
 * When an event occurred, and its index in the order of recording, which orders events of one
 * instant.
 */
export interface EventPosition {
  readonly time: bigint;
  readonly order: number;
}

export interface MatchedEvents {
  /** All of the following. */
  readonly found: readonly MatchedEvent[];
  /** Events with the key of the present request, in the order of recording. */
  readonly own: readonly MatchedEvent[];
  /** Events whose key is unknown, in the order of recording. */
  readonly keyless: readonly MatchedEvent[];
  /** The latest decision of the session, which is in none of these, if it matches. */
  readonly pending: readonly MatchedEvent[];
  /** The last event that was not stored. Any number of events up to it may match. */
  readonly lost: EventPosition | undefined;
}

/** Evaluates an expression about an event. */
export type JudgeEvent = (expr: Expr, event: Variable, fact: Fact) => EvaluatedValue;

/** The keys of a pattern. */
export interface PatternKeys {
  /** That of the present request. */
  readonly present: unknown;
  /** That of the event at an index, or `undefined` if it is unknown. */
  readonly of: (event: HistoryEvent, index: number) => unknown;
  /**
   * The number of events that are stored for each key, and of those without a known key, or `undefined` if it has
   * no limit.
   */
  readonly stored: number | undefined;
  /** Whether amounts are counted instead of events: then an event before the period of its recording is not counted. */
  readonly isCounted: boolean;
}

/** Finds the matches. `keys`: `undefined` if the pattern has none. */
export function findMatchedEvents(
  pattern: EventPattern,
  window: HistoryWindow | undefined,
  events: readonly HistoryEvent[],
  keys: PatternKeys | undefined,
  judge: JudgeEvent,
): MatchedEvents {
  const slots = new Slots(
    pattern.key?.limit ?? 0,
    window,
    keys?.stored ?? Number.POSITIVE_INFINITY,
  );
  const unkeyed: MatchedEvent[] = [];
  for (const [order, event] of events.entries()) {
    const { time } = event;
    const matches = matchEvent(pattern, event, judge);
    if (matches === false) continue;
    if (keys?.isCounted === true) {
      if (isOutsideWindow(time, window, event.recorded)) continue;
      if (window !== undefined && findWindowStart(window, event.recorded) === undefined) {
        slots.lose(keys.of(event, order), { time, order });
        continue;
      }
    }
    if (keys === undefined) unkeyed.push({ event, time, order, certain: matches === true });
    else {
      const own = keys.of(event, order);
      // The event's key is unknown, so it may match for every key.
      if (own === undefined) slots.addKeyless({ event, time, order, certain: false });
      else slots.add(own, { event, time, order, certain: matches === true }, event.recorded);
    }
  }
  const { keyless } = slots;
  const { stored, lost } = slots.of(keys?.present);
  const own = [...unkeyed, ...stored];
  return { found: [...own, ...keyless].sort(compareByPosition), own, keyless, pending: [], lost };
}

/** Returns `undefined` if the event may match, because not all of it is known. */
function matchEvent(
  { of, event, condition }: EventPattern,
  recorded: HistoryEvent,
  judge: JudgeEvent,
): boolean | undefined {
  if (of.kind !== recorded.kind) return false;
  if (of.kind === 'decision' && recorded.kind === 'decision') {
    const allowed = recorded.effect === 'permit' || recorded.effect === 'narrow';
    if (of.which !== 'decided' && allowed !== (of.which === 'allowed')) return false;
  } else if (of.kind !== 'decision' && recorded.kind !== 'decision' && of.name !== recorded.name) {
    return false;
  }
  const selectors = findEventCall(recorded)?.selectors;
  if (selectors !== undefined) {
    const about = [
      isListedName(of.actions, selectors.get('action.name')),
      isListedName(of.resources, selectors.get('resource.type')),
    ];
    if (about.includes(false)) return false;
    // The condition is typed by the names of the pattern, so it cannot be evaluated for another
    // event.
    if (about.includes(undefined)) return undefined;
  }
  if (condition === undefined) return true;
  return judge(condition, event, createEventFact(recorded, event)).value as boolean | undefined;
}

function isListedName(
  names: readonly string[] | undefined,
  name: string | undefined,
): boolean | undefined {
  if (names === undefined) return true;
  return name === undefined ? undefined : names.includes(name);
}

/** Orders the earlier position first. */
function compareByPosition(a: EventPosition, b: EventPosition): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.order - b.order;
}

export function isLater(a: EventPosition, b: EventPosition): boolean {
  return compareByPosition(a, b) > 0;
}

/** Returns the position that occurred last. */
export function findNewestPosition<P extends EventPosition>(
  positions: readonly P[],
): P | undefined {
  return positions.reduce<P | undefined>(
    (last, position) => (last === undefined || isLater(position, last) ? position : last),
    undefined,
  );
}

// --- stored keys ---------------------------------------------------------------------------------

interface Slot {
  readonly value: unknown;
  matches: readonly MatchedEvent[];
  /** The last event that was lost, and had or may have had this key. */
  lost: EventPosition | undefined;
}

/**
 * Assigns slots to keys in the order in which their first events are recorded. If no slot is free,
 * a further key takes the first slot whose events have all left the window; if there is none
 * either, its event is lost. If there are more events than are stored, those at the earliest instant are lost.
 */
class Slots {
  readonly #limit: number;
  readonly #window: HistoryWindow | undefined;
  readonly #stored: number;
  readonly #slots: Slot[] = [];
  #keyless: readonly MatchedEvent[] = [];
  #lost: EventPosition | undefined;

  constructor(limit: number, window: HistoryWindow | undefined, stored: number) {
    this.#limit = limit;
    this.#window = window;
    this.#stored = stored;
  }

  get keyless(): readonly MatchedEvent[] {
    return this.#keyless;
  }

  add(value: unknown, match: MatchedEvent, recorded: bigint): void {
    const existingSlot = this.#slots.find((slot) => slot.value === value);
    if (existingSlot !== undefined) {
      const { matches, lost } = this.#limitMatches([...existingSlot.matches, match]);
      existingSlot.matches = matches;
      existingSlot.lost = selectLater(existingSlot.lost, lost);
      return;
    }
    const full = this.#slots.length >= this.#limit;
    const index = full ? this.#slots.findIndex((slot) => this.#isOutside(slot, recorded)) : -1;
    if (full && index < 0) {
      this.#lost = selectLater(this.#lost, match);
      return;
    }
    if (full) this.#lost = selectLater(this.#lost, this.#slots[index]?.lost);
    const slot: Slot = { value, matches: [match], lost: this.#lost };
    if (full) this.#slots[index] = slot;
    else this.#slots.push(slot);
  }

  /** An event that is not counted, of a key, or of one that is not known. */
  lose(value: unknown, event: EventPosition): void {
    const slot = this.#slots.find((each) => each.value === value);
    const losing = value === undefined ? this.#slots : slot === undefined ? [] : [slot];
    for (const each of losing) each.lost = selectLater(each.lost, event);
    if (slot === undefined) this.#lost = selectLater(this.#lost, event);
  }

  /** An event without a known key. */
  addKeyless(match: MatchedEvent): void {
    const { matches, lost } = this.#limitMatches([...this.#keyless, match]);
    this.#keyless = matches;
    this.#lost = selectLater(this.#lost, lost);
    for (const slot of this.#slots) slot.lost = selectLater(slot.lost, lost);
  }

  #limitMatches(matches: readonly MatchedEvent[]): {
    readonly matches: readonly MatchedEvent[];
    readonly lost: EventPosition | undefined;
  } {
    if (matches.length <= this.#stored) return { matches, lost: undefined };
    const earliest = matches.reduce((first, match) => (match.time < first.time ? match : first));
    return { matches: matches.filter(({ time }) => time > earliest.time), lost: earliest };
  }

  #isOutside({ matches }: Slot, now: bigint): boolean {
    return matches.every(({ time }) => isOutsideWindow(time, this.#window, now));
  }

  of(value: unknown): {
    readonly stored: readonly MatchedEvent[];
    readonly lost: EventPosition | undefined;
  } {
    const slot = this.#slots.find((each) => each.value === value);
    return slot === undefined
      ? { stored: [], lost: this.#lost }
      : { stored: slot.matches, lost: slot.lost };
  }
}

function selectLater(
  a: EventPosition | undefined,
  b: EventPosition | undefined,
): EventPosition | undefined {
  return findNewestPosition([a, b].filter((eventPosition) => eventPosition !== undefined));
}

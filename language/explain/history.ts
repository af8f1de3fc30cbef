// Describes the events of a history term: how many match, which is the newest, and why the result
// is unknown.

import { callOf } from '../evaluator/history/event-fact.ts';
import { unbounded } from '../evaluator/history/parts.ts';
import { addedAt, summandsOf } from '../evaluator/history/sums.ts';
import { matchesNow, type TermInput, windowOf } from '../evaluator/history/term-input.ts';
import { countAt } from '../evaluator/history.ts';
import { type Match, type Matches, newest } from '../evaluator/matches.ts';
import type { CountTerm, HistoryExpr, HistoryTerm, SumTerm } from '../model/model.ts';
import { patternsOf } from '../model/operands.ts';
import type { SessionEvent } from '../request/session-event.ts';
import { counted } from '../support/words.ts';
import { type HistoryWindow, isOver, periodWords } from '../types/time/history-window.ts';
import { formatInstant } from '../types/time/instant.ts';
import { showDuration, showValue } from '../types/values.ts';
import type { Cause, Part } from './explanation.ts';
import { quoted } from './literals.ts';
import type { View } from './view.ts';

/** The maximum number of events shown, newest first. */
const maxEventsShown = 3;

function rememberedBy(view: View): TermInput | undefined {
  const { events, now } = view.facts;
  if (events === undefined || now === undefined) return undefined;
  return view.expressions.remembered(events, now);
}

// --- events --------------------------------------------------------------------------------------

/** The newest events that match; those that only may match are named so. */
export function eventParts(expr: HistoryExpr, view: View): readonly Part[] {
  const remembered = rememberedBy(view);
  if (remembered === undefined) return [];
  const window = windowOf(expr.term);
  return patternsOf(expr.term).flatMap((pattern) => {
    const found = matchesNow(expr.term, remembered, pattern)?.found ?? [];
    const inside = found.filter(({ time }) => !isOver(time, window, remembered.now));
    const shown = expr.term.form === 'last' || expr.term.form === 'since' ? 1 : maxEventsShown;
    return inside
      .slice(-shown)
      .reverse()
      .map((match) => eventPart(match, expr, view));
  });
}

function eventPart({ event, certain, time }: Match, expr: HistoryExpr, view: View): Part {
  return {
    role: 'value',
    form: 'Event',
    at: view.spot(expr.span),
    name: certain ? 'event' : 'event (possible)',
    value: `${eventWords(event)} at ${formatInstant(time)}`,
    parts: [],
  };
}

function eventWords(event: SessionEvent): string {
  if (event.kind === 'signal') return `signal ${quoted(event.name)}`;
  const selectors = callOf(event)?.selectors ?? new Map();
  const shownName = (name: 'action.name' | 'resource.type' | 'resource.id') =>
    quoted(selectors.get(name) ?? '?');
  const what = event.kind === 'decision' ? event.effect : `outcome ${quoted(event.name)}`;
  return `${what} of ${shownName('action.name')} on ${shownName('resource.type')} ${shownName('resource.id')}`;
}

// --- in words ------------------------------------------------------------------------------------

/** `31 of at most 30 within 1m` */
export function historySays(expr: HistoryExpr, view: View): string | undefined {
  const remembered = rememberedBy(view);
  const { term } = expr;
  const matches = remembered && matchesNow(term, remembered);
  if (remembered === undefined || matches === undefined) return undefined;
  if (term.form === 'since') return undefined;
  if (term.form === 'last') return lastSays(matches);
  if (term.form === 'sum') return sumSays(term, matches, remembered);
  const { certain, possible } = countAt(matches, term.window, remembered.now);
  const upTo = Number.isFinite(possible) ? `to ${possible}` : 'or more';
  const number = certain === possible ? String(certain) : `${certain} ${upTo}`;
  const within = windowSays(term.window);
  if (term.form === 'count') return `${number} of ${boundOf(term)}${within}`;
  term.form satisfies 'once';
  if (certain !== possible) return `${number} events${within}`;
  return `${certain === 0 ? 'no event' : counted(certain, 'event')}${within}`;
}

/** ` within 1m`, ` today` */
function windowSays(window: HistoryWindow | undefined): string {
  if (window === undefined) return '';
  return window.kind === 'age'
    ? ` within ${showDuration(window.milliseconds)}`
    : ` ${periodWords[window.unit]}`;
}

/** `4,200 to 4,350 within 1d` */
function sumSays(term: SumTerm, matches: Matches, remembered: TermInput): string {
  const { member, window } = term;
  const { least, most } = addedAt(summandsOf(term, matches, remembered), window, remembered.now);
  const [lower, upper] = [least, most].map((amount) => showValue(member.type, amount));
  const range =
    most === unbounded ? `${lower} or more` : least === most ? lower : `${lower} to ${upper}`;
  return `${range}${windowSays(window)}`;
}

/** The right side of the comparison, worded as the limit that it sets. */
function boundOf({ operator, threshold }: CountTerm): string {
  switch (operator) {
    case '>':
      return `at most ${threshold}`;
    case '>=':
      return `less than ${threshold}`;
    case '<':
      return `at least ${threshold}`;
    case '<=':
      return `more than ${threshold}`;
    case 'is':
    case 'is not':
      return `${threshold}`;
  }
}

function lastSays(matches: Matches): string | undefined {
  const last = newest(matches.found.filter(({ certain }) => certain));
  return last && `the event at ${formatInstant(last.time)}`;
}

// --- causes --------------------------------------------------------------------------------------

/** Explains a term that is unknown although its key is known. */
export function causeOfHistory(expr: HistoryExpr, view: View): Cause {
  const of = expr.term.text;
  const remembered = rememberedBy(view);
  if (remembered === undefined) return { kind: 'no_session', of, says: 'there is no session' };
  const all = patternsOf(expr.term).map((each) => matchesNow(expr.term, remembered, each));
  if (all.some((matches) => matches?.lost !== undefined)) {
    const says = lossSays(expr.term);
    return { kind: 'lost_events', of, says };
  }
  if (all.some((matches) => matches?.found.some(({ certain }) => !certain)))
    return {
      kind: 'uncertain_event',
      of,
      says: 'it is unknown whether some events count',
    };
  return expr.term.form === 'last' && all.every((matches) => matches?.found.length === 0)
    ? { kind: 'no_event', of, says: 'there was no such event' }
    : { kind: 'absent', of, says: 'the event does not contain it' };
}

function lossSays({ form, pattern }: HistoryTerm): string {
  if (!pattern.isShared) return 'the session has seen more values than it stores';
  const what = form === 'sum' ? 'values or events' : 'values';
  return `the sessions have seen more ${what} than are stored`;
}

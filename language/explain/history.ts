// Describes the events of a history term: how many match, which is the newest, and why the result
// is unknown.

import { findEventCall } from '../evaluator/history/event-fact.ts';
import { unbounded } from '../evaluator/history/parts.ts';
import { collectSummands, sumSummands } from '../evaluator/history/sums.ts';
import { findTermWindow, matchesNow, type TermInput } from '../evaluator/history/term-input.ts';
import { countEvents } from '../evaluator/history.ts';
import { findNewestPosition, type MatchedEvent, type MatchedEvents } from '../evaluator/matches.ts';
import type { CountTerm, HistoryExpr, HistoryTerm, SumTerm } from '../model/model.ts';
import { listTermPatterns } from '../model/operands.ts';
import type { HistoryEvent } from '../request/session-event.ts';
import { pluralize } from '../support/words.ts';
import { type HistoryWindow, isOutsideWindow, periodWords } from '../types/time/history-window.ts';
import { formatInstant } from '../types/time/instant.ts';
import { showDuration, showValue } from '../types/values.ts';
import type { ExplanationPart, UnknownCause } from './explanation.ts';
import { quoteExcerpt } from './literals.ts';
import type { EvaluationView } from './view.ts';

/** The maximum number of events shown, newest first. */
const maxEventsShown = 3;

function findTermInput(view: EvaluationView): TermInput | undefined {
  const { events, now } = view.facts;
  if (events === undefined || now === undefined) return undefined;
  return view.expressions.makeTermInput(events, now);
}

// --- events --------------------------------------------------------------------------------------

/** The newest events that match; those that only may match are named so. */
export function explainEvents(expr: HistoryExpr, view: EvaluationView): readonly ExplanationPart[] {
  const remembered = findTermInput(view);
  if (remembered === undefined) return [];
  const window = findTermWindow(expr.term);
  return listTermPatterns(expr.term).flatMap((pattern) => {
    const matchedEvents = matchesNow(expr.term, remembered, pattern)?.found ?? [];
    const inside = matchedEvents.filter(
      ({ time }) => !isOutsideWindow(time, window, remembered.now),
    );
    const shown = expr.term.form === 'last' || expr.term.form === 'since' ? 1 : maxEventsShown;
    return inside
      .slice(-shown)
      .reverse()
      .map((match) => explainMatch(match, expr, view));
  });
}

function explainMatch(
  { event, certain, time }: MatchedEvent,
  expr: HistoryExpr,
  view: EvaluationView,
): ExplanationPart {
  return {
    role: 'value',
    form: 'Event',
    at: view.spot(expr.span),
    name: certain ? 'event' : 'event (possible)',
    value: `${describeEvent(event)} at ${formatInstant(time)}`,
    parts: [],
  };
}

function describeEvent(event: HistoryEvent): string {
  if (event.kind === 'signal') return `signal ${quoteExcerpt(event.name)}`;
  const selectors = findEventCall(event)?.selectors ?? new Map();
  const quoteSelector = (name: 'action.name' | 'resource.type' | 'resource.id') =>
    quoteExcerpt(selectors.get(name) ?? '?');
  const what = event.kind === 'decision' ? event.effect : `outcome ${quoteExcerpt(event.name)}`;
  return `${what} of ${quoteSelector('action.name')} on ${quoteSelector('resource.type')} ${quoteSelector('resource.id')}`;
}

// --- in words ------------------------------------------------------------------------------------

/** `31 of at most 30 within 1m` */
export function describeHistoryTerm(expr: HistoryExpr, view: EvaluationView): string | undefined {
  const remembered = findTermInput(view);
  const { term } = expr;
  const matches = remembered && matchesNow(term, remembered);
  if (remembered === undefined || matches === undefined) return undefined;
  if (term.form === 'since') return undefined;
  if (term.form === 'last') return describeLast(matches);
  if (term.form === 'sum') return describeSum(term, matches, remembered);
  const { certain, possible } = countEvents(matches, term.window, remembered.now);
  const upTo = Number.isFinite(possible) ? `to ${possible}` : 'or more';
  const number = certain === possible ? String(certain) : `${certain} ${upTo}`;
  const within = describeWindow(term.window);
  if (term.form === 'count') return `${number} of ${describeBound(term)}${within}`;
  term.form satisfies 'once';
  if (certain !== possible) return `${number} events${within}`;
  return `${certain === 0 ? 'no event' : pluralize(certain, 'event')}${within}`;
}

/** ` within 1m`, ` today` */
function describeWindow(window: HistoryWindow | undefined): string {
  if (window === undefined) return '';
  return window.kind === 'age'
    ? ` within ${showDuration(window.milliseconds)}`
    : ` ${periodWords[window.unit]}`;
}

/** `4,200 to 4,350 within 1d` */
function describeSum(term: SumTerm, matches: MatchedEvents, remembered: TermInput): string {
  const { member, window } = term;
  const { least, most } = sumSummands(
    collectSummands(term, matches, remembered),
    window,
    remembered.now,
  );
  const [lower, upper] = [least, most].map((amount) => showValue(member.type, amount));
  const range =
    most === unbounded ? `${lower} or more` : least === most ? lower : `${lower} to ${upper}`;
  return `${range}${describeWindow(window)}`;
}

/** The right side of the comparison, worded as the limit that it sets. */
function describeBound({ operator, threshold }: CountTerm): string {
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

function describeLast(matches: MatchedEvents): string | undefined {
  const last = findNewestPosition(matches.found.filter(({ certain }) => certain));
  return last && `the event at ${formatInstant(last.time)}`;
}

// --- causes --------------------------------------------------------------------------------------

/** Explains a term that is unknown although its key is known. */
export function findHistoryCause(expr: HistoryExpr, view: EvaluationView): UnknownCause {
  const of = expr.term.text;
  const remembered = findTermInput(view);
  if (remembered === undefined) return { kind: 'no_session', of, says: 'there is no session' };
  const all = listTermPatterns(expr.term).map((termPattern) =>
    matchesNow(expr.term, remembered, termPattern),
  );
  if (all.some((matches) => matches?.lost !== undefined)) {
    const says = describeLoss(expr.term);
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

function describeLoss({ form, pattern }: HistoryTerm): string {
  if (!pattern.isShared) return 'the session has seen more values than it stores';
  const what = form === 'sum' ? 'values or events' : 'values';
  return `the sessions have seen more ${what} than are stored`;
}

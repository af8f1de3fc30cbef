// Sessions that are driven to the history terms of a policy: as many events as a count needs, one fewer and one
// more, and then the end of its window, one millisecond before and after it. They then query requests at the
// boundaries of the policy. The events of each pattern are generated once: signals with payloads that match it,
// and requests whose decision matches it.

import {
  decideInSession,
  type EvaluatorSession,
  ExpressionEvaluator,
  findMatchedEvents,
  type HistoryEvent,
  type Json,
  noFacts,
  openSession,
  parseJson,
  recordSignal,
  writeJson,
} from '@nhipol/language';
import {
  collectExprs,
  collectPolicyHistory,
  type EventPattern,
  type HistoryTerm,
  listRuleExprs,
  listTermPatterns,
  type PolicyModel,
  type Rule,
  type TestSignal,
} from '@nhipol/language/model';
import { listLeavingInstants } from '@nhipol/language/types';
import type { Dice } from '../generate/random.ts';
import { type GeneratedRequest, RequestMaker } from '../generate/requests.ts';
import { filledAsTaken } from '../generate/tables.ts';
import { formatSeconds } from '../generate/values.ts';
import { listBoundaryRecords, listBoundaryRequests } from './boundary-values.ts';
import { explore } from './explore.ts';
import { listRequestPlaces, setJsonValue } from './paths.ts';
import {
  defaultTime,
  nestStep,
  readRequestTime,
  type SampleStep,
  type SessionSample,
} from './sessions.ts';

/** An event that can be repeated. */
type Source =
  | { readonly kind: 'signal'; readonly signal: TestSignal }
  | { readonly kind: 'decision'; readonly asked: Asked };

/** A request with the instant that it was generated for. */
interface Asked {
  readonly text: string;
  readonly at: bigint;
  readonly tables: GeneratedRequest['tables'];
}

interface Target {
  readonly term: HistoryTerm;
  readonly counts: readonly number[];
  /** For each pattern of the term; includes those at a boundary of its condition. */
  readonly sources: readonly (readonly Source[])[];
  /** The terms that a rule reads together with this one. */
  readonly companions: ReadonlySet<string>;
  /** A revoke reads it: after the session was revoked, no answer shows anything. */
  readonly endsSessions: boolean;
}

const explored = 400;
/** Limits for the requests whose boundaries are examined, and for their boundaries. */
const maxBases = 6;
const maxVariants = 160;
const maxSources = 8;
const maxProbes = 10;
const payloadDraws = 24;
const manyEvents = 100;
const maxLarge = 6;

export class SessionDriver {
  readonly #policy: PolicyModel;
  readonly #dice: Dice;
  readonly #hasOthers: boolean;
  readonly #targets: readonly Target[];
  readonly #probes: readonly Asked[];
  /** The probes that do not revoke a session without history. */
  readonly #lasting: readonly Asked[];
  #made = 0;
  /** The number of sessions in which a term's events were generated in large numbers. */
  readonly #large = new Map<Target, number>();

  /** `hasOthers`: whether events can occur in other sessions. */
  constructor(policy: PolicyModel, dice: Dice, seed: number, hasOthers: boolean) {
    this.#policy = policy;
    this.#dice = dice;
    this.#hasOthers = hasOthers;
    const terms = collectPolicyHistory(policy).map(({ term }) => term);
    const distinct = [...new Map(terms.map((term) => [term.text, term])).values()];
    const asked = distinct.length === 0 ? [] : selectRequests(policy, seed);
    const outcomes = asked.map((each) => ({ asked: each, ...decideAlone(policy, each) }));
    const events = outcomes.flatMap(({ asked: each, session: { taken } }) =>
      taken === undefined ? [] : [{ asked: each, event: taken.event }],
    );
    this.#targets = distinct
      .map((term) => ({
        term,
        counts: listCounts(term),
        sources: listTermPatterns(term).map((pattern) => this.#selectSources(pattern, events)),
        ...findRole(policy, term),
      }))
      .filter(({ sources }) => sources.some((source) => source.length > 0));
    this.#probes = asked;
    const others = outcomes.filter(({ answer }) => answer.effect !== 'revoke');
    this.#lasting = others.length === 0 ? asked : others.map(({ asked: each }) => each);
  }

  /** Whether the policy has history terms with events that can be generated. */
  get canDrive(): boolean {
    return this.#targets.length > 0;
  }

  /** Each term and each of its counts in turn. */
  next(): SessionSample {
    const { chance, pick } = this.#dice;
    const turn = this.#made;
    this.#made += 1;
    const target = this.#targets[turn % this.#targets.length] as Target;
    const round = Math.floor(turn / this.#targets.length);
    const count = this.#affordable(
      target,
      target.counts[round % target.counts.length] as number,
      true,
    );
    const first = pick(this.#lasting);
    const opens = first.at;
    const others = this.#targets.filter(
      (each) => each !== target && chance(target.companions.has(each.term.text) ? 800 : 200),
    );
    const before = others.flatMap((each) => {
      // The event that ends a term often ends its companions, too.
      const sources = chance(800) ? each.sources.slice(0, 1) : this.#inEitherOrder(each);
      return this.#generateEvents(sources, this.#affordable(each, pick(each.counts), false), opens);
    });
    const sources = chance(300) ? target.sources.slice(0, 1) : this.#inEitherOrder(target);
    const targetSteps = this.#amongSessions(target, this.#generateEvents(sources, count, opens));
    const events = chance(500) ? [before, targetSteps] : [targetSteps, before];
    const steps = [...events.flat(), ...this.#scheduleProbes(target, opens)];
    return { request: first.text, opens, tables: first.tables, steps };
  }

  /** The events of a term across sessions occur in other sessions, or in several. */
  #amongSessions({ term }: Target, steps: readonly SampleStep[]): readonly SampleStep[] {
    const { chance } = this.#dice;
    const isShared = listTermPatterns(term).some((pattern) => pattern.isShared);
    if (!this.#hasOthers || !isShared || chance(300)) return steps;
    return steps.flatMap((step): readonly SampleStep[] => {
      const { asks, signals } = step;
      const isOne = Math.max(asks, signals.length) < 2;
      if (isOne || chance(500)) return [nestStep(step)];
      const [some, sent] = [Math.floor(asks / 2), Math.floor(signals.length / 2)];
      return [
        nestStep({ ...step, asks: some, signals: signals.slice(0, sent) }),
        nestStep({ ...step, asks: asks - some, signals: signals.slice(sent) }, 1),
      ];
    });
  }

  /** At once, at the last instant at which the events count, and at the next one, at which they do not. */
  #scheduleProbes({ term, endsSessions }: Target, opens: bigint): readonly SampleStep[] {
    const window = 'window' in term ? term.window : undefined;
    const [left] = listLeavingInstants(window, [opens], opens);
    if (left === undefined) return this.#createProbes(opens, 0n, maxProbes);
    const later = [
      [0n, maxProbes],
      [left - opens - 1n, maxProbes / 2],
      [left - opens, maxProbes / 2],
    ] as const;
    // A probe may revoke the session, and then the later ones show nothing.
    const chosen = endsSessions ? later.filter(() => this.#dice.chance(500)) : later;
    let since = opens;
    return chosen.flatMap(([after, count]) => {
      const steps = this.#createProbes(since, opens + after - since, count);
      since = opens + after;
      return steps;
    });
  }

  /** Every step of a session with thousands of events takes long, so only a few sessions have that many. */
  #affordable(target: Target, count: number, isMain: boolean): number {
    if (count <= manyEvents) return count;
    const before = this.#large.get(target) ?? 0;
    const isAffordable = isMain && before < maxLarge;
    if (!isAffordable && !this.#dice.chance(30)) return 1;
    this.#large.set(target, before + 1);
    return count;
  }

  #inEitherOrder({ sources }: Target): Target['sources'] {
    return this.#dice.chance(500) ? sources : [...sources].reverse();
  }

  /** Generates this number of events for each pattern. */
  #generateEvents(sources: Target['sources'], count: number, opens: bigint): readonly SampleStep[] {
    const { pick } = this.#dice;
    return sources.flatMap((ofPattern): readonly SampleStep[] => {
      if (ofPattern.length === 0) return [];
      const source = pick(ofPattern);
      if (source.kind === 'decision') {
        const { text, at } = source.asked;
        return [
          {
            after: 0n,
            signals: [],
            request: shiftInstants(this.#policy, text, opens - at),
            asks: count,
          },
        ];
      }
      const signals = Array.from({ length: count }, () => source.signal);
      return [{ after: 0n, signals, request: undefined, asks: 0 }];
    });
  }

  /** Evaluated and not decided, so that they are not events themselves; the last one is decided. */
  #createProbes(since: bigint, after: bigint, count: number): readonly SampleStep[] {
    const { chance, pick } = this.#dice;
    return Array.from({ length: count }, (_, index) => {
      const { text, at } = pick(chance(30) ? this.#probes : this.#lasting);
      return {
        after: index === 0 ? after : 0n,
        signals: [],
        request: shiftInstants(this.#policy, text, since + after - at),
        asks: index === count - 1 ? 1 : 0,
      };
    });
  }

  #selectSources(pattern: EventPattern, decided: readonly Decided[]): readonly Source[] {
    const matching =
      pattern.of.kind === 'signal'
        ? this.#signals(pattern)
        : listDecisions(this.#policy, pattern, decided);
    return sampleEvenly(matching, maxSources);
  }

  #signals(pattern: EventPattern): readonly Source[] {
    if (pattern.of.kind !== 'signal') return [];
    const { name } = pattern.of;
    const shape = this.#policy.signals.get(name);
    const drawn = Array.from({ length: payloadDraws }, () => {
      const { values } = new RequestMaker(this.#policy, this.#dice, { untidy: false });
      return shape === undefined ? '{}' : values.record(shape, ofEvents);
    });
    const payloads = drawn.flatMap((payload, index) => [
      payload,
      ...(shape === undefined || index >= maxBases
        ? []
        : listBoundaryRecords(this.#policy, shape, ofEvents, payload)),
    ]);
    return [...new Set(payloads)].flatMap((payload): readonly Source[] => {
      const signal = { name, payload: new TextEncoder().encode(payload), time: undefined };
      const recorded = recordSignal(this.#policy, openSession('{}', 0n), signal, 0n);
      if (!('session' in recorded)) return [];
      const [event] = recorded.session.events;
      return event !== undefined && isMatch(this.#policy, pattern, event)
        ? [{ kind: 'signal', signal: { name, payload, time: undefined } }]
        : [];
    });
  }
}

/** The prefix of the paths that a pattern reads of a signal. */
const ofEvents = 'event[]';

/** How the rules that read the term use it. */
function findRole(
  policy: PolicyModel,
  term: HistoryTerm,
): Pick<Target, 'companions' | 'endsSessions'> {
  const listTerms = (rule: Rule) =>
    [...collectExprs(listRuleExprs(rule))].flatMap((expr) =>
      expr.kind === 'History' ? [expr.term.text] : [],
    );
  const readers = policy.rules.filter((rule) => listTerms(rule).includes(term.text));
  return {
    companions: new Set(readers.flatMap(listTerms)),
    endsSessions: readers.some(({ effect }) => effect === 'revoke'),
  };
}

/** Numbers of events that may reach a sum. */
const sumEvents = [1, 2, 4, 16, 40];

/** The numbers of events at which something may change; a count is compared with a constant. */
function listCounts(term: HistoryTerm): readonly number[] {
  switch (term.form) {
    case 'once':
    case 'since':
    case 'last':
      return [1];
    case 'sum':
      return sumEvents;
    case 'count': {
      const threshold = Number(term.threshold);
      return [threshold, threshold + 1, threshold - 1].filter((count) => count > 0);
    }
  }
}

// --- requests ----------------------------------------------------------------------------------

/** Requests that explore the policy, and those at nearby boundaries. */
function selectRequests(policy: PolicyModel, seed: number): readonly Asked[] {
  const requests = new Map<string, { readonly asked: Asked; readonly decision: boolean }>();
  const answered = new Map<string, Asked>();
  for (const { sample } of explore([policy], { samples: explored, seed })) {
    const { text, now, tables } = sample;
    const asked = { text, tables, at: now ?? readRequestTime(text) ?? defaultTime };
    const { answer, session } = decideAlone(policy, asked);
    if (answer.error !== undefined) continue;
    requests.set(text, { asked, decision: answer.decision });
    // The second answer distinguishes requests that can be repeated from those that exclude themselves.
    const { answer: second } = decideAgain(policy, asked, session);
    const key = [answer, second]
      .map(({ effect, reasons }) => `${effect} ${reasons.join(' ')}`)
      .join();
    if (!answered.has(key)) answered.set(key, asked);
  }
  const all = [...requests.values()];
  const permitted = all.filter(({ decision }) => decision).map(({ asked }) => asked);
  const bases = [
    ...sampleEvenly(permitted, maxBases),
    ...sampleEvenly([...answered.values()], maxBases),
  ];
  const variants = bases.flatMap((base) =>
    listBoundaryRequests(policy, base.text).map((text) => ({ ...base, text })),
  );
  return [
    ...answered.values(),
    ...sampleEvenly(permitted, maxBases),
    ...sampleEvenly(variants, maxVariants),
  ];
}

interface Decided {
  readonly asked: Asked;
  readonly event: HistoryEvent;
}

/** In a session without history, since without a session the history is unknown. */
function decideAlone(policy: PolicyModel, { text, at, tables }: Asked) {
  return decideInSession(filledAsTaken(policy, tables), openSession(text, at), at);
}

/** Repeats the same decision in its session. */
function decideAgain(policy: PolicyModel, { at, tables }: Asked, session: EvaluatorSession) {
  return decideInSession(filledAsTaken(policy, tables), session, at);
}

function listDecisions(
  policy: PolicyModel,
  pattern: EventPattern,
  decided: readonly Decided[],
): readonly Source[] {
  const matching = decided.filter(({ event }) => isMatch(policy, pattern, event));
  const repeatable = matching.filter(({ asked }) => isRepeatable(policy, pattern, asked));
  const others = matching.filter((each) => !repeatable.includes(each));
  const few = sampleEvenly(others, maxSources / 2);
  return [...sampleEvenly(repeatable, maxSources - few.length), ...few].map(({ asked }) => ({
    kind: 'decision',
    asked,
  }));
}

/** Whether the same decision, taken again in its session, matches again: only then do repetitions reach a count. */
function isRepeatable(policy: PolicyModel, pattern: EventPattern, asked: Asked): boolean {
  const { taken } = decideAgain(policy, asked, decideAlone(policy, asked).session).session;
  return taken !== undefined && isMatch(policy, pattern, taken.event);
}

/** Whether an event certainly matches, for any key. */
function isMatch(policy: PolicyModel, pattern: EventPattern, event: HistoryEvent): boolean {
  const { judge } = new ExpressionEvaluator(noFacts, policy.contents).makeTermInput([event], 0n);
  const anyKey: EventPattern = { ...pattern, key: undefined };
  const [match] = findMatchedEvents(anyKey, undefined, [event], undefined, judge).found;
  return match?.certain === true;
}

/** At most `most` values, evenly spread over the list. */
function sampleEvenly<T>(values: readonly T[], most: number): readonly T[] {
  if (values.length <= most) return values;
  return Array.from(
    { length: most },
    (_, index) => values[Math.floor((index * values.length) / most)] as T,
  );
}

/** With all instants shifted, so that fresh values stay fresh. */
function shiftInstants(policy: PolicyModel, request: string, by: bigint): string {
  const json = parseJson(request);
  if (json === undefined || by === 0n) return request;
  let after: Json = json;
  for (const { type, json: value, way } of listRequestPlaces(policy, json)) {
    if (type.kind !== 'Timestamp' || value === undefined) continue;
    const moved = shiftInstant(value, by);
    if (moved !== undefined) after = setJsonValue(after, way, moved) ?? after;
  }
  return writeJson(after);
}

function shiftInstant(value: Json, by: bigint): Json | undefined {
  if (value.kind === 'number') {
    const instant = Math.round(Number(value.text) * 1000);
    return Number.isSafeInteger(instant)
      ? { ...value, text: formatSeconds(BigInt(instant) + by) }
      : undefined;
  }
  if (value.kind !== 'string') return undefined;
  const instant = Date.parse(value.value) + Number(by);
  const isWritable = instant >= firstWritable && instant <= lastWritable;
  return isWritable ? { ...value, value: new Date(instant).toISOString() } : undefined;
}

const firstWritable = Date.parse('0000-01-01T00:00:00Z');
const lastWritable = Date.parse('9999-12-31T23:59:59.999Z');

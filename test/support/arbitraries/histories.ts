// Generated events of a session and history terms, with a second implementation of terms. It reads the
// events once, in the order in which they are recorded, and stores no more of them than a session must:
// as many instants as the threshold needs, for each value of a key. For sums it stores all events.

import fc from 'fast-check';

export interface Told {
  readonly kind: 'decision' | 'a' | 'b';
  readonly effect: 'permit' | 'narrow' | 'challenge' | 'deny' | 'revoke';
  readonly action: 'call' | 'read';
  readonly host: string | undefined;
  readonly type: 'file' | 'mail';
  /** The ID of the resource; the payload of signal `a` may not have it. */
  readonly id: string | undefined;
  /** The payload of signal `a`. */
  readonly text: string | undefined;
  /** Signal `a` and the action `call` have one. */
  readonly amount: number | undefined;
  readonly time: number;
  readonly recorded: number;
}

interface Pattern {
  readonly events: 'decided' | 'allowed' | 'refused' | 'a' | 'b';
  readonly action: 'call' | undefined;
  readonly type: 'file' | undefined;
  /** Compares the host, or the payload of the signal. */
  readonly where: string | undefined;
  readonly key: 'host' | 'id' | undefined;
  readonly limit: number;
}

export interface Term {
  readonly form: 'once' | 'count' | 'sum' | 'since' | 'last';
  readonly pattern: Pattern;
  readonly start: Pattern;
  /** In milliseconds, or the current day in UTC. */
  readonly within: number | 'today' | undefined;
  readonly operator: '<' | '<=' | '>' | '>=' | 'is' | 'is not';
  readonly threshold: number;
}

export interface Asked {
  readonly host: string | undefined;
  readonly id: string;
  readonly amount: number | undefined;
}

/** Shortly before the end of a day. */
export const start = 86_399_990;

// --- generators ------------------------------------------------------------------------------------

const host = fc.constantFrom('h', 'i', 'j', undefined);
const id = fc.constantFrom('1', '2', '3');

export const events: fc.Arbitrary<readonly Told[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('decision', 'decision', 'a', 'b'),
      effect: fc.constantFrom('permit', 'narrow', 'challenge', 'deny', 'revoke'),
      action: fc.constantFrom('call', 'read'),
      host,
      type: fc.constantFrom('file', 'mail'),
      id: fc.constantFrom('1', '1', '2', '2', '3', undefined),
      text: fc.constantFrom('x', 'y', undefined),
      amount: fc.constantFrom(0, 1, 2, 5, undefined),
      since: fc.constantFrom(0, 1, 1, 2, 5),
      late: fc.constantFrom(0, 0, 1, 3, 8),
    }),
    { maxLength: 18 },
  )
  .map((drawn) => {
    let recorded = start;
    return drawn.map(({ since, late, ...event }) => {
      recorded += since;
      if (event.kind !== 'decision') return { ...event, time: recorded - late, recorded } as Told;
      return { ...event, id: event.id ?? '1', time: recorded, recorded } as Told;
    });
  });

const pattern: fc.Arbitrary<Pattern> = fc
  .record({
    events: fc.constantFrom('decided', 'allowed', 'refused', 'a', 'b'),
    about: fc.boolean(),
    type: fc.constantFrom('file', undefined),
    where: fc.constantFrom('x', 'h', undefined),
    key: fc.constantFrom('host', 'id', 'id', undefined),
    limit: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ events: which, about, type, where, key, limit }) => {
    const decision = which !== 'a' && which !== 'b';
    const host_ = decision && about;
    return {
      events: which,
      action: host_ ? 'call' : undefined,
      type: decision ? type : undefined,
      where: which === 'b' || (decision && !about) ? undefined : where,
      key: (decision && host_) || (which !== 'b' && key === 'id') ? key : undefined,
      limit,
    } as Pattern;
  });

const anyTerm: fc.Arbitrary<Term> = fc.record({
  form: fc.constantFrom('once', 'count', 'count', 'sum', 'sum', 'since', 'last'),
  pattern,
  start: pattern,
  within: fc.constantFrom<Term['within']>(undefined, 1, 3, 9, 'today'),
  operator: fc.constantFrom('<', '<=', '>', '>=', 'is', 'is not'),
  threshold: fc.integer({ min: 0, max: 3 }),
});

/** Only some events have an amount to add. */
export const term: fc.Arbitrary<Term> = anyTerm.map((each) => {
  const { events: which, action } = each.pattern;
  const hasAmount = which === 'a' || action !== undefined;
  return each.form === 'sum' && !hasAmount ? { ...each, form: 'count' } : each;
});

export const asked: fc.Arbitrary<Asked> = fc.record({
  host,
  id,
  amount: fc.constantFrom(0, 1, 2, undefined),
});

// --- sources ---------------------------------------------------------------------------------------

function patternText({ events: which, action, type, where, key, limit }: Pattern): string {
  const signal = which === 'a' || which === 'b';
  const member = signal ? 'event.text' : 'event.action.host';
  return [
    signal ? `signal "${which}"` : which,
    action === undefined ? '' : `doing ${action}`,
    type === undefined ? '' : `on ${type}`,
    where === undefined ? '' : `where ${member} is "${where}"`,
    key === undefined ? '' : `per ${key === 'id' ? 'resource.id' : 'action.host'} up to ${limit}`,
  ].join(' ');
}

/** The term as a condition; for `last` its instant is compared. */
export function termText(of: Term): string {
  const within =
    of.within === undefined
      ? ''
      : `, within ${of.within === 'today' ? 'today in "UTC"' : `${of.within}ms`}`;
  switch (of.form) {
    case 'once':
      return `once(${patternText(of.pattern)}${within})`;
    case 'count':
      return `count(${patternText(of.pattern)}${within}) ${of.operator} ${of.threshold}`;
    case 'sum':
      return `sum(${summand(of)} of ${patternText(of.pattern)}${within}) + action.amount ${of.operator} ${of.threshold}`;
    case 'since':
      return `since(${patternText(of.pattern)}, ${patternText(of.start)})`;
    case 'last':
      return `last(${patternText(of.pattern)}).time is ${new Date(start).toISOString()}`;
  }
}

/** Other events have no amount. */
function summand({ pattern }: Term): string {
  return pattern.events === 'a' ? 'event.amount' : 'event.action.amount';
}

// --- second implementation -------------------------------------------------------------------------

type Truth = boolean | undefined;

export interface Expected {
  readonly value: Truth;
  readonly edge: number | undefined;
}

function matches(of: Pattern, event: Told): Truth {
  if (of.events === 'a' || of.events === 'b') {
    if (event.kind !== of.events) return false;
    return of.where === undefined ? true : equals(event.text, of.where);
  }
  const allowed = event.effect === 'permit' || event.effect === 'narrow';
  if (event.kind !== 'decision') return false;
  if ((of.events === 'allowed' && !allowed) || (of.events === 'refused' && allowed)) return false;
  if ((of.action ?? event.action) !== event.action || (of.type ?? event.type) !== event.type)
    return false;
  return of.where === undefined ? true : equals(event.host, of.where);
}

function equals(member: string | undefined, text: string): Truth {
  return member === undefined ? undefined : member === text;
}

/** Instants with the number of their event, the newest first, up to a maximum. */
class Newest {
  readonly #room: number;
  list: readonly (readonly [time: number, order: number])[] = [];

  constructor(room: number) {
    this.#room = room;
  }

  add(time: number, order: number): void {
    this.list = [...this.list, [time, order] as const]
      .sort(([a, i], [b, j]) => b - a || j - i)
      .slice(0, this.#room);
  }
}

class Kept {
  readonly certain: Newest;
  readonly possible: Newest;
  readonly lost: Newest;

  constructor(room: number, lost: Newest) {
    [this.certain, this.possible] = [new Newest(room), new Newest(room)];
    this.lost = lost;
  }

  add(time: number, order: number, isCertain: boolean): void {
    if (isCertain) this.certain.add(time, order);
    this.possible.add(time, order);
  }
}

interface State {
  readonly certain: Newest['list'];
  readonly possible: Newest['list'];
  readonly lost: Newest['list'];
}

/** The state of all events for the current request, or `undefined` if the request does not have the key. */
function computeState(
  of: Pattern,
  all: readonly Told[],
  within: Term['within'],
  room: number,
  present: Asked,
): State | undefined {
  const open = new Kept(room, new Newest(1));
  const places: { value: string; kept: Kept }[] = [];
  const over = (time: number, now: number) => isExpired(time, within, now);
  for (const [order, event] of all.entries()) {
    const { time, recorded } = event;
    const truth = matches(of, event);
    if (truth === false || over(time, recorded)) continue;
    const value = of.key === undefined ? undefined : event[of.key];
    if (of.key === undefined || value === undefined) {
      // An action without a host has none to compare either.
      open.add(time, order, truth === true && of.key === undefined);
      continue;
    }
    const known = places.find((place) => place.value === value);
    if (known !== undefined) {
      known.kept.add(time, order, truth === true);
      continue;
    }
    const free = places.findIndex(({ kept }) =>
      kept.possible.list.every(([at]) => over(at, recorded)),
    );
    if (places.length === of.limit && free < 0) {
      open.lost.add(time, order);
      continue;
    }
    const lost = new Newest(1);
    for (const [at, number] of open.lost.list) lost.add(at, number);
    const place = { value, kept: new Kept(room, lost) };
    place.kept.add(time, order, truth === true);
    if (places.length < of.limit) places.push(place);
    else places[free] = place;
  }
  if (of.key === undefined) return lists(open, open, room);
  const value = present[of.key];
  if (value === undefined) return undefined;
  const own = places.find((place) => place.value === value)?.kept;
  return lists(own ?? open, open, room);
}

/** The stamps of the value, with those that may be of any value. */
function lists(own: Kept, open: Kept, room: number): State {
  const possible = new Newest(room);
  const all = own === open ? own.possible.list : [...own.possible.list, ...open.possible.list];
  for (const [time, order] of all) possible.add(time, order);
  return { certain: own.certain.list, possible: possible.list, lost: own.lost.list };
}

export function computeExpected(
  of: Term,
  all: readonly Told[],
  present: Asked,
  now: number,
): Expected {
  const { form, within } = of;
  if (form === 'since') return { value: evaluateSinceTerm(of, all, present), edge: undefined };
  if (form === 'last') {
    const state = computeState(of.pattern, all, undefined, 1, present);
    const [[time] = []] = [state?.certain[0]];
    const isLast = state && time !== undefined && !isLater(findNewest(state), state.certain[0]);
    return { value: isLast ? time === start : undefined, edge: undefined };
  }
  if (form === 'sum') return computeSum(of, all, present, now);
  const [operator, threshold] = form === 'once' ? (['>', 0] as const) : [of.operator, of.threshold];
  const state = computeState(of.pattern, all, within, threshold + 1, present);
  if (state === undefined) return { value: undefined, edge: undefined };
  const at = (instant: number) => {
    const inside = (list: Newest['list']) =>
      list.filter(([time]) => !isExpired(time, within, instant)).length;
    const most = inside(state.lost) > 0 ? threshold + 1 : inside(state.possible);
    const truths = new Set<boolean>();
    for (let count = inside(state.certain); count <= most; count += 1)
      truths.add(holds(operator, count, threshold));
    return truths.size === 1 ? [...truths][0] : undefined;
  };
  const value = at(now);
  return { value, edge: listInstants(now, within).find((instant) => at(instant) !== value) };
}

const day = 86_400_000;

function isExpired(time: number, within: Term['within'], now: number): boolean {
  if (within === 'today') return Math.floor(time / day) < Math.floor(now / day);
  return within !== undefined && now - time > within;
}

/** The instants at which events can leave the window. */
function listInstants(now: number, within: Term['within']): readonly number[] {
  if (within === undefined) return [];
  if (within === 'today') return [(Math.floor(now / day) + 1) * day];
  return Array.from({ length: within + 2 }, (_, index) => now + 1 + index);
}

/** Compares the sums of all events that match, which may match, and whose amounts are not known. */
function computeSum(of: Term, all: readonly Told[], present: Asked, now: number): Expected {
  const { pattern, within, operator, threshold } = of;
  const state = computeState(pattern, all, within, all.length, present);
  if (state === undefined || present.amount === undefined) {
    return { value: undefined, edge: undefined };
  }
  const bound = threshold - present.amount;
  const getAmount = (order: number) => (all[order] as Told).amount;
  const at = (instant: number) => {
    const inside = (list: Newest['list']) =>
      list.filter(([time]) => !isExpired(time, within, instant));
    const certain = inside(state.certain).map(([, order]) => getAmount(order) ?? 0);
    const possible = inside(state.possible).map(([, order]) => getAmount(order) ?? Infinity);
    const least = certain.reduce((sum, amount) => sum + amount, 0);
    const most = inside(state.lost).length > 0 ? Infinity : possible.reduce((a, b) => a + b, 0);
    // Beyond the bound all sums compare alike.
    const sums = [least, bound, bound + 1].filter((sum) => least <= sum && sum <= most);
    const truths = new Set(sums.map((sum) => holds(operator, sum, bound)));
    return truths.size === 1 ? [...truths][0] : undefined;
  };
  const value = at(now);
  return { value, edge: listInstants(now, within).find((instant) => at(instant) !== value) };
}

function holds(operator: Term['operator'], count: number, threshold: number): boolean {
  if (operator === 'is') return count === threshold;
  if (operator === 'is not') return count !== threshold;
  const [strict, less] = [!operator.endsWith('='), operator.startsWith('<')];
  if (count === threshold) return !strict;
  return count < threshold === less;
}

type At = readonly [time: number, order: number] | undefined;

function isLater(one: At, other: At): boolean {
  if (one === undefined) return false;
  if (other === undefined) return true;
  return one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
}

function findNewest({ possible, lost }: State): At {
  return isLater(lost[0], possible[0]) ? lost[0] : possible[0];
}

function evaluateSinceTerm(of: Term, all: readonly Told[], present: Asked): Truth {
  const came = computeState(of.pattern, all, undefined, 1, present);
  const start = computeState(of.start, all, undefined, 1, present);
  if (came === undefined || start === undefined) return undefined;
  if (isLater(came.certain[0], findNewest(start))) return true;
  return isLater(findNewest(came), start.certain[0]) ? undefined : false;
}

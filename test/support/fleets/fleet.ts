// Runs many sessions of a policy at once, in the evaluator and in two instances of its module, with the
// same steps. The sweeps of one module evaluate the sessions that are due; those of its twin evaluate
// all. Throws a `Disagreement` if an answer differs from the evaluator's, a sweep evaluates or lists
// other sessions than expected, or a timer fires late.

import { isDeepStrictEqual } from 'node:util';
import {
  type Answered,
  couldInSession,
  decideInSession,
  decode,
  type EvaluatedAnswer,
  type EvaluatorSession,
  noSharedHistory,
  openSession,
  recordSignal,
  reevaluate,
  type SharedHistory,
  withSharedHistory,
} from '@nhipol/language';
import { type PolicyModel, sharesHistory } from '@nhipol/language/model';
import { type Answer as Given, type SessionChange, SessionError, toAuthZen } from '@nhipol/runtime';
import { effects } from '@nhipol/runtime/abi';
import { differing, formatValue, isSame } from './answers.ts';
import type { NotingSessions, OpenNoting } from './noting-module.ts';
import {
  type Changed,
  hasEffect,
  hasParts,
  type Json,
  listNames,
  mergePatch,
  patchRoots,
  pickParts,
  remaining,
  removeQuotes,
} from './requests.ts';
import type { Step } from './steps.ts';

class Disagreement extends Error {}

interface Member {
  session: EvaluatorSession;
  handle: number;
  /** The latest answer, or `undefined` if there is none yet. */
  given: EvaluatedAnswer | undefined;
  /** Facts or events were added since. */
  isTouched: boolean;
}

const kinds = ['narrowed', 'challenged', 'denied', 'revoked', 'restored', 'changed'] as const;
const encoder = new TextEncoder();

/**
 * The time in milliseconds of one turn of the wheel; sessions that are due later are visited in between.
 */
const aroundWheel = 16_000 * 1_024;

/** Whether a change leaves types and names as they are, and whether all of it is declared. */
interface Takes {
  readonly isSame: boolean;
  readonly isKnown: boolean;
}

export class Fleet {
  readonly #policy: PolicyModel;
  readonly #openModule: OpenNoting;
  readonly #hasTwin: boolean;
  readonly #members = new Map<string, Member>();
  #module: NotingSessions;
  /** `undefined` if another fleet compares sweeps of all sessions. */
  #twin: NotingSessions | undefined;
  readonly #changes: SessionChange[] = [];
  #now: number;
  #shared: SharedHistory = noSharedHistory;
  /** The time of the latest sweep: no session is evaluated at an earlier time. */
  #swept = Number.NEGATIVE_INFINITY;
  #alarm: { readonly at: number; readonly call: () => void } | undefined;
  /** The number of steps that had an effect, by kind, and of comparisons. */
  readonly counts: Record<string, number> = {};

  constructor(policy: PolicyModel, open: OpenNoting, now: number, hasTwin = true) {
    this.#policy = policy;
    this.#openModule = open;
    this.#hasTwin = hasTwin;
    this.#now = now;
    [this.#module, this.#twin] = this.#start();
  }

  #start(): [NotingSessions, NotingSessions | undefined] {
    const module = this.#openModule({
      now: () => this.#now,
      at: (at, call) => {
        const alarm = { at, call };
        this.#alarm = alarm;
        return () => {
          if (this.#alarm === alarm) this.#alarm = undefined;
        };
      },
    });
    for (const kind of kinds) module.sessions.on(kind, (change) => this.#changes.push(change));
    const twin = this.#hasTwin
      ? this.#openModule({ now: () => this.#now, at: () => () => {} })
      : undefined;
    return [module, twin];
  }

  get #modules(): readonly NotingSessions[] {
    return this.#twin === undefined ? [this.#module] : [this.#module, this.#twin];
  }

  get live(): number {
    return this.#members.size;
  }

  /** The pages of the module's memory. */
  get pages(): number {
    return this.#module.pages();
  }

  do(step: Step): void {
    if (step.kind === 'wait') this.#wait(this.#now + step.by, step.rings);
    else if (step.kind === 'alarm') {
      if (this.#alarm !== undefined)
        this.#wait(Math.max(this.#now, this.#alarm.at - step.before), true);
    } else if (step.kind === 'sweep') this.#sweep(() => this.#module.sessions.sweep());
    else this.#applyStep(`s${step.who}`, step);
    this.#expectAlarm();
  }

  /** The number of weeks until the present of the fleet, rounded up. */
  countWeeks(start: number): number {
    return Math.ceil((this.#now - start) / (7 * 86_400_000));
  }

  /**
   * Advances the clock and fires the timers on the way. All sessions are closed. No term is about events that are older
   * than a day. But a key of events across sessions has a place that depends on all events before it, so that new
   * modules begin without them.
   */
  advanceClock(instant: number): void {
    this.#wait(instant, true);
    const { latest } = this.#shared;
    const isOld = latest !== undefined && latest < BigInt(instant - 86_400_000);
    if (!isOld) return;
    this.#shared = { events: [], latest };
    if (!sharesHistory(this.#policy)) return;
    this.#shared = noSharedHistory;
    for (const { sessions } of this.#modules) sessions.end();
    [this.#module, this.#twin] = this.#start();
  }

  /** Evaluates each session in its current state. */
  judgeAll(): void {
    for (const [id, member] of this.#members) {
      this.#synchronize(member);
      this.#judge(id, member);
    }
  }

  closeAll(): void {
    for (const id of [...this.#members.keys()]) this.#close(id);
  }

  // --- one session ---------------------------------------------------------------------------------

  #applyStep(id: string, step: Exclude<Step, { kind: 'wait' | 'alarm' | 'sweep' }>): void {
    const member = this.#members.get(id);
    if (step.kind === 'open') {
      if (member === undefined) this.#open(id, step.request);
      return;
    }
    if (member === undefined) return;
    this.#synchronize(member);
    switch (step.kind) {
      case 'close':
        this.#close(id);
        break;
      case 'restore':
        this.#restore(id, member);
        break;
      case 'replace': {
        const next = { ...parseRequest(member), ...step.part };
        const request = { ...remaining(this.#policy, parseRequest(member), next), ...step.part };
        const roots = Object.keys(step.part);
        const takes = { isSame: true, isKnown: hasParts(step.part) };
        this.#change(id, member, { request, roots }, takes, ({ sessions }) =>
          sessions.replace(id, step.part),
        );
        break;
      }
      case 'merge': {
        const request = mergePatch(parseRequest(member), step.part) as Json;
        const isSame = isDeepStrictEqual(listNames(parseRequest(member)), listNames(request));
        const roots = Object.keys(step.part);
        const isKnown = hasEffect(this.#policy, step.part);
        const takes = { isSame, isKnown };
        this.#change(id, member, { request, roots }, takes, ({ sessions }) =>
          sessions.patch(id, step.part),
        );
        break;
      }
      case 'set': {
        const [root = '', ...names] = step.path.match(/"[^"]*"|[^."]+/g) ?? [];
        const path = [...(root === 'context' ? [] : ['properties']), ...names.map(removeQuotes)];
        const inner = path.reduceRight<unknown>((value, name) => ({ [name]: value }), step.value);
        const request = mergePatch(parseRequest(member), { [root]: inner }) as Json;
        this.#change(
          id,
          member,
          { request, roots: [root] },
          { isSame: true, isKnown: true },
          ({ sessions }) => sessions.patch(id, step.path, step.value),
        );
        break;
      }
      case 'signal':
        this.#record(id, member, step);
        break;
      case 'decide':
        this.#decide(id, member, step);
        break;
      case 'could':
        // A query with another part is refused: test/runtime/sessions/sessions.test.ts.
        this.#could(id, member, step.part && pickParts(step.part));
        break;
      case 'judge':
        this.#back(step.back, () => {
          if (step.isTwice) this.#judgeEffect(id, member);
          this.#judge(id, member);
        });
        break;
    }
  }

  #open(id: string, request: Json): void {
    const text = JSON.stringify(request);
    this.#count('open');
    const isFine = this.#isValid(text);
    this.#both(isFine, `open ${id} ${text}`, ({ sessions }) => sessions.open(id, request));
    if (!isFine) return;
    const session = openSession(text, BigInt(this.#now));
    const handle = this.#module.opened();
    this.#members.set(id, { session, handle, given: undefined, isTouched: false });
  }

  #close(id: string): void {
    this.#count('close');
    for (const { sessions } of this.#modules) sessions.close(id);
    this.#members.delete(id);
  }

  /** It has all of its facts and events, and its next answer is the one that it would have had. */
  #restore(id: string, member: Member): void {
    this.#count('restore');
    for (const { sessions } of this.#modules) {
      const text = sessions.snapshot(id);
      sessions.close(id);
      const { mismatch } = sessions.restore(text);
      this.#expectSame(`mismatch of ${id}`, undefined, mismatch);
      const again = sessions.snapshot(id);
      this.#expectSame(`snapshot of ${id}`, text, again);
    }
    member.handle = this.#module.opened();
    this.#judge(id, member);
  }

  #change(
    id: string,
    member: Member,
    changed: Changed,
    { isSame, isKnown }: Takes,
    change: (of: NotingSessions) => void,
  ): void {
    const { session } = member;
    this.#count('patch');
    const text = JSON.stringify(changed.request);
    if (session.revoked !== undefined) {
      this.#both(isKnown, `patch ${id} ${text}`, change);
      return;
    }
    const isFine = isSame && isKnown && this.#isValid(text);
    this.#both(isFine, `patch ${id}: ${session.request} to ${text}`, change);
    if (isFine) {
      member.session = patchRoots(this.#policy, session, changed);
      member.isTouched = true;
      return;
    }
    // A faulty change has no effect, but it can end the session.
    const judged = reevaluate(this.#policy, { ...session, request: text }, session.latest);
    if (!isSame || !isKnown || judged.answer.effect !== 'revoke') return;
    member.session = { ...session, revoked: judged.answer };
    member.given = judged.answer;
    this.#changes.length = 0;
  }

  #record(id: string, member: Member, { signal, late }: Step & { kind: 'signal' }): void {
    const { name, payload } = signal;
    const time = late === undefined ? undefined : this.#now - late;
    const recorded = recordSignal(
      this.#policy,
      member.session,
      {
        name,
        payload: payload === undefined ? undefined : encoder.encode(payload),
        time: time === undefined ? undefined : BigInt(time),
      },
      BigInt(this.#now),
    );
    const isOver = member.session.revoked !== undefined;
    this.#count('record');
    const isFine = 'session' in recorded || (isOver && this.#policy.signals.has(name));
    this.#both(isFine, `record ${id} ${name}`, ({ sessions }) =>
      sessions.record(id, name, payload ?? '{}', time),
    );
    if (isOver || !('session' in recorded)) return;
    member.session = recorded.session;
    this.#shared = recorded.session.shared;
    member.isTouched = true;
  }

  #decide(id: string, member: Member, { part, back }: Step & { kind: 'decide' }): void {
    this.#back(back, () => {
      let { session } = member;
      if (part !== undefined) {
        const request = this.#query(member, part);
        if (!this.#isValid(JSON.stringify(request))) return;
        if (session.revoked === undefined) {
          session = patchRoots(this.#policy, session, { request, roots: Object.keys(part) });
          member.isTouched = true;
        }
        member.session = session;
      }
      const decided = decideInSession(this.#policy, session, BigInt(this.#now));
      this.#compareAnswers('decide', id, member, decided, ({ sessions }) =>
        sessions.decide(id, part),
      );
    });
  }

  /** The request of a session with that of a query. */
  #query(member: Member, { context, ...whole }: Json): Json {
    const own = parseRequest(member);
    const before = remaining(this.#policy, own, { ...own, ...whole });
    return {
      ...before,
      ...whole,
      ...(context === undefined ? {} : { context: mergePatch(before.context, context) }),
    };
  }

  /** Nothing about the session changes. */
  #could(id: string, member: Member, part: Json | undefined): void {
    this.#count('could');
    const { session } = member;
    const changed = part && { request: this.#query(member, part), roots: Object.keys(part) };
    const asked = changed === undefined ? session : patchRoots(this.#policy, session, changed);
    const expected = couldInSession(this.#policy, asked, BigInt(this.#now));
    if (expected.possible) this.#count('possible');
    // A session that ended by an error stores only the reasons.
    const error = session.revoked === undefined ? expected.error?.code : undefined;
    for (const { sessions } of this.#modules) {
      const { possible, reasons, validUntil, error: found } = sessions.could(id, part);
      this.#expectSame(
        `could ${id} ${formatValue(part ?? {})}`,
        { ...expected, error },
        {
          possible,
          reasons,
          validUntil,
          error: session.revoked === undefined ? found?.code : undefined,
        },
      );
    }
  }

  #judge(id: string, member: Member): void {
    const judged = reevaluate(this.#policy, member.session, BigInt(this.#now));
    this.#compareAnswers('reevaluate', id, member, judged, ({ sessions }) =>
      sessions.reevaluate(id),
    );
  }

  /** The effect can come from an earlier answer. */
  #judgeEffect(id: string, { session, handle }: Member): void {
    const { effect } = reevaluate(this.#policy, session, BigInt(this.#now)).answer;
    for (const of of this.#modules) {
      this.#expectSame(`effect of ${id}`, effect, effects[of.effect(handle, this.#now)]);
    }
  }

  #compareAnswers(
    kind: string,
    id: string,
    member: Member,
    { answer, session }: Answered,
    evaluate: (of: NotingSessions) => Given,
  ): void {
    this.#count(kind);
    for (const of of this.#modules)
      this.#expectAnswer(`${kind} ${id}`, answer, evaluate(of) as EvaluatedAnswer);
    this.#changes.length = 0;
    member.session = session;
    this.#shared = session.shared;
    // The reply to a clock that went back is not an answer of the session.
    if (answer.reasons[0] === 'clock_went_back') return;
    member.given = answer;
    member.isTouched = false;
  }

  // --- time and sweeps -----------------------------------------------------------------------------

  /** Sets the clock of the host back for one call. */
  #back(by: number, call: () => void): void {
    const now = this.#now;
    this.#now -= by;
    call();
    this.#now = now;
  }

  #wait(until: number, rings: boolean): void {
    this.#count('wait');
    while (this.#alarm !== undefined && this.#alarm.at <= until) {
      const { at, call } = this.#alarm;
      this.#alarm = undefined;
      this.#now = rings ? Math.max(this.#now, at) : until;
      this.#sweep(() => {
        call();
        return this.#changes;
      });
    }
    this.#now = until;
  }

  #sweep(sweep: () => readonly SessionChange[]): void {
    this.#count('sweep');
    const now = BigInt(this.#now);
    this.#swept = Math.max(this.#swept, this.#now);
    const expected = new Map<
      string,
      { readonly before: EvaluatedAnswer; readonly answer: EvaluatedAnswer }
    >();
    const due: number[] = [];
    const answered: number[] = [];
    const judgedMembers: { readonly member: Member; readonly judged: Answered }[] = [];
    for (const [id, member] of this.#members) {
      this.#synchronize(member);
      const { given, session, handle, isTouched } = member;
      if (given === undefined || session.revoked !== undefined) continue;
      answered.push(handle);
      const judged = reevaluate(this.#policy, session, now);
      this.#count('compared by sweeps');
      judgedMembers.push({ member, judged });
      const isDue = isTouched || (given.validUntil !== undefined && given.validUntil <= now);
      if (!isSame(given, judged.answer)) expected.set(id, { before: given, answer: judged.answer });
      if (isDue) {
        due.push(handle);
        member.given = judged.answer;
        member.session = judged.session;
        member.isTouched = false;
      }
    }
    this.#module.evaluated();
    const found = [...sweep()];
    this.#changes.length = 0;
    const evaluated = this.#module.evaluated();
    if (!sharesHistory(this.#policy)) {
      this.#expectSame('evaluated handles', due.sort(), [...evaluated].sort());
    } else {
      // An event can concern more sessions than those whose answers it changes.
      const missed = due.filter((handle) => !evaluated.includes(handle));
      this.#expectSame('handles that are not evaluated', [], missed);
      for (const { member, judged } of judgedMembers) {
        if (!evaluated.includes(member.handle)) continue;
        member.given = judged.answer;
        member.session = judged.session;
        member.isTouched = false;
      }
    }
    this.#count('evaluated by sweeps', due.length);
    this.#count('found by sweeps', found.length);
    this.#expectChanges('sweep', expected, found);
    if (this.#twin !== undefined) {
      this.#twin.evaluated();
      this.#expectChanges('sweep of all', expected, this.#twin.sessions.sweep({ all: true }));
      this.#expectSame('handles of all', answered.sort(), [...this.#twin.evaluated()].sort());
    }
    for (const of of this.#modules) this.#expectDue(of);
  }

  #expectChanges(
    kind: string,
    expected: ReadonlyMap<
      string,
      { readonly before: EvaluatedAnswer; readonly answer: EvaluatedAnswer }
    >,
    found: readonly SessionChange[],
  ): void {
    const ids = found.map(({ id }) => id).sort();
    this.#expectSame(`what a ${kind} lists`, [...expected.keys()].sort(), ids);
    for (const { id, before, answer } of found) {
      const change = expected.get(id);
      if (change === undefined) continue;
      this.#expectSame(`before of ${id}`, change.before.effect, before);
      this.#expectAnswer(`${kind} ${id}`, change.answer, answer as EvaluatedAnswer);
    }
  }

  /** Right after a sweep: the first end of an answer, or one turn of the wheel if that is earlier. */
  #expectDue(of: NotingSessions): void {
    const due = of.due();
    const end = this.#firstEnd();
    const isEarly = due < end && due >= this.#now + aroundWheel;
    if (due !== end && !isEarly) this.#fail('due', end, due);
  }

  #firstEnd(): number {
    return [...this.#members.values()].reduce((first, { given, session }) => {
      if (session.revoked !== undefined || given?.validUntil === undefined) return first;
      return Math.min(first, Number(given.validUntil));
    }, Number.POSITIVE_INFINITY);
  }

  /**
   * The timer fires when there may be a change: as soon as a session changes, and when an answer ends.
   */
  #expectAlarm(): void {
    const isTouched = [...this.#members.values()].some(
      (member) =>
        member.given !== undefined &&
        member.session.revoked === undefined &&
        (member.isTouched || this.#isChangedByOthers(member)),
    );
    const latest = isTouched ? this.#now : this.#firstEnd();
    const alarm = this.#alarm?.at ?? Number.POSITIVE_INFINITY;
    if (alarm > latest) this.#fail('alarm', latest, alarm);
  }

  #isChangedByOthers(member: Member): boolean {
    if (!sharesHistory(this.#policy) || member.given === undefined) return false;
    const { given } = member;
    this.#synchronize(member);
    const { answer } = reevaluate(this.#policy, member.session, member.session.latest);
    const isOver = given.validUntil !== undefined && given.validUntil <= member.session.latest;
    return !isOver && !isSame(given, answer);
  }

  /** Moves the time of the session to that of the latest sweep, and adds the events of other sessions. */
  #synchronize(member: Member): void {
    const swept = BigInt(Math.max(this.#swept, 0));
    const session = withSharedHistory(this.#policy, member.session, this.#shared);
    member.session = session.latest < swept ? { ...session, latest: swept } : session;
  }

  // --- expectations --------------------------------------------------------------------------------

  #isValid(text: string): boolean {
    const clock = { now: BigInt(this.#now), precedence: 'host' } as const;
    return decode(this.#policy, encoder.encode(text), clock).error === undefined;
  }

  /** Expects that both accept the call, or both reject it. */
  #both(takes: boolean, what: string, call: (of: NotingSessions) => void): void {
    for (const of of this.#modules) {
      let refused: string | undefined;
      try {
        call(of);
      } catch (error) {
        if (!(error instanceof SessionError)) throw error;
        refused = error.message;
      }
      if ((refused === undefined) !== takes)
        this.#fail(`${takes ? 'taken' : 'refused'}, found ${refused ?? 'taken'}`, what, '');
    }
  }

  #expectAnswer(what: string, expected: EvaluatedAnswer, found: EvaluatedAnswer): void {
    const [one, other] = [expected, found].map((answer) => toAuthZen(answer));
    if (isDeepStrictEqual(one, other)) return;
    // A session that ended by an error stores only the reasons.
    if (expected.error !== undefined && expected.effect === 'revoke' && isSame(expected, found))
      return;
    this.#fail(what, differing(one, other), differing(other, one));
  }

  #expectSame(what: string, expected: unknown, found: unknown): void {
    if (!isDeepStrictEqual(expected, found)) this.#fail(what, expected, found);
  }

  #count(kind: string, by = 1): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + by;
  }

  #fail(what: string, expected: unknown, found: unknown): never {
    throw new Disagreement(
      `${what}: expected ${formatValue(expected)}, found ${formatValue(found)}`,
    );
  }
}

function parseRequest({ session }: Member): Json {
  return JSON.parse(session.request);
}

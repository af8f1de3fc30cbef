// Live sessions of a policy: facts and what happened come in, answers go out, and whoever wants to know is
// told when the answer to a session becomes another, because of time, of facts or of what happened.
// Deciding never throws: whatever fails is a deny. What else is asked for throws a `SessionError`, and then
// nothing changed.

import { longestSessionId, mostChanges } from '../abi.ts';
import {
  type Answer,
  type AnswerError,
  engineError,
  engineErrorAnswer,
  invalidAnswer,
} from '../answer.ts';
import { encodeRequest } from '../encode.ts';
import { milliseconds } from '../instant.ts';
import type { Policy } from '../policy.ts';
import { toUtf8, wellFormedToUtf8 } from '../text.ts';
import { Alarm } from './alarm.ts';
import { Announcer, type Listener } from './announcer.ts';
import { type Approval, noApprovals, withApproval } from './approvals.ts';
import { type CarriedOver, carryOver, type PolicyChange } from './carry-over.ts';
import type { Clock } from './clock.ts';
import { HeldSession } from './held-session.ts';
import { Keeping, type KeepOptions } from './keeping.ts';
import { callAfter, callIn, type KeptCall, unknownCall } from './kept-calls.ts';
import { OpenSessions } from './open-sessions.ts';
import { Preview } from './preview.ts';
import { type Asked, parsed, partOf, replacedBy, scaledBy } from './request-parts.ts';
import type { ChangeKind, SessionChange } from './session-change.ts';
import type { SessionEngine } from './session-engine.ts';
import { noSession, SessionError, wrong } from './session-error.ts';
import { type SessionPolicy, sessionPolicy } from './session-policy.ts';
import type { SessionStore } from './session-store.ts';
import { type RestoredSession, toldIn } from './session-text.ts';

/** The parts that a session opens with. */
const wholeRequest = replacedBy({ subject: {}, action: {}, resource: {}, context: {} });
/** How often all are asked where nobody knows when their answers end, in milliseconds. */
const unknownEnds = 1000;
/** The only reason of a decision that was not made. */
const clockWentBack = 'clock_went_back';

export class Sessions {
  #current: SessionPolicy;
  readonly #clock: Clock;
  readonly #bytes: number;
  readonly #open = new OpenSessions();
  readonly #announcer = new Announcer();
  readonly #alarm: Alarm;
  #keeping: Keeping | undefined;
  /** The module has no room to note when answers end, so that all must be asked now and then. */
  #lacksRoom = false;
  #isEnded = false;
  #failure: AnswerError | undefined;

  /** `bytes`: what sessions may take in all. */
  constructor(policy: Policy, clock: Clock, bytes: number) {
    this.#clock = clock;
    this.#bytes = bytes;
    this.#alarm = new Alarm(clock, () => this.sweep());
    this.#current = this.#enter(policy);
  }

  #enter(policy: Policy): SessionPolicy {
    return sessionPolicy(policy, this.#bytes, () => this.sweep({ all: true }));
  }

  get #engine(): SessionEngine {
    return this.#current.engine;
  }

  /** The policy whose sessions they are. */
  get policy(): Policy {
    return this.#current.policy;
  }

  get size(): number {
    return this.#open.size;
  }

  has(id: string): boolean {
    return this.#open.find(id) !== undefined;
  }

  /** Of all that are open. */
  ids(): readonly string[] {
    return this.#open.ids;
  }

  /** Opens a session with the facts of a request, an object or its JSON, which nobody has decided yet. */
  open(id: string, request: object | string): void {
    this.#open.expectNone(id);
    if (!id.isWellFormed() || wellFormedToUtf8(id).length > longestSessionId) {
      const expected = `an id of well-formed text, of at most ${longestSessionId} bytes`;
      throw new SessionError(id, wrong('wrong_id', expected, 'another'));
    }
    const text = this.#textOf(id, request);
    const call = this.#callAfter(unknownCall, text, wholeRequest);
    const handle = this.#engine.open(id, text, this.#clock.now(), call.digest);
    if (typeof handle !== 'number') throw new SessionError(id, handle);
    this.#hold(new HeldSession(id, handle, undefined, call));
  }

  #hold(held: HeldSession): void {
    this.#open.add(held);
    this.#keeping?.note(held.id);
  }

  /**
   * Changes facts by a request in part (RFC 7396): its members take the place of those that are there, and null
   * takes one away; or by a path such as `context.risk` and its value.
   */
  patch(id: string, part: object): void;
  patch(id: string, path: string, value: unknown): void;
  patch(id: string, what: object | string, value?: unknown): void {
    const held = this.#open.expect(id);
    const { handle } = held;
    if (typeof what === 'string' && this.#set(handle, what, value)) {
      this.#touch(id);
      return;
    }
    const part = typeof what === 'string' ? partOf(what, value) : what;
    this.#change(held, part, 0);
  }

  /** Changes facts by a request in part whose subject, action, resource and context take the place of all that was there. */
  replace(id: string, part: (Asked & { readonly subject?: unknown }) | string): void {
    const held = this.#open.expect(id);
    const told = typeof part === 'string' ? parsed(part) : part;
    this.#change(held, part, replacedBy(told));
  }

  #change(held: HeldSession, part: object | string, replaced: number): void {
    const { id } = held;
    const refused = this.#patch(held, this.#textOf(id, part), replaced);
    this.#touch(id);
    if (refused?.error === undefined) return;
    if (refused.effect === 'revoke') this.#given(held, refused);
    throw new SessionError(id, refused.error);
  }

  #patch(held: HeldSession, part: Uint8Array, replaced: number): Answer | undefined {
    const call = this.#callAfter(held.call, part, replaced);
    const refused = this.#engine.patch(held.handle, part, replaced, call.digest);
    if (refused === undefined) held.call = call;
    return refused;
  }

  #callAfter(before: KeptCall, part: Uint8Array, replaced: number): KeptCall {
    return this.#engine.asksDigest ? callAfter(before, part, replaced) : unknownCall;
  }

  /**
   * Approves one call until an instant: the one that has the digest, whether it was asked for or will be. What was
   * asked last is judged once more at once, and whoever listens is told; gives the answer as it is now.
   */
  grant(id: string, approval: Approval): Answer {
    const held = this.#open.expect(id);
    if (!this.#current.takesApprovals) throw new SessionError(id, noApprovals);
    const approvals = withApproval(held.call.approvals, approval, this.#clock.now());
    if ('code' in approvals) throw new SessionError(id, approvals);
    this.#change(held, { context: { approvals } }, 0);
    this.sweep();
    return this.reevaluate(id);
  }

  /**
   * Records a signal that the policy declares: its name, what it tells, and when it came about, if not now. One that
   * comes late counts from its own time.
   */
  record(
    id: string,
    name: string,
    told: object | string = {},
    time?: number | bigint | Date,
  ): void {
    const { handle } = this.#open.expect(id);
    const signal = this.#current.signals.indexOf(name);
    if (signal < 0) {
      const found = JSON.stringify(name);
      throw new SessionError(id, wrong('no_signal', 'a signal that the policy declares', found));
    }
    const came = time === undefined ? Number.NaN : milliseconds(time);
    if (came === undefined) {
      throw new SessionError(
        id,
        wrong('wrong_type', 'an instant, in milliseconds', 'another value'),
      );
    }
    const text = this.#textOf(id, told);
    const error = this.#engine.record(handle, signal, text, came, this.#clock.now());
    if (error !== undefined) throw new SessionError(id, error);
    this.#touch(id);
  }

  /** What was asked last, judged once more as things are now; nothing is taken by it. */
  reevaluate(id: string): Answer {
    const held = this.#open.find(id);
    if (held === undefined) return invalidAnswer(noSession);
    if (this.#failure !== undefined) return engineErrorAnswer(this.#failure);
    try {
      return this.#given(held, this.#engine.reevaluate(held.handle, this.#clock.now()));
    } catch (failure) {
      return this.#fail(failure);
    }
  }

  /** Decides what is asked now; without `asked` what was asked last, by all that is known since. */
  decide(id: string, asked?: Asked): Answer {
    const held = this.#open.find(id);
    if (held === undefined) return invalidAnswer(noSession);
    if (this.#failure !== undefined) return engineErrorAnswer(this.#failure);
    try {
      const refused = asked === undefined ? undefined : this.#ask(held, asked);
      if (refused !== undefined) return refused;
      const answer = this.#engine.decide(held.handle, this.#clock.now());
      // What was told is judged all the same, as soon as there is an instant to judge it by.
      if (asked !== undefined && answer.reasons[0] === clockWentBack) {
        this.#alarm.by(this.#clock.now());
      }
      return this.#given(held, answer);
    } catch (failure) {
      return this.#fail(failure);
    }
  }

  /** The module failed, and is not asked again: all sessions are denied. */
  #fail(failure: unknown): Answer {
    const why = failure instanceof Error ? failure.message : 'a failure';
    this.#failure = engineError('a module that answers', why);
    const answer = engineErrorAnswer(this.#failure);
    for (const { id, effect = 'deny' } of this.#open) this.#tell({ id, before: effect, answer });
    return answer;
  }

  #ask(held: HeldSession, { action, resource, context }: Asked): Answer | undefined {
    const text = encodeRequest({ action, resource, context });
    if (typeof text !== 'string') return invalidAnswer(text);
    const refused = this.#patch(held, wellFormedToUtf8(text), replacedBy({ action, resource }));
    if (refused === undefined) return undefined;
    // A question that had no room leaves what it told outdated: the next sweep denies the session.
    this.#touch(held.id);
    return this.#given(held, refused);
  }

  /** Whoever works for the session ends when this is aborted: when it is revoked or closed. */
  abortSignal(id: string): AbortSignal {
    return this.#open.expect(id).abortSignal;
  }

  /** A session as text, for `restore`: JSON of one line, with all that it knows and all that it remembers. */
  snapshot(id: string): string {
    const text = this.#engine.snapshot(this.#open.expect(id).handle);
    if (typeof text !== 'string') throw new SessionError(id, text);
    return text;
  }

  /**
   * Opens a session that was open before, here or in another process, under this policy or another, which may have
   * written the text. What fits the policy is known again; what doesn't restricts.
   */
  restore(text: string): RestoredSession {
    const { id, effect } = toldIn(text);
    this.#open.expectNone(id);
    const restored = this.#engine.restore(text);
    if ('code' in restored) throw new SessionError(id, restored);
    const { handle, misfit } = restored;
    const call = this.#engine.asksDigest ? callIn(text) : unknownCall;
    this.#hold(new HeldSession(id, handle, effect, call));
    this.#alarm.by(this.#clock.now());
    return { id, misfit };
  }

  /**
   * Opens the sessions of a store again, and from then on writes to it what changes. A text that finds no place is told and
   * left alone.
   */
  async keep(store: SessionStore, options: KeepOptions = {}): Promise<Keeping> {
    const restored: RestoredSession[] = [];
    const refused: SessionError[] = [];
    for (const text of await store.read()) {
      try {
        restored.push(this.restore(text));
      } catch (error) {
        if (!(error instanceof SessionError)) throw error;
        refused.push(error);
      }
    }
    const textOf = (id: string) => (this.has(id) ? this.snapshot(id) : undefined);
    this.#keeping = new Keeping({ restored, refused }, store, textOf, options);
    for (const id of this.#open.ids) this.#keeping.note(id);
    return this.#keeping;
  }

  close(id: string): void {
    const held = this.#open.expect(id);
    this.#engine.close(held.handle);
    this.#open.delete(held);
    this.#keeping?.note(id);
    held.close();
  }

  /**
   * Asks once more about all sessions that changed or whose answer may have ended by now; with `all`, about every one.
   * The clock does so by itself.
   */
  sweep({ all = false }: { readonly all?: boolean } = {}): readonly SessionChange[] {
    if (this.#failure !== undefined || this.#isEnded) return [];
    let found: readonly SessionChange[];
    try {
      found = this.#changesNow(all);
    } catch (failure) {
      this.#fail(failure);
      return [];
    }
    for (const change of found) this.#tell(change);
    this.#rearm();
    return found;
  }

  #changesNow(all: boolean): readonly SessionChange[] {
    const found: SessionChange[] = [];
    this.#lacksRoom = false;
    for (let isAll = all; ; isAll = false) {
      const now = this.#clock.now();
      const changes = this.#engine.sweep(now, isAll);
      for (const { handle, before } of changes) {
        const held = this.#open.findHandle(handle);
        if (held === undefined) continue;
        found.push({ id: held.id, before, answer: this.#engine.reevaluate(handle, now) });
      }
      if (changes.length === mostChanges) continue;
      if (this.#engine.due() !== 0) return found;
      if (!this.#engine.makeRoom()) {
        this.#lacksRoom = true;
        return found;
      }
    }
  }

  on(kind: ChangeKind, listener: Listener): this {
    this.#announcer.on(kind, listener);
    return this;
  }

  off(kind: ChangeKind, listener: Listener): this {
    this.#announcer.off(kind, listener);
    return this;
  }

  /** All changes from now on. Where a reader is slow, those of one session become one. */
  changes(): AsyncIterableIterator<SessionChange> {
    return this.#announcer.queue();
  }

  /**
   * What would be answered under another policy, or another version of it, to all sessions as they are now. Nothing changes
   * before it is activated. Throws a `SessionError` where a session finds no place in it, and a `LoadError` for a
   * module that holds no sessions.
   */
  preview(policy: Policy): Preview {
    this.sweep();
    const next = this.#enter(policy);
    try {
      return new Preview(this.#carriedTo(next), () => this.#activate(policy));
    } finally {
      next.letGo();
    }
  }

  #carriedTo(next: SessionPolicy): CarriedOver {
    return carryOver(this.#open, this.#current, next, this.#clock.now());
  }

  #activate(policy: Policy): readonly PolicyChange[] {
    this.sweep();
    const next = this.#enter(policy);
    const carried = this.#carriedInto(next);
    this.#current.letGo();
    this.#current = next;
    this.#open.move(carried.handles);
    for (const { id, before, after } of carried.changes) {
      this.#tell({ id, before: before.effect, answer: after });
    }
    this.#rearm();
    return carried.changes;
  }

  #carriedInto(next: SessionPolicy): CarriedOver {
    try {
      return this.#carriedTo(next);
    } catch (error) {
      next.letGo();
      throw error;
    }
  }

  /** Closes all sessions and ends all that waits for changes. */
  end(): void {
    this.#isEnded = true;
    this.#alarm.end();
    for (const id of this.#open.ids) this.close(id);
    this.#announcer.end();
    this.#current.letGo();
  }

  #set(handle: number, path: string, value: unknown): boolean {
    const { words } = this.#current;
    const word = Object.hasOwn(words, path) ? words[path] : undefined;
    if (word === undefined) return false;
    const [place, scale] = word;
    const scaled = scaledBy(scale, value);
    return scaled !== undefined && this.#engine.set(handle, place, scaled);
  }

  /** To whoever asked. That a session ends others are told, too. */
  #given(held: HeldSession, answer: Answer): Answer {
    const before = held.effect;
    if (answer.effect === 'revoke' && before !== 'revoke') {
      this.#tell({ id: held.id, before: before ?? 'deny', answer });
    } else this.#notice(held, answer);
    return answer;
  }

  #tell(change: SessionChange): void {
    const held = this.#open.find(change.id);
    if (held !== undefined) this.#notice(held, change.answer);
    this.#announcer.tell(change);
  }

  /** It is another than before, and to be looked at. */
  #touch(id: string): void {
    this.#keeping?.note(id);
    this.#alarm.by(this.#clock.now());
  }

  #notice(held: HeldSession, answer: Answer): void {
    const { validUntil } = answer;
    this.#keeping?.note(held.id);
    held.notice(answer);
    if (validUntil !== undefined) this.#alarm.by(Number(validUntil));
  }

  #rearm(): void {
    const due = this.#lacksRoom ? this.#clock.now() + unknownEnds : this.#engine.due();
    if (due !== undefined) this.#alarm.by(due);
  }

  #textOf(id: string, request: object | string): Uint8Array {
    const text = typeof request === 'string' ? request : encodeRequest(request);
    if (typeof text !== 'string') throw new SessionError(id, text);
    return toUtf8(text);
  }
}

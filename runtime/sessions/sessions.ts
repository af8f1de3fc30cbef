// Live sessions of a policy: facts and what happened come in, answers go out, and whoever wants to know is
// told when the answer to a session becomes another, because of time, of facts or of what happened.
// Deciding never throws: whatever fails is a deny. What else is asked for throws a `SessionError`, and then
// nothing changed.

import { type EffectName, type ManifestSessions, mostChanges, requestParts } from '../abi.ts';
import {
  type Answer,
  type AnswerError,
  engineError,
  engineErrorAnswer,
  invalidAnswer,
} from '../answer.ts';
import { encodeRequest } from '../encode.ts';
import { milliseconds } from '../instant.ts';
import { toUtf8, wellFormedToUtf8 } from '../text.ts';
import { ChangeQueue } from './change-queue.ts';
import type { Clock } from './clock.ts';
import { type ChangeKind, kindOf, type SessionChange } from './session-change.ts';
import type { SessionEngine } from './session-engine.ts';
import { SessionError } from './session-error.ts';
import { effectIn, idIn, type RestoredSession } from './session-text.ts';

/** What is asked of a session: an action and a resource as a whole, and what is new about the context. */
export interface Asked {
  readonly action?: unknown;
  readonly resource?: unknown;
  readonly context?: unknown;
}

interface Held {
  readonly id: string;
  readonly handle: number;
  /** Of the last answer; `deny` before there is one. */
  effect: EffectName;
  abort: AbortController | undefined;
}

type Listener = (change: SessionChange) => void;

const longestId = 255;

export class Sessions {
  readonly #engine: SessionEngine;
  readonly #words: ManifestSessions['words'];
  readonly #signals: readonly string[];
  readonly #clock: Clock;
  readonly #onEnd: () => void;
  readonly #byId = new Map<string, Held>();
  readonly #byHandle = new Map<number, Held>();
  readonly #listeners = new Map<ChangeKind, Set<Listener>>();
  readonly #queues = new Set<ChangeQueue>();
  /** When the timer goes off. */
  #alarmAt = Number.POSITIVE_INFINITY;
  #callOff: (() => void) | undefined;
  #isEnded = false;
  #failure: AnswerError | undefined;

  constructor(
    engine: SessionEngine,
    { words, signals = [] }: ManifestSessions,
    clock: Clock,
    onEnd: () => void,
  ) {
    this.#engine = engine;
    this.#words = words;
    this.#signals = signals;
    this.#clock = clock;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#byId.size;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Opens a session with the facts of a request, an object or its JSON, which nobody has decided yet. */
  open(id: string, request: object | string): void {
    this.#expectNone(id);
    if (!id.isWellFormed() || wellFormedToUtf8(id).length > longestId) {
      const expected = `an id of well-formed text, of at most ${longestId} bytes`;
      throw new SessionError(id, wrong('wrong_id', expected, 'another'));
    }
    const text = this.#textOf(id, request);
    const handle = this.#engine.open(id, text, this.#clock.now());
    if (typeof handle !== 'number') throw new SessionError(id, handle);
    this.#hold(id, handle, 'deny');
  }

  #expectNone(id: string): void {
    if (!this.#byId.has(id)) return;
    const [expected, found] = ['an id that no session has', 'one that is open'];
    throw new SessionError(id, wrong('session_exists', expected, found));
  }

  #hold(id: string, handle: number, effect: EffectName): void {
    const held: Held = { id, handle, effect, abort: undefined };
    this.#byId.set(id, held);
    this.#byHandle.set(handle, held);
  }

  /**
   * Changes facts by a request in part (RFC 7396): its members take the place of those that are there, and null
   * takes one away; or by a path such as `context.risk` and its value.
   */
  patch(id: string, part: object): void;
  patch(id: string, path: string, value: unknown): void;
  patch(id: string, what: object | string, value?: unknown): void {
    const held = this.#held(id);
    const { handle } = held;
    if (typeof what === 'string' && this.#set(handle, what, value)) {
      this.#alarm(this.#clock.now());
      return;
    }
    const part = typeof what === 'string' ? partOf(what, value) : what;
    this.#change(held, part, 0);
  }

  /** Changes facts by a request in part whose subject, action, resource and context take the place of all that was there. */
  replace(id: string, part: (Asked & { readonly subject?: unknown }) | string): void {
    const held = this.#held(id);
    const told = typeof part === 'string' ? parsed(part) : part;
    this.#change(held, part, replacedBy(told));
  }

  #change(held: Held, part: object | string, replaced: number): void {
    const { id, handle } = held;
    const refused = this.#engine.patch(handle, this.#textOf(id, part), replaced);
    this.#alarm(this.#clock.now());
    if (refused?.error === undefined) return;
    if (refused.effect === 'revoke') this.#given(held, refused);
    throw new SessionError(id, refused.error);
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
    const { handle } = this.#held(id);
    const signal = this.#signals.indexOf(name);
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
    this.#alarm(this.#clock.now());
  }

  /** What was asked last, judged once more as things are now; nothing is taken by it. */
  reevaluate(id: string): Answer {
    const held = this.#byId.get(id);
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
    const held = this.#byId.get(id);
    if (held === undefined) return invalidAnswer(noSession);
    if (this.#failure !== undefined) return engineErrorAnswer(this.#failure);
    try {
      const refused = asked === undefined ? undefined : this.#ask(held, asked);
      if (refused !== undefined) return refused;
      return this.#given(held, this.#engine.decide(held.handle, this.#clock.now()));
    } catch (failure) {
      return this.#fail(failure);
    }
  }

  /** The module failed, and is not asked again: all sessions are denied. */
  #fail(failure: unknown): Answer {
    const why = failure instanceof Error ? failure.message : 'a failure';
    this.#failure = engineError('a module that answers', why);
    const answer = engineErrorAnswer(this.#failure);
    for (const { id, effect } of this.#byId.values()) this.#tell({ id, before: effect, answer });
    return answer;
  }

  #ask(held: Held, { action, resource, context }: Asked): Answer | undefined {
    const text = encodeRequest({ action, resource, context });
    if (typeof text !== 'string') return invalidAnswer(text);
    const replaced = replacedBy({ action, resource });
    const refused = this.#engine.patch(held.handle, wellFormedToUtf8(text), replaced);
    return refused && this.#given(held, refused);
  }

  /** Whoever works for the session ends when this is aborted: when it is revoked or closed. */
  abortSignal(id: string): AbortSignal {
    const held = this.#held(id);
    held.abort ??= new AbortController();
    return held.abort.signal;
  }

  /** A session as text, for `restore`: JSON of one line, with all that it knows and all that it remembers. */
  snapshot(id: string): string {
    const text = this.#engine.snapshot(this.#held(id).handle);
    if (typeof text !== 'string') throw new SessionError(id, text);
    return text;
  }

  /**
   * Opens a session that was open before, here or in another process, under this policy or another, which may have
   * written the text. What fits the policy is known again; what doesn't restricts.
   */
  restore(text: string): RestoredSession {
    const id = idIn(text);
    this.#expectNone(id);
    const restored = this.#engine.restore(text);
    if ('code' in restored) throw new SessionError(id, restored);
    const { handle, misfit } = restored;
    this.#hold(id, handle, effectIn(text));
    this.#alarm(this.#clock.now());
    return { id, misfit };
  }

  close(id: string): void {
    const held = this.#held(id);
    this.#engine.close(held.handle);
    this.#byId.delete(id);
    this.#byHandle.delete(held.handle);
    held.abort?.abort(new DOMException(`the session \`${id}\` was closed`, 'AbortError'));
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
    for (let isAll = all; ; isAll = false) {
      const now = this.#clock.now();
      const changes = this.#engine.sweep(now, isAll);
      for (const { handle, before } of changes) {
        const held = this.#byHandle.get(handle);
        if (held === undefined) continue;
        found.push({ id: held.id, before, answer: this.#engine.reevaluate(handle, now) });
      }
      if (changes.length < mostChanges) return found;
    }
  }

  on(kind: ChangeKind, listener: Listener): this {
    const known = this.#listeners.get(kind);
    if (known === undefined) this.#listeners.set(kind, new Set([listener]));
    else known.add(listener);
    return this;
  }

  off(kind: ChangeKind, listener: Listener): this {
    this.#listeners.get(kind)?.delete(listener);
    return this;
  }

  /** All changes from now on. Where a reader is slow, those of one session become one. */
  changes(): AsyncIterableIterator<SessionChange> {
    const queue: ChangeQueue = new ChangeQueue(() => this.#queues.delete(queue));
    if (this.#isEnded) queue.close();
    else this.#queues.add(queue);
    return queue;
  }

  /** Closes all sessions and ends all that waits for changes. */
  end(): void {
    this.#isEnded = true;
    this.#callOff?.();
    this.#callOff = undefined;
    for (const id of [...this.#byId.keys()]) this.close(id);
    for (const queue of this.#queues) queue.close();
    this.#queues.clear();
    this.#onEnd();
  }

  #set(handle: number, path: string, value: unknown): boolean {
    const word = Object.hasOwn(this.#words, path) ? this.#words[path] : undefined;
    if (word === undefined) return false;
    const [place, scale] = word;
    const scaled = scaledBy(scale, value);
    return scaled !== undefined && this.#engine.set(handle, place, scaled);
  }

  /** To whoever asked. That a session ends others are told, too. */
  #given(held: Held, answer: Answer): Answer {
    const before = held.effect;
    if (answer.effect === 'revoke' && before !== 'revoke') {
      this.#tell({ id: held.id, before, answer });
    } else this.#notice(held, answer);
    return answer;
  }

  #tell(change: SessionChange): void {
    const held = this.#byId.get(change.id);
    if (held !== undefined) this.#notice(held, change.answer);
    for (const listener of this.#listeners.get(kindOf(change)) ?? []) listener(change);
    for (const queue of this.#queues) queue.push(change);
  }

  #notice(held: Held, { effect, reasons, validUntil }: Answer): void {
    const { id, abort } = held;
    held.effect = effect;
    if (effect === 'revoke') {
      const why = `the session \`${id}\` was revoked: ${reasons.join(', ')}`;
      abort?.abort(new DOMException(why, 'AbortError'));
    }
    if (validUntil !== undefined) this.#alarm(Number(validUntil));
  }

  /** Sweeps at the instant, if not before. */
  #alarm(instant: number): void {
    if (this.#isEnded || instant >= this.#alarmAt) return;
    this.#callOff?.();
    this.#alarmAt = instant;
    this.#callOff = this.#clock.at(instant, () => {
      this.#callOff = undefined;
      this.#alarmAt = Number.POSITIVE_INFINITY;
      this.sweep();
    });
  }

  #rearm(): void {
    const due = this.#engine.due();
    if (due !== undefined) this.#alarm(due);
  }

  #held(id: string): Held {
    const held = this.#byId.get(id);
    if (held === undefined) throw new SessionError(id, noSession);
    return held;
  }

  #textOf(id: string, request: object | string): Uint8Array {
    const text = typeof request === 'string' ? request : encodeRequest(request);
    if (typeof text !== 'string') throw new SessionError(id, text);
    return toUtf8(text);
  }
}

/** What is no JSON the module tells. */
function parsed(text: string): Asked {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The parts that there are, as a set of `requestParts`. */
function replacedBy(part: Asked & { readonly subject?: unknown }): number {
  const { subject, action, resource, context } = part;
  return (
    (subject === undefined ? 0 : requestParts.subject) |
    (action === undefined ? 0 : requestParts.action) |
    (resource === undefined ? 0 : requestParts.resource) |
    (context === undefined ? 0 : requestParts.context)
  );
}

const noSession = wrong('no_session', 'the id of an open session', 'another');

function wrong(code: string, expected: string, found: string): AnswerError {
  return { code, path: '$', expected, found, offset: 0 };
}

/** As the module holds it; undefined: it is of another type, or not exact. */
function scaledBy(scale: number, value: unknown): number | undefined {
  if (scale === 0) return typeof value === 'boolean' ? Number(value) : undefined;
  if (typeof value !== 'number') return undefined;
  const scaled = Math.round(value * scale);
  return Number.isSafeInteger(scaled) && scaled / scale === value ? scaled : undefined;
}

/** A request in part that has one member. A name of other letters stands in quotes. */
function partOf(path: string, value: unknown): object {
  const [root = '', ...names] = [...path.matchAll(/"([^"]*)"|[^."]+/g)].map(
    ([name, quoted]) => quoted ?? name,
  );
  const within = root === 'context' ? names : ['properties', ...names];
  const member = within.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value ?? null);
  return { [root]: member };
}

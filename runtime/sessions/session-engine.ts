// The sessions in one instance of a module, by their handles: takes JavaScript values and returns answers and
// errors. Memory grows as sessions need it, up to a limit.

import type { AnswerReader } from '../answer/answer-reader.ts';
import {
  type Answer,
  type AnswerError,
  changeLayout,
  effects,
  hostTexts,
  maxChanges,
  maxSession,
  pageBytes,
  type SessionExports,
  sessionErrors,
  violations,
} from '../contract/index.ts';
import type { Instance } from '../instance/instance.ts';
import { toUtf8 } from '../json/utf8.ts';
import { misread } from '../module/engine-failure.ts';
import { wrong } from './session-error.ts';

const noRoom = 'no_room';
/** The minimum number of pages to reserve when there is no more room. */
const minPages = 16;

const lacksRoom = wrong(noRoom, sessionErrors.no_room.expected, sessionErrors.no_room.found);
const tooLong = wrong('too_large', hostTexts.snapshotBytes, hostTexts.longerDocument);

/** A restored session, and the first of its facts that does not fit the policy. */
export interface Restored {
  readonly handle: number;
  readonly mismatch: AnswerError | undefined;
}

/** The outcome of a call: a value, an error, or an answer with an error. */
type Attempted = number | string | Restored | AnswerError | Answer | undefined;

function isForRoom(outcome: Attempted): boolean {
  if (typeof outcome !== 'object') return false;
  const error = 'error' in outcome ? outcome.error : outcome;
  return error !== undefined && 'code' in error && error.code === noRoom;
}

export interface HandleChange {
  readonly handle: number;
  readonly before: (typeof effects)[number];
}

export class SessionEngine {
  readonly #instance: Instance;
  readonly #exports: SessionExports;
  readonly #reader: AnswerReader;
  readonly #maxPages: number;

  constructor(instance: Instance, exports: SessionExports, reader: AnswerReader, bytes: number) {
    this.#instance = instance;
    this.#exports = exports;
    this.#reader = reader;
    this.#maxPages = Math.floor(bytes / pageBytes);
  }

  /** Whether the policy uses the digest of the call. */
  get asksDigest(): boolean {
    return this.#instance.digest !== undefined;
  }

  /** The digest of the call that the module read last, or restored. */
  judgedDigest(): string | undefined {
    this.#instance.memory.refresh();
    return this.#instance.digest?.judged();
  }

  /** A handle, or the error. `digest`: that of the call, if the policy uses it. */
  open(id: string, request: Uint8Array, now: number, digest?: string): number | AnswerError {
    return this.#growing(() => {
      const bytes = toUtf8(id);
      const length = this.#write(request);
      this.#instance.memory.write(this.#exports.session_id.value as number, bytes);
      this.#instance.digest?.tell(digest);
      const handle = this.#exports.session_open(length, bytes.length, now) >>> 0;
      return handle === 0 ? this.#refused(this.#result()) : handle;
    });
  }

  /** The session's snapshot. */
  snapshot(handle: number): string | AnswerError {
    // The limit for sessions does not apply: a session that cannot be stored would lose its history.
    return this.#growing(
      () => {
        const length = this.#exports.session_snapshot(handle);
        const { memory } = this.#instance;
        memory.refresh();
        return length > 0
          ? memory.text(this.#exports.session_buffer(0) >>> 0, length)
          : this.#refused(this.#result());
      },
      this.#maxPages + maxSession / pageBytes,
    );
  }

  restore(text: string): Restored | AnswerError {
    const bytes = toUtf8(text);
    if (bytes.length > maxSession) return tooLong;
    return this.#growing(() => this.#restore(bytes));
  }

  #restore(bytes: Uint8Array): Restored | AnswerError {
    const address = this.#exports.session_buffer(bytes.length) >>> 0;
    const { memory } = this.#instance;
    memory.refresh();
    if (address === 0) return lacksRoom;
    memory.write(address, bytes);
    const handle = this.#exports.session_restore(bytes.length) >>> 0;
    memory.refresh();
    if (handle === 0) return this.#refused(this.#result());
    return { handle, mismatch: this.#reader.errorOf(this.#instance) };
  }

  /**
   * `replaced`: a set of `requestParts`; `digest`: that of the call, if it changed. Returns an answer with an
   * error if nothing changed; a revoking one ends the session.
   */
  patch(handle: number, part: Uint8Array, replaced: number, digest?: string): Answer | undefined {
    return this.#growing(() => {
      const length = this.#write(part);
      this.#instance.digest?.tell(digest);
      const result = this.#exports.session_patch(handle, length, replaced) >>> 0;
      return result === 0 ? undefined : this.#answer(result);
    });
  }

  /** Whether the number was set. */
  set(handle: number, word: number, value: number): boolean {
    return this.#exports.session_set(handle, word, value) !== 0;
  }

  /** `signal`: its index in the manifest; `time`: NaN for now. */
  record(
    handle: number,
    signal: number,
    told: Uint8Array,
    time: number,
    now: number,
  ): AnswerError | undefined {
    const length = this.#write(told);
    const result = this.#exports.session_record(handle, signal, length, time, now) >>> 0;
    return result === 0 ? undefined : this.#refused(result);
  }

  /** Decides and takes the decision. */
  decide(handle: number, now: number): Answer {
    return this.#answer(this.#exports.session_decide(handle, now, 1) >>> 0);
  }

  /** Evaluates the latest request again. */
  reevaluate(handle: number, now: number): Answer {
    return this.#answer(this.#exports.session_decide(handle, now, 0) >>> 0);
  }

  close(handle: number): void {
    this.#exports.session_close(handle);
  }

  /** At most `maxChanges`; if there are that many, there may be more. */
  sweep(now: number, isAll: boolean): readonly HandleChange[] {
    const count = this.#exports.session_sweep(now, isAll ? 1 : 0);
    const { memory } = this.#instance;
    memory.refresh();
    if (count > maxChanges) throw misread(violations.tooManyChanges);
    return Array.from({ length: count }, (_, at) => {
      const entry = (this.#exports.changes.value as number) + at * changeLayout.size;
      const before = effects[memory.u8(entry + changeLayout.before)];
      if (before === undefined) throw misread(violations.unknownEffect);
      return { handle: memory.u32(entry + changeLayout.handle), before };
    });
  }

  /** Milliseconds; 0: at once; undefined: nothing will change by itself. */
  due(): number | undefined {
    const due = this.#exports.session_due();
    return due === Number.POSITIVE_INFINITY ? undefined : due;
  }

  /** Whether there is more room than before. */
  makeRoom(): boolean {
    return this.#grow();
  }

  /** Repeats the call until there is room for it, or no more memory. */
  #growing<Outcome extends Attempted>(
    attempt: () => Outcome,
    maxPages: number = this.#maxPages,
  ): Outcome {
    for (;;) {
      const outcome = attempt();
      if (!isForRoom(outcome) || !this.#grow(maxPages)) return outcome;
    }
  }

  /** Grows by a quarter, so that it happens rarely. */
  #grow(maxPages: number = this.#maxPages): boolean {
    const before = this.#exports.reserve(0);
    const wanted = Math.min(before + Math.max(minPages, before >> 2), maxPages);
    const after = wanted > before ? this.#exports.reserve(wanted) : before;
    this.#instance.memory.refresh();
    return after > before;
  }

  /**
   * Returns the length to pass to the module; -1 for a string longer than any that it accepts, which it reports
   * itself.
   */
  #write(text: Uint8Array): number {
    const { exports, memory } = this.#instance;
    const address = exports.request(text.length) >>> 0;
    memory.refresh();
    if (address === 0) return -1;
    memory.write(address, text);
    return text.length;
  }

  #result(): number {
    return this.#instance.exports.result.value >>> 0;
  }

  #refused(result: number): AnswerError {
    const { error } = this.#answer(result);
    if (error === undefined) throw misread(violations.noError);
    return error;
  }

  #answer(result: number): Answer {
    this.#instance.memory.refresh();
    const answer = this.#reader.read(this.#instance, result, false);
    if (answer === undefined) throw misread(violations.noExplanation);
    return answer;
  }
}

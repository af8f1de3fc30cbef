// The sessions in one instance of a module, by their handles: takes JavaScript values and returns answers and
// errors.

import { createEngineError, createEngineErrorAnswer } from '../answer/answer.ts';
import { type Possibility, readPossibility } from '../answer/possibility.ts';
import { type ResponseReader, readAnswer, readError } from '../answer/response-reader.ts';
import {
  type Answer,
  type AnswerError,
  asks,
  changeLayout,
  effects,
  engineTexts,
  forms,
  maxChanges,
  maxSession,
  requestParts,
  type SessionExports,
  violations,
} from '../contract/index.ts';
import type { ModuleInstance } from '../instance/instance.ts';
import { nameLength } from '../instance/names.ts';
import { toUtf8 } from '../json/utf8.ts';
import { createMisreadFailure } from '../module/engine-failure.ts';

const noPossibility = createEngineError(engineTexts.possibility, engineTexts.noPossibility);

/** A length that a module rejects. */
const tooLong = -1;
/** As the length of a payload: nothing is known about its members. */
const unknownPayload = -2;

/** A restored session, and the first of its facts that does not fit the policy. */
export interface Restored {
  readonly handle: number;
  readonly mismatch: AnswerError | undefined;
}

export interface HandleChange {
  readonly handle: number;
  readonly before: (typeof effects)[number];
}

export class SessionEngine {
  readonly #instance: ModuleInstance;
  readonly #exports: SessionExports;
  readonly #reader: ResponseReader;

  constructor(instance: ModuleInstance, exports: SessionExports, reader: ResponseReader) {
    this.#instance = instance;
    this.#exports = exports;
    this.#reader = reader;
  }

  /** A handle, or the error. */
  open(id: string, request: Uint8Array, now: number): number | AnswerError {
    const idLength = this.#name(id);
    const handle =
      this.#exports.session_open(idLength, this.#instance.requests.write(request), now) >>> 0;
    return handle === 0 ? this.#readRefusal() : handle;
  }

  /** The session's snapshot. */
  snapshot(handle: number): string | AnswerError {
    const length = this.#exports.session_snapshot(handle);
    if (length === 0) return this.#readRefusal();
    const address = this.#exports.session_buffer(0) >>> 0;
    return this.#memory.text(address, length);
  }

  restore(text: string): Restored | AnswerError {
    const bytes = toUtf8(text);
    const isLong = bytes.length > maxSession;
    const address = isLong ? 0 : this.#exports.session_buffer(bytes.length) >>> 0;
    if (address !== 0) this.#memory.write(address, bytes);
    const handle = this.#exports.session_restore(isLong ? tooLong : bytes.length) >>> 0;
    if (handle === 0) return this.#readRefusal();
    return { handle, mismatch: this.#answer(this.#response()).error };
  }

  /**
   * `whole`: a set of `requestParts` that are replaced where the part has them. Returns an answer with an error if
   * nothing changed; a revoking one ends the session.
   */
  patch(handle: number, part: Uint8Array, whole: number): Answer | undefined {
    const refused =
      this.#exports.session_patch(handle, this.#instance.requests.write(part), whole) >>> 0;
    return refused === 0 ? undefined : this.#answer(refused);
  }

  /** Whether the number was set. */
  set(handle: number, word: number, value: number): boolean {
    return this.#exports.session_set(handle, word, value) !== 0;
  }

  /** `payload`: `undefined` if nothing is known about its members. `time`: NaN for now. */
  record(
    handle: number,
    signal: string,
    payload: Uint8Array | undefined,
    time: number,
    now: number,
  ): AnswerError | undefined {
    const number = this.#exports.signal_find(this.#name(signal));
    const length = payload === undefined ? unknownPayload : this.#instance.requests.write(payload);
    const refused = this.#exports.session_record(handle, number, length, time, now) >>> 0;
    return refused === 0 ? undefined : readError(this.#memory, refused);
  }

  /** Decides the latest request and takes the decision. */
  decide(handle: number, now: number): Answer {
    return this.#ask(handle, 0, now, asks.latest);
  }

  /** Decides the request: an action and a resource, and changes of the context. */
  decideRequest(handle: number, request: Uint8Array, now: number): Answer {
    return this.#ask(handle, this.#instance.requests.write(request), now, asks.given);
  }

  /** Evaluates the latest request again. */
  reevaluate(handle: number, now: number): Answer {
    return this.#ask(handle, 0, now, asks.again);
  }

  /**
   * Whether the request, an action and a resource and changes of the context, could be permitted, or `undefined` for
   * the latest one.
   */
  could(handle: number, request: Uint8Array | undefined, now: number): Possibility {
    const { session_could } = this.#exports;
    if (session_could === undefined) return readPossibility(createEngineErrorAnswer(noPossibility));
    const length = request === undefined ? 0 : this.#instance.requests.write(request);
    const header = session_could(handle, length, now, forms.unlessKeyed) >>> 0;
    const memory = this.#memory;
    return this.#reader.possibility({ exports: this.#instance.exports, memory }, header);
  }

  close(handle: number): void {
    this.#exports.session_close(handle);
  }

  /** At most `maxChanges`; if there are that many, there may be more. */
  sweep(now: number, isAll: boolean): readonly HandleChange[] {
    const count = this.#exports.session_sweep(now, isAll ? 1 : 0) >>> 0;
    const memory = this.#memory;
    if (count > maxChanges) throw createMisreadFailure(violations.tooManyChanges);
    return Array.from({ length: count }, (_, index) => {
      const entry = (this.#exports.changes.value as number) + index * changeLayout.size;
      const before = effects[memory.u8(entry + changeLayout.before)];
      if (before === undefined) throw createMisreadFailure(violations.unknownEffect);
      return { handle: memory.u32(entry + changeLayout.handle), before };
    });
  }

  /** Milliseconds, 0 for at once, or `undefined` if nothing will change by itself. */
  due(): number | undefined {
    const due = this.#exports.session_due();
    return due === Number.POSITIVE_INFINITY ? undefined : due;
  }

  #ask(handle: number, length: number, now: number, ask: number): Answer {
    const header = this.#exports.session_decide(handle, length, now, ask, forms.unlessKeyed) >>> 0;
    const memory = this.#memory;
    return this.#reader.read({ exports: this.#instance.exports, memory }, header);
  }

  #name(name: string): number {
    return nameLength(this.#memory, this.#exports, toUtf8(name));
  }

  /** Each call of the module may have grown it. */
  get #memory(): ModuleInstance['memory'] {
    const { memory } = this.#instance;
    memory.refresh();
    return memory;
  }

  #response(): number {
    return this.#instance.exports.respond(forms.response) >>> 0;
  }

  #readRefusal(): AnswerError {
    return readError(this.#memory, this.#response());
  }

  #answer(header: number): Answer {
    return readAnswer(this.#memory, header);
  }
}

/** The parts of a request that a replacement replaces. */
export const everyPart =
  requestParts.subject | requestParts.action | requestParts.resource | requestParts.context;

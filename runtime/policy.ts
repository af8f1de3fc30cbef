// A loaded policy: takes requests and returns answers. Deciding never throws: every failure, of the module or
// while reading the request, is a deny. An instance that failed is not called again.

import { engineError, engineErrorAnswer, invalidAnswer } from './answer/answer.ts';
import { AnswerReader } from './answer/answer-reader.ts';
import { type Batch, ends, readBatch, type Semantic } from './answer/evaluations.ts';
import { givenAnswer } from './answer/given-answer.ts';
import {
  type Answer,
  type AnswerError,
  engineTexts,
  fillText,
  hostTexts,
  type Manifest,
  requestLimits,
  violations,
} from './contract/index.ts';
import { type Declared, declaredIn } from './direct/declared.ts';
import type { Extent } from './direct/direct-requests.ts';
import type { Described, Instance } from './instance/instance.ts';
import { TableError } from './instance/table-error.ts';
import { loadTable } from './instance/table-loader.ts';
import { fromUtf8, toUtf8, wellFormedToUtf8 } from './json/utf8.ts';
import { EngineFailure, misread } from './module/engine-failure.ts';
import {
  type DecideOptions,
  type ModuleInstant,
  milliseconds,
  moduleInstant,
} from './module/moment.ts';
import { callDigest, callSelection } from './request/call-digest.ts';
import { plainCopy } from './request/copy.ts';
import { encodeRequest, encodeWithFaults } from './request/encode.ts';

/** A module takes a length as an i32 and rejects every length beyond its limit alike. */
const maxLength = 0x7fff_ffff;

/** An attached instance, in which others store state. */
interface Follower {
  readonly instance: Instance;
  readonly bytes: number;
  readonly tablesChanged: () => void;
}

/** The part of a policy that sessions need; bindings restrict the rest of it. */
export type SessionSource = Pick<Policy, 'manifest' | 'attach'>;

export class Policy {
  readonly manifest: Manifest;
  readonly #declared: Declared | undefined;
  readonly #reader: AnswerReader;
  readonly #instantiate: () => Instance;
  readonly #tableBytes: number;
  /** Whether the policy declares the digest of the call. */
  readonly #needsDigest: boolean;
  /** The contents of the tables by their index in the manifest, for every further instance. */
  readonly #tables = new Map<number, Uint8Array>();
  readonly #followers = new Set<Follower>();
  /** undefined during a call, and after a failure. */
  #instance: Instance | undefined;
  /** Whether the instance holds the latest request. */
  #holdsRequest = false;
  /**
   * The answer to the latest request, if the instance holds no more than evaluation needs; such an answer does not
   * depend on time.
   */
  #constantAnswer: Answer | undefined;

  constructor({ manifest, encoding }: Described, instantiate: () => Instance, tableBytes = 0) {
    this.manifest = manifest;
    this.#declared = encoding && declaredIn(encoding, manifest);
    this.#reader = new AnswerReader(manifest);
    this.#instantiate = instantiate;
    this.#tableBytes = tableBytes;
    this.#instance = instantiate();
    this.#needsDigest = this.#instance.digest !== undefined;
  }

  /** Decides an AuthZEN evaluation request. */
  decide(request: unknown, options?: DecideOptions): Answer {
    try {
      return this.#decideObject(this.#needsDigest ? plainCopy(request) : request, options);
    } catch {
      return this.#unasked(unreadable());
    }
  }

  /** Throws what a getter throws; the module was not called then. */
  #decideObject(request: unknown, options: DecideOptions | undefined): Answer {
    const call = this.#callOf(request);
    if (typeof call === 'object') return this.#invalid(call, request, options);
    const decided = this.#decideFacts(request, options, call);
    if (decided !== undefined) return decided;
    const { text, error } = encodeWithFaults(request, { declared: this.#declared });
    if (error !== undefined) return this.#invalid(error, request, options);
    return this.#ask(
      options,
      () => wellFormedToUtf8(text),
      () => call,
    );
  }

  /** The digest of the call, if the policy needs it; a request that is not JSON has none. */
  #callOf(request: unknown): string | undefined | AnswerError {
    if (!this.#needsDigest) return undefined;
    const { text, error } = encodeWithFaults(request, { declared: callSelection });
    return error ?? this.#digestOf(text);
  }

  /**
   * JSON cannot represent the request, so it is invalid. It may still be one that is revoked with certainty, as
   * invalid JSON may be; and errors that the module finds elsewhere are reported as for JSON.
   */
  #invalid(error: AnswerError, request: unknown, options: DecideOptions | undefined): Answer {
    const { text, errorAt } = encodeWithFaults(request, { declared: this.#declared });
    if (text === '') return this.#unasked(invalidAnswer(error));
    const read = () => wellFormedToUtf8(text);
    const answer = this.#unasked(this.#ask(options, read, () => undefined));
    const found = answer.error;
    const isOther =
      found !== undefined && found.code !== 'engine_error' && found.offset !== errorAt;
    if (answer.effect === 'revoke') return isOther ? answer : givenAnswer({ ...answer, error });
    return isOther ? answer : invalidAnswer(error);
  }

  #digestOf(request: string): string | undefined {
    return callDigest(request, this.manifest.policy.name);
  }

  /** undefined: the request must be encoded as JSON. */
  #decideFacts(
    request: unknown,
    options: DecideOptions | undefined,
    digest: string | undefined,
  ): Answer | undefined {
    if (this.#instance?.handOver === undefined) return undefined;
    try {
      const instant = moduleInstant(options);
      if (instant === undefined) return undefined;
      const answer = this.#askFacts(request, instant, 'judging', digest);
      if (answer !== 'unexplained') return answer;
      const explained = this.#askFacts(request, instant, 'explaining', digest);
      return explained === 'unexplained' ? undefined : explained;
    } catch {
      return this.#unasked(unreadable());
    }
  }

  /** Throws what the caller's own code throws; the module was not called then. */
  #askFacts(
    request: unknown,
    instant: ModuleInstant,
    extent: Extent,
    digest: string | undefined,
  ): Answer | 'unexplained' | undefined {
    const instance = this.#instance;
    const door = instance?.handOver;
    if (instance === undefined || door === undefined) return undefined;
    this.#instance = undefined;
    let isWritten = false;
    try {
      isWritten = door.write(request, instant, extent);
    } finally {
      this.#instance = instance;
    }
    if (!isWritten) return undefined;
    const settled = extent === 'judging' ? door.settled() : undefined;
    if (settled !== undefined) {
      this.#holdsRequest = true;
      this.#constantAnswer = settled;
      return settled;
    }
    this.#instance = undefined;
    this.#holdsRequest = false;
    try {
      instance.digest?.tell(digest);
      const result = door.judge(instant, extent);
      instance.memory.refresh();
      const isPart = door.isPart(extent);
      const answer =
        result === 0 ? undefined : (this.#reader.read(instance, result, isPart) ?? 'unexplained');
      this.#instance = instance;
      if (typeof answer === 'object') {
        this.#holdsRequest = true;
        this.#constantAnswer = isPart ? answer : undefined;
        if (isPart) door.settle(answer);
      }
      return answer;
    } catch (failure) {
      return engineErrorAnswer(failureOf(failure));
    }
  }

  /** Decides an AuthZEN evaluation request in JSON. */
  decideJson(request: Uint8Array | string, options?: DecideOptions): Answer {
    const digest = (bytes: Uint8Array) =>
      this.#needsDigest ? withinLimit(bytes, (text) => this.#digestOf(text)) : undefined;
    return this.#ask(options, () => bytesOf(request), digest);
  }

  /** Decides requests in order, all at the same instant. */
  decideMany(requests: Iterable<unknown>, options?: DecideOptions): readonly Answer[] {
    return this.#decideAll({ requests, semantic: 'execute_all' }, options);
  }

  /**
   * Decides AuthZEN evaluations (§7): returns the answers in order, up to the one that the semantic ends with. An invalid
   * batch has a single answer, which states the error.
   */
  decideEvaluations(batch: unknown, options?: DecideOptions): readonly Answer[] {
    let read: Batch | AnswerError;
    try {
      read = readBatch(batch);
    } catch {
      return [this.#unasked(unreadable())];
    }
    return 'code' in read ? [this.#unasked(invalidAnswer(read))] : this.#decideAll(read, options);
  }

  #decideAll(
    { requests, semantic }: { requests: Iterable<unknown>; semantic: Semantic },
    options: DecideOptions | undefined,
  ): readonly Answer[] {
    // The clock of the host is read once.
    const isHosts = options?.now === undefined && options?.clock !== 'request';
    const at: DecideOptions = isHosts ? { ...options, now: Date.now() } : options;
    const answers: Answer[] = [];
    try {
      for (const request of requests) {
        const answer = this.decide(request, at);
        answers.push(answer);
        if (ends(semantic, answer.decision)) break;
      }
    } catch {
      answers.push(this.#unasked(unreadable()));
    }
    return answers;
  }

  /** Decides the latest request again, at another instant. */
  again(now: number | bigint | Date): Answer {
    const instant = milliseconds(now);
    if (instant === undefined) return noInstant();
    if (!this.#holdsRequest) return engineErrorAnswer(engineError('an earlier request', 'none'));
    return this.#constantAnswer ?? this.#run(({ exports }) => exports.again(instant));
  }

  /**
   * Loads an external table and replaces its contents: an object by key, with two keys an object of objects, or
   * its JSON. On error throws a `TableError` and leaves the table unchanged. The next decision uses the new
   * contents, also that of `again`.
   */
  loadTable(name: string, contents: Uint8Array | string | object): void {
    const index = this.#placeOf(name);
    if (index === undefined) throw new TableError(name, unknownTable(this.manifest));
    const bytes = contentBytes(contents, this.#tableBytes);
    const error = bytes instanceof Uint8Array ? this.#replace(index, bytes) : bytes;
    if (error !== undefined) throw new TableError(name, error);
    for (const follower of this.#followers) {
      const failed = this.#fill(follower.instance, index, this.#bytesOf(index), follower.bytes);
      if (failed !== undefined) throw new TableError(name, failed);
      follower.tablesChanged();
    }
  }

  /**
   * Attaches an instance for persistent state, and a reader for its answers. It has the tables of the policy,
   * including those loaded later, until it is disposed. `bytes`: the memory it may use besides them.
   */
  attach(
    bytes: number,
    tablesChanged: () => void,
  ): { instance: Instance; reader: AnswerReader; dispose: () => void } {
    const follower = { instance: this.#fresh(), bytes, tablesChanged };
    this.#followers.add(follower);
    return {
      instance: follower.instance,
      reader: new AnswerReader(this.manifest),
      dispose: () => this.#followers.delete(follower),
    };
  }

  #bytesOf(index: number): Uint8Array {
    return this.#tables.get(index) ?? new Uint8Array();
  }

  /** Empties an external table: from now on every lookup in it is unknown. */
  dropTable(name: string): void {
    const index = this.#placeOf(name);
    if (index === undefined) throw new TableError(name, unknownTable(this.manifest));
    this.#tables.delete(index);
    this.#instance?.tables?.drop_table(index);
    for (const { instance, tablesChanged } of this.#followers) {
      instance.tables?.drop_table(index);
      tablesChanged();
    }
  }

  #replace(index: number, bytes: Uint8Array): AnswerError | undefined {
    try {
      const instance = this.#instance ?? this.#fresh();
      this.#instance = undefined;
      const error = this.#fill(instance, index, bytes);
      this.#instance = instance;
      if (error === undefined) this.#tables.set(index, bytes);
      return error;
    } catch (failure) {
      this.#holdsRequest = false;
      return failureOf(failure);
    }
  }

  #placeOf(name: string): number | undefined {
    const index = this.manifest.tables?.findIndex((table) => table.name === name) ?? -1;
    return index === -1 ? undefined : index;
  }

  /** A new instance with the loaded tables. */
  #fresh(): Instance {
    const instance = this.#instantiate();
    for (const [index, bytes] of this.#tables) this.#fill(instance, index, bytes);
    return instance;
  }

  #fill(
    instance: Instance,
    index: number,
    bytes: Uint8Array,
    besides = 0,
  ): AnswerError | undefined {
    const { tables } = instance;
    if (tables === undefined) throw misread(violations.noTableExports);
    return loadTable(instance, tables, this.manifest, index, bytes, this.#tableBytes + besides);
  }

  /** All of the caller's own code, such as getters, runs here, before the module is called. */
  #ask(
    options: DecideOptions | undefined,
    read: () => Uint8Array | AnswerError,
    digest: (request: Uint8Array) => string | undefined,
  ): Answer {
    let instant: ModuleInstant | undefined;
    let request: Uint8Array | AnswerError;
    try {
      instant = moduleInstant(options);
      request = read();
    } catch {
      return this.#unasked(unreadable());
    }
    if (instant === undefined) return this.#unasked(noInstant());
    if (!(request instanceof Uint8Array)) return this.#unasked(invalidAnswer(request));
    return this.#judge(request, instant, digest(request));
  }

  #unasked(answer: Answer): Answer {
    this.#holdsRequest = false;
    return answer;
  }

  #judge(bytes: Uint8Array, { now, clock }: ModuleInstant, call: string | undefined): Answer {
    return this.#run(({ exports, memory, handOver, digest }) => {
      handOver?.forget();
      const length = Math.min(bytes.length, maxLength);
      const address = exports.request(length) >>> 0;
      memory.refresh();
      if (address !== 0) memory.write(address, bytes);
      digest?.tell(call);
      return exports.decide(length, now, clock);
    });
  }

  #run(decide: (instance: Instance) => number): Answer {
    try {
      const instance = this.#instance ?? this.#fresh();
      this.#instance = undefined;
      this.#holdsRequest = false;
      this.#constantAnswer = undefined;
      const result = decide(instance) >>> 0;
      instance.memory.refresh();
      const answer = this.#reader.read(instance, result, false);
      if (answer === undefined) throw misread(violations.noExplanation);
      this.#instance = instance;
      this.#holdsRequest = true;
      return answer;
    } catch (failure) {
      return engineErrorAnswer(failureOf(failure));
    }
  }
}

/** A request that is longer than the limit is rejected unread. */
function withinLimit(
  request: Uint8Array,
  digestOf: (text: string) => string | undefined,
): string | undefined {
  if (request.length > requestLimits.bytes) return undefined;
  try {
    return digestOf(fromUtf8(request));
  } catch {
    return undefined;
  }
}

function bytesOf(request: unknown): Uint8Array {
  if (typeof request === 'string') return toUtf8(request);
  if (request instanceof Uint8Array) return request;
  if (!ArrayBuffer.isView(request)) throw new TypeError('neither bytes nor text');
  return new Uint8Array(request.buffer, request.byteOffset, request.byteLength);
}

function unreadable(): Answer {
  return engineErrorAnswer(engineError(engineTexts.readableRequest, hostTexts.throwingRequest));
}

function noInstant(): Answer {
  return engineErrorAnswer(engineError(engineTexts.epochInstant, hostTexts.otherValue));
}

function contentBytes(contents: unknown, maxLength: number): Uint8Array | AnswerError {
  if (typeof contents === 'string' || ArrayBuffer.isView(contents))
    return bytesOf(contents).slice();
  const text = encodeRequest(contents, { longest: maxLength });
  return typeof text === 'string' ? wellFormedToUtf8(text) : text;
}

function unknownTable({ tables }: Manifest): AnswerError {
  const names = tables?.map(({ name }) => name) ?? [];
  const expected =
    names.length === 0 ? hostTexts.noTable : fillText(hostTexts.tableNames, names.join(', '));
  return { code: 'unknown_table', path: '$', expected, found: hostTexts.unknownTable, offset: 0 };
}

function failureOf(failure: unknown): AnswerError {
  if (failure instanceof EngineFailure) return engineError(failure.expected, failure.found);
  const why = failure instanceof Error ? failure.message : 'a failure';
  return failure instanceof WebAssembly.RuntimeError
    ? engineError(engineTexts.noTrap, fillText(engineTexts.trap, why))
    : engineError(engineTexts.answer, why);
}

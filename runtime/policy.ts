// A loaded policy: takes requests and returns answers. Deciding never throws: every failure, of the module or
// while reading the request, is a deny. An instance that failed is not called again.

import {
  createEngineError,
  createEngineErrorAnswer,
  createInvalidAnswer,
} from './answer/answer.ts';
import { toAuthZen } from './answer/authzen.ts';
import { type Batch, ends, readBatch, type Semantic } from './answer/evaluations.ts';
import { toGivenAnswer } from './answer/given-answer.ts';
import { type Possibility, readPossibility } from './answer/possibility.ts';
import {
  ResponseReader,
  readWrittenResponse,
  type WrittenResponse,
} from './answer/response-reader.ts';
import {
  type Answer,
  type AnswerError,
  type Encoding,
  engineTexts,
  fillText,
  forms,
  hostTexts,
  type Manifest,
  type ModuleExports,
  pageBytes,
} from './contract/index.ts';
import { collectDeclaredMembers, type DeclaredTree } from './direct/declared.ts';
import type { FactExtent } from './direct/direct-requests.ts';
import type { ModuleInstance } from './instance/instance.ts';
import { TableError } from './instance/table-error.ts';
import { dropTable, findTable, loadTable } from './instance/table-loader.ts';
import { encodeWellFormed, toUtf8 } from './json/utf8.ts';
import { EngineFailure } from './module/engine-failure.ts';
import {
  convertMilliseconds,
  convertModuleInstant,
  type DecideOptions,
  type ModuleInstant,
} from './module/moment.ts';
import { withCall } from './request/declared-call.ts';
import { type Encoded, encodeRequest, encodeWithFaults } from './request/encode.ts';

/** An attached instance, in which others store state. */
interface Follower {
  readonly instance: ModuleInstance;
  readonly tablesChanged: () => void;
}

/** The description of the module that a policy needs. */
export interface PolicyDescription {
  readonly manifest: Manifest;
  readonly encoding: Encoding | undefined;
}

/** The part of a policy that sessions need; bindings restrict the rest of it. */
export type SessionSource = Pick<Policy, 'manifest' | 'encoding' | 'attach'>;

export class Policy {
  readonly manifest: Manifest;
  /** How facts are encoded without JSON, or `undefined` if the module does not state it. */
  readonly encoding: Encoding | undefined;
  readonly #declared: DeclaredTree | undefined;
  readonly #reader = new ResponseReader();
  readonly #instantiate: () => ModuleInstance;
  readonly #tableBytes: number;
  /** The contents of the tables by their numbers, for every further instance. */
  readonly #tables = new Map<number, Uint8Array>();
  readonly #followers = new Set<Follower>();
  /** undefined during a call, and after a failure. */
  #instance: ModuleInstance | undefined;
  /** Whether the instance holds the latest request. */
  #holdsRequest = false;
  /**
   * The answer to the latest request, if the instance holds no more than evaluation needs; such an answer does not
   * depend on time.
   */
  #constantAnswer: Answer | undefined;

  constructor(
    { manifest, encoding }: PolicyDescription,
    instantiate: () => ModuleInstance,
    tableBytes = 0,
  ) {
    this.manifest = manifest;
    this.encoding = encoding;
    this.#instantiate = instantiate;
    this.#tableBytes = tableBytes;
    this.#instance = this.#fresh();
    const declared = encoding && collectDeclaredMembers(encoding);
    this.#declared = declared && manifest.call_digest ? withCall(declared) : declared;
  }

  /** Decides an AuthZEN evaluation request. */
  decide(request: unknown, options?: DecideOptions): Answer {
    try {
      const decidedAnswer = this.#decideFacts(request, options);
      if (decidedAnswer !== undefined) return decidedAnswer;
      const encoded = encodeWithFaults(request, { declared: this.#declared });
      if (encoded.error !== undefined) return this.#invalid(encoded, encoded.error, options);
      return this.#ask(options, () => encodeWellFormed(encoded.text));
    } catch {
      return this.#dropRequest(createUnreadableAnswer());
    }
  }

  /**
   * JSON cannot represent the request, so it is invalid. It may still be one that is revoked with certainty, as
   * invalid JSON may be; and errors that the module finds elsewhere are reported as for JSON.
   */
  #invalid(
    { text, errorAt }: Encoded,
    error: AnswerError,
    options: DecideOptions | undefined,
  ): Answer {
    if (text === '') return this.#dropRequest(createInvalidAnswer(error));
    const read = () => encodeWellFormed(text);
    const answer = this.#dropRequest(this.#ask(options, read));
    const answerError = answer.error;
    const isOther =
      answerError !== undefined &&
      answerError.code !== 'engine_error' &&
      answerError.offset !== errorAt;
    if (answer.effect === 'revoke') return isOther ? answer : toGivenAnswer({ ...answer, error });
    return isOther ? answer : createInvalidAnswer(error);
  }

  /**
   * `undefined` if the request must be encoded as JSON. Throws what a getter throws; the module was not called
   * then.
   */
  #decideFacts(request: unknown, options: DecideOptions | undefined): Answer | undefined {
    if (this.#instance?.handOver === undefined) return undefined;
    const instant = convertModuleInstant(options);
    if (instant === undefined) return undefined;
    const answer = this.#askFacts(request, instant, 'judging');
    if (answer !== 'unexplained') return answer;
    const explained = this.#askFacts(request, instant, 'explaining');
    return explained === 'unexplained' ? undefined : explained;
  }

  /** Throws what the caller's own code throws; the module was not called then. */
  #askFacts(
    request: unknown,
    instant: ModuleInstant,
    extent: FactExtent,
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
    const settled = extent === 'judging' ? door.findSettled() : undefined;
    if (settled !== undefined) {
      this.#holdsRequest = true;
      this.#constantAnswer = settled;
      return settled;
    }
    this.#instance = undefined;
    this.#holdsRequest = false;
    try {
      const header = door.judge(instant, extent);
      const isPart = door.isPart(extent);
      const answer = header === 0 ? undefined : this.#tryReadAnswer(instance, header, isPart);
      this.#instance = instance;
      if (typeof answer === 'object') {
        this.#holdsRequest = true;
        this.#constantAnswer = isPart ? answer : undefined;
        if (isPart) door.settle(answer);
      }
      return answer;
    } catch (failure) {
      return createEngineErrorAnswer(toAnswerError(failure));
    }
  }

  /** An answer without a key contains more of the request than its evaluation needs. */
  #tryReadAnswer(
    instance: ModuleInstance,
    header: number,
    isPart: boolean,
  ): Answer | 'unexplained' {
    const isUnexplained = isPart && this.#reader.readKey(instance, header) === 0;
    return isUnexplained ? 'unexplained' : this.#reader.read(instance, header);
  }

  /** Decides an AuthZEN evaluation request in JSON. */
  decideJson(request: Uint8Array | string, options?: DecideOptions): Answer {
    return this.#ask(options, () => toRequestBytes(request));
  }

  /** Decides an AuthZEN evaluation request in JSON; returns the AuthZEN evaluation response as JSON in UTF-8. */
  decideResponse(request: Uint8Array | string, options?: DecideOptions): Uint8Array {
    return this.respond(request, options).bytes;
  }

  /** The same, with the effect of the response and whether the request was invalid, which need not be parsed then. */
  respond(request: Uint8Array | string, options?: DecideOptions): WrittenResponse {
    const read = () => toRequestBytes(request);
    const decided = this.#askModule(options, read, (bytes, instant) =>
      this.#run(
        (instance) => writeAndDecide(instance, bytes, instant, forms.response),
        ({ memory }, header) => readWrittenResponse(memory, header),
      ),
    );
    if ('bytes' in decided) return decided;
    const { effect, error } = decided;
    const bytes = toUtf8(JSON.stringify(toAuthZen(decided)));
    return { effect, isInvalid: error !== undefined, bytes };
  }

  /**
   * Whether a request could be permitted for some value of the members that it does not have. Only the types of
   * subject and resource and the name of the action are required. Never an answer to act upon.
   */
  could(request: unknown, options?: DecideOptions): Possibility {
    try {
      const { text, error } = encodeWithFaults(request, { declared: this.#declared });
      if (error !== undefined)
        return readPossibility(this.#dropRequest(createInvalidAnswer(error)));
      return this.#askCould(options, () => encodeWellFormed(text));
    } catch {
      return readPossibility(this.#dropRequest(createUnreadableAnswer()));
    }
  }

  /** The same for a request in JSON. */
  couldJson(request: Uint8Array | string, options?: DecideOptions): Possibility {
    return this.#askCould(options, () => toRequestBytes(request));
  }

  #askCould(options: DecideOptions | undefined, read: () => Uint8Array | AnswerError): Possibility {
    const found = this.#askModule(options, read, (bytes, instant) =>
      this.#run(
        (instance) =>
          writeRequest(
            instance,
            bytes,
            instant,
            forms.unlessKeyed,
            expectPossibilityExport(instance),
          ),
        (instance, header) => this.#reader.possibility(instance, header),
      ),
    );
    this.#holdsRequest = false;
    return 'possible' in found ? found : readPossibility(found);
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
      return [this.#dropRequest(createUnreadableAnswer())];
    }
    return 'code' in read
      ? [this.#dropRequest(createInvalidAnswer(read))]
      : this.#decideAll(read, options);
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
      answers.push(this.#dropRequest(createUnreadableAnswer()));
    }
    return answers;
  }

  /** Decides the latest request again, at another instant. */
  again(now: number | bigint | Date): Answer {
    const instant = convertMilliseconds(now);
    if (instant === undefined) return createNoInstantAnswer();
    if (!this.#holdsRequest)
      return createEngineErrorAnswer(createEngineError('an earlier request', 'none'));
    return (
      this.#constantAnswer ??
      this.#run(({ exports }) => exports.again(instant, forms.unlessKeyed), this.#readAnswer)
    );
  }

  /**
   * Loads an external table and replaces its contents: an object by key, with two keys an object of objects, or
   * its JSON. On error throws a `TableError` and leaves the table unchanged. The next decision uses the new
   * contents, also that of `again`.
   */
  loadTable(name: string, contents: Uint8Array | string | object): void {
    const bytes = encodeContents(contents, this.#tableBytes);
    if (!(bytes instanceof Uint8Array)) throw new TableError(name, bytes);
    const table = this.#change(name, (instance, number) => loadTable(instance, number, bytes));
    this.#tables.set(table, bytes);
    for (const { instance, tablesChanged } of this.#followers) {
      const failed = loadTable(instance, table, bytes);
      if (failed !== undefined) throw new TableError(name, failed);
      tablesChanged();
    }
  }

  /** Empties an external table: from now on every lookup in it is unknown. */
  dropTable(name: string): void {
    const table = this.#change(name, dropTable);
    this.#tables.delete(table);
    for (const { instance, tablesChanged } of this.#followers) {
      dropTable(instance, table);
      tablesChanged();
    }
  }

  /** Changes a table of the policy's own instance; returns its number. */
  #change(
    name: string,
    change: (instance: ModuleInstance, table: number) => AnswerError | undefined,
  ): number {
    if (this.manifest.tables === undefined) throw new TableError(name, noTables);
    let table = 0;
    let error: AnswerError | undefined;
    try {
      const instance = this.#instance ?? this.#fresh();
      this.#instance = undefined;
      table = findTable(instance, name);
      error = change(instance, table);
      this.#instance = instance;
    } catch (failure) {
      this.#holdsRequest = false;
      error = toAnswerError(failure);
    }
    if (error !== undefined) throw new TableError(name, error);
    return table;
  }

  /**
   * Attaches an instance for persistent state. It has the tables of the policy, including those loaded later, until
   * it is disposed. `bytes`: the memory it may use besides them.
   */
  attach(
    bytes: number,
    tablesChanged: () => void,
  ): { instance: ModuleInstance; reader: ResponseReader; dispose: () => void } {
    const follower = { instance: this.#fresh(bytes), tablesChanged };
    this.#followers.add(follower);
    return {
      instance: follower.instance,
      reader: this.#reader,
      dispose: () => this.#followers.delete(follower),
    };
  }

  /** A new instance with the loaded tables. `besides`: the memory it may use besides them. */
  #fresh(besides = 0): ModuleInstance {
    const instance = this.#instantiate();
    const tableBytes = this.manifest.tables === undefined ? 0 : this.#tableBytes;
    instance.exports.limit?.(Math.floor((tableBytes + besides) / pageBytes));
    for (const [table, bytes] of this.#tables) loadTable(instance, table, bytes);
    return instance;
  }

  #ask(options: DecideOptions | undefined, read: () => Uint8Array | AnswerError): Answer {
    return this.#askModule(options, read, this.#judge);
  }

  /** All of the caller's own code, such as getters, runs here, before the module is called. */
  #askModule<Outcome>(
    options: DecideOptions | undefined,
    read: () => Uint8Array | AnswerError,
    judge: (bytes: Uint8Array, instant: ModuleInstant) => Outcome,
  ): Outcome | Answer {
    let instant: ModuleInstant | undefined;
    let request: Uint8Array | AnswerError;
    try {
      instant = convertModuleInstant(options);
      request = read();
    } catch {
      return this.#dropRequest(createUnreadableAnswer());
    }
    if (instant === undefined) return this.#dropRequest(createNoInstantAnswer());
    if (!(request instanceof Uint8Array)) return this.#dropRequest(createInvalidAnswer(request));
    return judge(request, instant);
  }

  #dropRequest(answer: Answer): Answer {
    this.#holdsRequest = false;
    return answer;
  }

  readonly #judge = (bytes: Uint8Array, instant: ModuleInstant): Answer =>
    this.#run(
      (instance) => writeAndDecide(instance, bytes, instant, forms.unlessKeyed),
      this.#readAnswer,
    );

  readonly #readAnswer = (instance: ModuleInstance, header: number): Answer =>
    this.#reader.read(instance, header);

  #run<Outcome>(
    decide: (instance: ModuleInstance) => number,
    read: (instance: ModuleInstance, header: number) => Outcome,
  ): Outcome | Answer {
    try {
      const instance = this.#instance ?? this.#fresh();
      this.#instance = undefined;
      this.#holdsRequest = false;
      this.#constantAnswer = undefined;
      const header = decide(instance) >>> 0;
      instance.memory.refresh();
      const outcome = read(instance, header);
      this.#instance = instance;
      this.#holdsRequest = true;
      return outcome;
    } catch (failure) {
      return createEngineErrorAnswer(toAnswerError(failure));
    }
  }
}

/** Writes the request into the module's memory and decides it; returns the address of the header. */
function writeAndDecide(
  instance: ModuleInstance,
  bytes: Uint8Array,
  instant: ModuleInstant,
  form: number,
): number {
  return writeRequest(instance, bytes, instant, form, instance.exports.decide);
}

/** The export of a module that was compiled with it; throws if there is none. */
function expectPossibilityExport({ exports }: ModuleInstance): ModuleExports['decide'] {
  if (exports.could === undefined)
    throw new EngineFailure(engineTexts.possibility, engineTexts.noPossibility);
  return exports.could;
}

/** Writes the request into the module's memory and evaluates it by one of its exports. */
function writeRequest(
  { requests, handOver }: ModuleInstance,
  bytes: Uint8Array,
  { now, clock }: ModuleInstant,
  form: number,
  evaluate: ModuleExports['decide'],
): number {
  handOver?.forget();
  return evaluate(requests.write(bytes), now, clock, form);
}

function toRequestBytes(request: unknown): Uint8Array {
  if (typeof request === 'string') return toUtf8(request);
  if (request instanceof Uint8Array) return request;
  if (!ArrayBuffer.isView(request)) throw new TypeError('neither bytes nor text');
  return new Uint8Array(request.buffer, request.byteOffset, request.byteLength);
}

function createUnreadableAnswer(): Answer {
  return createEngineErrorAnswer(
    createEngineError(engineTexts.readableRequest, hostTexts.throwingRequest),
  );
}

function createNoInstantAnswer(): Answer {
  return createEngineErrorAnswer(createEngineError(engineTexts.epochInstant, hostTexts.otherValue));
}

function encodeContents(contents: unknown, maxLength: number): Uint8Array | AnswerError {
  if (typeof contents === 'string' || ArrayBuffer.isView(contents))
    return toRequestBytes(contents).slice();
  const text = encodeRequest(contents, { longest: maxLength });
  return typeof text === 'string' ? encodeWellFormed(text) : text;
}

const noTables: AnswerError = {
  code: 'unknown_table',
  path: '$',
  expected: hostTexts.noTable,
  found: hostTexts.unknownTable,
  offset: 0,
};

function toAnswerError(failure: unknown): AnswerError {
  if (failure instanceof EngineFailure) return createEngineError(failure.expected, failure.found);
  const why = failure instanceof Error ? failure.message : 'a failure';
  return failure instanceof WebAssembly.RuntimeError
    ? createEngineError(engineTexts.noTrap, fillText(engineTexts.trap, why))
    : createEngineError(engineTexts.answer, why);
}

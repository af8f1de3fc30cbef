// The policy decision point: answers evaluation requests of AuthZEN for enforcement points elsewhere, and has the live
// sessions of identities. It has no transport. Deciding never throws: what cannot be decided or logged is denied; only a
// request that is not one of AuthZEN is a `Problem`.

import { createHash, randomUUID } from 'node:crypto';
import {
  type Answer,
  type AnswerError,
  type AuthZenResponse,
  type Clock,
  type EffectName,
  hostClock,
  stringify,
  toAuthZen,
} from '@nhipol/runtime';
import type { Span } from '@opentelemetry/api';
import { noAbilities } from '../engine/abilities.ts';
import { createRefusalAnswer } from '../engine/answers.ts';
import { toLoggedApproval } from '../engine/logged-approval.ts';
import { loadPolicyModule, type PolicyModule } from '../engine/policy-module.ts';
import { parseExactValue } from '../json/exact.ts';
import type { Members } from '../json/members.ts';
import type { EntryPoint, LoggedApproval } from '../log/entry.ts';
import type { DecisionLog } from '../log/log-file.ts';
import { watchExpiry } from '../store/expiry.ts';
import type { ApprovalStore, SessionStores, StoredApproval } from '../store/store.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { completeEntities, type Inventory } from './inventory.ts';
import { LineWriter } from './log/decision-lines.ts';
import { type Endpoint, noObserver, type Observer } from './observer.ts';
import { Problem } from './problem.ts';
import { listDeclaredMembers } from './requests/declared-members.ts';
import { expectMember, expectObjects, isInvalidPath } from './requests/entities.ts';
import { isObject, parseExactJson, stringifyExactly } from './requests/exact-json.ts';
import {
  type ContextForm,
  type ShownResponse,
  selectShowable,
  showAnswer,
} from './requests/response.ts';
import {
  createVouchedFacts,
  type Evidence,
  noEvidence,
  type VouchedFacts,
  type VouchedMember,
} from './requests/vouched-facts.ts';
import { LiveSessions } from './sessions/live-sessions.ts';
import {
  confirmCaller,
  isCurrent,
  type SessionCaller,
  serviceItself,
} from './sessions/session-caller.ts';
import type { OnDecided, SessionHost, SessionHostOptions } from './sessions/session-host.ts';

export interface DecisionPointOptions {
  /** A compiled policy, with sessions. */
  readonly module: Uint8Array;
  /** Stores approvals, and sessions unless `hostSessions` does. */
  readonly store: ApprovalStore & Partial<SessionStores>;
  /** `undefined` if decisions are not logged. */
  readonly log?: DecisionLog | undefined;
  /** Whether nothing is permitted that cannot be logged. Default: true. */
  readonly isLogRequired?: boolean;
  readonly entryPoint?: EntryPoint;
  /** The part of the context that responses contain. Default: `full`. */
  readonly contextForm?: ContextForm;
  /** Entities whose properties complete requests, and which searches find. */
  readonly inventory?: Inventory | undefined;
  /** The contents of external tables, JSON by name. */
  readonly tables?: ReadonlyMap<string, string>;
  /** Facts that replace those of callers. */
  readonly facts?: VouchedFacts;
  readonly maxSessions?: number;
  /** A session without a request for this time is closed, in milliseconds. */
  readonly sessionIdle?: number;
  /** Default: the clock of the host. */
  readonly clock?: Clock;
  readonly observer?: Observer;
  /** Where its sessions are. Default: in this process, and in `store`. */
  readonly hostSessions?: (options: SessionHostOptions) => SessionHost;
  /** Receives what an operator should know. */
  readonly onWarning: (warning: string) => void;
}

/** A request as it reached the service, and what is known about its caller. */
export interface Asking {
  /** Default: the process itself. */
  readonly caller?: SessionCaller;
  readonly evidence?: Evidence;
  /** The id of the session that decides it, or `undefined` if the request may name one in `context.session.id`. */
  readonly session?: string | undefined;
  /** W3C trace context: the id of the trace. */
  readonly traceId?: string | undefined;
  readonly endpoint?: Endpoint;
  /** The span of the request, which gets the effect as an attribute. */
  readonly span?: Span | undefined;
  /** Replaces an answer that the enforcement point cannot carry out. */
  readonly restrict?: (answer: Answer) => Answer;
  /** Default: the one when the decision begins. */
  readonly generation?: Generation;
}

/** The same request if its caller may still have it decided. Rejects with a `Problem` otherwise. */
export async function confirmAsking<Given extends Asking>(asking: Given): Promise<Given> {
  const { caller } = asking;
  if (caller === undefined || isCurrent(caller)) return asking;
  return { ...asking, caller: await confirmCaller(caller) };
}

/** The parts that decide requests without a session. It is replaced as a whole, so that a request or a batch sees one only. */
export interface Generation {
  readonly module: PolicyModule;
  readonly facts: VouchedFacts;
  readonly inventory: Inventory | undefined;
}

const decoder = new TextDecoder();
/** A context, or properties, that are neither an object nor null. */
const noObject = /"(?:context|properties)"\s*:\s*[^{n\s]/;
const defaultMaxSessions = 100_000;
const keepAnswer = (answer: Answer) => answer;
const defaultSessionIdle = 24 * 60 * 60 * 1_000;

export class DecisionPoint {
  readonly sessions: SessionHost;
  readonly lines: LineWriter;
  readonly #stopExpiry: () => void;
  readonly #options: Required<Omit<DecisionPointOptions, 'log' | 'inventory' | 'module' | 'facts'>>;
  #generation: Generation;
  /** Texts that a request contains if it needs more than the module: a session, or members of the service. */
  #marks: readonly Buffer[] = [];
  /** Whether the module reads the context and all properties, so that it reports one that is not an object. */
  #isWhollyDeclared = true;
  #tables: ReadonlyMap<string, string>;
  /** Whether `context.session` is a fact of the policy, and names no session. */
  #declaresSession = false;

  /** Restores the sessions of the store. Rejects with a `LoadError` for a module that is not a policy with sessions. */
  static async open(options: DecisionPointOptions): Promise<DecisionPoint> {
    const point = new DecisionPoint(options);
    await point.sessions.restore();
    return point;
  }

  private constructor(options: DecisionPointOptions) {
    const clock = options.clock ?? hostClock;
    this.#options = {
      isLogRequired: true,
      entryPoint: 'serve',
      contextForm: 'full',
      tables: new Map(),
      maxSessions: defaultMaxSessions,
      sessionIdle: defaultSessionIdle,
      observer: noObserver,
      hostSessions: (given) => new LiveSessions({ ...given, store: createSessionStores(options) }),
      ...options,
      clock,
    };
    const { facts = createVouchedFacts(undefined), inventory } = options;
    this.#tables = this.#options.tables;
    this.#generation = { module: this.load(options.module), facts, inventory };
    this.lines = new LineWriter({
      log: options.log,
      isRequired: this.#options.isLogRequired,
      entryPoint: this.#options.entryPoint,
      clock,
      module: () => this.policy,
      onWarning: options.onWarning,
    });
    this.sessions = this.#options.hostSessions({
      ...this.#options,
      policy: () => this.policy,
      lines: this.lines,
    });
    this.#stopExpiry = watchExpiry(options.store, clock);
    this.#moduleChanged();
  }

  get generation(): Generation {
    return this.#generation;
  }

  /** The number of sessions that may be open. */
  get maxSessions(): number {
    return this.#options.maxSessions;
  }

  get policy(): PolicyModule {
    return this.#generation.module;
  }

  /** Loads a module and fills its tables. Throws a `LoadError` or a `TableError`. */
  load(bytes: Uint8Array, tables = this.#tables): PolicyModule {
    const loaded = loadPolicyModule(bytes, noAbilities);
    const names = loaded.policy.manifest.tables ?? [];
    for (const [name, contents] of tables) {
      if (names.includes(name)) loaded.policy.loadTable(name, contents);
    }
    return loaded;
  }

  /** The contents of external tables of the module in use. */
  get tables(): ReadonlyMap<string, string> {
    return this.#tables;
  }

  /**
   * Uses another module, which was loaded with these tables, for requests without a session; `sessions` are migrated by
   * their own preview.
   */
  replaceModule(module: PolicyModule, tables: ReadonlyMap<string, string>): void {
    this.#tables = tables;
    this.#generation = { ...this.#generation, module };
    this.#moduleChanged();
  }

  /** Uses other facts of the service and entities, for requests that begin from now on. */
  replaceFacts(next: Partial<Pick<Generation, 'facts' | 'inventory'>>): void {
    this.#generation = { ...this.#generation, ...next };
  }

  #moduleChanged(): void {
    const declared = listDeclaredMembers(this.policy.policy.manifest.schema);
    this.#declaresSession = declared.context?.has('session') ?? false;
    const ofService = declared.context?.has('approvals') ? ['"approvals"', '"call_digest"'] : [];
    const ofSession = this.#declaresSession ? [] : ['"session"'];
    // An escape may spell any of them.
    this.#marks = [...ofService, ...ofSession, '\\u'].map((text) => Buffer.from(text));
    this.#isWhollyDeclared = declared.context !== undefined && declared.isEachEntityDeclared;
  }

  /**
   * The evaluation response as JSON; a promise of it if the decision must be stored. Throws or rejects with a `Problem`
   * for a request that is not one of AuthZEN.
   */
  evaluate(request: Uint8Array, asking: Asking = {}): Written | Promise<Written> {
    const written = this.#isPlain(request, asking) ? this.#tryWrite(request, asking) : undefined;
    if (written !== undefined) return written;
    const parsed = expectMember(parseExactJson(request), '$');
    return this.evaluateShown(parsed, asking).then((response) => stringify(response));
  }

  /** Whether the bytes can go to the module as they are, and its response to the caller. */
  #isPlain(request: Uint8Array, { session }: Asking): boolean {
    const { facts, inventory } = this.#generation;
    if (session !== undefined || this.#options.contextForm !== 'full') return false;
    if (facts.isMapped || inventory !== undefined) return false;
    const bytes = Buffer.from(request.buffer, request.byteOffset, request.byteLength);
    if (!this.#isWhollyDeclared && noObject.test(bytes.toString('latin1'))) return false;
    return this.#marks.every((mark) => !bytes.includes(mark));
  }

  /** Returns `undefined` if it needs more than the module, such as an approval that may be stored. */
  #tryWrite(request: Uint8Array, asking: Asking): Written | undefined {
    const started = performance.now();
    const { effect, isInvalid, bytes } = this.policy.policy.respond(request, this.#now());
    if (effect === 'challenge' || isInvalid) return undefined;
    const seconds = (performance.now() - started) / 1_000;
    if (this.lines.isLogging && !this.#isLogged(request, bytes, asking, seconds)) return undefined;
    this.#observe(asking, 'evaluation', effect, seconds);
    return bytes;
  }

  /** Logs a decision by the texts of its request and response, which the module has read and written. */
  #isLogged(
    request: Uint8Array,
    written: Uint8Array,
    { caller = serviceItself, traceId }: Asking,
    seconds: number,
  ): boolean {
    const read = (bytes: Uint8Array) => parseExactValue(decoder.decode(bytes)) as Members;
    const latency = Math.round(seconds * 1_000_000);
    const by = caller.id;
    const line = { by, session: randomUUID(), trigger: 'request', traceId, latency } as const;
    const response = read(written) as unknown as AuthZenResponse;
    return this.lines.logDecision({ ...line, request: read(request), response });
  }

  /** Decides a request that `parseExactJson` read, and returns the response. Throws as `evaluate` does. */
  async evaluateShown(request: Members, asking: Asking = {}): Promise<ShownResponse> {
    const { contextForm } = this.#options;
    const restrict = (answer: Answer) => selectShowable(answer, contextForm);
    const { answer, id } = await this.answer(request, { ...asking, restrict });
    if (answer.error !== undefined) throwInvalid(answer.error);
    const evaluation = answer.effect === 'challenge' ? id : undefined;
    return this.show(answer, evaluation);
  }

  /** An answer as responses contain it. `evaluation`: the id of the evaluation, for a challenge. */
  show(answer: Answer, evaluation?: string): ShownResponse {
    return showAnswer(answer, this.#options.contextForm, evaluation);
  }

  /**
   * Decides a request that `parseExactJson` read. `id`: that of the evaluation. The answer has an error for a request that is
   * invalid. Throws a `Problem` if the facts of the service cannot be determined.
   */
  async answer(
    given: Members,
    asking: Asking = {},
  ): Promise<{ readonly answer: Answer; readonly id: string }> {
    const { caller = serviceItself, traceId, restrict = keepAnswer } = asking;
    const { generation = this.#generation } = asking;
    const started = performance.now();
    const id = randomUUID();
    expectObjects(given);
    const request = this.completeRequest(given, { ...asking, generation });
    const session = asking.session ?? this.#readSession(given);
    const line = { by: caller.id, request, session: session ?? id, traceId, started };
    let answer: Answer;
    try {
      answer =
        session === undefined
          ? this.#logAnswer(await this.#decideAlone(caller, generation, request, restrict), {
              ...line,
              module: generation.module,
            })
          : await this.#decideInSession(line, restrict, (onDecided) =>
              this.sessions.decideQuery(caller, session, request, {
                vouched: this.#listVouched({ ...asking, generation }),
                onDecided,
              }),
            );
    } catch (error) {
      if (error instanceof Problem) throw error;
      const failed = {
        answer: createRefusalAnswer('engine_error', formatErrorMessage(error)),
        approval: undefined,
      };
      answer = this.#logAnswer(failed, { ...line, module: generation.module });
    }
    const seconds = measureSeconds(started);
    if (!isInvalid(answer)) this.#observe(asking, 'evaluation', answer.effect, seconds);
    return { answer, id };
  }

  /**
   * Decides in a session. The line of the decision is written at once, so that the lines of a session are in the order of what
   * happened in it. If another answer takes effect, because the decision could not be stored, it has a line of its own.
   */
  async #decideInSession(
    line: Omit<Measured, 'module'>,
    restrict: (answer: Answer) => Answer,
    decide: (onDecided: OnDecided | undefined) => Promise<Answer>,
  ): Promise<Answer> {
    if (!this.lines.isLogging) return restrict(await decide(undefined));
    let written: Answer | undefined;
    const answer = await decide(({ answer: made, request, module = this.policy }) => {
      const decided = { answer: restrict(made), approval: undefined };
      written = this.#logAnswer(decided, { ...line, request, module });
      return written;
    });
    if (answer === written) return answer;
    const decided = { answer: restrict(answer), approval: undefined };
    return this.#logAnswer(decided, { ...line, module: this.policy });
  }

  /**
   * The response that a request would get, as search results show it. Nothing comes of it: no approval is used up, no
   * session records it, and no line of the log. Throws as `evaluate` does.
   */
  async preview(given: Members, asking: Asking = {}): Promise<ShownResponse> {
    const { caller = serviceItself, generation = this.#generation } = asking;
    const started = performance.now();
    expectObjects(given);
    const request = this.completeRequest(given, { ...asking, generation });
    const session = asking.session ?? this.#readSession(given);
    const answer =
      session === undefined
        ? generation.module.policy.decideJson(stringifyExactly(request), this.#now())
        : await this.sessions.consider(caller, session, request, {
            vouched: this.#listVouched({ ...asking, generation }),
          });
    if (answer.error !== undefined) throwInvalid(answer.error);
    this.#observe(asking, 'search', answer.effect, (performance.now() - started) / 1_000);
    return this.show(answer);
  }

  /** Whether a request could be permitted for some value of what it does not state; true if the module does not evaluate that. */
  couldPermit(given: Members, asking: Asking = {}): boolean {
    const { policy, isPossibilityKnown } = (asking.generation ?? this.#generation).module;
    if (!isPossibilityKnown) return true;
    return policy.couldJson(stringifyExactly(this.completeRequest(given, asking)), this.#now())
      .possible;
  }

  /** The request, or a part of one, with the facts of the service. Throws a `MappingError` if they cannot be determined. */
  completeRequest(
    given: Members,
    { evidence = noEvidence, generation = this.#generation }: Asking,
  ): Members {
    const { facts, inventory } = generation;
    const request = facts.apply(given, evidence);
    return inventory === undefined ? request : completeEntities(inventory, request);
  }

  /** The facts of the service by the credential of a request. Throws a `MappingError` if they cannot be determined. */
  #listVouched({
    evidence = noEvidence,
    generation = this.#generation,
  }: Asking): readonly VouchedMember[] {
    return generation.facts.list(evidence);
  }

  /**
   * A change of a session with the properties of entities. It has no facts of the service: those of the session are of the
   * credential whose action was decided last, and stay with it.
   */
  completeChange(part: Members): Members {
    const { facts, inventory } = this.#generation;
    const change = facts.remove(part);
    return inventory === undefined ? change : completeEntities(inventory, change);
  }

  /** Decides an action in a session, and returns the response. Throws a `Problem` if no such session is open. */
  async decideInSession(id: string, given: Members, asking: Asking): Promise<ShownResponse> {
    const { caller = serviceItself, traceId } = asking;
    const started = performance.now();
    const { subject: _, ...completed } = this.completeRequest(given, asking);
    // The module refuses a subject that the caller states.
    const query = Object.hasOwn(given, 'subject')
      ? { ...completed, subject: given.subject }
      : completed;
    const line = { by: caller.id, request: query, session: id, traceId, started };
    const restrict = (made: Answer) => selectShowable(made, this.#options.contextForm);
    const answer = await this.#decideInSession(line, restrict, (onDecided) =>
      this.sessions.decide(caller, id, query, {
        vouched: this.#listVouched(asking),
        onDecided,
      }),
    );
    const seconds = measureSeconds(started);
    if (!isInvalid(answer)) this.#observe(asking, 'session', answer.effect, seconds);
    if (answer.error !== undefined) throwInvalid(answer.error);
    return this.show(answer);
  }

  /**
   * Stores an approval of one evaluation without a session: the next one with this digest is permitted to a caller of the
   * approver's tenant, and never to the approver.
   */
  async approveOnce(by: SessionCaller, digest: string, expiresAt: number): Promise<string> {
    const grantedAt = this.#options.clock.now();
    if (expiresAt <= grantedAt) {
      throw new Problem(400, '$.expires_at: expected an instant in the future', {
        path: '$.expires_at',
      });
    }
    const approval: StoredApproval = {
      id: randomUUID(),
      channel: 'service',
      digest: buildApprovalKey(by, digest),
      approver: by.id,
      grantedAt,
      expiresAt,
    };
    await this.#options.store.approve(approval);
    this.lines.logApproval(by.id, 'none', digest, toLoggedApproval(approval));
    return approval.id;
  }

  #readSession({ context }: Members): string | undefined {
    if (this.#declaresSession || !isObject(context) || !isObject(context.session)) return undefined;
    const { id } = context.session;
    return typeof id === 'string' ? id : undefined;
  }

  /** Decides a request without a session; an approval of the store permits it once. */
  async #decideAlone(
    caller: SessionCaller,
    { module: { policy } }: Generation,
    request: Members,
    restrict: (answer: Answer) => Answer,
  ): Promise<Decided> {
    const now = this.#now();
    const answer = restrict(policy.decideJson(stringifyExactly(request), now));
    const { effect, callDigest } = answer;
    if (effect !== 'challenge' || callDigest === undefined) return { answer, approval: undefined };
    const createDecide = (granted: object) =>
      policy.decideJson(
        stringifyExactly(withApproval(request, { digest: callDigest, ...granted })),
        now,
      );
    // An approval is not used up for a permit that the caller cannot get.
    const possible = createDecide(createAnyApproval(now.now));
    if (possible.decision && !restrict(possible).decision) return { answer, approval: undefined };
    const key = buildApprovalKey(caller, callDigest);
    const stored = await this.#options.store.take(key, now.now, caller.id);
    if (stored === undefined) return { answer, approval: undefined };
    // Others may call, or the caller may have another tenant, since the store was called.
    const by = await confirmCaller(caller);
    if (buildApprovalKey(by, callDigest) !== key) return { answer, approval: undefined };
    const approval = toLoggedApproval(stored);
    const { id: _, channel: __, ...granted } = approval;
    return { answer: restrict(createDecide(granted)), approval };
  }

  #observe(
    { endpoint, span }: Asking,
    otherwise: Endpoint,
    effect: EffectName,
    seconds: number,
  ): void {
    span?.setAttribute('nhipol.effect', effect);
    this.#options.observer.decided(endpoint ?? otherwise, effect, seconds);
  }

  #logAnswer({ answer, approval }: Decided, measured: Measured): Answer {
    const { module, by, request, session, traceId, started } = measured;
    if (!this.lines.isLogging) return answer;
    const latency = Math.round(measureSeconds(started) * 1_000_000);
    const response = toAuthZen(answer);
    const line = {
      module,
      by,
      session,
      request,
      response,
      traceId,
      latency,
    };
    const isWritten = this.lines.logDecision({ ...line, trigger: 'request', approval });
    // Also a challenge or a denial would be an answer that nobody finds later.
    if (isWritten || isInvalid(answer)) return answer;
    return createRefusalAnswer('log_unavailable', 'the decision log cannot be written');
  }

  #now() {
    return { now: this.#options.clock.now() };
  }

  /** Ends what runs in sessions; the store keeps them. */
  async close(): Promise<void> {
    this.#stopExpiry();
    await this.sessions.end();
  }
}

function createSessionStores({ store }: DecisionPointOptions): SessionStores {
  const { sessions, expectInPlace } = store;
  if (sessions === undefined) throw new Error('broken invariant: nothing stores sessions');
  return { sessions, ...(expectInPlace === undefined ? {} : { expectInPlace }) };
}

/** JSON as UTF-8 or as text. */
export type Written = Uint8Array | string;

interface Decided {
  readonly answer: Answer;
  readonly approval: LoggedApproval | undefined;
}

interface Measured {
  /** The policy that decided. */
  readonly module: PolicyModule;
  readonly by: string;
  readonly request: Members;
  readonly session: string;
  readonly traceId: string | undefined;
  /** When the request came, by `performance.now()`. */
  readonly started: number;
}

function measureSeconds(started: number): number {
  return (performance.now() - started) / 1_000;
}

function withApproval(request: Members, approval: object): Members {
  const context = isObject(request.context) ? request.context : {};
  return { ...request, context: { ...context, approvals: [approval] } };
}

/** An approval as it could be stored. */
function createAnyApproval(now: number): object {
  const [granted_at, expires_at] = [now, now + 60_000].map((at) => new Date(at).toISOString());
  return { approver: 'unknown', granted_at, expires_at };
}

/** Under which an approval of a call is stored: each tenant has its own approvals. */
function buildApprovalKey({ tenant }: SessionCaller, digest: string): string {
  if (tenant === undefined) return digest;
  const key = createHash('sha256')
    .update(JSON.stringify([tenant, digest]))
    .digest('hex');
  return `sha-256:${key}`;
}

/** Whether the request is not one of AuthZEN, so that it gets no decision. */
function isInvalid({ error }: Answer): boolean {
  return error !== undefined && isInvalidPath(error.path);
}

/** An error of the standard is one of the caller; one of what the policy declares is a denial. */
function throwInvalid({ code, path, expected, found }: AnswerError): void {
  if (code === 'engine_error' || !isInvalidPath(path)) return;
  throw new Problem(400, `${path}: expected ${expected}, found ${found}`, { code, path });
}

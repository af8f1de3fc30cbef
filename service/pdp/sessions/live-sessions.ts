// The live sessions of a decision point: opens, changes and decides them, makes each change durable before its caller
// learns of it, and notifies listeners of changed answers. Operations throw a `Problem`, and then nothing changed;
// decisions never throw. Callers use sessions by the gate, when what they request takes effect.

import { randomUUID } from 'node:crypto';
import {
  type Answer,
  createSessions,
  mergePatch,
  SessionError,
  type Sessions,
} from '@nhipol/runtime';
import { createRefusalAnswer } from '../../engine/answers.ts';
import type { PolicyModule } from '../../engine/policy-module.ts';
import { parseExactValue } from '../../json/exact.ts';
import type { Members } from '../../json/members.ts';
import type { SessionStores } from '../../store/store.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import { EventLines } from '../log/event-lines.ts';
import { FactLines } from '../log/fact-lines.ts';
import { Problem, TooManyRequests } from '../problem.ts';
import { isObject, stringifyExactly } from '../requests/exact-json.ts';
import { EventTarget } from './event-target.ts';
import { IdleSessions } from './idle-sessions.ts';
import {
  confirmCaller,
  isCurrent,
  nameOwner,
  type SessionCaller,
  serviceItself,
} from './session-caller.ts';
import { SessionChanges } from './session-changes.ts';
import { SessionCopies } from './session-copies.ts';
import {
  createOtherSubjectAnswer,
  type IdentifyConditions,
  SessionDecisions,
} from './session-decisions.ts';
import type { SessionListener } from './session-event.ts';
import {
  createMissingProblem,
  type Immediate,
  type SessionAdmission,
  SessionGate,
  type SessionHandle,
  type Use,
} from './session-gate.ts';
import type {
  GivenApproval,
  QueryOptions,
  SessionHost,
  SessionHostOptions,
  SessionPage,
  SessionsPreview,
  SessionView,
  SessionWithFacts,
} from './session-host.ts';
import { readOwners, type SessionOwner, SessionOwners } from './session-owners.ts';
import { toSessionProblem } from './session-problem.ts';
import { expectShare } from './session-share.ts';
import { SessionStorage } from './session-storage.ts';
import type { SessionHooks, SignalSessions } from './session-target.ts';

export interface LiveSessionsOptions extends SessionHostOptions {
  readonly store: SessionStores;
}

/** The memory that the module may use: it has 32-bit addresses, and needs some for other than sessions. */
const [minBytes, maxBytes] = [1_073_741_824, 3_758_096_384];
/** More than most sessions take in the module. */
const bytesOfSession = 4_096;

export class LiveSessions implements SessionHost {
  readonly #options: LiveSessionsOptions;
  readonly #sessions: Pick<Sessions, 'end' | 'ids' | 'open' | 'preview' | 'size' | 'sweep'>;
  readonly #owners = new SessionOwners();
  readonly #gate: SessionGate;
  readonly #decisions: SessionDecisions;
  readonly #storage: SessionStorage;
  readonly #changes: SessionChanges;
  readonly #events: EventTarget;
  readonly #copies: SessionCopies;
  readonly #idle: IdleSessions;
  readonly #factLines: FactLines;
  readonly #eventLines: EventLines;
  /** The ids of openings that have not ended. Nobody else can open a session with one of them. */
  readonly #openings = new Set<string>();
  readonly #request: (id: string) => Members;
  /** Closes a session. `by`: the id of whom closes it. */
  readonly #close: (by: string, id: string) => void;
  #hooks: SessionHooks | undefined;

  /** Throws a `LoadError` for a module that was compiled without sessions. */
  constructor(options: LiveSessionsOptions) {
    this.#options = options;
    const { policy, clock, maxSessions, onWarning, lines, observer } = options;
    const onListenerError = (error: unknown) =>
      onWarning(`a listener failed: ${formatErrorMessage(error)}`);
    const sessions = createSessions(policy().policy, {
      clock,
      onListenerError,
      sessionBytes: Math.min(maxBytes, Math.max(minBytes, maxSessions * bytesOfSession)),
    });
    const owners = this.#owners;
    const request = (id: string) => readRequest(sessions, id);
    const hooks = () => this.#hooks;
    this.#sessions = sessions;
    this.#request = request;
    this.#close = (by, id) => {
      const session = sessions.get(id);
      if (session === undefined) return;
      runSession(() => session.close());
      this.#forget(by, id);
    };
    const close = this.#close;
    this.#copies = new SessionCopies(clock);
    this.#eventLines = new EventLines(lines);
    this.#factLines = new FactLines({ ...options, request });
    this.#idle = new IdleSessions({ ...options, close: (id) => close(serviceItself.id, id) });
    this.#storage = new SessionStorage({
      ...options,
      sessions,
      owners,
      flushHooks: async () => this.#hooks?.flush(),
    });
    this.#gate = new SessionGate({
      sessions,
      owners,
      isHeld: (id) => this.#events.isHeld(id),
      onAdmitted: (id) => this.#idle.note(id),
    });
    this.#changes = new SessionChanges({
      sessions,
      lines,
      observer,
      request,
      findCause: (id) => this.#events.findCause(id),
      findHolder: (id) => owners.get(id)?.holder,
      writeLines: (id) => this.#events.writeLines(id),
    });
    const parts = { policy, sessions, owners, request, gate: this.#gate, changes: this.#changes };
    this.#events = new EventTarget({
      ...parts,
      observer,
      close,
      factLines: this.#factLines,
      eventLines: this.#eventLines,
      stored: () => this.#storage.awaitStore(),
    });
    this.#decisions = new SessionDecisions({
      ...parts,
      hooks,
      events: this.#events,
      copies: this.#copies,
      factLines: this.#factLines,
      identify: (...given) => this.#identify(...given),
    });
  }

  async restore(): Promise<void> {
    await this.#storage.restore();
    for (const id of this.#sessions.ids()) {
      if (this.#owners.get(id)?.isOpening === true) this.#close(serviceItself.id, id);
    }
    this.#owners.setOpen(this.#sessions.ids());
    for (const id of this.#sessions.ids()) this.#idle.note(id);
  }

  get size(): number {
    return this.#sessions.size;
  }

  get isStored(): boolean {
    return this.unready() === undefined;
  }

  unready(): string | undefined {
    return this.#storage.unready();
  }

  has(id: string): boolean {
    return this.#gate.has(id);
  }

  async list(by: SessionCaller, after: string, limit: number): Promise<SessionPage> {
    const caller = await confirmCaller(by);
    const owned = this.#sessions.ids().filter((id) => this.#gate.isOwned(caller, id));
    const ids = owned.filter((id) => id > after);
    const listed = ids.sort().slice(0, limit);
    const sessions = listed.map((id) =>
      this.#gate.enter(caller, this.#gate.find(caller, id, 'list'), 'list', createView),
    );
    return { sessions, hasMore: listed.length < ids.length };
  }

  async count(by: SessionCaller): Promise<number> {
    return by.isOperator ? this.size : this.#owners.countSessions(nameOwner(by));
  }

  async open(by: SessionCaller, given: string | undefined, request: Members): Promise<SessionView> {
    this.#gate.expectNotEnded();
    const id = given ?? randomUUID();
    const handle =
      this.#hooks === undefined
        ? await this.#enterNew(by, id, request)
        : await this.#openWithEvents(this.#hooks, by, id, request);
    return this.#storeView(handle);
  }

  async #enterNew(by: SessionCaller, id: string, request: Members): Promise<SessionHandle> {
    const caller = isCurrent(by) ? by : await confirmCaller(by);
    return this.#gate.enterNew(caller, () => this.#openNow(caller, id, request));
  }

  /** The opening has its id until it has ended: one that is refused changes nothing of it. */
  async #openWithEvents(
    hooks: SessionHooks,
    by: SessionCaller,
    id: string,
    request: Members,
  ): Promise<SessionHandle> {
    if (this.#openings.has(id)) throw createSessionExistsProblem();
    this.#openings.add(id);
    let handle: SessionHandle | undefined;
    let caller = by;
    const confirm = async () => {
      if (!isCurrent(caller)) caller = await confirmCaller(caller);
    };
    const open = () => {
      handle = this.#gate.enterNew(caller, () => this.#openNow(caller, id, request));
      this.#eventLines.gather(id);
    };
    try {
      await confirm();
      await hooks.opening(id, request, open, confirm);
      // Nothing of the session is used before all of it is stored.
      if (this.#events.isHeld(id)) await this.#storage.awaitStore();
      await confirm();
      if (handle === undefined) throw new Error('broken invariant: the session is not open');
      return handle;
    } catch (error) {
      if (handle?.isOpen) this.#close(serviceItself.id, id);
      throw error;
    } finally {
      if (handle?.isOpen) {
        this.#events.writeLines(id);
        this.#events.release(id);
      }
      this.#openings.delete(id);
    }
  }

  #openNow(by: SessionCaller, id: string, request: Members): SessionHandle {
    const { maxSessions, lines, clock } = this.#options;
    if (this.#sessions.size >= maxSessions) {
      throw new Problem(503, `no more than ${maxSessions} sessions may be open`, { code: 'full' });
    }
    this.#expectOwnShare(by);
    const session = runSession(() => this.#sessions.open(id, stringifyExactly(request)));
    this.#owners.open(id, readOwners(request), nameOwner(by), clock.now());
    this.#owners.note(id, 'users', by.id);
    this.#idle.note(id);
    lines.logOpening(by.id, id, request);
    return session;
  }

  #expectOwnShare(by: SessionCaller): void {
    const { maxSessions } = by;
    const owner = nameOwner(by);
    const openSessions = this.#owners.countSessions(owner);
    expectShare(by, openSessions, { max: this.#options.maxSessions, open: this.#sessions.size });
    if (maxSessions === undefined || openSessions < maxSessions) return;
    throw new TooManyRequests(`no more than ${maxSessions} sessions of ${owner} may be open`);
  }

  /** Uses a session at once, or after the caller was identified again. */
  async #enter<Result extends Immediate>(
    by: SessionCaller,
    handle: SessionHandle,
    use: Use,
    step: (admission: SessionAdmission) => Result,
  ): Promise<Result> {
    const caller = isCurrent(by) ? by : await confirmCaller(by);
    return this.#gate.enter(caller, handle, use, step);
  }

  async view(by: SessionCaller, id: string): Promise<SessionView> {
    return this.#enter(by, this.#gate.find(by, id, 'read'), 'read', createView);
  }

  async read(by: SessionCaller, id: string): Promise<SessionWithFacts> {
    return this.#enter(by, this.#gate.find(by, id, 'read'), 'read', (admission) => {
      const { declared } = this.#options.policy();
      return { ...createView(admission), facts: declared.visible(this.#request(id)) };
    });
  }

  async request(by: SessionCaller, id: string): Promise<Members> {
    return this.#gate.isOwned(by, id) ? this.#request(id) : {};
  }

  async patch(by: SessionCaller, id: string, part: Members): Promise<SessionView> {
    const handle = this.#gate.find(by, id, 'use');
    let caller = by;
    const confirm = async () => {
      if (!isCurrent(caller)) caller = await confirmCaller(caller);
    };
    const change = () =>
      this.#gate.enter(caller, handle, 'use', (step) => this.#patchNow(step, part));
    try {
      if (!isCurrent(caller)) await confirm();
      if (this.#hooks === undefined) change();
      else await this.#hooks.changing(id, () => this.#mergeRequest(id, part), change, confirm);
    } finally {
      if (handle.isOpen) this.#eventLines.write(id);
    }
    return this.#storeChange(caller, handle);
  }

  #patchNow({ caller, session }: SessionAdmission, part: Members): void {
    const { id } = session;
    this.#sessions.sweep();
    this.#factLines.note(caller.id, id);
    // The line of the change is before those of answers that it changes.
    this.#changes.runCaused(caller.id, () =>
      runSession(() => session.patchJson(stringifyExactly(part))),
    );
    this.#factLines.write(id);
    this.#owners.change(id, readOwners(part));
    this.#owners.note(id, 'users', caller.id);
    this.#eventLines.gather(id);
  }

  /** The facts of a session with a part of a request. */
  #mergeRequest(id: string, part: Members): Members {
    return mergePatch(this.#request(id), part) as Members;
  }

  async signal(
    by: SessionCaller,
    id: string,
    name: string,
    payload: Members,
    time: number | undefined,
  ): Promise<SessionView> {
    const handle = this.#gate.find(by, id, 'read');
    await this.#enter(by, handle, 'read', ({ caller, session }) => {
      if (!this.#options.policy().signals.has(name)) {
        const detail = `$.signal: the policy declares no signal ${JSON.stringify(name)}`;
        throw new Problem(400, detail, { code: 'no_signal', path: '$.signal' });
      }
      this.#sessions.sweep();
      const recorded = { id, name, payload, time };
      runSession(() => this.#events.recordSignal(caller.id, session, recorded), '$.payload');
      this.#owners.note(id, 'users', caller.id);
    });
    return this.#storeChange(by, handle);
  }

  get signals(): SignalSessions {
    return {
      target: this.#events.target,
      attach: (hooks) => {
        this.#hooks = hooks;
      },
      listen: (listener) => this.listen(listener),
    };
  }

  async approve(by: SessionCaller, id: string, approval: GivenApproval): Promise<SessionView> {
    const handle = this.#gate.find(by, id, 'approve');
    await this.#enter(by, handle, 'approve', (admission) => this.#approveNow(admission, approval));
    return this.#storeChange(by, handle);
  }

  #approveNow(
    { caller, session }: SessionAdmission,
    { digest, expiresAt, reference }: GivenApproval,
  ): void {
    const { clock, lines } = this.#options;
    const { id } = session;
    const to = reference === undefined ? {} : { reference };
    this.#sessions.sweep();
    this.#changes.runCaused(caller.id, () =>
      runSession(() => session.grant({ digest, expiresAt, approver: caller.id, ...to })),
    );
    this.#owners.note(id, 'approvers', caller.id);
    lines.logApproval(caller.id, id, digest, {
      id: randomUUID(),
      channel: 'service',
      approver: caller.id,
      granted_at: new Date(clock.now()).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
    });
  }

  async decide(
    by: SessionCaller,
    id: string,
    query: Members,
    options: QueryOptions = {},
  ): Promise<Answer> {
    const handle = this.#gate.find(by, id, 'use');
    return this.#decide(by, handle, () => query, options);
  }

  async decideQuery(
    by: SessionCaller,
    id: string,
    request: Members,
    options: QueryOptions = {},
  ): Promise<Answer> {
    return decideOrReject(() => {
      const handle = this.#gate.find(by, id, 'use');
      return this.#decide(by, handle, (owner) => createQuery(owner, request), options);
    });
  }

  async #decide(
    by: SessionCaller,
    handle: SessionHandle,
    create: (owner: SessionOwner) => Members | Answer,
    options: QueryOptions,
  ): Promise<Answer> {
    let answer: Answer;
    try {
      answer = await this.#decisions.decide(by, handle, create, options);
    } catch (error) {
      if (error instanceof Problem && error.details.code !== 'event_not_applied') throw error;
      return createRefusalAnswer('event_not_applied', formatErrorMessage(error));
    }
    const stored = await this.#storage.storeAnswer(answer);
    return this.#changes.withdrawPermit(handle, stored);
  }

  /** Applies earlier events about the subject that a session has with a part of a request. Throws if they cannot be applied. */
  async #identify(
    handle: SessionHandle,
    part: () => Members,
    conditions?: IdentifyConditions,
  ): Promise<void> {
    const { id } = handle;
    const request = () => this.#mergeRequest(id, part());
    const change = () => {
      if (!handle.isOpen) throw createMissingProblem();
      conditions?.expect();
      this.#eventLines.gather(id);
    };
    await this.#hooks?.changing(id, request, change, conditions?.ready);
    if (handle.isOpen) this.#eventLines.write(id);
  }

  async consider(
    by: SessionCaller,
    id: string,
    request: Members,
    { vouched }: Pick<QueryOptions, 'vouched'> = {},
  ): Promise<Answer> {
    return decideOrReject(async () => {
      const caller = isCurrent(by) ? by : await confirmCaller(by);
      const handle = this.#gate.find(caller, id, 'use');
      const create = (owner: SessionOwner) => createQuery(owner, request);
      return this.#decisions.consider(caller, handle, create, vouched);
    });
  }

  async close(by: SessionCaller, id: string): Promise<void> {
    const handle = this.#gate.find(by, id, 'read');
    await this.#enter(by, handle, 'read', ({ caller }) => this.#close(caller.id, id));
    await this.#storage.awaitStore();
  }

  listen(listener: SessionListener): () => void {
    return this.#changes.listen(listener);
  }

  preview(next: PolicyModule): SessionsPreview {
    const preview = this.#sessions.preview(next.policy);
    const { sessions, changes } = preview;
    return {
      sessions,
      changes,
      toString: () => `${preview}`,
      activate: (by) => {
        // Changes by time alone are not those of the policy.
        this.#sessions.sweep();
        this.#changes.runCaused(by.id, () => preview.activate(), 'policy');
      },
    };
  }

  async end(): Promise<void> {
    this.#gate.end();
    this.#idle.end();
    this.#sessions.end();
    this.#copies.end();
    await this.#storage.flush();
  }

  /** After a change: listeners learn of it, and the caller when it is durable. */
  async #storeChange({ id: by }: SessionCaller, handle: SessionHandle): Promise<SessionView> {
    this.#changes.runCaused(by, () => {
      this.#sessions.sweep();
      this.#changes.evaluate(handle);
    });
    return this.#storeView(handle);
  }

  async #storeView(handle: SessionHandle): Promise<SessionView> {
    const answer = this.#changes.evaluate(handle);
    await this.#storage.awaitStore();
    return { id: handle.id, answer };
  }

  #forget(by: string, id: string): void {
    const owner = this.#owners.get(id)?.holder;
    this.#idle.forget(id);
    this.#factLines.forget(id);
    this.#eventLines.forget(id);
    this.#events.forget(id);
    this.#owners.remove(id);
    this.#hooks?.removeSession(id);
    this.#options.lines.logClosing(by, id);
    this.#changes.notify({ kind: 'closed', id, owner });
  }
}

function createView({ session }: SessionAdmission): SessionView {
  return { id: session.id, answer: session.reevaluate() };
}

/** The part of a whole request that a session decides, or why it cannot decide the request. */
function createQuery(owner: SessionOwner, request: Members): Members | Answer {
  if (!owner.isSubject(request.subject)) return createOtherSubjectAnswer();
  const { action, resource, context } = request;
  return { action, resource, context: isObject(context) ? owner.without(context) : context };
}

/** A request in a session that the caller does not have is denied. */
async function decideOrReject(decide: () => Promise<Answer>): Promise<Answer> {
  try {
    return await decide();
  } catch (error) {
    const isMissing = error instanceof Problem && error.details.code === 'no_session';
    if (isMissing) return createRefusalAnswer('no_session', error.message);
    throw error;
  }
}

/** The facts of a session; empty if no such session is open. */
function readRequest(sessions: Sessions, id: string): Members {
  const session = sessions.get(id);
  if (session === undefined) return {};
  const snapshot = parseExactValue(runSession(() => session.snapshot()));
  const request = isObject(snapshot) ? snapshot.request : undefined;
  return isObject(request) ? request : {};
}

/** `part`: where the value that a session gets is in the request. */
function runSession<Result>(operation: () => Result, part?: string): Result {
  try {
    return operation();
  } catch (error) {
    throw error instanceof SessionError ? toSessionProblem(error, part) : error;
  }
}

function createSessionExistsProblem(): Problem {
  const why =
    '$: expected an id that no open session has, found one of a session that is being opened';
  return new Problem(409, why, { code: 'session_exists', path: '$' });
}

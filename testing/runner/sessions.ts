// Sessions of the evaluator and of a module, as tests drive them.

import {
  createSessions,
  type Policy as Module,
  type Session,
  SessionError,
  type Sessions,
} from '@nhipol/runtime';
import { callDigest } from '@nhipol/runtime/call-digest';
import {
  type Answer,
  type Answered,
  decideIn,
  type Explanation,
  explainSession,
  grantIn,
  openSession,
  type Policy,
  patchSession,
  recordSignal,
  reevaluate,
  type Trace,
} from '../../language/index.ts';
import { withApproval } from '../../language/request/approvals.ts';
import { changeRequest } from '../../language/request/change-request.ts';
import type { SessionEvent } from '../../language/request/session-event.ts';
import { filled, fillModule, noTables } from '../generate/tables.ts';
import { decideRepeatedly } from './repeated-decisions.ts';
import type { TestedSession } from './run-tests.ts';

/** Opens sessions of the evaluator. `onlooker`: returns an observer for each decision. */
export function evaluatorSessions(
  policy: Policy,
  onlooker: () => Trace | undefined = () => undefined,
): (request: string, opens: bigint) => TestedSession & MovedSession<Policy> & ExplainedSession {
  return (request, opens) => {
    let session = openSession(request, opens);
    let judged = session;
    let current = policy;
    let held = noTables;
    const keep = ({ answer, session: after }: Answered) => {
      // As it was evaluated, since the answer that ends a session has no explanation.
      judged = { ...after, revoked: session.revoked };
      session = after;
      return answer;
    };
    return {
      change: (changes, tables) => {
        session = patchSession(current, session, changes);
        if (tables !== held) current = filled(policy, tables);
        held = tables;
      },
      grant: (grant, now) => {
        session = grantIn(session, grant, now);
      },
      receive: ({ name, payload, time }, now) => {
        const payloadBytes = payload === undefined ? undefined : new TextEncoder().encode(payload);
        const recorded = recordSignal(current, session, { name, payload: payloadBytes, time }, now);
        if ('error' in recorded) throw new Error(`broken invariant: ${name} was checked`);
        session = recorded.session;
      },
      receiveRepeatedly: ({ name, payload, time }, now, times) => {
        const payloadBytes = payload === undefined ? undefined : new TextEncoder().encode(payload);
        const recorded = recordSignal(current, session, { name, payload: payloadBytes, time }, now);
        if ('error' in recorded) throw new Error(`broken invariant: ${name} was checked`);
        const { events } = recorded.session;
        const copies = Array.from({ length: times - 1 }, () => events.at(-1) as SessionEvent);
        session = { ...recorded.session, events: [...events, ...copies] };
      },
      ask: (now) => keep(decideIn(current, session, now, onlooker())),
      askRepeatedly: (now, times) => {
        const { answered, runs } = decideRepeatedly(current, session, now, times);
        keep(answered);
        return runs;
      },
      judge: (now) => keep(reevaluate(current, session, now, onlooker())),
      explain: (now, awaited) => explainSession(current, judged, now, awaited),
      moveTo: (other) => {
        current = other;
      },
    };
  };
}

/** Opens sessions of a module that supports them. They are passed on as snapshots. */
export function moduleSessions(
  module: Module,
): (request: string, opens: bigint) => TestedSession & MovedSession<Module> {
  return (request, opens) => new SessionOfModule(module, request, opens);
}

/** A session that may continue under another policy, with its history. */
interface MovedSession<P> {
  readonly moveTo: (policy: P) => void;
}

interface ExplainedSession {
  /** Explains the latest answer, which was given at this instant. `awaited`: as `explain` takes it. */
  readonly explain: (now: bigint, awaited: readonly string[]) => Explanation;
}

const roots = ['subject', 'action', 'resource', 'context'] as const;
const id = 'test';

class SessionOfModule implements TestedSession, MovedSession<Module> {
  #module: Module;
  #sessions: Sessions;
  #request: string;
  #now: bigint;
  /** The module rejected facts: from then on, queries do not use the session. */
  #isAtFault = false;

  constructor(module: Module, request: string, opens: bigint) {
    this.#module = module;
    this.#request = request;
    this.#now = opens;
    this.#sessions = this.#sessionsOf(module);
    this.#try(() => this.#sessions.open(id, request));
  }

  #sessionsOf(module: Module): Sessions {
    const clock = { now: () => Number(this.#now), at: () => () => {} };
    return createSessions(module, { clock, revokedIdLifetime: 0 });
  }

  get #session(): Session | undefined {
    return this.#sessions.get(id);
  }

  moveTo(module: Module): void {
    const text = this.#session?.snapshot();
    this.#sessions.end();
    this.#module = module;
    this.#sessions = this.#sessionsOf(module);
    if (text !== undefined) this.#sessions.restore(text);
  }

  change(changes: Parameters<TestedSession['change']>[0], tables: ReadonlyMap<string, string>) {
    fillModule(this.#module, tables);
    if (changes.length === 0) return;
    this.#request = changeRequest(this.#request, changes);
    const wasAtFault = this.#isAtFault;
    this.#isAtFault = false;
    const session = this.#session;
    if (session === undefined) {
      this.#try(() => this.#sessions.open(id, this.#request));
      return;
    }
    const changed = new Set(changes.map(({ path: [root] }) => root));
    const others = wasAtFault ? [] : roots.filter((root) => !changed.has(root));
    const part = changeRequest(
      this.#request,
      others.map((root) => ({ path: [root], json: undefined })),
    );
    this.#try(() => session.replace(part));
  }

  grant(grant: Parameters<TestedSession['grant']>[0], now: bigint) {
    this.#now = now;
    const digest = callDigest(this.#request, grant.policy);
    this.#request = withApproval(this.#request, grant, now);
    const session = this.#session;
    if (digest === undefined || session === undefined) return;
    const { approver } = grant;
    const expiresAt = now + grant.lasts;
    this.#try(() =>
      session.grant({
        digest,
        expiresAt,
        ...(approver === undefined ? {} : { approver }),
      }),
    );
  }

  receive({ name, payload, time }: Parameters<TestedSession['receive']>[0], now: bigint) {
    this.#now = now;
    this.#session?.record(name, payload ?? '{}', time);
  }

  ask(now: bigint) {
    return this.#answered(now, (session) => session.decide());
  }

  judge(now: bigint) {
    return this.#answered(now, (session) => session.reevaluate());
  }

  #answered(now: bigint, answer: (session: Session) => ReturnType<Session['decide']>): Answer {
    this.#now = now;
    const given = this.#session && answer(this.#session);
    return (
      given !== undefined && (!this.#isAtFault || given.effect === 'revoke')
        ? given
        : this.#module.decideJson(this.#request, { now })
    ) as Answer;
  }

  #try(change: () => void): void {
    try {
      change();
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#isAtFault = true;
    }
  }
}

// Sessions of the evaluator and of a module, as tests drive them.

import {
  type Answered,
  approveRequest,
  changeRequest,
  couldInSession,
  decideInSession,
  type EvaluatedAnswer,
  type EvaluatorSession,
  type Explanation,
  explainCouldInSession,
  explainSession,
  grantInSession,
  noSharedHistory,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
  type SharedHistory,
  type Trace,
  withSharedHistory,
} from '@nhipol/language';
import type { PolicyModel, TestChange } from '@nhipol/language/model';
import {
  createSessions,
  type Policy as Module,
  type Possibility,
  type Session,
  SessionError,
  type Sessions,
} from '@nhipol/runtime';
import { callDigest } from '@nhipol/runtime/call-digest';
import { fillModule, fillTables, noTables } from '../generate/tables.ts';
import { createSessionQuery, pickParts, replaceCall } from './query.ts';
import { decideRepeatedly } from './repeated-decisions.ts';
import type { TestedSession } from './run-tests.ts';

/** Receives a decision that is made singly, and the session as it was before. */
type Decided = (
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
  answer: EvaluatedAnswer,
) => void;

/** Opens sessions of the evaluator. `onlooker`: returns an observer for each decision. */
export function createEvaluatorSessions(
  policy: PolicyModel,
  onlooker: () => Trace | undefined = () => undefined,
  decided: Decided = () => {},
): (
  request: string,
  opens: bigint,
) => TestedSession & MovedSession<PolicyModel> & ExplainedSession {
  return (request, opens) => openWithHistory({ shared: noSharedHistory }, request, opens);

  /** `all`: those that have events in common. */
  function openWithHistory(
    all: { shared: SharedHistory },
    request: string,
    opens: bigint,
  ): TestedSession & MovedSession<PolicyModel> & ExplainedSession {
    let session = openSession(request, opens);
    let judged = session;
    let current = policy;
    let held = noTables;
    const present = () => withSharedHistory(current, session, all.shared);
    const keep = ({ answer, session: after }: Answered) => {
      // As it was evaluated, since the answer that ends a session has no explanation.
      judged = { ...after, revoked: session.revoked };
      session = after;
      all.shared = after.shared;
      return answer;
    };
    const deciding = (
      before: EvaluatorSession,
      now: bigint,
      decide: (before: EvaluatorSession) => Answered,
    ) => {
      const answer = keep(decide(before));
      decided(current, before, now, answer);
      return answer;
    };
    return {
      other: (others: string, now: bigint) => openWithHistory(all, others, now),
      change: (changes, tables) => {
        session = patchSession(current, session, changes);
        if (tables !== held) current = fillTables(policy, tables);
        held = tables;
      },
      grant: (grant, now) => {
        session = grantInSession(session, grant, now);
      },
      receive: ({ name, payload, time }, now) => {
        const payloadBytes = payload === undefined ? undefined : new TextEncoder().encode(payload);
        const recorded = recordSignal(
          current,
          present(),
          { name, payload: payloadBytes, time },
          now,
        );
        if ('error' in recorded) throw new Error(`broken invariant: ${name} was checked`);
        session = recorded.session;
        all.shared = session.shared;
      },
      receiveRepeatedly: ({ name, payload, time }, now, times) => {
        const payloadBytes = payload === undefined ? undefined : new TextEncoder().encode(payload);
        const recorded = recordSignal(
          current,
          present(),
          { name, payload: payloadBytes, time },
          now,
        );
        if ('error' in recorded) throw new Error(`broken invariant: ${name} was checked`);
        session = withCopies(recorded.session, times - 1);
        all.shared = session.shared;
      },
      ask: (now) =>
        deciding(present(), now, (before) => decideInSession(current, before, now, onlooker())),
      askRepeatedly: (now, times) => {
        const { answered, runs } = decideRepeatedly(current, present(), now, times);
        keep(answered);
        return runs;
      },
      judge: (now) =>
        deciding(present(), now, (before) => reevaluate(current, before, now, onlooker())),
      could: (changes, now) =>
        couldInSession(current, patchSession(current, present(), changes), now),
      explain: (now, awaited) => explainSession(current, judged, now, awaited),
      explainCould: (changes, now) =>
        explainCouldInSession(current, patchSession(current, present(), changes), now),
      replacePolicy: (other) => {
        current = other;
      },
    };
  }
}

/** The last event of the session occurs as many times more. */
function withCopies(session: EvaluatorSession, times: number): EvaluatorSession {
  const { events, shared } = session;
  const repeatLast = <T>(all: readonly T[]): readonly T[] => [
    ...all,
    ...Array.from({ length: times }, () => all.at(-1) as T),
  ];
  return {
    ...session,
    events: repeatLast(events),
    shared: { ...shared, events: repeatLast(shared.events) },
  };
}

/** Opens sessions of a module that supports them. They are passed on as snapshots. */
export function createModuleSessions(
  module: Module,
): (request: string, opens: bigint) => TestedSession & MovedSession<Module> {
  return (request, opens) => new SessionOfModule(new OpenModule(module, opens), request, opens);
}

/** A session that may continue under another policy, with its history. */
interface MovedSession<P> {
  readonly replacePolicy: (policy: P) => void;
}

interface ExplainedSession {
  /** Explains the latest answer, which was given at this instant. `awaited`: as `explain` takes it. */
  readonly explain: (now: bigint, awaited: readonly string[]) => Explanation;
  /** Explains a possibility, as `could` takes it. */
  readonly explainCould: (changes: readonly TestChange[], now: bigint) => Explanation;
}

/** The sessions of one test, with their clock. */
class OpenModule {
  module: Module;
  sessions: Sessions;
  now: bigint;
  #opened = 0;

  constructor(module: Module, opens: bigint) {
    this.module = module;
    this.now = opens;
    this.sessions = this.#createSessions(module);
  }

  #createSessions(module: Module): Sessions {
    const clock = { now: () => Number(this.now), at: () => () => {} };
    return createSessions(module, { clock, revokedIdLifetime: 0 });
  }

  /** An ID for another session. */
  nextId(): string {
    this.#opened += 1;
    return `test ${this.#opened}`;
  }

  replaceModule(module: Module): void {
    const texts = this.sessions.ids().flatMap((each) => this.sessions.get(each)?.snapshot() ?? []);
    this.sessions.end();
    this.module = module;
    this.sessions = this.#createSessions(module);
    for (const text of texts) this.sessions.restore(text);
  }
}

class SessionOfModule implements TestedSession, MovedSession<Module> {
  readonly #open: OpenModule;
  readonly #id: string;
  #request: string;
  /** The request of which the session has the facts, or `undefined` if there is no session. */
  #known: string | undefined;
  /** The module rejected facts: from then on, decisions do not use the session. */
  #isAtFault = false;

  constructor(open: OpenModule, request: string, opens: bigint) {
    this.#open = open;
    this.#id = open.nextId();
    this.#request = request;
    open.now = opens;
    this.#openSession(request);
  }

  #openSession(request: string): void {
    const open = (known: string) =>
      this.#known === undefined && this.#try(() => this.#sessions.open(this.#id, known), known);
    // A session can be open before it has a valid call.
    this.#isAtFault = !open(request);
    if (this.#isAtFault) open(replaceCall(request, undefined));
  }

  get #sessions(): Sessions {
    return this.#open.sessions;
  }

  get #session(): Session | undefined {
    return this.#sessions.get(this.#id);
  }

  other(request: string, opens: bigint): TestedSession {
    return new SessionOfModule(this.#open, request, opens);
  }

  replacePolicy(module: Module): void {
    this.#open.replaceModule(module);
  }

  change(changes: Parameters<TestedSession['change']>[0], tables: ReadonlyMap<string, string>) {
    fillModule(this.#open.module, tables);
    if (changes.length === 0) return;
    this.#request = changeRequest(this.#request, changes);
    const session = this.#session;
    if (session === undefined) {
      this.#openSession(this.#request);
      return;
    }
    const wasAtFault = this.#isAtFault;
    const changed = new Set(changes.map(({ path: [root] }) => root));
    const part = pickParts(this.#request, (root) => wasAtFault || changed.has(root));
    this.#isAtFault = !this.#try(() => session.replace(part), this.#request);
    if (!this.#isAtFault) return;
    const known = replaceCall(this.#request, this.#known);
    const facts = pickParts(replaceCall(this.#request, undefined), () => true);
    this.#try(() => session.replace(facts), known);
  }

  grant(grant: Parameters<TestedSession['grant']>[0], now: bigint) {
    this.#open.now = now;
    const digest = callDigest(this.#request, grant.policy);
    this.#request = approveRequest(this.#request, grant, now);
    const session = this.#session;
    if (digest === undefined || session === undefined) return;
    const { approver } = grant;
    const expiresAt = now + grant.lasts;
    const isGranted = this.#try(
      () =>
        session.grant({
          digest,
          expiresAt,
          ...(approver === undefined ? {} : { approver }),
        }),
      this.#request,
    );
    if (!isGranted) this.#isAtFault = true;
  }

  receive({ name, payload, time }: Parameters<TestedSession['receive']>[0], now: bigint) {
    this.#open.now = now;
    this.#session?.record(name, payload ?? '{}', time);
  }

  ask(now: bigint) {
    return this.#takeAnswer(now, (session) => session.decide());
  }

  judge(now: bigint) {
    return this.#takeAnswer(now, (session) => session.reevaluate());
  }

  could(changes: readonly TestChange[], now: bigint): Possibility {
    this.#open.now = now;
    const session = this.#session;
    const request = changeRequest(this.#request, changes);
    const query = this.#known && createSessionQuery(this.#known, request);
    return session === undefined || query === undefined
      ? this.#open.module.couldJson(request, { now })
      : session.could(query);
  }

  #takeAnswer(
    now: bigint,
    answer: (session: Session) => ReturnType<Session['decide']>,
  ): EvaluatedAnswer {
    this.#open.now = now;
    const given = this.#session && answer(this.#session);
    return (
      given !== undefined && (!this.#isAtFault || given.effect === 'revoke')
        ? given
        : this.#open.module.decideJson(this.#request, { now })
    ) as EvaluatedAnswer;
  }

  /** Returns whether the module accepts a change. `known`: the request of which the session then has the facts. */
  #try(change: () => void, known: string): boolean {
    try {
      change();
      this.#known = known;
      return true;
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      return false;
    }
  }
}

// The engine that holds the sessions of a replay: the evaluator, a module, or both at once, which must agree.
// Instants never go back. A rejected input changes nothing.

import {
  type Answered,
  couldInSession,
  decideInSession,
  type EvaluatedAnswer,
  type EvaluatedPossibility,
  type EvaluatorSession,
  findDroppedMembers,
  findFactsError,
  noSharedHistory,
  openSession,
  patchSession,
  recordSignal,
  reevaluate,
  withSharedHistory,
} from '@nhipol/language';
import { type PolicyModel, sharesHistory } from '@nhipol/language/model';
import { stringify } from '@nhipol/runtime';
import {
  applyRequestChange,
  createQueryChange,
  type JsonMembers,
  listPayloadRoots,
  listUnknownParts,
  type RequestChange,
} from '../generate/request-parts.ts';
import { isSameAnswer } from '../runner/same-answer.ts';

export interface Host {
  /** The names of the signals that the policy declares. */
  readonly signals: readonly string[];
  /** Whether an event in one session can change the answers of others. */
  readonly sharesHistory: boolean;
  readonly open: (id: string, request: JsonMembers, now: bigint) => InputRefusal | undefined;
  readonly change: (id: string, change: RequestChange, now: bigint) => InputRefusal | undefined;
  readonly record: (id: string, signal: RecordedSignal, now: bigint) => InputRefusal | undefined;
  /** Takes the decision on the query; an answer with an error takes none. */
  readonly decide: (id: string, query: JsonMembers, now: bigint) => EvaluatedAnswer;
  /** Evaluates the latest query again. */
  readonly judge: (id: string, now: bigint) => EvaluatedAnswer;
  readonly close: (id: string) => void;
}

export interface EvaluatorHost extends Host {
  /** Whether the query could be permitted, for some value of the members that it does not have. */
  readonly could: (id: string, query: JsonMembers, now: bigint) => EvaluatedPossibility;
}

interface RecordedSignal {
  readonly name: string;
  readonly payload: JsonMembers;
  /** Whether each member of the payload is unknown. */
  readonly isPayloadUnknown?: true;
  readonly time: bigint | undefined;
}

/** Its path is relative to the input. */
export interface InputRefusal {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

// --- the evaluator -------------------------------------------------------------------------------

interface Held {
  readonly session: EvaluatorSession;
  readonly request: JsonMembers;
}

export function createEvaluatorHost(policy: PolicyModel): EvaluatorHost {
  const all = new Map<string, Held>();
  let shared = noSharedHistory;
  const getHeld = (id: string): Held => {
    const found = all.get(id);
    if (found === undefined) throw new Error(`broken invariant: ${id} is not open`);
    return { ...found, session: withSharedHistory(policy, found.session, shared) };
  };
  const keep = (id: string, { answer, session }: Answered): EvaluatedAnswer => {
    all.set(id, { ...getHeld(id), session });
    shared = session.shared;
    return answer;
  };
  const patchHeld = (id: string, change: RequestChange): Held => {
    const { session, request } = getHeld(id);
    const after = applyRequestChange(
      selectRemaining(policy, request, applyRequestChange(request, change)),
      change,
    );
    const changes = listPayloadRoots(change.part).map((root) => ({
      path: [root],
      json: after[root] === undefined ? undefined : stringify(after[root]),
    }));
    const unknown = listUnknownParts(session.unknownParts, change);
    return { session: patchSession(policy, session, changes, unknown), request: after };
  };
  /** Rejected: an answer with an error, possibly one that ends the session. */
  const apply = (id: string, change: RequestChange, now: bigint): EvaluatedAnswer | undefined => {
    const { session } = getHeld(id);
    const { session: patched, request: after } = patchHeld(id, change);
    if (findFactsError(policy, patched.request, now) === undefined) {
      all.set(id, { session: patched, request: after });
      return undefined;
    }
    const { answer, session: ended } = reevaluate(policy, patched, now);
    return answer.effect === 'revoke'
      ? keep(id, { answer, session: { ...session, revoked: ended.revoked } })
      : answer;
  };
  return {
    signals: [...policy.signals.keys()],
    sharesHistory: sharesHistory(policy),
    open: (id, request, now) => {
      const session = openSession(stringify(request), now);
      const error = findFactsError(policy, session.request, now);
      if (error === undefined) all.set(id, { session, request });
      return error;
    },
    change: (id, change, now) => apply(id, change, now)?.error,
    record: (id, { name, payload, isPayloadUnknown, time }, now) => {
      const given = isPayloadUnknown ? 'unknown' : new TextEncoder().encode(stringify(payload));
      const recorded = recordSignal(
        policy,
        getHeld(id).session,
        { name, payload: given, time },
        now,
      );
      if ('error' in recorded) return recorded.error;
      all.set(id, { ...getHeld(id), session: recorded.session });
      shared = recorded.session.shared;
      return undefined;
    },
    decide: (id, query, now) =>
      apply(id, createQueryChange(query), now) ??
      keep(id, decideInSession(policy, getHeld(id).session, now)),
    judge: (id, now) => keep(id, reevaluate(policy, getHeld(id).session, now)),
    could: (id, query, now) =>
      couldInSession(policy, patchHeld(id, createQueryChange(query)).session, now),
    close: (id) => {
      all.delete(id);
    },
  };
}

/** The request without the members of its context that a session drops for the next one. */
function selectRemaining(
  policy: PolicyModel,
  request: JsonMembers,
  next: JsonMembers,
): JsonMembers {
  const dropped = findDroppedMembers(policy, stringify(request), stringify(next));
  if (dropped.length === 0) return request;
  const context = Object.entries(request.context as JsonMembers);
  return {
    ...request,
    context: Object.fromEntries(context.filter(([name]) => !dropped.includes(name))),
  };
}

// --- both ----------------------------------------------------------------------------------------

/** The two engines give different answers for a session, which is a bug in one of them. */
export class HostsDisagree extends Error {
  readonly session: string;
  readonly at: bigint;
  readonly evaluator: EvaluatedAnswer | InputRefusal | undefined;
  readonly module: EvaluatedAnswer | InputRefusal | undefined;

  constructor(
    session: string,
    instant: bigint,
    evaluator: EvaluatedAnswer | InputRefusal | undefined,
    module: EvaluatedAnswer | InputRefusal | undefined,
  ) {
    super('module and evaluator disagree');
    this.session = session;
    this.at = instant;
    this.evaluator = evaluator;
    this.module = module;
  }
}

/** A host that compares the two and returns the evaluator's answers; throws `HostsDisagree`. */
export function createComparingHost(evaluator: Host, module: Host): Host {
  const refusal =
    <Rest extends readonly [...unknown[], bigint]>(
      of: (host: Host) => (id: string, ...rest: Rest) => InputRefusal | undefined,
    ) =>
    (id: string, ...rest: Rest) => {
      const [expected, own] = [of(evaluator)(id, ...rest), of(module)(id, ...rest)];
      if ((expected === undefined) !== (own === undefined))
        throw new HostsDisagree(id, rest.at(-1) as bigint, expected, own);
      return expected;
    };
  const answer =
    <Rest extends readonly [...unknown[], bigint]>(
      of: (host: Host) => (id: string, ...rest: Rest) => EvaluatedAnswer,
    ) =>
    (id: string, ...rest: Rest) => {
      const [expected, own] = [of(evaluator)(id, ...rest), of(module)(id, ...rest)];
      if (!agree(expected, own)) throw new HostsDisagree(id, rest.at(-1) as bigint, expected, own);
      return expected;
    };
  return {
    signals: evaluator.signals,
    sharesHistory: evaluator.sharesHistory,
    open: refusal((host) => host.open),
    change: refusal((host) => host.change),
    record: refusal((host) => host.record),
    decide: answer((host) => host.decide),
    judge: answer((host) => host.judge),
    close: (id) => {
      evaluator.close(id);
      module.close(id);
    },
  };
}

/**
 * If several members are invalid, each engine may report another one of them, at its position in the query as it
 * read it.
 */
function agree(expected: EvaluatedAnswer, actual: EvaluatedAnswer): boolean {
  if ((expected.error === undefined) !== (actual.error === undefined)) return false;
  return isSameAnswer({ ...expected, error: undefined }, { ...actual, error: undefined });
}

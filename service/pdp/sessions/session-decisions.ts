// Decides actions in sessions. What a decision needs is there before it: the session is identified with the facts that the
// decision brings, and remembered events about its subject have changed it. Then one step checks and decides.

import { type Answer, mergePatch, SessionError } from '@nhipol/runtime';
import { createRefusalAnswer } from '../../engine/answers.ts';
import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import type { FactLines } from '../log/fact-lines.ts';
import { isObject, stringifyExactly } from '../requests/exact-json.ts';
import type { VouchedMember } from '../requests/vouched-facts.ts';
import type { EventTarget } from './event-target.ts';
import { confirmCaller, isCurrent, type SessionCaller } from './session-caller.ts';
import type { SessionChanges } from './session-changes.ts';
import type { SessionCopies } from './session-copies.ts';
import type { SessionAdmission, SessionGate, SessionHandle } from './session-gate.ts';
import type { QueryOptions } from './session-host.ts';
import type { SessionOwner, SessionOwners } from './session-owners.ts';
import type { SessionHooks } from './session-target.ts';
import { containsSubject, type VouchedQuery, vouchQuery } from './vouched-change.ts';

/** `ready` is awaited last before a session is identified, and `expect` throws if it must not be. */
export interface IdentifyConditions {
  readonly ready: () => Promise<void>;
  readonly expect: () => void;
}

export interface SessionDecisionsOptions {
  readonly policy: () => PolicyModule;
  readonly gate: SessionGate;
  readonly owners: SessionOwners;
  readonly changes: SessionChanges;
  readonly factLines: FactLines;
  readonly events: EventTarget;
  readonly copies: SessionCopies;
  readonly hooks: () => SessionHooks | undefined;
  readonly request: (id: string) => Members;
  /** Applies earlier events about the subject that a session has with a part of a request. Rejects if they cannot be applied. */
  readonly identify: (
    handle: SessionHandle,
    part: () => Members,
    conditions?: IdentifyConditions,
  ) => Promise<void>;
}

/** The part of a request that a session decides, or why it cannot decide it, by whose members are whose now. */
export type CreateQuery = (owner: SessionOwner) => Members | Answer;

/** How often in a row others may change what the session is identified by. */
const maxRounds = 8;

export class SessionDecisions {
  readonly #options: SessionDecisionsOptions;

  constructor(options: SessionDecisionsOptions) {
    this.#options = options;
  }

  /** The decision as it was made, before it is durable. Rejects with a `Problem` if the caller may not decide in the session. */
  async decide(
    by: SessionCaller,
    handle: SessionHandle,
    create: CreateQuery,
    options: QueryOptions,
  ): Promise<Answer> {
    const identifies = this.#options.hooks()?.identifiesByFacts === true;
    try {
      return await this.#decideIdentified(by, handle, create, options);
    } finally {
      // A query that is refused, or not valid, changes no facts.
      if (identifies && handle.isOpen) await this.#options.identify(handle, () => ({}));
    }
  }

  async #decideIdentified(
    by: SessionCaller,
    handle: SessionHandle,
    create: CreateQuery,
    options: QueryOptions,
  ): Promise<Answer> {
    const { gate } = this.#options;
    const { vouched } = options;
    let caller = by;
    for (let round = 0; round < maxRounds; round += 1) {
      if (!isCurrent(caller)) caller = await confirmCaller(caller);
      const answer = this.#enter(caller, handle, create, options);
      if (answer !== undefined) return answer;
      await this.#options.identify(handle, () => this.#findPart(handle.id, create, vouched), {
        ready: async () => {
          caller = await confirmCaller(caller);
        },
        // Events change nothing because of a caller that may no longer decide.
        expect: () => gate.enter(caller, handle, 'use', () => {}),
      });
    }
    throw new Error('others change the subject of the session again and again');
  }

  /** Decides at once, or returns `undefined` if the session must be identified with the facts of the query first. */
  #enter(
    by: SessionCaller,
    handle: SessionHandle,
    create: CreateQuery,
    options: QueryOptions,
  ): Answer | undefined {
    const { gate, hooks, request } = this.#options;
    const { id } = handle;
    return gate.enter(by, handle, 'use', (admission) => {
      const prepared = this.#prepare(id, admission.owner, create, options.vouched);
      if (isAnswer(prepared)) return prepared;
      const part = findPart(prepared);
      const identifying = hooks();
      const isIdentified =
        identifying?.identifiesByFacts !== true ||
        part === undefined ||
        identifying.isIdentified(id, mergePatch(request(id), part) as Members);
      return isIdentified ? this.#decideNow(admission, prepared, options) : undefined;
    });
  }

  #decideNow(
    { caller, session }: SessionAdmission,
    { query, subject }: VouchedQuery,
    { onDecided }: QueryOptions,
  ): Answer {
    const { owners, changes, factLines, events, policy, request } = this.#options;
    const { id } = session;
    const module = policy();
    owners.note(id, 'users', caller.id);
    if (subject !== undefined) {
      factLines.note(caller.id, id);
      try {
        changes.runCaused(caller.id, () => session.patchJson(stringifyExactly({ subject })));
      } catch (error) {
        if (!(error instanceof SessionError)) throw error;
        return createRefusalAnswer(
          'not_mapped',
          `the facts of the service do not fit: ${error.message}`,
        );
      }
    }
    events.writeLines(id);
    const answer = changes.runCaused(caller.id, () => session.decide(stringifyExactly(query)));
    if (onDecided === undefined) return answer;
    return onDecided({ answer, module, request: mergeQuery(request(id), query) });
  }

  /** The answer in a copy of the session, so that nothing changes. */
  consider(
    by: SessionCaller,
    handle: SessionHandle,
    create: CreateQuery,
    vouched: readonly VouchedMember[] | undefined,
  ): Answer {
    const { gate, copies, policy } = this.#options;
    return gate.enter(by, handle, 'use', ({ session, owner }) => {
      const prepared = this.#prepare(handle.id, owner, create, vouched);
      if (isAnswer(prepared)) return prepared;
      const { query, subject } = prepared;
      try {
        const part = subject === undefined ? undefined : stringifyExactly({ subject });
        return copies.decide(policy(), session, stringifyExactly(query), part);
      } catch (error) {
        return createRefusalAnswer('engine_error', formatErrorMessage(error));
      }
    });
  }

  #prepare(
    id: string,
    owner: SessionOwner,
    create: CreateQuery,
    vouched: readonly VouchedMember[] = [],
  ): VouchedQuery | Answer {
    const query = create(owner);
    if (isAnswer(query)) return query;
    if (vouched.length === 0) return { query, subject: undefined };
    const facts = this.#options.request(id);
    if (!containsSubject(facts.subject, vouched)) return createOtherSubjectAnswer();
    return vouchQuery(facts, query, vouched);
  }

  /** The facts that the query would bring into the session now. */
  #findPart(
    id: string,
    create: CreateQuery,
    vouched: readonly VouchedMember[] | undefined,
  ): Members {
    const owner = this.#options.owners.get(id);
    const prepared = owner && this.#prepare(id, owner, create, vouched);
    return prepared === undefined || isAnswer(prepared) ? {} : (findPart(prepared) ?? {});
  }
}

export function createOtherSubjectAnswer(): Answer {
  return createRefusalAnswer('other_subject', 'the session belongs to another subject');
}

/** The facts that a query brings into its session, or `undefined` if there are none. */
function findPart({ query: { context }, subject }: VouchedQuery): Members | undefined {
  if (subject !== undefined) return isObject(context) ? { subject, context } : { subject };
  return isObject(context) ? { context } : undefined;
}

/** A query with the facts of its session. */
function mergeQuery(facts: Members, query: Members): Members {
  const { context = {} } = query;
  const merged = isObject(context) ? mergePatch(facts.context, context) : facts.context;
  return { ...facts, ...query, context: merged };
}

function isAnswer(query: object): query is Answer {
  return 'decision' in query;
}

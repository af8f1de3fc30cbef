// A session of a decision log while it is read: the facts that a replay has by its lines, and the approvals that a service was
// given. Returns what a decision of the log was made with.

import { stringify } from '@nhipol/runtime';
import type { JsonValue } from '@nhipol/runtime/abi';
import {
  applyRequestChange,
  createQueryChange,
  createReplacement,
  findMember,
  isJsonMembers,
  type JsonMembers,
} from '../generate/request-parts.ts';
import type { DecisionLogEntry, Recorded, RecordedDecision } from './decision-log.ts';
import type { ReplayedApproval, SessionInput } from './log-line.ts';

interface Grant {
  readonly digest: string;
  readonly approval: ReplayedApproval;
}

export class RecordedSession {
  #facts: JsonMembers;
  /** The calls that were challenged, by the digest that approvals are for. */
  readonly #challenged = new Map<string, string>();
  readonly #grants: Grant[] = [];

  constructor(facts: JsonMembers) {
    this.#facts = facts;
  }

  /** Parts of the request are other ones, each as a whole. */
  replace(parts: JsonMembers): void {
    this.#facts = applyRequestChange(this.#facts, createReplacement(parts));
  }

  /** An approval that a decision has in its own line is not from here. */
  approve({ answer, approval, callDigest }: Extract<Recorded, { kind: 'approval' }>): void {
    if (answer !== 'approved' || approval === undefined) return;
    this.#grants.push({ digest: callDigest, approval });
  }

  decide(entry: DecisionLogEntry & RecordedDecision): SessionInput {
    const request = this.#withoutGrants(entry.request);
    const { subject: _, ...query } = request;
    const { challengeDigest: digest } = entry;
    if (digest !== undefined) this.#challenged.set(digest, printCall(request));
    const approval = entry.approval ?? this.#createGrant(entry, request);
    const given = {
      kind: 'decide',
      query,
      ...(approval === undefined ? {} : { approval }),
    } as const;
    // A request that is not valid changes no facts.
    if (entry.isInvalid) return given;
    const expected = applyRequestChange(this.#facts, createQueryChange(query));
    const isExpected = ['subject', 'context'].every((part) => {
      const requestMember = findMember(request, [part]);
      return (
        requestMember === undefined || isSame(requestMember, findMember(expected, [part]) ?? null)
      );
    });
    this.#facts = isExpected
      ? expected
      : applyRequestChange(this.#facts, createReplacement(request));
    return isExpected ? given : { ...given, facts: request };
  }

  /** The approvals of a service are facts with the digest of the whole call, which the log does not contain. */
  #withoutGrants(request: JsonMembers): JsonMembers {
    const { context } = request;
    if (this.#grants.length === 0 || context === undefined || !isJsonMembers(context))
      return request;
    const { approvals: _, call_digest: __, ...others } = context;
    return { ...request, context: others };
  }

  /** The approval that permitted a call, as far as it is of a call that was challenged before. */
  #createGrant({ at, effect }: DecisionLogEntry & RecordedDecision, request: JsonMembers) {
    if (effect === 'challenge') return undefined;
    const call = printCall(request);
    const usable = this.#grants.filter(
      ({ digest, approval }) =>
        this.#challenged.get(digest) === call && Date.parse(approval.expiresAt) > Number(at),
    );
    return usable.at(-1)?.approval;
  }
}

function printCall({ action = null, resource = null }: JsonMembers): string {
  return stringify([sortMembers(action), sortMembers(resource)]);
}

function isSame(one: JsonValue, other: JsonValue): boolean {
  return stringify(sortMembers(one)) === stringify(sortMembers(other));
}

/** The value with the members of its objects in the order of their names. */
function sortMembers(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (!isJsonMembers(value)) return value;
  const entries = Object.entries(value).map(
    ([name, member]) => [name, sortMembers(member)] as const,
  );
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

// A session of a decision log while it is read: the facts that a replay has by its lines, and the approvals that a service was
// given. Returns what a decision of the log was made with.

import { stringify } from '@nhipol/runtime';
import type { JsonValue } from '@nhipol/runtime/abi';
import {
  asking,
  changed,
  isMembers,
  type Members,
  memberAt,
  replacing,
} from '../generate/request-parts.ts';
import type { DecisionLogEntry, Recorded, RecordedDecision } from './decision-log.ts';
import type { GivenApproval, SessionInput } from './log-line.ts';

interface Grant {
  readonly digest: string;
  readonly approval: GivenApproval;
}

export class RecordedSession {
  #facts: Members;
  /** The calls that were challenged, by the digest that approvals are for. */
  readonly #challenged = new Map<string, string>();
  readonly #grants: Grant[] = [];

  constructor(facts: Members) {
    this.#facts = facts;
  }

  /** Parts of the request are other ones, each as a whole. */
  replace(parts: Members): void {
    this.#facts = changed(this.#facts, replacing(parts));
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
    if (digest !== undefined) this.#challenged.set(digest, callOf(request));
    const approval = entry.approval ?? this.#grantFor(entry, request);
    const given = {
      kind: 'decide',
      query,
      ...(approval === undefined ? {} : { approval }),
    } as const;
    // A request that is not valid changes no facts.
    if (entry.isInvalid) return given;
    const expected = changed(this.#facts, asking(query));
    const isExpected = ['subject', 'context'].every((part) => {
      const own = memberAt(request, [part]);
      return own === undefined || isSame(own, memberAt(expected, [part]) ?? null);
    });
    this.#facts = isExpected ? expected : changed(this.#facts, replacing(request));
    return isExpected ? given : { ...given, facts: request };
  }

  /** The approvals of a service are facts with the digest of the whole call, which the log does not contain. */
  #withoutGrants(request: Members): Members {
    const { context } = request;
    if (this.#grants.length === 0 || context === undefined || !isMembers(context)) return request;
    const { approvals: _, call_digest: __, ...others } = context;
    return { ...request, context: others };
  }

  /** The approval that permitted a call, as far as it is of a call that was challenged before. */
  #grantFor({ at, effect }: DecisionLogEntry & RecordedDecision, request: Members) {
    if (effect === 'challenge') return undefined;
    const call = callOf(request);
    const usable = this.#grants.filter(
      ({ digest, approval }) =>
        this.#challenged.get(digest) === call && Date.parse(approval.expiresAt) > Number(at),
    );
    return usable.at(-1)?.approval;
  }
}

function callOf({ action = null, resource = null }: Members): string {
  return stringify([sorted(action), sorted(resource)]);
}

function isSame(one: JsonValue, other: JsonValue): boolean {
  return stringify(sorted(one)) === stringify(sorted(other));
}

/** The value with the members of its objects in the order of their names. */
function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isMembers(value)) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

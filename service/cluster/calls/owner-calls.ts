// Performs calls at the owner of a partition. What reads is answered only while no other node can own the partition; what
// changes is answered when it is stored, which succeeds for the owner only.

import { type Answer, stringify } from '@nhipol/runtime';
import { createRefusalAnswer } from '../../engine/answers.ts';
import type { Members } from '../../json/members.ts';
import { Problem } from '../../pdp/problem.ts';
import type { LiveSessions } from '../../pdp/sessions/live-sessions.ts';
import type { GivenApproval, OnDecided, QueryOptions } from '../../pdp/sessions/session-host.ts';
import type { OwnedPartition } from '../partitions/owned-partition.ts';
import type { Directory } from './directory.ts';
import type { IdentityKey } from './identity.ts';
import { createErrorReply, type DecidedReply, type OwnerCall, type OwnerReply } from './wire.ts';

export interface OwnerParts {
  readonly directory: Directory;
  readonly identity: IdentityKey;
  /** The bytes that a list in a reply may have. */
  readonly maxListBytes: () => number;
}

type Vouched = NonNullable<QueryOptions['vouched']>;

type Operation = (
  sessions: LiveSessions,
  call: OwnerCall,
  parts: OwnerParts & { readonly partition: OwnedPartition },
) => Promise<unknown>;

/** Operations that only read: they may be repeated. */
const reads: Readonly<Record<string, Operation>> = {
  view: (sessions, { by, id }) => sessions.view(by, id),
  read: (sessions, { by, id }) => sessions.read(by, id),
  request: (sessions, { by, id }) => sessions.request(by, id),
  list: async (sessions, { by, given: [after, limit] }, { maxListBytes }) => {
    const page = await sessions.list(by, String(after), Number(limit));
    const fitting = limitBytes(page.sessions, maxListBytes());
    const hasMore = page.hasMore || fitting.length < page.sessions.length;
    return { sessions: fitting, hasMore };
  },
  count: (sessions, { by }) => sessions.count(by),
  consider: (sessions, { by, id, given: [request, vouched] }) =>
    sessions.consider(by, id, request as Members, { vouched: vouched as Vouched }),
};

const changes: Readonly<Record<string, Operation>> = {
  open,
  patch: async (sessions, call, { identity }) => {
    const {
      by,
      id,
      given: [part],
    } = call;
    await expectSameIdentity(sessions, call, part as Members, identity);
    return sessions.patch(by, id, part as Members);
  },
  signal: (sessions, { by, id, given: [name, payload, time] }) =>
    sessions.signal(by, id, String(name), payload as Members, (time as number | null) ?? undefined),
  approve: (sessions, { by, id, given: [approval] }) =>
    sessions.approve(by, id, approval as GivenApproval),
  decide: (sessions, call, { identity }) =>
    withRequest(sessions, call, identity, (query, options) =>
      sessions.decide(call.by, call.id, query, options),
    ),
  decideFor: (sessions, call, { identity }) =>
    withRequest(sessions, call, identity, (request, options) =>
      sessions.decideQuery(call.by, call.id, request, options),
    ),
  apply: async (_sessions, { given: [sequences] }, { partition, maxListBytes }) => {
    const { index, events } = partition;
    if (events !== undefined) {
      const changed = await events.apply((sequences as readonly unknown[]).map(Number));
      const each = maxListBytes() / Math.max(1, changed.length);
      return changed.map((ids) => limitBytes(ids, each));
    }
    const detail = `the node with partition ${index} was started without signals`;
    throw new Problem(503, detail, { code: 'state_unavailable' });
  },
  close: async (sessions, { by, id }, { directory }) => {
    const { answer } = await sessions.view(by, id);
    await sessions.close(by, id);
    if (answer.effect !== 'revoke') await directory.remove(id);
    return null;
  },
};

/** The first values whose JSON together has at most this many bytes, and at least one of them. */
function limitBytes<Value>(values: readonly Value[], most: number): readonly Value[] {
  let length = 0;
  const end = values.findIndex((value, index) => {
    length += Buffer.byteLength(stringify(value)) + 1;
    return index > 0 && length > most;
  });
  return end === -1 ? values : values.slice(0, end);
}

export async function performCall(
  partition: OwnedPartition,
  call: OwnerCall,
  parts: OwnerParts,
): Promise<OwnerReply> {
  if (!partition.isHeld) return { kind: 'notOwner' };
  const { operation } = call;
  const isRead = Object.hasOwn(reads, operation);
  const perform = isRead ? reads[operation] : changes[operation];
  try {
    if (perform === undefined) throw new Error(`unknown operation ${operation}`);
    const value = await perform(partition.sessions, call, { ...parts, partition });
    return isRead && !partition.isHeld ? { kind: 'notOwner' } : { kind: 'value', value };
  } catch (error) {
    // The partition was given up while the operation waited, and before it changed anything.
    const isEnded = error instanceof Problem && error.details.code === 'sessions_ended';
    const isRepeatable = (isRead || operation === 'apply') && !partition.isHeld;
    return isEnded || isRepeatable ? { kind: 'notOwner' } : createErrorReply(error);
  }
}

async function open(
  sessions: LiveSessions,
  { by, id, given: [request] }: OwnerCall,
  { directory, partition }: Parameters<Operation>[2],
): Promise<unknown> {
  const claimed = await directory.claim(id, partition.index);
  if (claimed === undefined) {
    throw new Problem(409, 'a session of another identity has this id', { code: 'session_exists' });
  }
  try {
    return await sessions.open(by, id, request as Members);
  } catch (error) {
    const isUnused = claimed === 'new' && error instanceof Problem && error.status < 500;
    if (isUnused && error.status !== 410) await directory.remove(id);
    throw error;
  }
}

async function expectSameIdentity(
  sessions: LiveSessions,
  { by, id }: OwnerCall,
  part: Members,
  identity: IdentityKey,
): Promise<void> {
  // A session of another caller is reported as missing, and not by its identity.
  await sessions.view(by, id);
  const request = await sessions.request(by, id);
  if (!identity.isSubject(part) || identity.in(part) === identity.in(request)) return;
  const detail = `${identity.path} identifies the session in the cluster, and cannot change`;
  throw new Problem(409, detail, { code: 'identity_changed' });
}

/** An answer, with the request that was decided if the caller wants to log it. */
async function withRequest(
  sessions: LiveSessions,
  call: OwnerCall,
  identity: IdentityKey,
  decide: (given: Members, options: QueryOptions) => Promise<Answer>,
): Promise<DecidedReply> {
  const [given, members, wantsRequest] = call.given;
  const vouched = members as Vouched;
  const part = toSubject(vouched);
  if (identity.isSubject(part)) {
    const facts = await sessions.request(call.by, call.id);
    const isOther = facts.subject !== undefined && identity.in(part) !== identity.in(facts);
    if (isOther)
      return createRefusalAnswer('other_subject', 'the session belongs to another subject');
  }
  let request: Members | undefined;
  const onDecided: OnDecided = (decidedRequest) => {
    ({ request } = decidedRequest);
    return decidedRequest.answer;
  };
  const options = wantsRequest === true ? { vouched, onDecided } : { vouched };
  const answer = await decide(given as Members, options);
  return request === undefined ? answer : { ...answer, decided_request: request };
}

/** The properties of the subject that the service sets, as a part of a request. */
function toSubject(vouched: Vouched): Members {
  const properties = vouched.flatMap(({ path: [part, inner, name, more], value }) =>
    part === 'subject' && inner === 'properties' && name !== undefined && more === undefined
      ? [[name, value] as const]
      : [],
  );
  return properties.length === 0 ? {} : { subject: { properties: Object.fromEntries(properties) } };
}

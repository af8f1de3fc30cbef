// Checks the observations of clients of a cluster, and the messages of its stream, by rules that hold under every fault. Instants are
// those of one monotonic clock, in milliseconds: an operation takes place between its call and its response.

export interface Operation {
  readonly session: string;
  /** The sessions that an event ends together. */
  readonly group: string;
  readonly kind: 'decide' | 'view' | 'revoke' | 'mark';
  readonly node: number;
  readonly called: number;
  readonly answered: number;
  /** `undefined` if there is no response, so that it may have had its effect, or not, or may have it later. */
  readonly outcome: Outcome | undefined;
}

export interface Outcome {
  readonly status: number;
  /** `undefined` if the response has none. */
  readonly effect: string | undefined;
  readonly reasons: readonly string[];
}

/** A message of the stream. */
export interface Written {
  readonly sequence: number;
  readonly partition: number;
  readonly isLease: boolean;
  /** The sequence of the lease that its writer had, or `undefined` if it takes the lease. */
  readonly epoch: number | undefined;
}

/** A security event that ends the sessions of a group, also those that are opened later. */
export interface SentEvent {
  readonly group: string;
  /** When it was sent first. */
  readonly sent: number;
  /** `undefined` if it never was. */
  readonly acknowledged: number | undefined;
}

/** The state of a session in the end, when all faults are over. */
export interface Final {
  readonly session: string;
  readonly group: string;
  readonly effect: string;
  readonly marks: number;
}

/** The number of marks that a decision has seen: the policy has a rule `marks_N` for each number. */
export function countMarks(reasons: readonly string[]): number {
  return Math.max(0, ...reasons.map((reason) => Number(/^marks_(\d+)$/.exec(reason)?.[1] ?? 0)));
}

/** The observations of a run, and the messages of the stream. */
export interface History {
  readonly operations: readonly Operation[];
  readonly events: readonly SentEvent[];
  readonly finals: readonly Final[];
  readonly written: readonly Written[];
}

/** Returns a sentence for each violation. */
export function findViolations({
  operations,
  events,
  finals,
  written,
}: History): readonly string[] {
  const bySession = groupValues(operations, ({ session }) => session);
  return [
    ...[...bySession.values()].flatMap(permitsAfterRevoke),
    ...[...bySession.values()].flatMap(findForgottenMarks),
    ...events.flatMap((event) => permitsAfterEvent(event, operations)),
    ...finals.flatMap((final) =>
      findLostSignals(final, bySession.get(final.session) ?? [], events),
    ),
    ...secondOwners(written),
  ];
}

/** No permit in any session of its group that was requested after an event was acknowledged. */
function permitsAfterEvent(
  { group, acknowledged }: SentEvent,
  operations: readonly Operation[],
): readonly string[] {
  if (acknowledged === undefined) return [];
  const late = operations.filter((each) => each.group === group && each.called > acknowledged);
  return late.filter(isPermit).map(({ session, kind, node, called }) => {
    const after = (called - acknowledged).toFixed(1);
    return `${session}: ${kind} at node ${node} permitted ${after} ms after the event was acknowledged`;
  });
}

function isPermit({ outcome }: Operation): boolean {
  return outcome?.effect === 'permit' || outcome?.effect === 'narrow';
}

function isAcknowledged({ outcome }: Operation): boolean {
  return outcome?.status === 200;
}

/** No permit, and no view with one, that was requested after a revoke was acknowledged. */
function permitsAfterRevoke(operations: readonly Operation[]): readonly string[] {
  const revokes = operations.filter((each) => each.kind === 'revoke' && isAcknowledged(each));
  const first = Math.min(...revokes.map(({ answered }) => answered));
  return operations.flatMap((each) => {
    const { session, kind, node, called } = each;
    if (!isPermit(each) || called <= first) return [];
    const late = (called - first).toFixed(1);
    return [
      `${session}: ${kind} at node ${node} permitted ${late} ms after the revoke was acknowledged`,
    ];
  });
}

/** Every decision has seen the signals that were acknowledged before it was requested. */
function findForgottenMarks(operations: readonly Operation[]): readonly string[] {
  const marks = operations.filter((each) => each.kind === 'mark' && isAcknowledged(each));
  return operations.flatMap(({ session, kind, node, called, outcome }) => {
    if (kind !== 'decide' || outcome?.effect !== 'permit') return [];
    const acknowledged = marks.filter(({ answered }) => answered < called).length;
    const seen = countMarks(outcome.reasons);
    if (seen >= acknowledged) return [];
    return [`${session}: a decision at node ${node} saw ${seen} of ${acknowledged} signals`];
  });
}

/** In the end each acknowledged signal is there, and none that was never sent. */
function findLostSignals(
  { session, group, effect, marks }: Final,
  operations: readonly Operation[],
  events: readonly SentEvent[],
): readonly string[] {
  const sent = operations.filter(({ kind }) => kind === 'mark');
  const acknowledged = sent.filter(isAcknowledged).length;
  const about = events.filter((event) => event.group === group);
  const isRevoked =
    operations.some((each) => each.kind === 'revoke' && isAcknowledged(each)) ||
    about.some(({ acknowledged: at }) => at !== undefined);
  if (isRevoked) return effect === 'revoke' ? [] : [`${session}: the revoke was lost: ${effect}`];
  if (effect === 'revoke') {
    const isPossible = about.length > 0 || operations.some(({ kind }) => kind === 'revoke');
    return isPossible ? [] : [`${session}: revoked without a signal`];
  }
  if (effect !== 'permit') return [`${session}: ${effect} when all faults are over`];
  if (marks < acknowledged) return [`${session}: ${acknowledged - marks} signals were lost`];
  return marks > sent.length ? [`${session}: ${marks} signals of ${sent.length}`] : [];
}

/** Between two takings of a lease only the first owner writes. */
function secondOwners(written: readonly Written[]): readonly string[] {
  const violations: string[] = [];
  for (const [partition, messages] of groupValues(written, (message) => message.partition)) {
    let owner = 0;
    for (const { sequence, isLease, epoch } of messages) {
      if (isLease && epoch === undefined) owner = sequence;
      else if (epoch !== owner) {
        violations.push(
          `partition ${partition}: message ${sequence} of epoch ${epoch} after epoch ${owner}`,
        );
      }
    }
  }
  return violations;
}

function groupValues<Value, Key>(
  values: readonly Value[],
  keyOf: (value: Value) => Key,
): ReadonlyMap<Key, readonly Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

// A store in an SQLite database. Every change is a transaction that is on the disk when the call returns.

import { hostname } from 'node:os';
import type { SessionStore } from '@nhipol/runtime';
import { StateFile, type StateFileOptions } from './state-file.ts';
import {
  type ApprovalRequest,
  type ApprovalState,
  formatSubject,
  maxWaiting,
  type Revocation,
  type RevocationScope,
  type Store,
  type StoredApproval,
  serviceSessions,
} from './store.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS revocations (
    subject_type TEXT NOT NULL, subject_id TEXT NOT NULL, server TEXT NOT NULL,
    at INTEGER NOT NULL, reasons TEXT NOT NULL, message TEXT,
    PRIMARY KEY (subject_type, subject_id, server)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS requests (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, summary TEXT NOT NULL, reason TEXT NOT NULL, subject TEXT NOT NULL,
    requested_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS approvals (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, channel TEXT NOT NULL, approver TEXT,
    granted_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER, subject TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS approvals_by_digest ON approvals (digest);
  CREATE TABLE IF NOT EXISTS sessions (
    name TEXT NOT NULL, id TEXT NOT NULL, snapshot TEXT NOT NULL, PRIMARY KEY (name, id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS positions (name TEXT PRIMARY KEY, position TEXT NOT NULL) STRICT;
`;

/** Stands for all servers. */
const everyServer = '';

/** How long a request is stored after it has expired, in milliseconds. */
const remembered = 86_400_000;
/**
 * Opens the store of a state, or of the state at a path, which is created if it never existed and closed with the store.
 * Throws if the state cannot be used, with the code `ELOCKED` if another process has it.
 */
export function sqliteStore(place: string | StateFile, options?: StateFileOptions): Store {
  const state = typeof place === 'string' ? new StateFile(place, options) : place;
  state.exec(schema);
  addSubjects(state);
  renameSessions(state);
  return {
    ...createRevocations(state),
    ...createApprovals(state),
    ...createPositions(state),
    sessions: (name) => createSessions(state, name),
    reserveSessions: (name) => reserveSessions(state, name),
    version: () => state.version(),
    expectInPlace: () => state.expectInPlace(),
    close: () => {
      if (state !== place) state.close();
    },
  };
}

/** Earlier versions stored approvals without their subjects. */
function addSubjects(state: StateFile): void {
  const find = state.prepare(`SELECT 1 FROM pragma_table_info('approvals') WHERE name = 'subject'`);
  if (find.get() !== undefined) return;
  try {
    state.exec('ALTER TABLE approvals ADD COLUMN subject TEXT');
  } catch (error) {
    // Another process may have been faster.
    if (find.get() === undefined) throw error;
  }
}

/** Earlier versions stored the sessions of a service under the name of its policy; names of guards and daemons are not such names. */
function renameSessions(state: StateFile): void {
  const { snapshots, owners } = serviceSessions;
  const suffix = ' owners';
  const find = state.prepare('SELECT DISTINCT name FROM sessions WHERE name LIKE ? AND name <> ?');
  const found = (find.all(`%${suffix}`, owners) as Row[])
    .map((row) => String(row.name))
    .filter((name) => /^[\w.]+ owners$/.test(name));
  if (found.length === 0) return;
  const rename = state.prepare('UPDATE OR IGNORE sessions SET name = ? WHERE name = ?');
  state.transaction(() => {
    for (const name of found) {
      rename.run(snapshots, name.slice(0, -suffix.length));
      rename.run(owners, name);
    }
  })();
}

type Row = Readonly<Record<string, unknown>>;

function createRevocations(
  state: StateFile,
): Pick<Store, 'revoke' | 'revocationOf' | 'revocations' | 'lift'> {
  const insert = state.prepare(
    `INSERT INTO revocations VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET at = excluded.at, reasons = excluded.reasons, message = excluded.message`,
  );
  const refuseRequests = state.prepare(
    `UPDATE requests SET state = 'refused' WHERE subject = ? AND state = 'pending'`,
  );
  const withdraw = state.prepare(
    `UPDATE approvals SET used_at = ? WHERE used_at IS NULL
     AND (subject = ? OR id IN (SELECT id FROM requests WHERE subject = ?))`,
  );
  const revoke = state.transaction((revocation: Revocation) => {
    const { subjectType, subjectId, server, at, reasons, message } = revocation;
    const key = [subjectType, subjectId, server ?? everyServer];
    insert.run(...key, at, JSON.stringify(reasons), message ?? null);
    const subject = formatSubject(subjectType, subjectId);
    refuseRequests.run(subject);
    withdraw.run(at, subject, subject);
  });
  const find = state.prepare(
    `SELECT * FROM revocations WHERE subject_type = ? AND subject_id = ? AND server IN (?, '${everyServer}')
     ORDER BY at LIMIT 1`,
  );
  const all = state.prepare('SELECT * FROM revocations ORDER BY at');
  const remove = state.prepare(
    'DELETE FROM revocations WHERE subject_type = ? AND subject_id = ? AND server = ?',
  );
  return {
    revoke: (revocation) => void revoke(revocation),
    revocationOf: ({ subjectType, subjectId, server }) => {
      const row: unknown = find.get(subjectType, subjectId, server ?? everyServer);
      return row === undefined ? undefined : toRevocation(row as Row);
    },
    revocations: () => (all.all() as Row[]).map(toRevocation),
    lift: ({ subjectType, subjectId, server }: RevocationScope) =>
      remove.run(subjectType, subjectId, server ?? everyServer).changes > 0,
  };
}

function toRevocation(row: Row): Revocation {
  return {
    subjectType: String(row.subject_type),
    subjectId: String(row.subject_id),
    server: row.server === everyServer ? undefined : String(row.server),
    at: Number(row.at),
    reasons: JSON.parse(String(row.reasons)),
    message: row.message === null ? undefined : String(row.message),
  };
}

function createApprovals(
  state: StateFile,
): Pick<
  Store,
  | 'request'
  | 'pending'
  | 'stateOf'
  | 'refuse'
  | 'withdraw'
  | 'approveRequest'
  | 'approve'
  | 'take'
  | 'expire'
> {
  const waiting = `subject = ? AND state = 'pending' AND expires_at > ?`;
  const insertRequest = state.prepare(
    `INSERT INTO requests SELECT ?, ?, ?, ?, ?, ?, ?, 'pending'
     WHERE (SELECT count(*) FROM requests WHERE ${waiting}) < ${maxWaiting}
     AND NOT EXISTS (SELECT 1 FROM requests WHERE ${waiting} AND digest = ?)`,
  );
  const earlier = state.prepare(
    `SELECT id FROM requests WHERE ${waiting} AND digest = ? ORDER BY requested_at LIMIT 1`,
  );
  const forget = state.prepare('DELETE FROM requests WHERE expires_at <= ?');
  const endRequests = state.prepare(
    `UPDATE requests SET state = 'expired' WHERE state = 'pending' AND expires_at <= ?`,
  );
  const endApprovals = state.prepare(
    'UPDATE approvals SET used_at = ? WHERE used_at IS NULL AND expires_at <= ?',
  );
  const pending = state.prepare(
    `SELECT * FROM requests WHERE state = 'pending' AND expires_at > ? ORDER BY requested_at, id`,
  );
  const findState = state.prepare('SELECT state FROM requests WHERE id = ?');
  const answer = state.prepare(`UPDATE requests SET state = ? WHERE id = ? AND state = 'pending'`);
  const insert = state.prepare('INSERT INTO approvals VALUES (?, ?, ?, ?, ?, ?, NULL, ?)');
  const use = state.prepare(
    `UPDATE approvals SET used_at = ? WHERE id = (
       SELECT id FROM approvals WHERE digest = ? AND used_at IS NULL AND expires_at > ?
         AND (approver IS NULL OR approver IS NOT ?) ORDER BY expires_at LIMIT 1
     ) AND used_at IS NULL RETURNING *`,
  );
  const approved = state.prepare(
    `UPDATE requests SET state = 'approved' WHERE id = ? AND digest = ? AND state = 'pending' AND expires_at > ?`,
  );
  const grant = ({ subject, ...approval }: StoredApproval) => {
    const { id, digest, channel, approver, grantedAt, expiresAt } = approval;
    insert.run(id, digest, channel, approver ?? null, grantedAt, expiresAt, subject ?? null);
  };
  const approve = state.transaction((approval: StoredApproval) => {
    grant(approval);
    answer.run('approved', approval.id);
  });
  const approveRequest = state.transaction((approval: StoredApproval) => {
    const { id, digest, grantedAt } = approval;
    if (approved.run(id, digest, grantedAt).changes === 0) return false;
    grant(approval);
    return true;
  });
  const latest = createLatestInstant(state);
  /** Marks what has expired, so that it stays so for a process whose clock is slow. */
  const expire = (now: number) => {
    endRequests.run(now);
    endApprovals.run(now, now);
  };
  /** Marks what has expired by an instant or the latest one, and returns the one that counts. */
  const expireRequests = (given: number): number => {
    const now = latest(given);
    expire(now);
    return now;
  };
  return {
    request: ({ id, digest, summary, reason, subject, requestedAt, expiresAt }) => {
      const now = expireRequests(requestedAt);
      forget.run(now - remembered);
      const own = [subject, now] as const;
      const values = [id, digest, summary, reason, subject, requestedAt, expiresAt] as const;
      if (insertRequest.run(...values, ...own, ...own, digest).changes > 0) return id;
      const row = earlier.get(...own, digest) as Row | undefined;
      return row === undefined ? undefined : String(row.id);
    },
    pending: (given) => (pending.all(expireRequests(given)) as Row[]).map(toRequest),
    stateOf: (id) => (findState.get(id) as Row | undefined)?.state as ApprovalState | undefined,
    refuse: (id) => answer.run('refused', id).changes > 0,
    withdraw: (id) => answer.run('expired', id).changes > 0,
    approveRequest: (approval) => {
      expireRequests(approval.grantedAt);
      return approveRequest(approval);
    },
    approve: (approval) => {
      expireRequests(approval.grantedAt);
      approve(approval);
    },
    expire,
    take: (digest, given, by) => {
      const now = expireRequests(given);
      const row: unknown = use.get(now, digest, now, by ?? null);
      return row === undefined ? undefined : toApproval(row as Row);
    },
  };
}

/** The name of the position that is the latest instant that any process had. */
const latestName = 'latest instant';
/** An instant that is later by less is not stored, in milliseconds: each one that is stored takes a write to the disk. */
const precision = 1_000;

/** Returns a function that takes an instant, and returns it or the latest one that was stored. */
function createLatestInstant(state: StateFile): (now: number) => number {
  const { position } = createPositions(state);
  // Another process may have stored a later one since it was read.
  const set = state.prepare(
    `INSERT INTO positions VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position
     WHERE CAST(excluded.position AS INTEGER) > CAST(position AS INTEGER)`,
  );
  return (now) => {
    const known = Number(position(latestName) ?? 0);
    if (now >= known + precision) set.run(latestName, String(now));
    return Math.max(now, known);
  };
}

function toRequest(row: Row): ApprovalRequest {
  return {
    id: String(row.id),
    digest: String(row.digest),
    summary: String(row.summary),
    reason: String(row.reason),
    subject: String(row.subject),
    requestedAt: Number(row.requested_at),
    expiresAt: Number(row.expires_at),
  };
}

function toApproval(row: Row): StoredApproval {
  return {
    id: String(row.id),
    digest: String(row.digest),
    channel: row.channel as StoredApproval['channel'],
    approver: row.approver === null ? undefined : String(row.approver),
    grantedAt: Number(row.granted_at),
    expiresAt: Number(row.expires_at),
    ...(row.subject === null ? {} : { subject: String(row.subject) }),
  };
}

function createPositions(state: StateFile): Pick<Store, 'position' | 'setPosition'> {
  const find = state.prepare('SELECT position FROM positions WHERE name = ?');
  const set = state.prepare(
    'INSERT INTO positions VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position',
  );
  return {
    position: (name) => {
      const row: unknown = find.get(name);
      return row === undefined ? undefined : String((row as Row).position);
    },
    setPosition: (name, position) => void set.run(name, position),
  };
}

/** The position names who reserved them last, for people: what counts is the lock. */
function reserveSessions(state: StateFile, name: string): () => void {
  const { position, setPosition } = createPositions(state);
  const holder = `holder of sessions ${name}`;
  try {
    const release = state.lock(`sessions ${name}`);
    setPosition(holder, `process ${process.pid} on ${hostname()}`);
    return release;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
    const message = `the sessions are used by ${position(holder) ?? 'another process'}`;
    throw Object.assign(new Error(message), { code: 'ELOCKED' });
  }
}

function createSessions(state: StateFile, name: string): SessionStore {
  const read = state.prepare('SELECT snapshot FROM sessions WHERE name = ? ORDER BY id');
  const put = state.prepare(
    'INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET snapshot = excluded.snapshot',
  );
  const remove = state.prepare('DELETE FROM sessions WHERE name = ? AND id = ?');
  const write = state.transaction((changed: ReadonlyMap<string, string | undefined>) => {
    for (const [id, snapshot] of changed) {
      if (snapshot === undefined) remove.run(name, id);
      else put.run(name, id, snapshot);
    }
  });
  return {
    read: async () => (read.all(name) as Row[]).map((row) => String(row.snapshot)),
    write: async (changed) => {
      write(changed);
    },
    writeNow: write,
  };
}

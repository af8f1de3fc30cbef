// A store in an SQLite database with a write-ahead log. Every change is a transaction that is on the disk when the call
// returns. The file is readable by its owner only.

import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SessionStore } from '@nhipol/runtime';
import Database from 'libsql';
import {
  type ApprovalRequest,
  type ApprovalState,
  maxWaiting,
  type Revocation,
  type RevocationScope,
  type Store,
  type StoredApproval,
} from './store.ts';

/** The layout of the tables; a database of a later one is refused. */
const schemaVersion = 1;

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
    granted_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER
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
/** How long a call waits for the transaction of another process, in milliseconds. */
const busyTimeout = 5_000;

/** Opens the database, and creates it and its folder if they do not exist. Throws if it is not one of this version. */
export function sqliteStore(path: string): Store {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new Database(path, { timeout: busyTimeout });
  chmodSync(path, 0o600);
  database.pragma('journal_mode = WAL');
  // With a write-ahead log, only FULL makes a committed transaction survive a power failure.
  database.pragma('synchronous = FULL');
  expectVersion(database, path);
  database.exec(schema);
  database.exec(`PRAGMA user_version = ${schemaVersion}`);
  return {
    ...revocationsIn(database),
    ...approvalsIn(database),
    ...positionsIn(database),
    sessions: (name) => sessionsIn(database, name),
    version: () => numberOf(database.prepare('PRAGMA data_version').raw(true).get()),
    close: () => database.close(),
  };
}

function expectVersion(database: Database.Database, path: string): void {
  const found = numberOf(database.prepare('PRAGMA user_version').raw(true).get());
  if (found <= schemaVersion) return;
  database.close();
  throw new Error(`${path} was written by a later version of nhipol`);
}

/** The first column of a row. */
function numberOf(row: unknown): number {
  return Array.isArray(row) ? Number(row[0]) : 0;
}

type Statement = Pick<Database.Statement, 'run' | 'get' | 'all'>;

/** A prepared statement that throws after its database was closed: libsql itself would run it. */
function prepared(database: Database.Database, sql: string): Statement {
  const statement = database.prepare(sql);
  const whileOpen = () => {
    if (!database.open) throw new Error('the store is closed');
    return statement;
  };
  return {
    run: (...given) => whileOpen().run(...given),
    get: (...given) => whileOpen().get(...given),
    all: (...given) => whileOpen().all(...given),
  };
}

type Row = Readonly<Record<string, unknown>>;

function revocationsIn(
  database: Database.Database,
): Pick<Store, 'revoke' | 'revocationOf' | 'revocations' | 'lift'> {
  const insert = prepared(
    database,
    `INSERT INTO revocations VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET at = excluded.at, reasons = excluded.reasons, message = excluded.message`,
  );
  const refuseRequests = prepared(
    database,
    `UPDATE requests SET state = 'refused' WHERE subject = ? AND state = 'pending'`,
  );
  const withdraw = prepared(
    database,
    `UPDATE approvals SET used_at = ? WHERE used_at IS NULL AND id IN (SELECT id FROM requests WHERE subject = ?)`,
  );
  const revoke = database.transaction((revocation: Revocation) => {
    const { subjectType, subjectId, server, at, reasons, message } = revocation;
    const key = [subjectType, subjectId, server ?? everyServer];
    insert.run(...key, at, JSON.stringify(reasons), message ?? null);
    const subject = `${subjectType} ${subjectId}`;
    refuseRequests.run(subject);
    withdraw.run(at, subject);
  });
  const find = prepared(
    database,
    `SELECT * FROM revocations WHERE subject_type = ? AND subject_id = ? AND server IN (?, '${everyServer}')
     ORDER BY at LIMIT 1`,
  );
  const all = prepared(database, 'SELECT * FROM revocations ORDER BY at');
  const remove = prepared(
    database,
    'DELETE FROM revocations WHERE subject_type = ? AND subject_id = ? AND server = ?',
  );
  return {
    revoke: (revocation) => void revoke(revocation),
    revocationOf: ({ subjectType, subjectId, server }) => {
      const row: unknown = find.get(subjectType, subjectId, server ?? everyServer);
      return row === undefined ? undefined : revocationOf(row as Row);
    },
    revocations: () => (all.all() as Row[]).map(revocationOf),
    lift: ({ subjectType, subjectId, server }: RevocationScope) =>
      remove.run(subjectType, subjectId, server ?? everyServer).changes > 0,
  };
}

function revocationOf(row: Row): Revocation {
  return {
    subjectType: String(row.subject_type),
    subjectId: String(row.subject_id),
    server: row.server === everyServer ? undefined : String(row.server),
    at: Number(row.at),
    reasons: JSON.parse(String(row.reasons)),
    message: row.message === null ? undefined : String(row.message),
  };
}

function approvalsIn(
  database: Database.Database,
): Pick<
  Store,
  'request' | 'pending' | 'stateOf' | 'refuse' | 'approveRequest' | 'approve' | 'take'
> {
  const waiting = `subject = ? AND state = 'pending' AND expires_at > ?`;
  const insertRequest = prepared(
    database,
    `INSERT INTO requests SELECT ?, ?, ?, ?, ?, ?, ?, 'pending'
     WHERE (SELECT count(*) FROM requests WHERE ${waiting}) < ${maxWaiting}
     AND NOT EXISTS (SELECT 1 FROM requests WHERE ${waiting} AND digest = ?)`,
  );
  const earlier = prepared(
    database,
    `SELECT id FROM requests WHERE ${waiting} AND digest = ? ORDER BY requested_at LIMIT 1`,
  );
  const forget = prepared(database, 'DELETE FROM requests WHERE expires_at <= ?');
  const endRequests = prepared(
    database,
    `UPDATE requests SET state = 'expired' WHERE state = 'pending' AND expires_at <= ?`,
  );
  const endApprovals = prepared(
    database,
    'UPDATE approvals SET used_at = ? WHERE used_at IS NULL AND expires_at <= ?',
  );
  const pending = prepared(
    database,
    `SELECT * FROM requests WHERE state = 'pending' AND expires_at > ? ORDER BY requested_at, id`,
  );
  const state = prepared(database, 'SELECT state FROM requests WHERE id = ?');
  const answer = prepared(
    database,
    `UPDATE requests SET state = ? WHERE id = ? AND state = 'pending'`,
  );
  const insert = prepared(database, 'INSERT INTO approvals VALUES (?, ?, ?, ?, ?, ?, NULL)');
  const use = prepared(
    database,
    `UPDATE approvals SET used_at = ? WHERE id = (
       SELECT id FROM approvals WHERE digest = ? AND used_at IS NULL AND expires_at > ?
         AND (approver IS NULL OR approver IS NOT ?) ORDER BY expires_at LIMIT 1
     ) AND used_at IS NULL RETURNING *`,
  );
  const approved = prepared(
    database,
    `UPDATE requests SET state = 'approved' WHERE id = ? AND digest = ? AND state = 'pending' AND expires_at > ?`,
  );
  const grant = ({ id, digest, channel, approver, grantedAt, expiresAt }: StoredApproval) =>
    insert.run(id, digest, channel, approver ?? null, grantedAt, expiresAt);
  const approve = database.transaction((approval: StoredApproval) => {
    grant(approval);
    answer.run('approved', approval.id);
  });
  const approveRequest = database.transaction((approval: StoredApproval) => {
    const { id, digest, grantedAt } = approval;
    if (approved.run(id, digest, grantedAt).changes === 0) return false;
    grant(approval);
    return true;
  });
  /** What has expired is marked, so that it stays so for a process whose clock is behind. */
  const expire = (now: number) => {
    endRequests.run(now);
    endApprovals.run(now, now);
  };
  return {
    request: ({ id, digest, summary, reason, subject, requestedAt, expiresAt }) => {
      expire(requestedAt);
      forget.run(requestedAt - remembered);
      const own = [subject, requestedAt] as const;
      const values = [id, digest, summary, reason, subject, requestedAt, expiresAt] as const;
      if (insertRequest.run(...values, ...own, ...own, digest).changes > 0) return id;
      const row = earlier.get(...own, digest) as Row | undefined;
      return row === undefined ? undefined : String(row.id);
    },
    pending: (now) => {
      expire(now);
      return (pending.all(now) as Row[]).map(requestOf);
    },
    stateOf: (id) => (state.get(id) as Row | undefined)?.state as ApprovalState | undefined,
    refuse: (id) => answer.run('refused', id).changes > 0,
    approveRequest: (approval) => {
      expire(approval.grantedAt);
      return approveRequest(approval);
    },
    approve: (approval) => {
      approve(approval);
    },
    take: (digest, now, by) => {
      expire(now);
      const row: unknown = use.get(now, digest, now, by ?? null);
      return row === undefined ? undefined : approvalOf(row as Row);
    },
  };
}

function requestOf(row: Row): ApprovalRequest {
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

function approvalOf(row: Row): StoredApproval {
  return {
    id: String(row.id),
    digest: String(row.digest),
    channel: row.channel as StoredApproval['channel'],
    approver: row.approver === null ? undefined : String(row.approver),
    grantedAt: Number(row.granted_at),
    expiresAt: Number(row.expires_at),
  };
}

function positionsIn(database: Database.Database): Pick<Store, 'position' | 'setPosition'> {
  const find = prepared(database, 'SELECT position FROM positions WHERE name = ?');
  const set = prepared(
    database,
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

function sessionsIn(database: Database.Database, name: string): SessionStore {
  const read = prepared(database, 'SELECT snapshot FROM sessions WHERE name = ? ORDER BY id');
  const put = prepared(
    database,
    'INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET snapshot = excluded.snapshot',
  );
  const remove = prepared(database, 'DELETE FROM sessions WHERE name = ? AND id = ?');
  const write = database.transaction((changed: ReadonlyMap<string, string | undefined>) => {
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
  };
}

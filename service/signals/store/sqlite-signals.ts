// Signals in an SQLite database, usually that of the sessions.

import { takeTurns } from '../../pdp/turns.ts';
import { StateFile } from '../../store/state-file.ts';
import { GroupCommit } from './group-commit.ts';
import {
  type IndexedEvent,
  type IndexedSet,
  maxOfType,
  type OutgoingSet,
  type ReceivedSets,
  type SetId,
  type SetState,
  type SignalStore,
  type StoredSet,
} from './signal-store.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS signal_sets (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, issuer TEXT NOT NULL, jti TEXT NOT NULL, received_at INTEGER NOT NULL,
    events TEXT NOT NULL, entries TEXT NOT NULL, is_done INTEGER NOT NULL, UNIQUE (issuer, jti)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS signal_sets_pending ON signal_sets (sequence) WHERE is_done = 0;
  CREATE INDEX IF NOT EXISTS signal_sets_by_age ON signal_sets (received_at);
  CREATE TABLE IF NOT EXISTS signal_subjects (
    key TEXT NOT NULL, type TEXT NOT NULL, time INTEGER NOT NULL, sequence INTEGER NOT NULL,
    PRIMARY KEY (key, type, time, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS signal_subjects_by_set ON signal_subjects (sequence);
  CREATE TABLE IF NOT EXISTS signal_identifiers (
    only INTEGER PRIMARY KEY CHECK (only = 1), text TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS signal_streams (id TEXT PRIMARY KEY, receiver TEXT NOT NULL, text TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS signal_outbox (
    sequence INTEGER PRIMARY KEY, stream TEXT NOT NULL, jti TEXT NOT NULL, token TEXT NOT NULL,
    created_at INTEGER NOT NULL, UNIQUE (stream, jti)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS signal_outbox_by_stream ON signal_outbox (stream, sequence);
`;

/** The entries that are read at once: others have a turn between two pages. */
const maxPage = 200;

type Row = Readonly<Record<string, unknown>>;

/** Signals in a state, or in the state at a path, which is created if it never existed and closed with the signals. */
export function sqliteSignals(place: string | StateFile): SignalStore {
  const state = typeof place === 'string' ? new StateFile(place) : place;
  state.exec(schema);
  const group = new GroupCommit(state);
  let isClosed = false;
  const write = async <Result>(run: () => Result): Promise<Result> => {
    if (isClosed) throw new Error('the store is closed');
    return group.run(run);
  };
  return {
    ...createReceivedSets(state, write),
    ...createIdentifiers(state, write),
    ...createStreams(state, write),
    ...createOutbox(state, write),
    close: async () => {
      if (isClosed) return;
      group.flush();
      isClosed = true;
      if (state !== place) state.close();
    },
  };
}

type Write = <Result>(run: () => Result) => Promise<Result>;

function createReceivedSets(
  state: StateFile,
  write: Write,
): Omit<ReceivedSets, 'identifiedBy' | 'identify'> {
  const insert = state.prepare(
    `INSERT INTO signal_sets (issuer, jti, received_at, events, entries, is_done) VALUES (?, ?, ?, ?, ?, 0)
     ON CONFLICT DO NOTHING RETURNING sequence`,
  );
  const insertKey = state.prepare(
    'INSERT INTO signal_subjects VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const find = state.prepare(
    'SELECT sequence, is_done FROM signal_sets WHERE issuer = ? AND jti = ?',
  );
  const finish = state.prepare(
    'UPDATE signal_sets SET is_done = 1 WHERE issuer = ? AND jti = ? RETURNING entries',
  );
  const pending = state.prepare('SELECT * FROM signal_sets WHERE is_done = 0 ORDER BY sequence');
  const keys = state.prepare('SELECT DISTINCT key FROM signal_subjects');
  const about = state.prepare(
    `SELECT type, time, sequence FROM signal_subjects
     WHERE key = ? AND (type, time, sequence) > (?, ?, ?) ORDER BY type, time, sequence LIMIT ?`,
  );
  const dropKeys = state.prepare(
    `DELETE FROM signal_subjects WHERE key = ?1 AND type = ?2 AND (time, sequence) <=
       (SELECT time, sequence FROM signal_subjects WHERE key = ?1 AND type = ?2
        ORDER BY time DESC, sequence DESC LIMIT 1 OFFSET ?3)`,
  );
  const read = state.prepare('SELECT * FROM signal_sets WHERE sequence = ?');
  const forgetKeys = state.prepare(
    `DELETE FROM signal_subjects WHERE sequence IN
       (SELECT sequence FROM signal_sets WHERE received_at < ? AND is_done = 1)`,
  );
  const forget = state.prepare('DELETE FROM signal_sets WHERE received_at < ? AND is_done = 1');
  const addOne = ({ issuer, jti, receivedAt, events, index }: StoredSet): SetState => {
    const row: unknown = insert.get(issuer, jti, receivedAt, events, JSON.stringify(index));
    if (row === undefined) {
      const known = find.get(issuer, jti) as Row;
      return Number(known.is_done) === 1 ? 'done' : 'pending';
    }
    const { sequence } = row as Row;
    for (const { key, type, time } of index) {
      insertKey.run(key, type, Math.trunc(time), sequence);
    }
    return 'new';
  };
  /** Until then, older tokens may be the only ones that changed a session with another subject. */
  const finishOne = ({ issuer, jti }: SetId) => {
    const row: unknown = finish.get(issuer, jti);
    if (row === undefined) return;
    const index = JSON.parse(String((row as Row).entries)) as IndexedEvent[];
    for (const { key, type } of index) dropKeys.run(key, type, maxOfType);
  };
  return {
    add: (sets) => write(() => sets.map(addOne)),
    done: (sets) =>
      write(() => {
        for (const setId of sets) finishOne(setId);
      }),
    pending: async () => (pending.all() as Row[]).map(toSet),
    about: async (wanted, limit) => {
      const receivedSets: IndexedSet[] = [];
      const turn = takeTurns();
      for (const key of wanted) {
        let last: IndexedSet | undefined = { type: '', time: 0, sequence: 0 };
        while (last !== undefined) {
          await turn();
          const { type, time, sequence }: IndexedSet = last;
          const size = Math.min(maxPage, limit - receivedSets.length);
          const page: readonly IndexedSet[] = (
            about.all(key, type, time, sequence, size) as Row[]
          ).map(toIndexedSet);
          receivedSets.push(...page);
          last = page.length < maxPage ? undefined : page.at(-1);
        }
      }
      return receivedSets;
    },
    read: async (sequences) =>
      sequences.flatMap((sequence) => {
        const row: unknown = read.get(sequence);
        return row === undefined ? [] : [toSet(row as Row)];
      }),
    sequences: async (sets) =>
      sets.map(({ issuer, jti }) => Number((find.get(issuer, jti) as Row).sequence)),
    keys: async () => (keys.all() as Row[]).map(({ key }) => String(key)),
    forget: (before) =>
      write(() => {
        forgetKeys.run(before);
        forget.run(before);
      }),
  };
}

function createIdentifiers(
  state: StateFile,
  write: Write,
): Pick<ReceivedSets, 'identifiedBy' | 'identify'> {
  const read = state.prepare('SELECT text FROM signal_identifiers');
  const replace = state.prepare('INSERT OR REPLACE INTO signal_identifiers VALUES (1, ?)');
  return {
    identifiedBy: async () => {
      const row: unknown = read.get();
      return row === undefined ? undefined : String((row as Row).text);
    },
    identify: (by) =>
      write(() => {
        replace.run(by);
      }),
  };
}

function toIndexedSet({ type, time, sequence }: Row): IndexedSet {
  return { type: String(type), time: Number(time), sequence: Number(sequence) };
}

function toSet(row: Row): StoredSet {
  return {
    issuer: String(row.issuer),
    jti: String(row.jti),
    receivedAt: Number(row.received_at),
    events: String(row.events),
    index: JSON.parse(String(row.entries)) as IndexedEvent[],
  };
}

function createStreams(
  state: StateFile,
  write: Write,
): Pick<SignalStore, 'streams' | 'putStream' | 'deleteStream'> {
  const all = state.prepare('SELECT * FROM signal_streams ORDER BY id');
  const add = state.prepare('INSERT INTO signal_streams VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const replace = state.prepare(
    'UPDATE signal_streams SET receiver = ?, text = ? WHERE id = ? AND text = ?',
  );
  const remove = state.prepare('DELETE FROM signal_streams WHERE id = ?');
  const drop = state.prepare('DELETE FROM signal_outbox WHERE stream = ?');
  return {
    streams: async () =>
      (all.all() as Row[]).map(({ id, receiver, text }) => ({
        id: String(id),
        receiver: String(receiver),
        text: String(text),
      })),
    putStream: ({ id, receiver, text }, previous) =>
      write(() => {
        const { changes } =
          previous === undefined
            ? add.run(id, receiver, text)
            : replace.run(receiver, text, id, previous);
        return changes > 0;
      }),
    deleteStream: (id) =>
      write(() => {
        remove.run(id);
        drop.run(id);
      }),
  };
}

function createOutbox(
  state: StateFile,
  write: Write,
): Pick<SignalStore, 'enqueue' | 'waiting' | 'backlog' | 'settle' | 'drop'> {
  const insert = state.prepare(
    `INSERT INTO signal_outbox (stream, jti, token, created_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const oldest = state.prepare(
    'SELECT * FROM signal_outbox WHERE stream = ? ORDER BY sequence LIMIT ?',
  );
  const count = state.prepare('SELECT COUNT(*) AS size FROM signal_outbox WHERE stream = ?');
  const remove = state.prepare('DELETE FROM signal_outbox WHERE stream = ? AND jti = ?');
  const drop = state.prepare('DELETE FROM signal_outbox WHERE stream = ?');
  return {
    enqueue: (sets) =>
      write(() => {
        for (const { stream, jti, token, createdAt } of sets) {
          insert.run(stream, jti, token, createdAt);
        }
      }),
    waiting: async (stream, limit) => (oldest.all(stream, limit) as Row[]).map(toOutgoingSet),
    backlog: async (stream) => Number((count.get(stream) as Row).size),
    settle: (stream, jtis) =>
      write(() => {
        for (const jti of jtis) remove.run(stream, jti);
      }),
    drop: (stream) =>
      write(() => {
        drop.run(stream);
      }),
  };
}

function toOutgoingSet(row: Row): OutgoingSet {
  return {
    stream: String(row.stream),
    jti: String(row.jti),
    token: String(row.token),
    createdAt: Number(row.created_at),
  };
}

// The store in SQLite passes the tests of stores, and what is particular about a file.

import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteStore } from '@nhipol/service';
import Database from 'libsql';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bundleForProcess } from '../decisions/service-bundle.ts';
import { type StorePlace, testStore } from './store-suite.ts';

/** The folder of a module with the store, for other processes. */
const modules = mkdtempSync(join(tmpdir(), 'nhipol-store-module-'));
const module = join(modules, 'sqlite-store.mjs');
beforeAll(() => bundleForProcess('service/store/sqlite-store.ts', module));
afterAll(() => rmSync(modules, { recursive: true, force: true }));
/** No file may be longer than 512 KiB; the write-ahead log reaches that first. */
const fullDisk = ['bash', '-c', 'trap "" XFSZ; ulimit -f 512; exec "$@"', 'bash'];

function sqlitePlace(): StorePlace {
  const folder = mkdtempSync(join(tmpdir(), 'nhipol-store-'));
  const place = join(folder, 'state', 'state.db');
  const opener = { module, name: 'sqliteStore', place };
  return {
    open: () => sqliteStore(place),
    opener,
    fullOpener: { ...opener, wrapper: fullDisk },
    makeLater: () => {
      const database = new Database(place);
      database.exec('PRAGMA user_version = 99');
      database.close();
    },
    damages: {
      'a folder is in its place': () => mkdirSync(place, { recursive: true }),
      'its folder is a file': () => writeFileSync(join(folder, 'state'), ''),
      'it is not a database': () => {
        mkdirSync(join(folder, 'state'));
        writeFileSync(place, 'not a database '.repeat(100));
      },
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

describe('the store in SQLite', () => testStore(sqlitePlace));

const places: StorePlace[] = [];
afterEach(() => {
  for (const place of places.splice(0)) place.remove();
});

function newPlace(): StorePlace {
  const place = sqlitePlace();
  places.push(place);
  return place;
}

test('the file and its folder can be read by their owner only', () => {
  const place = newPlace();
  place.open().close();
  const readMode = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(readMode(place.opener.place)).toBe('600');
  expect(readMode(join(place.opener.place, '..'))).toBe('700');
});

test('a change throws while another process holds the file for longer than five seconds', () => {
  const place = newPlace();
  const store = place.open();
  const other = new Database(place.opener.place);
  other.exec('BEGIN IMMEDIATE');
  const revocation = {
    subjectType: 'ai_agent',
    subjectId: 'a',
    server: undefined,
    at: 1,
    reasons: [],
    message: undefined,
  };
  expect(() => store.revoke(revocation)).toThrow('locked');
  expect(store.revocations()).toEqual([]);
  other.exec('ROLLBACK');
  store.revoke(revocation);
  expect(store.revocations()).toEqual([revocation]);
  other.close();
  store.close();
});

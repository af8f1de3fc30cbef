// The records of the history across sessions in one instance of a module, so that a host can store them with the sessions:
// what they state remains when all sessions of a key are closed.

import {
  type HistoryExports,
  maxSession,
  restoredRecords,
  type SessionExports,
  violations,
} from '../contract/index.ts';
import type { ModuleInstance } from '../instance/instance.ts';
import { toUtf8 } from '../json/utf8.ts';
import { createMisreadFailure } from '../module/engine-failure.ts';

/** A record, by its id. */
export interface HistoryRecord {
  readonly id: string;
  /** `undefined` if its key has no record any more. */
  readonly text: string | undefined;
}

/** `unused`: the policy has no such term, or its period is over. `refused`: it is not a record, or there is no room. */
export type RestoredRecord = 'restored' | 'unused' | 'refused';

const start = '{"record":"';
const middle = '","entry":"';
const end = '"}';

export function isHistoryRecord(text: string): boolean {
  return text.startsWith(start);
}

export function readRecordId(text: string): string {
  return text.slice(start.length, text.indexOf('"', start.length));
}

export class HistoryEngine {
  readonly #instance: ModuleInstance;
  readonly #exports: SessionExports & HistoryExports;

  constructor(instance: ModuleInstance, exports: SessionExports & HistoryExports) {
    this.#instance = instance;
    this.#exports = exports;
  }

  /** The records that changed since the last call. */
  takeChanged(): readonly HistoryRecord[] {
    return this.#collect(() => this.#exports.history_changed());
  }

  /** All records, whether they changed or not. */
  list(): readonly HistoryRecord[] {
    return this.#collect((at) => this.#exports.history_record(at));
  }

  #collect(write: (at: number) => number): readonly HistoryRecord[] {
    const records: HistoryRecord[] = [];
    for (let length = write(0); length !== 0; length = write(records.length)) {
      if (length < 0) throw createMisreadFailure(violations.noRoomForRecord);
      records.push(this.#read(length));
    }
    return records;
  }

  #read(length: number): HistoryRecord {
    const { memory } = this.#instance;
    memory.refresh();
    const text = memory.text(this.#exports.session_buffer(0) >>> 0, length);
    const id = readRecordId(text);
    return { id, text: text === `${start}${id}${middle}${end}` ? undefined : text };
  }

  restore(text: string): RestoredRecord {
    const bytes = toUtf8(text);
    if (bytes.length > maxSession) return 'refused';
    const address = this.#exports.session_buffer(bytes.length) >>> 0;
    if (address === 0) return 'refused';
    const { memory } = this.#instance;
    memory.refresh();
    memory.write(address, bytes);
    return restoredRecords[this.#exports.history_restore(bytes.length)] ?? 'refused';
  }

  /** Ends the restoring of records that are not those of a new store: until now, what none of them states is unknown. */
  complete(now: number): void {
    this.#exports.history_complete(now);
  }
}

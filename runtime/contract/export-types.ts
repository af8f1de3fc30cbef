// The types of a module's exports, as ABI.md writes them.

const i32Global = 'i32 global';

/** Every module. */
export const requiredExports = {
  memory: 'memory',
  abi_major: i32Global,
  abi_minor: i32Global,
  request: '(length: i32) → i32',
  decide: '(length: i32, now: f64, clock: i32, form: i32) → i32',
  again: '(now: f64, form: i32) → i32',
  respond: '(form: i32) → i32',
} as const;

/** Modules that accept facts without JSON. */
export const optionalExports = {
  decide_facts:
    '(subject: i32, action: i32, resource: i32, decided: i32, now: f64, clock: i32, form: i32) → i32',
} as const;

/** Modules that were compiled with `--possible`. */
export const possibilityExportTypes = {
  could: '(length: i32, now: f64, clock: i32, form: i32) → i32',
} as const;

/** Modules that were compiled with `--possible` and sessions. */
export const sessionPossibilityExportTypes = {
  session_could: '(handle: i32, length: i32, now: f64, form: i32) → i32',
} as const;

/** Modules with sessions of a policy about history across sessions. */
export const historyExportTypes = {
  history_changed: '() → i32',
  history_record: '(index: i32) → i32',
  history_restore: '(length: i32) → i32',
  history_complete: '(now: f64)',
} as const;

/** Policies with external tables. */
export const tableExportTypes = {
  limit: '(pages: i32)',
  name: i32Global,
  table_find: '(length: i32) → i32',
  table_text: '(length: i32) → i32',
  table_load: '(table: i32) → i32',
  table_drop: '(table: i32) → i32',
} as const;

/** Modules that were compiled with sessions. */
export const sessionExportTypes = {
  limit: tableExportTypes.limit,
  name: i32Global,
  changes: i32Global,
  session_open: '(id_length: i32, length: i32, now: f64) → i32',
  session_name: '(handle: i32) → i32',
  session_patch: '(handle: i32, length: i32, whole: i32) → i32',
  session_set: '(handle: i32, word: i32, value: f64) → i32',
  signal_find: '(length: i32) → i32',
  session_record: '(handle: i32, signal: i32, length: i32, time: f64, now: f64) → i32',
  session_decide: '(handle: i32, length: i32, now: f64, ask: i32, form: i32) → i32',
  session_effect: '(handle: i32, now: f64) → i32',
  session_close: '(handle: i32) → i32',
  session_buffer: '(length: i32) → i32',
  session_snapshot: '(handle: i32) → i32',
  session_restore: '(length: i32) → i32',
  session_sweep: '(now: f64, all: i32) → i32',
  session_due: '() → f64',
  session_count: '() → i32',
  refuse: '(code: i32) → i32',
} as const;

/** The kind of an export of this type. */
export function exportKind(type: string): 'memory' | 'global' | 'function' {
  if (type === 'memory') return 'memory';
  return type === i32Global ? 'global' : 'function';
}

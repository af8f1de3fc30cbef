// The types of a module's exports, as ABI.md writes them.

const i32Global = 'i32 global';

/** Every module. */
export const requiredExports = {
  memory: 'memory',
  abi_major: i32Global,
  abi_minor: i32Global,
  manifest: i32Global,
  manifest_length: i32Global,
  result: i32Global,
  reasons: i32Global,
  constraints: i32Global,
  placeholders: i32Global,
  request: '(length: i32) → i32',
  decide: '(length: i32, now: f64, clock: i32) → i32',
  again: '(now: f64) → i32',
  explain: '()',
} as const;

/** Modules that need them: for obligations, access requests and direct encoding. */
export const optionalExports = {
  properties: i32Global,
  instant: '() → f64',
  decide_facts:
    '(subject: i32, action: i32, resource: i32, decided: i32, now: f64, clock: i32) → i32',
} as const;

/** Policies that declare `context.call_digest`. */
export const digestExports = { call_digest: i32Global, judged_digest: i32Global } as const;

/** Policies with external tables. */
export const tableExports = {
  reserve: '(pages: i32) → i32',
  table_text: '(length: i32) → i32',
  load_table: '(index: i32) → i32',
  drop_table: '(index: i32)',
  table_outcome: '() → i32',
} as const;

/** Modules that were compiled with sessions. */
export const sessionExportTypes = {
  reserve: tableExports.reserve,
  session_id: i32Global,
  changes: i32Global,
  session_open: '(length: i32, id_length: i32, now: f64) → i32',
  session_patch: '(handle: i32, length: i32, replaced: i32) → i32',
  session_set: '(handle: i32, word: i32, value: f64) → i32',
  session_record: '(handle: i32, signal: i32, length: i32, time: f64, now: f64) → i32',
  session_decide: '(handle: i32, now: f64, record: i32) → i32',
  session_effect: '(handle: i32, now: f64) → i32',
  session_close: '(handle: i32) → i32',
  session_buffer: '(length: i32) → i32',
  session_snapshot: '(handle: i32) → i32',
  session_restore: '(length: i32) → i32',
  session_sweep: '(now: f64, all: i32) → i32',
  session_due: '() → f64',
  session_count: '() → i32',
} as const;

/** The kind of an export of this type. */
export function exportKind(type: string): 'memory' | 'global' | 'function' {
  if (type === 'memory') return 'memory';
  return type === i32Global ? 'global' : 'function';
}

// The exports of a module, by the files of the assembly library that have them; the exports of policy/ are the
// policy's own copies.

import type * as contract from '@nhipol/runtime/abi';

type Names<Types extends keyof typeof contract> = keyof (typeof contract)[Types];

interface FileExports<Name extends string> {
  readonly file: string;
  readonly names: readonly Name[];
}

type ModuleName = Names<'requiredExports'> | Names<'optionalExports'>;

export const moduleExports: readonly FileExports<ModuleName>[] = [
  { file: 'policy/generated', names: ['abi_major', 'abi_minor'] },
  { file: 'policy/exports', names: ['request', 'decide', 'again'] },
  { file: 'policy/response/response', names: ['respond'] },
];

/** For a policy without the call digest, which covers members that it does not declare. */
export const factExports: readonly FileExports<ModuleName>[] = [
  { file: 'policy/exports', names: ['decide_facts'] },
];

/** For a module that states what is possible. */
export const possibilityExports: readonly FileExports<Names<'possibilityExportTypes'>>[] = [
  { file: 'policy/could', names: ['could'] },
];

/** For a module with sessions that states what is possible. */
export const sessionPossibilityExports: readonly FileExports<
  Names<'sessionPossibilityExportTypes'>
>[] = [{ file: 'sessions/could', names: ['session_could'] }];

/** For a module with sessions of a policy about history across sessions. */
export const historyExports: readonly FileExports<Names<'historyExportTypes'>>[] = [
  {
    file: 'sessions/history-records',
    names: ['history_changed', 'history_record', 'history_restore', 'history_complete'],
  },
];

/** For a policy with external tables or sessions. */
export const growthExports: readonly FileExports<Names<'tableExportTypes'>>[] = [
  { file: 'limit', names: ['limit'] },
  { file: 'name-buffer', names: ['name'] },
];

/** For a policy with external tables. */
export const tableExports: readonly FileExports<Names<'tableExportTypes'>>[] = [
  { file: 'policy/tables', names: ['table_find', 'table_text', 'table_load', 'table_drop'] },
];

export const sessionExports: readonly FileExports<Names<'sessionExportTypes'>>[] = [
  { file: 'sessions/sweep', names: ['changes'] },
  { file: 'sessions/open', names: ['session_open', 'session_name', 'session_close', 'refuse'] },
  { file: 'sessions/patch', names: ['session_patch', 'session_set'] },
  { file: 'sessions/signal', names: ['signal_find', 'session_record'] },
  { file: 'sessions/decide', names: ['session_decide', 'session_effect'] },
  { file: 'sessions/snapshot', names: ['session_buffer', 'session_snapshot'] },
  { file: 'sessions/restore', names: ['session_restore'] },
  { file: 'sessions/sweep', names: ['session_sweep', 'session_due', 'session_count'] },
];

// The exports of a module, by the files of the assembly library that have them; those of policy/ are the
// policy's own copies.

import type * as contract from '@nhipol/runtime/abi';

type Names<Types extends keyof typeof contract> = keyof (typeof contract)[Types];

interface FileExports<Name extends string> {
  readonly file: string;
  readonly names: readonly Name[];
}

type ModuleName = Names<'requiredExports'> | Names<'optionalExports'>;

export const moduleExports: readonly FileExports<ModuleName>[] = [
  {
    file: 'policy/generated',
    names: [
      'abi_major',
      'abi_minor',
      'result',
      'reasons',
      'constraints',
      'placeholders',
      'properties',
      'manifest',
      'manifest_length',
    ],
  },
  {
    file: 'policy/exports',
    names: ['request', 'decide', 'again', 'explain', 'instant', 'decide_facts'],
  },
];

/** For a policy that declares the call digest. */
export const digestExports: readonly FileExports<Names<'digestExports'>>[] = [
  { file: 'policy/call-digest', names: ['call_digest', 'judged_digest'] },
];

/** For a policy with external tables or sessions. */
export const growthExports: readonly FileExports<Names<'tableExports'>>[] = [
  { file: 'reserve', names: ['reserve'] },
];

/** For a policy with external tables. */
export const tableExports: readonly FileExports<Names<'tableExports'>>[] = [
  {
    file: 'policy/tables',
    names: ['table_text', 'load_table', 'drop_table', 'table_outcome'],
  },
];

export const sessionExports: readonly FileExports<Names<'sessionExportTypes'>>[] = [
  { file: 'sessions/open', names: ['session_id'] },
  { file: 'sessions/sweep', names: ['changes'] },
  { file: 'sessions/open', names: ['session_open'] },
  { file: 'sessions/patch', names: ['session_patch', 'session_set'] },
  { file: 'sessions/signal', names: ['session_record'] },
  { file: 'sessions/decide', names: ['session_decide', 'session_effect'] },
  { file: 'sessions/open', names: ['session_close'] },
  { file: 'sessions/snapshot', names: ['session_buffer', 'session_snapshot'] },
  { file: 'sessions/restore', names: ['session_restore'] },
  { file: 'sessions/sweep', names: ['session_sweep', 'session_due', 'session_count'] },
];

// The attacks on nhipol. Each row of `surfaces` is a row of docs/attacks.md and the title of the one test that
// carries the attack out: `attack('guard-lone-cr', async () => { … })`.

import { test } from 'vitest';
import { daemonAttacks } from './daemon.ts';
import { grpcAttacks } from './grpc.ts';
import { guardAttacks } from './guard.ts';
import { guardTextsAttacks } from './guard-texts.ts';
import { guardWorkAttacks } from './guard-work.ts';
import { hooksAttacks } from './hooks.ts';
import { httpAttacks } from './http.ts';
import { logAttacks } from './log.ts';
import type { AttackRow, AttackRows } from './row.ts';
import { signalsAttacks } from './signals.ts';

/** The rows of each attack surface, by its name in the table. */
export const surfaces = {
  'MCP guard': { ...guardAttacks, ...guardWorkAttacks, ...guardTextsAttacks },
  Hooks: hooksAttacks,
  Daemon: daemonAttacks,
  'Decision log and state': logAttacks,
  'Service over HTTP': httpAttacks,
  'Service over gRPC and Envoy': grpcAttacks,
  'Security events': signalsAttacks,
} as const;

/** The id of a row: a row of any surface. */
export type AttackId = {
  [S in keyof typeof surfaces]: keyof (typeof surfaces)[S];
}[keyof typeof surfaces];

/** Declares the test of a row. `timeout` in milliseconds; default: the one of all tests. */
export function attack(id: AttackId, run: () => void | Promise<void>, timeout?: number): void {
  const row = findRow(id);
  test(`${row.attack}: ${row.result}`, run, timeout);
}

function findRow(id: string): AttackRow {
  for (const rows of Object.values<AttackRows>(surfaces)) {
    const row = rows[id];
    if (row !== undefined) return row;
  }
  throw new Error(`no row ${id}`);
}

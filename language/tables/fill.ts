// Loads an external table: takes a policy and JSON, and returns a policy with the new contents or the
// error. The original policy does not change.

import type { PolicyModel, Table } from '../model/model.ts';
import { invariant } from '../support/invariant.ts';
import { isError, readTable } from './read-table.ts';
import type { TableRowError } from './rows.ts';

export type Filled = { readonly policy: PolicyModel } | { readonly error: TableRowError };

/** Returns the external tables in the order in which a module numbers them. */
export function listExternalTables({ tables }: PolicyModel): readonly Table[] {
  return tables.filter(({ external }) => external);
}

export function fillTable(policy: PolicyModel, name: string, text: Uint8Array): Filled {
  const table = listExternalTables(policy).find((each) => each.name === name);
  invariant(table !== undefined, `an external table \`${name}\``);
  const rows = readTable(table, text);
  if (isError(rows)) {
    const { cycle: _, ...error } = rows;
    return { error };
  }
  return { policy: { ...policy, contents: new Map([...policy.contents, [name, rows]]) } };
}

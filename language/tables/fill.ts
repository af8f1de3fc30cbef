// An external table filled: a policy and JSON text come in, the policy with the new contents goes
// out, or what is wrong with them. The policy that came in stays as it was.

import type { Policy, Table } from '../model/model.ts';
import { invariant } from '../support/invariant.ts';
import { isError, readTable } from './read-table.ts';
import type { TableError } from './rows.ts';

export type Filled = { readonly policy: Policy } | { readonly error: TableError };

/** In the order in which a module counts them. */
export function externalTables({ tables }: Policy): readonly Table[] {
  return tables.filter(({ external }) => external);
}

export function fillTable(policy: Policy, name: string, text: Uint8Array): Filled {
  const table = externalTables(policy).find((each) => each.name === name);
  invariant(table !== undefined, `an external table \`${name}\``);
  const rows = readTable(table, text);
  if (isError(rows)) return { error: rows };
  return { policy: { ...policy, contents: new Map([...policy.contents, [name, rows]]) } };
}

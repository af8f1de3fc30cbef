// External tables in tests: how both engines are given what a test says that they hold, and contents
// made for a policy, which its tables take.

import type { Policy as Module } from '@nhipol/runtime';
import {
  externalTables,
  fillTable,
  isTableError,
  type Policy,
  readTable,
  type Table,
} from '../../language/index.ts';

/** JSON by the names of tables; one that is not listed has not been filled. */
export type TableTexts = ReadonlyMap<string, string>;

export const noTables: TableTexts = new Map();

const encoder = new TextEncoder();

/** Made once for a policy and texts: many requests are asked with them. */
function once<Made>(
  make: (policy: Policy, tables: TableTexts) => Made,
): (policy: Policy, tables: TableTexts) => Made {
  const policies = new WeakMap<Policy, WeakMap<TableTexts, Made>>();
  return (policy, tables) => {
    const known = policies.get(policy) ?? new WeakMap<TableTexts, Made>();
    policies.set(policy, known);
    const found = known.get(tables) ?? make(policy, tables);
    known.set(tables, found);
    return found;
  };
}

/** The policy with its tables filled, each as by `fillTable`. Texts that a table refuses throw. */
export const filled = once(fillAll);

/** The same with those texts alone that the policy takes: another version may have other tables. */
export const filledAsTaken = once((policy, tables) => {
  const taken = [...tables].filter(([name, text]) => {
    const table = externalTables(policy).find((each) => each.name === name);
    return table !== undefined && !isTableError(readTable(table, encoder.encode(text)));
  });
  return filled(policy, new Map(taken));
});

function fillAll(policy: Policy, tables: TableTexts): Policy {
  let current = policy;
  for (const [name, text] of tables) {
    const result = fillTable(current, name, encoder.encode(text));
    if ('error' in result) throw new Error(`\`${name}\` does not take ${text}`);
    current = result.policy;
  }
  return current;
}

const held = new WeakMap<Module, Map<string, string>>();

/** The same for a module, which keeps what it was given last. */
export function fillModule(module: Module, tables: TableTexts): void {
  const before = held.get(module) ?? new Map<string, string>();
  held.set(module, before);
  for (const { name } of module.manifest.tables ?? []) {
    const text = tables.get(name);
    if (before.get(name) === text) continue;
    if (text === undefined) {
      module.dropTable(name);
      before.delete(name);
    } else {
      module.loadTable(name, text);
      before.set(name, text);
    }
  }
}

const mostEntries = 6;

/** Entries that the table takes, of keys and values (JSON) that are drawn by their types. */
export function writeContents(
  table: Table,
  draw: (type: Table['value']) => string,
  count: number,
): string {
  let members: readonly (readonly [readonly string[], string])[] = [];
  for (let left = Math.min(count, mostEntries); left > 0; left -= 1) {
    const keys = table.keys.map((type) => keyOf(draw(type)));
    const more = [...members, [keys, draw(table.value)] as const];
    if (!isTableError(readTable(table, encoder.encode(write(more))))) members = more;
  }
  return write(members);
}

function keyOf(json: string): string {
  return json.startsWith('"') ? json : JSON.stringify(json);
}

function write(members: readonly (readonly [readonly string[], string])[]): string {
  const groups = new Map<string, string[]>();
  for (const [[first = '', second], value] of members) {
    if (second === undefined) groups.set(first, [...(groups.get(first) ?? []), value]);
    else groups.set(first, [...(groups.get(first) ?? []), `${second}:${value}`]);
  }
  const isNested = members.some(([keys]) => keys.length === 2);
  const written = [...groups].flatMap(([key, values]) =>
    isNested ? [`${key}:{${values.join(',')}}`] : values.map((value) => `${key}:${value}`),
  );
  return `{${written.join(',')}}`;
}

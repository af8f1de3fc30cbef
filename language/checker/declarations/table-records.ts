// Tables with records as values: checks the type and the rows of the policy, and divides the rows into a table for each
// member, so that a lookup of a member is a lookup of a single value.

import { guess } from '../../diagnostics/guess.ts';
import type { Table, TableRow } from '../../model/model.ts';
import type { TableEntryNode } from '../../syntax/ast.ts';
import { isEquatable, type RecordType, type Value } from '../../types/types.ts';
import type { Context } from '../context.ts';
import { relateMembers } from '../related.ts';
import type { Declarations } from './declarations.ts';

/** Why the record cannot be the value of a table, or `undefined` if it can. */
export function recordProblem({ members }: RecordType): string | undefined {
  for (const { name, type, secret, fresh, default: value } of members.values()) {
    const member = `the member \`${name}\` of a table's record`;
    if (!isEquatable(type) && type.kind !== 'Set')
      return `${member} must be a single value or a set`;
    if (secret)
      return `${member} cannot be \`secret\`: a table is part of the policy or of the host`;
    if (fresh !== undefined) return `${member} cannot be \`fresh\``;
    if (value !== undefined)
      return `${member} has no default: write \`?\`, and \`else\` where it is read`;
  }
  return undefined;
}

type Entry = TableEntryNode['value'];

/** The members of a row of the policy; undefined after a report. */
export function readRowMembers(
  context: Context,
  declarations: Declarations,
  node: Entry,
  type: RecordType,
): ReadonlyMap<string, Value> | undefined {
  const { reporter } = context;
  const isEmpty = node.kind === 'Set' && node.elements.length === 0;
  if (node.kind !== 'TableRow' && !isEmpty) {
    const help = `write its members: \`{ ${[...type.members.keys()][0] ?? 'name'}: … }\``;
    reporter.report('bad-table', node.span, { why: 'this row is not a record' }, { help });
    return undefined;
  }
  const members = new Map<string, Value>();
  let isValid = true;
  for (const { name, value } of node.kind === 'TableRow' ? node.members : []) {
    const member = type.members.get(name.text);
    if (member === undefined) {
      const related = [relateMembers(type.span, type.members.keys())];
      const extra = { ...guess(name.text, name.span, type.members.keys()), related };
      reporter.report('unknown-member', name.span, { owner: 'the row', name: name.text }, extra);
    } else if (members.has(name.text)) {
      reporter.report('duplicate-member', name.span, { name: name.text });
    } else {
      const constant = declarations.evaluateConstant(value, member.type, "a table's value");
      if (constant !== undefined) members.set(name.text, constant);
    }
    isValid &&= members.has(name.text);
  }
  const missing = [...type.members.values()].find(
    ({ name, optional }) => !optional && !members.has(name),
  );
  if (isValid && missing !== undefined) {
    reporter.report('bad-table', node.span, { why: `this row has no \`${missing.name}\`` });
    return undefined;
  }
  return isValid ? members : undefined;
}

/** A table for each member of the record, with the rows that have it. */
export function makeColumns(
  table: Omit<Table, 'value'>,
  { members }: RecordType,
): ReadonlyMap<string, Table> {
  return new Map(
    [...members.values()].map(({ name, type, span }) => {
      const rows = table.rows.flatMap(({ keys, members: own }): readonly TableRow[] => {
        const value = own?.get(name);
        return value === undefined ? [] : [{ keys, value }];
      });
      return [name, { ...table, name: `${table.name}.${name}`, value: type, rows, span }];
    }),
  );
}

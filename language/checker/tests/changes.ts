// Checks what tests and fixtures change: members of the request, and the rows of external tables.
// Also formats their JSON.

import type { Root, TestChange, TestTable } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import type { ChangeNode, JsonNode } from '../../syntax/ast.ts';
import { isError, readTable, reportTableError } from '../../tables/read-table.ts';
import type { Context } from '../context.ts';
import type { Declarations } from '../declarations/declarations.ts';
import type { Shapes } from '../declarations/shapes.ts';
import { findDeclaredMembers } from '../declared-paths.ts';
import { splitPathNames } from '../paths.ts';
import { checkChangedNames, checkPart } from './request-names.ts';

/** Checks a change of a request; returns undefined after a report. */
export function checkChange(
  context: Context,
  shapes: Shapes,
  node: ChangeNode,
): TestChange | undefined {
  const path = splitPathNames(node.path);
  const [first] = path?.names ?? [];
  if (path !== undefined && first === undefined && !path.inProperties)
    return checkReplaced(context, shapes, node, path.root);
  if (path === undefined || first === undefined) {
    context.reporter.report('bad-test', node.path.span, {
      why: 'only a member of the request can be changed',
    });
    return undefined;
  }
  const isOwn = path.root !== 'context' && !path.inProperties;
  checkChangedNames(context, shapes, node);
  // A change to an undeclared member would have no effect.
  if (!isOwn && findDeclaredMembers(context, shapes, node.path, path) === undefined)
    return undefined;
  const json = node.value === undefined ? undefined : printJsonNode(node.value);
  return { path: [path.root, ...(path.inProperties ? ['properties'] : []), ...path.names], json };
}

/** `action = { name: "x" }` replaces a whole part of the request. */
function checkReplaced(
  context: Context,
  shapes: Shapes,
  { path, value }: ChangeNode,
  root: Root,
): TestChange | undefined {
  if (value?.kind !== 'JsonObject') {
    const why = `\`${root}\` must be replaced by an object: \`${root} = { … }\``;
    context.reporter.report('bad-test', value?.span ?? path.span, { why });
    return undefined;
  }
  checkPart(context, shapes, root, value);
  return { path: [root], json: printJsonNode(value) };
}

/** `table.name = { … }` */
export function isOfTable({ path }: ChangeNode): boolean {
  let root = path;
  while (root.kind === 'Access') root = root.object;
  return root.kind === 'Reference' && root.name === 'table';
}

/** Checks the rows that a test sets for an external table; returns undefined after a report. */
export function checkTableChange(
  context: Context,
  declarations: Declarations,
  { path, value }: ChangeNode,
): TestTable | undefined {
  const fail = (why: string, at: { readonly span: Span } = path): undefined => {
    context.reporter.report('bad-test', at.span, { why });
    return undefined;
  };
  if (path.kind !== 'Access' || path.object.kind !== 'Reference')
    return fail('a table is set as a whole: `table.name = { … }`');
  const declared = context.find(path.name.text, path.span.file);
  if (declared?.kind !== 'Table') {
    context.unknown('unknown-table', path.name, context.listNames('Table', path.span));
    return undefined;
  }
  const table = declarations.table(declared);
  if (table === undefined) return undefined;
  if (!table.external)
    return fail(`\`${table.name}\` is not external: its rows are in the policy`, path.name);
  if (value === undefined) return { table, json: undefined };
  const json = printJsonNode(value);
  const rows = readTable(table, new TextEncoder().encode(json));
  return isError(rows) ? fail(reportTableError(rows), value) : { table, json };
}

/** Formats a JSON literal of a policy as compact JSON. */
export function printJsonNode(node: JsonNode): string {
  switch (node.kind) {
    case 'JsonScalar':
      return node.json;
    case 'JsonArray':
      return `[${node.elements.map(printJsonNode).join(',')}]`;
    case 'JsonObject':
      return `{${node.members.map((m) => `${JSON.stringify(m.name.text)}:${printJsonNode(m.value)}`).join(',')}}`;
  }
}

// The types and names in the requests of tests and fixtures, and in what they change. A test may name what the policy
// does not declare, to show what happens then; a name that is most likely misspelled gets a warning.

import type { ChangeNode, JsonNode, JsonObjectNode } from '../ast.ts';
import type { Span } from '../source.ts';
import type { Context } from './context.ts';
import { checkSpelling, type Named } from './declared-names.ts';
import { pathNames } from './paths.ts';
import type { Shapes } from './shapes.ts';

const selectors: Readonly<Record<Named, string>> = {
  subject: 'type',
  action: 'name',
  resource: 'type',
};
const roots: readonly Named[] = ['subject', 'action', 'resource'];

/** A request in place. */
export function checkRequestNames(context: Context, shapes: Shapes, node: JsonObjectNode): void {
  for (const root of roots) {
    const part = memberOf(node, root);
    if (part !== undefined) checkPart(context, shapes, root, part);
  }
}

/** A request from a file, which is shown by the path that names it. */
export function checkNamesInText(context: Context, shapes: Shapes, text: string, span: Span): void {
  const request: unknown = JSON.parse(text);
  for (const root of roots) {
    const name = memberIn(memberIn(request, root), selectors[root]);
    if (typeof name === 'string') checkSpelling(context, shapes, root, name, span);
  }
}

/** `action.name = x`, `action = { name: x }` */
export function checkChangedNames(context: Context, shapes: Shapes, node: ChangeNode): void {
  const { root, names = [], inProperties } = pathNames(node.path) ?? {};
  if (root === undefined || root === 'context' || node.value === undefined || inProperties) return;
  if (names.length === 0) checkPart(context, shapes, root, node.value);
  else if (names.length === 1 && names[0] === selectors[root])
    checkName(context, shapes, root, node.value);
}

function checkPart(context: Context, shapes: Shapes, root: Named, part: JsonNode): void {
  const name = memberOf(part, selectors[root]);
  if (name !== undefined) checkName(context, shapes, root, name);
}

function checkName(context: Context, shapes: Shapes, root: Named, node: JsonNode): void {
  if (node.kind !== 'JsonScalar') return;
  const value: unknown = JSON.parse(node.json);
  if (typeof value === 'string') checkSpelling(context, shapes, root, value, node.span);
}

function memberOf(node: JsonNode, name: string): JsonNode | undefined {
  if (node.kind !== 'JsonObject') return undefined;
  return node.members.find((member) => member.name.text === name)?.value;
}

function memberIn(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

// Checks the names in the requests of tests and fixtures, and in their changes. A probably
// misspelled type or name is only a warning, because a test may use names that the policy does not
// declare. A member next to `properties` is an error: every host ignores it, so the test would not
// show its effect.

import type { Root } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import { didYouMean, findNearMisses } from '../../support/suggest.ts';
import type { ChangeNode, JsonNode, JsonObjectNode } from '../../syntax/ast.ts';
import type { Context } from '../context.ts';
import type { Shapes } from '../declarations/shapes.ts';
import { checkSpelling, type Named, selectDeclared } from '../declared-names.ts';
import { splitPathNames } from '../paths.ts';

const selectors: Readonly<Record<Named, string>> = {
  subject: 'type',
  action: 'name',
  resource: 'type',
};
const own: Readonly<Record<Named, readonly string[]>> = {
  subject: ['type', 'id', 'properties'],
  action: ['name', 'properties'],
  resource: ['type', 'id', 'properties'],
};
const roots: readonly Root[] = ['subject', 'action', 'resource', 'context'];

/** Checks a request that is written in the policy. */
export function checkRequestNames(context: Context, shapes: Shapes, node: JsonObjectNode): void {
  for (const { name, value } of node.members) {
    const root = roots.find((each) => each === name.text);
    if (root !== undefined) checkPart(context, shapes, root, value);
    else {
      const near = findNearMisses(name.text, roots);
      const label = near.length === 0 ? undefined : didYouMean(near);
      const help = 'a request has `subject`, `action`, `resource` and `context`';
      const params = { name: name.text, within: 'the request' };
      context.reporter.report('ignored-member', name.span, params, { label, help });
    }
  }
}

/** Checks a part of a request that is written in the policy, also if a step replaces it. */
export function checkPart(context: Context, shapes: Shapes, root: Root, part: JsonNode): void {
  if (root === 'context' || part.kind !== 'JsonObject') return;
  for (const { name, value } of part.members) {
    if (name.text === selectors[root]) checkName(context, shapes, root, value);
    else if (!own[root].includes(name.text))
      reportIgnored(context, shapes, root, name.text, name.span);
  }
}

/**
 * Checks a request from a file; diagnostics point to its path in the policy. The request may come
 * from a real system and contain more than the policy needs, so only declared properties next to
 * `properties` are reported.
 */
export function checkNamesInText(context: Context, shapes: Shapes, text: string, span: Span): void {
  const request: unknown = JSON.parse(text);
  for (const root of ['subject', 'action', 'resource'] as const) {
    const part = readMember(request, root);
    if (typeof part !== 'object' || part === null) continue;
    const name = readMember(part, selectors[root]);
    if (typeof name === 'string') checkSpelling(context, shapes, root, name, span);
    const misplaced = Object.keys(part).find(
      (key) => !own[root].includes(key) && isDeclared(shapes, root, key),
    );
    if (misplaced !== undefined) reportIgnored(context, shapes, root, misplaced, span);
  }
}

/** Checks a change such as `action.name = x`. */
export function checkChangedNames(context: Context, shapes: Shapes, node: ChangeNode): void {
  const { root, names = [], inProperties } = splitPathNames(node.path) ?? {};
  if (root === undefined || root === 'context' || node.value === undefined || inProperties) return;
  if (names.length === 1 && names[0] === selectors[root])
    checkName(context, shapes, root, node.value);
}

function reportIgnored(
  context: Context,
  shapes: Shapes,
  root: Named,
  name: string,
  span: Span,
): void {
  const help = isDeclared(shapes, root, name)
    ? `write it in \`properties\`: \`${root}: { …, properties: { ${name}: … } }\``
    : `a ${root} has ${own[root].map((each) => `\`${each}\``).join(', ')}; its declared members are in \`properties\``;
  context.reporter.report('ignored-member', span, { name, within: `\`${root}\`` }, { help });
}

function isDeclared(shapes: Shapes, root: Named, name: string): boolean {
  const { names, any } = selectDeclared(shapes, root);
  return [...names.values(), ...(any === undefined ? [] : [any])].some(
    ({ members, broken }) => members.has(name) || broken?.has(name),
  );
}

function checkName(context: Context, shapes: Shapes, root: Named, node: JsonNode): void {
  if (node.kind !== 'JsonScalar') return;
  const value: unknown = JSON.parse(node.json);
  if (typeof value === 'string') checkSpelling(context, shapes, root, value, node.span);
}

function readMember(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

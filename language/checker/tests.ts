// `test` blocks: their requests, the changes to them, and what they expect.

import type { ChangeNode, JsonNode, SettingNode, StepNode, TestNode } from '../ast.ts';
import { unreachable } from '../invariant.ts';
import type { Constraint, PolicyTest, Root, TestChange, TestStep } from '../model.ts';
import { resolvePath } from '../source.ts';
import type { Member, RecordType, Value } from '../types.ts';
import { type Context, didYouMean } from './context.ts';
import type { Declarations } from './declarations.ts';
import { allThere } from './expressions.ts';
import { accessAt, pathNames } from './paths.ts';
import type { Shapes } from './shapes.ts';

const ownNames: Readonly<Record<Root, readonly string[]>> = {
  subject: ['type', 'id'],
  action: ['name'],
  resource: ['type', 'id'],
  context: [],
};

export function checkTest(
  context: Context,
  declarations: Declarations,
  shapes: Shapes,
  node: TestNode,
): PolicyTest | undefined {
  const request = requestOf(context, node);
  const steps = node.steps.map((step) => checkStep(context, declarations, shapes, step));
  if (request === undefined || !allThere(steps)) return undefined;
  return { name: node.name.value, request, steps, span: node.name.span };
}

function requestOf(context: Context, node: TestNode): string | undefined {
  if (node.request.kind === 'JsonObject') return jsonText(node.request);
  const path = resolvePath(node.span.file, node.request.value);
  const text = context.sources.get(path);
  if (text === undefined) {
    context.reporter.report('bad-test', node.request.span, { why: `cannot read \`${path}\`` });
    return undefined;
  }
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return text;
  } catch {
    // Reported below, with the texts that are JSON and no object.
  }
  context.reporter.report('bad-test', node.request.span, {
    why: `\`${path}\` is not a JSON object`,
  });
  return undefined;
}

function checkStep(
  context: Context,
  declarations: Declarations,
  shapes: Shapes,
  node: StepNode,
): TestStep | undefined {
  const changes = node.changes.map((change) => checkChange(context, shapes, change));
  const constraints = node.settings?.map((setting) => checkSetting(context, declarations, setting));
  if (!allThere(changes) || (constraints !== undefined && !allThere(constraints))) return undefined;
  return {
    at: node.at?.milliseconds,
    changes,
    effect: node.effect,
    reasons: node.reasons?.map((reason) => reason.text),
    constraints,
    until: node.until?.milliseconds,
    span: node.span,
  };
}

function checkSetting(
  context: Context,
  declarations: Declarations,
  node: SettingNode,
): { constraint: Constraint; value: Value } | undefined {
  const declared = context.find(node.name.text, node.span.file);
  if (declared?.kind !== 'Constraint') {
    context.unknown('unknown-constraint', node.name, []);
    return undefined;
  }
  const constraint = declarations.constraint(declared);
  const value =
    constraint && declarations.constantOf(node.value, constraint.type, "a test's constraint");
  return constraint === undefined || value === undefined ? undefined : { constraint, value };
}

function checkChange(context: Context, shapes: Shapes, node: ChangeNode): TestChange | undefined {
  const path = pathNames(node.path);
  const [first] = path?.names ?? [];
  if (path === undefined || first === undefined) {
    context.reporter.report('bad-test', node.path.span, {
      why: 'only a member of the request can be changed',
    });
    return undefined;
  }
  const own = ownNames[path.root].includes(first);
  if (!own && !isDeclared(context, shapes, node, path.root, path.names)) return undefined;
  const json = node.value === undefined ? undefined : jsonText(node.value);
  const inProperties = path.root !== 'context' && !own;
  return { path: [path.root, ...(inProperties ? ['properties'] : []), ...path.names], json };
}

/** A change to what no shape declares would go unnoticed. */
function isDeclared(
  context: Context,
  shapes: Shapes,
  node: ChangeNode,
  root: Root,
  names: readonly string[],
): boolean {
  let records = shapesOf(shapes, root);
  for (const [depth, name] of names.entries()) {
    const members = records
      .map((record) => record.members.get(name))
      .filter((member): member is Member => member !== undefined);
    if (members.length === 0) {
      const known = records.flatMap((record) => [...record.members.keys()]);
      context.reporter.report(
        'unknown-member',
        accessAt(node.path, depth)?.name.span ?? node.path.span,
        { owner: root, name },
        { label: didYouMean(name, known) },
      );
      return false;
    }
    records = members
      .map((member) => member.type)
      .filter((type): type is RecordType => type.kind === 'Record');
  }
  return true;
}

function shapesOf(shapes: Shapes, root: Root): readonly RecordType[] {
  const there = (shape: RecordType | undefined) => (shape === undefined ? [] : [shape]);
  switch (root) {
    case 'subject':
      return [...shapes.subjects.values()];
    case 'action':
      return [...shapes.actions.values(), ...there(shapes.anyAction)];
    case 'resource':
      return [...shapes.resources.values(), ...there(shapes.anyResource)];
    case 'context':
      return there(shapes.context);
    default:
      return unreachable(root);
  }
}

function jsonText(node: JsonNode): string {
  switch (node.kind) {
    case 'JsonScalar':
      return node.json;
    case 'JsonArray':
      return `[${node.elements.map(jsonText).join(',')}]`;
    case 'JsonObject':
      return `{${node.members.map((m) => `${JSON.stringify(m.name.text)}:${jsonText(m.value)}`).join(',')}}`;
  }
}

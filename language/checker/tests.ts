// `test` blocks: their requests, the changes to them, and what they expect.

import type { ChangeNode, JsonNode, SettingNode, StepNode, TestNode } from '../ast.ts';
import type { Constraint, PolicyTest, Root, TestChange, TestStep, TestTable } from '../model.ts';
import { takesApprovals } from '../request/approvals.ts';
import { resolvePath, type Span } from '../source.ts';
import { isError, readTable, tellTableError } from '../tables/read-table.ts';
import type { Value } from '../types.ts';
import type { Context } from './context.ts';
import type { Declarations } from './declarations.ts';
import { declaredAt } from './declared-paths.ts';
import { allThere } from './expressions.ts';
import { constant } from './names.ts';
import { checkDemands } from './obligations.ts';
import { pathNames } from './paths.ts';
import type { Reasons } from './reasons.ts';
import { refuseSession, sessionTest, timeOf } from './session-tests.ts';
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
  reasons: Reasons,
  node: TestNode,
): PolicyTest | undefined {
  const request = requestOf(context, node);
  const checked = node.steps.map((step) => checkStep(context, declarations, shapes, reasons, step));
  const steps = allThere(checked) ? checked : undefined;
  const { name, session } = node;
  if (!session) refuseSession(context, node);
  if (request !== undefined) checkGrants(context, shapes, node, request);
  if (request === undefined || steps === undefined) return undefined;
  const test = { name: name.value, request, opens: undefined, steps, span: name.span };
  return session ? sessionTest(context, shapes, node, test) : test;
}

/** An approval needs where it is looked up, and an instant that it ends at. */
function checkGrants(
  context: Context,
  shapes: Shapes,
  { session, steps }: TestNode,
  request: string,
): void {
  const takes = takesApprovals(shapes.context);
  const isTimed = session || timeOf(request) !== undefined;
  for (const { at, grants } of steps) {
    const [first] = grants;
    if (first === undefined) continue;
    const fail = (why: string, help?: string) =>
      context.reporter.report('bad-test', first.span, { why }, help === undefined ? {} : { help });
    if (!takes)
      fail(
        'this policy looks for no approvals',
        'declare `call_digest?: String` and `approvals?: List<Approval>` in the context',
      );
    else if (at === undefined && !isTimed)
      fail('nothing tells when this is granted: give `context.time`, or `at` in this step');
  }
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
  reasons: Reasons,
  node: StepNode,
): TestStep | undefined {
  const changes = node.changes
    .filter((change) => !isOfTable(change))
    .map((change) => checkChange(context, shapes, change));
  const tables = node.changes
    .filter(isOfTable)
    .map((change) => checkTableChange(context, declarations, change));
  const constraints = node.settings?.map((setting) => checkSetting(context, declarations, setting));
  const obligations =
    node.demands &&
    checkDemands(
      context,
      (declared) => declarations.obligation(declared),
      node.demands,
      node.effect,
      ({ value, span }, type) => {
        const folded = declarations.constantOf(value, type, "a test's obligation");
        return folded === undefined ? undefined : constant(folded, type, span);
      },
    );
  const known = node.reasons?.map((reason) => reasons.expect(reason)) ?? [];
  if (
    !allThere(changes) ||
    !allThere(tables) ||
    (constraints !== undefined && !allThere(constraints))
  )
    return undefined;
  if (known.includes(false) || (node.demands !== undefined && obligations === undefined))
    return undefined;
  return {
    at: node.at?.milliseconds,
    grants: node.grants.map(({ lasts, approver }) => ({
      lasts: lasts.milliseconds,
      approver: approver?.value,
    })),
    signals: node.signals.map(({ name, payload, at }) => ({
      name: name.value,
      payload: payload && jsonText(payload),
      time: at?.milliseconds,
    })),
    asks: node.asks ? Number(node.times?.value ?? 1n) : 0,
    changes,
    tables,
    effect: node.effect,
    reasons: node.reasons?.map((reason) => reason.text),
    constraints,
    obligations,
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
  // A change to what no shape declares would go unnoticed.
  if (!own && declaredAt(context, shapes, node.path, path) === undefined) return undefined;
  const json = node.value === undefined ? undefined : jsonText(node.value);
  const inProperties = path.root !== 'context' && !own;
  return { path: [path.root, ...(inProperties ? ['properties'] : []), ...path.names], json };
}

/** `table.name = { … }` */
function isOfTable({ path }: ChangeNode): boolean {
  let root = path;
  while (root.kind === 'Access') root = root.object;
  return root.kind === 'Reference' && root.name === 'table';
}

function checkTableChange(
  context: Context,
  declarations: Declarations,
  { path, value }: ChangeNode,
): TestTable | undefined {
  const fail = (why: string, at: { readonly span: Span } = path): undefined => {
    context.reporter.report('bad-test', at.span, { why });
    return undefined;
  };
  if (path.kind !== 'Access' || path.object.kind !== 'Reference')
    return fail('a table is filled as a whole: `table.name = { … }`');
  const declared = context.find(path.name.text, path.span.file);
  if (declared?.kind !== 'Table') {
    context.unknown('unknown-table', path.name, context.namesOf('Table', path.span));
    return undefined;
  }
  const table = declarations.table(declared);
  if (table === undefined) return undefined;
  if (!table.external)
    return fail(`\`${table.name}\` is not external: what it holds stands in the policy`, path.name);
  if (value === undefined) return { table, json: undefined };
  const json = jsonText(value);
  const rows = readTable(table, new TextEncoder().encode(json));
  return isError(rows) ? fail(tellTableError(rows), value) : { table, json };
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

// Checks `test` blocks: what their steps change, and what they expect.

import { effects } from '@nhipol/runtime/abi';
import type { Constraint, PolicyTest, TestLowered, TestStep } from '../../model/model.ts';
import { formatPropertyPath } from '../../model/reads.ts';
import { approvalsMember, declaresApprovals } from '../../request/approvals.ts';
import { hasAllItems } from '../../support/all-there.ts';
import type { Span } from '../../support/source.ts';
import type { ChangeNode, SettingNode, StepNode, TestNode } from '../../syntax/ast.ts';
import type { Value } from '../../types/types.ts';
import type { Context } from '../context.ts';
import type { Declarations } from '../declarations/declarations.ts';
import { checkDemands } from '../declarations/obligations.ts';
import type { Shapes } from '../declarations/shapes.ts';
import { makeConstant } from '../expressions/parts.ts';
import { splitPathNames } from '../paths.ts';
import type { Reasons } from '../rules/reasons.ts';
import { readSpan } from '../written.ts';
import { checkChange, checkTableChange, isOfTable, printJsonNode } from './changes.ts';
import { expandRows } from './expand-rows.ts';
import type { Requests } from './requests.ts';
import { checkRows } from './rows.ts';
import { checkSessionTest, parseRequestTime, refuseSession } from './session-tests.ts';

/**
 * Returns one test for each row, if there are rows. `policy` is the name of the policy under test.
 */
export function checkTest(
  context: Context,
  declarations: Declarations,
  requests: Requests,
  reasons: Reasons,
  node: TestNode,
  policy: string,
): readonly PolicyTest[] {
  const request = requests.resolveRequest(node.request);
  if (node.each !== undefined) checkRows(context, node.each);
  if (!node.session) refuseSession(context, node.each ? [node.each] : node.steps);
  const tests = expandRows(node, (span) => readSpan(context, span)).map((testNode) =>
    checkCase(context, declarations, reasons, testNode, request, policy),
  );
  return tests.filter((test) => test !== undefined);
}

function checkCase(
  context: Context,
  declarations: Declarations,
  reasons: Reasons,
  node: TestNode,
  request: string | undefined,
  policy: string,
): PolicyTest | undefined {
  const { shapes } = declarations;
  const checked = node.steps.map((step) =>
    checkStep(context, declarations, shapes, reasons, step, policy),
  );
  const steps = hasAllItems(checked) ? checked : undefined;
  const { name, session } = node;
  if (request !== undefined) checkGrants(context, shapes, node, request);
  if (request === undefined || steps === undefined) return undefined;
  const test = { name: name.value, request, opens: undefined, steps, span: name.span };
  return session ? checkSessionTest(context, shapes, node, test) : test;
}

/** An approval requires that the policy reads approvals, and an instant from which it lasts. */
function checkGrants(
  context: Context,
  shapes: Shapes,
  { session, steps }: TestNode,
  request: string,
): void {
  const isBroken = shapes.context?.broken?.has(approvalsMember) === true;
  const takes = isBroken || declaresApprovals(shapes.context);
  const isTimed = session || parseRequestTime(request) !== undefined;
  for (const { at, grants } of steps) {
    const [first] = grants;
    if (first === undefined) continue;
    const fail = (why: string, help?: string) =>
      context.reporter.report('bad-test', first.span, { why }, help === undefined ? {} : { help });
    if (!takes)
      fail(
        'the policy does not use approvals',
        'declare `call_digest?: String` and `approvals?: List<Approval>` in the context',
      );
    else if (at === undefined && !isTimed)
      fail('the approval has no time: set `context.time`, or `at` in this step');
  }
}

function checkStep(
  context: Context,
  declarations: Declarations,
  shapes: Shapes,
  reasons: Reasons,
  node: StepNode,
  policy: string,
): TestStep | undefined {
  const changes = node.changes
    .filter((change) => !isOfTable(change))
    .map((change) => checkChange(context, shapes, change));
  const tables = node.changes
    .filter(isOfTable)
    .map((change) => checkTableChange(context, declarations, change));
  if (refusesParts(context, node)) return undefined;
  const constraints = node.settings?.map((setting) => checkSetting(context, declarations, setting));
  const effect = effects.find((each) => each === node.outcome);
  const obligations =
    node.demands &&
    effect &&
    checkDemands(
      context,
      (declared) => declarations.obligation(declared),
      node.demands,
      effect,
      ({ value, span }, type) => {
        const folded = declarations.evaluateConstant(value, type, "a test's obligation");
        return folded === undefined ? undefined : makeConstant(folded, type, span);
      },
    );
  const lower = node.lower?.map((change) => checkLowered(context, shapes, change));
  const known = node.reasons?.map((reason) => reasons.expect(reason)) ?? [];
  if (
    !hasAllItems(changes) ||
    !hasAllItems(tables) ||
    (constraints !== undefined && !hasAllItems(constraints)) ||
    (lower !== undefined && !hasAllItems(lower))
  )
    return undefined;
  if (known.includes(false) || (node.demands !== undefined && obligations === undefined))
    return undefined;
  return {
    at: node.at?.milliseconds,
    grants: node.grants.map(({ lasts, approver }) => ({
      lasts: lasts.milliseconds,
      approver: approver?.value,
      policy,
    })),
    signals: node.signals.map(({ name, payload, at }) => ({
      name: name.value,
      payload: payload && printJsonNode(payload),
      time: at?.milliseconds,
    })),
    session: node.session?.value,
    asks: node.asks ? Number(node.times?.value ?? 1n) : 0,
    changes,
    tables,
    outcome: node.outcome,
    reasons: node.reasons?.map((reason) => reason.text),
    constraints,
    obligations,
    lower,
    until: node.until?.milliseconds,
    span: node.span,
  };
}

/** Reports the parts of a step that belong to an answer, in a step that expects a possibility. */
function refusesParts({ reporter }: Context, node: StepNode): boolean {
  const { outcome, span, asks, reasons, settings, demands, lower } = node;
  if (outcome !== 'possible' && outcome !== 'impossible') return false;
  const refuse = (at: Span | undefined, why: string, help: string): true => {
    reporter.report('bad-test', at ?? span, { why }, { help });
    return true;
  };
  if (asks) {
    const help = 'leave out `ask`: the step evaluates whether the next decision could be a permit';
    return refuse(span, `\`ask\` takes a decision, and \`${outcome}\` expects none`, help);
  }
  const ofAnswer = 'a decision has these: expect an effect such as `permit` instead';
  if (settings !== undefined)
    return refuse(settings[0]?.span, `\`${outcome}\` has no constraints`, ofAnswer);
  if (demands !== undefined)
    return refuse(demands[0]?.span, `\`${outcome}\` has no obligations`, ofAnswer);
  if (lower !== undefined)
    return refuse(lower[0]?.span, `\`${outcome}\` has no counter-offer`, ofAnswer);
  if (outcome === 'possible' && reasons !== undefined) {
    const help = 'only what is `impossible` has reasons: the rules that restrict every completion';
    return refuse(reasons[0]?.span, '`possible` has no reasons', help);
  }
  return false;
}

/** A value that the answer is expected to offer. */
function checkLowered(context: Context, shapes: Shapes, node: ChangeNode): TestLowered | undefined {
  const path = splitPathNames(node.path);
  const changed = checkChange(context, shapes, node);
  if (changed === undefined || path === undefined) return undefined;
  if (changed.json === undefined || path.names.length === 0) {
    const why = 'only a value of a member can be offered';
    context.reporter.report('bad-test', node.span, { why });
    return undefined;
  }
  return { path: formatPropertyPath(path.root, path.names), json: changed.json };
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
    constraint && declarations.evaluateConstant(node.value, constraint.type, "a test's constraint");
  return constraint === undefined || value === undefined ? undefined : { constraint, value };
}

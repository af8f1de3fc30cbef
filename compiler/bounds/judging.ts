// Bounds the steps of evaluating a request, as `emit/judge.ts` lays out the rules: the atoms, which are
// decided once when a request is read, the rules, and the explanation of an answer.

import { requestLimits } from '@nhipol/runtime/abi';
import { listComparedCells } from '../emit/expressions/expressions.ts';
import { buildScalarKey } from '../ir/cells.ts';
import type { IrExpr } from '../ir/expressions.ts';
import type { IrModule, IrNarrowing, IrReason, IrRule, IrScope } from '../ir/ir.ts';
import { collectIrExprs } from '../ir/operands.ts';
import type { Discriminator } from '../plan/discriminator.ts';
import type { Parameter } from '../plan/member.ts';
import { type Family, findReason, type Plan } from '../plan/plan.ts';
import {
  type BoundParameters,
  countProbeSteps,
  ExpressionSteps,
  listParameterSizes,
} from './expressions.ts';
import { costCall } from './functions.ts';
import type { Size } from './size.ts';

/** An edge that bounds the answer, the reason that fires, and the duration of a permit. */
const firing = 6;
/**
 * The start and the end of an evaluation, with the list of reasons of the answer, or the answer to an
 * unreadable request.
 */
const concluding = 24;

/** The steps of all atoms; the atoms of each scope are in one function. */
export function countPreparingSteps({ atoms }: Plan, boundParameters: BoundParameters): number {
  const counted = new ExpressionSteps(boundParameters);
  for (const { expr } of atoms) counted.add(expr);
  return 1 + 2 * atoms.length + counted.steps;
}

export function countJudgingSteps(
  ir: IrModule,
  plan: Plan,
  boundParameters: BoundParameters,
): number {
  const decided = new Set(plan.atoms.map(({ expr }) => expr));
  const of = (exprs: readonly IrExpr[]) => countExprSteps(exprs, boundParameters, { decided });
  const direct = plan.direct.reduce((all, { condition, inside, narrowing }) => {
    const lowered = narrowing?.lowering === undefined ? [] : [narrowing.lowering.suffices];
    return (
      all + 1 + firing + of([condition, ...(inside === undefined ? [] : [inside]), ...lowered])
    );
  }, 0);
  const scores = ir.scores.reduce((all, { conditions, bands }) => {
    const asConditions = conditions.reduce((sum, { condition }) => sum + 3 + of([condition]), 0);
    const asBands = bands.reduce((sum, { narrowing }) => {
      const { inside, lowering } = narrowing ?? {};
      const exprs = [inside ?? [], lowering?.suffices ?? []].flat();
      return sum + 8 + of(exprs);
    }, 0);
    return all + 1 + asConditions + asBands;
  }, 0);
  return (
    concluding +
    2 * ir.reasons.length +
    direct +
    scores +
    countFamilySteps(ir, plan, boundParameters) +
    countTreeSteps(plan, boundParameters) +
    countConstrainingSteps(ir, boundParameters)
  );
}

/** The masks of unknown paths, and the values of messages and obligations, of all reasons. */
export function countExplainingSteps(
  ir: IrModule,
  plan: Plan,
  boundParameters: BoundParameters,
): number {
  // These expressions are decided already: each takes one call.
  const simple = new Set(
    plan.atoms.map(({ expr }) => expr).filter((expr) => listComparedCells(expr) !== undefined),
  );
  const one = (
    { condition, falls, placeholders, properties }: IrReason,
    parameters?: Parameters,
  ) => {
    const conditions = falls === undefined ? [condition] : [condition, falls];
    const decided = parameters === undefined ? simple : new Set<IrExpr>();
    const calls = [...collectIrExprs(conditions)].filter((expr) => decided.has(expr)).length;
    const values = [...placeholders, ...properties].map(({ value }) => value);
    const explained = calls + countExprSteps(conditions, boundParameters, { parameters, decided });
    return 8 + explained + countExprSteps(values, boundParameters, { parameters });
  };
  const inFamilies = plan.families.reduce((all, family) => {
    const parameters = listParameterSizes(family.parameters, family.members);
    return all + countEvaluatedRows(family) * one(findReason(ir, family.template), parameters);
  }, 0);
  const trees = listEvaluatedTrees(plan, boundParameters).reduce(
    (all, { steps }) => all + 8 + 2 * steps,
    0,
  );
  const rows = new Set([
    ...plan.families.flatMap(({ members }) => members.map(({ rule }) => rule.reason)),
    ...plan.trees.map(({ rule }) => rule.reason),
  ]);
  const others = ir.reasons.reduce(
    (all, reason, at) => (rows.has(at) ? all : all + one(reason)),
    0,
  );
  return 4 + ir.reasons.length + inFamilies + trees + others;
}

type Parameters = ReadonlyMap<Parameter, Size>;

function countExprSteps(
  exprs: readonly IrExpr[],
  boundParameters: BoundParameters,
  options: { readonly parameters?: Parameters | undefined; readonly decided?: ReadonlySet<IrExpr> },
): number {
  const { parameters, decided } = options;
  const counted = new ExpressionSteps(boundParameters, {
    ...(parameters === undefined ? {} : { parameters }),
    ...(decided === undefined ? {} : { decided }),
  });
  for (const expr of exprs) counted.add(expr);
  return counted.steps;
}

// --- rows ------------------------------------------------------------------------------------------

function countFamilySteps(
  { rules }: IrModule,
  { families, trees }: Plan,
  boundParameters: BoundParameters,
): number {
  if (families.length + trees.length === 0) return 0;
  const rows = families.reduce((all, family) => {
    const parameters = listParameterSizes(family.parameters, family.members);
    const row =
      1 + firing + countExprSteps([family.template.condition], boundParameters, { parameters });
    return all + countEvaluatedRows(family) * row;
  }, 0);
  const finding = families.reduce(
    (all, family) => all + countLookupSteps(family.discriminator, boundParameters),
    0,
  );
  // For each effect there are the ways in which scopes are named, each with a bucket, and each family
  // twice in it: its members with an index, and those without.
  const ways = new Set(rules.map(({ effect, scope }) => `${effect} ${describeScopeForm(scope)}`))
    .size;
  const buckets = ways * (6 + boundParameters.maxRun + 4 * families.length + trees.length * 2);
  return 8 + buckets + finding * ways + rows;
}

function describeScopeForm({ subjects, actions, resources }: IrScope): string {
  return [subjects, actions, resources].map((names) => names === undefined).join();
}

/** The steps of a look-up in one segment. */
function countLookupSteps(
  discriminator: Discriminator | undefined,
  boundParameters: BoundParameters,
): number {
  if (discriminator === undefined) return 0;
  const text = Math.min(boundParameters.bytes, requestLimits.stringBytes);
  switch (discriminator.by) {
    case 'text':
      return 2 + countProbeSteps(text, text, boundParameters.maxRun);
    case 'word':
      return 4 + boundParameters.maxRun;
    case 'network':
      return 32;
    case 'segments': {
      const places = new Set(
        discriminator.values.map((segments) => [...(segments?.keys() ?? [])].join()),
      ).size;
      return 24 + text + places * (8 + 24 * 3 + text / 8 + boundParameters.maxRun);
    }
  }
}

/**
 * The maximum number of rows that one request can evaluate: those whose scope contains one subject,
 * action and resource.
 */
function countEvaluatedRows({ members, discriminator }: Family): number {
  const among = (indexes: readonly number[]) =>
    Math.min(
      ...(['subjects', 'actions', 'resources'] as const).map((name) =>
        countMaxInScope(
          indexes.flatMap((at) => members[at]?.rule.scope ?? []),
          name,
        ),
      ),
    );
  const all = members.map((_, index) => index);
  if (discriminator === undefined || !discriminator.onlyKnown) return among(all);
  if (discriminator.by !== 'text' && discriminator.by !== 'word') return among(all);
  const groups = new Map<string, number[]>();
  for (const [at, values] of discriminator.values.entries()) {
    for (const key of new Set(values.map(buildScalarKey)))
      groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  return Math.max(0, ...[...groups.values()].map(among));
}

function countMaxInScope(scopes: readonly IrScope[], name: keyof IrScope): number {
  const counts = new Map<number, number>();
  let any = 0;
  for (const { [name]: ids } of scopes) {
    if (ids === undefined) any += 1;
    for (const id of new Set(ids)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return any + Math.max(0, ...counts.values());
}

// --- trees -----------------------------------------------------------------------------------------

function countTreeSteps(plan: Plan, boundParameters: BoundParameters): number {
  return listEvaluatedTrees(plan, boundParameters).reduce(
    (all, { steps }) => all + 2 + firing + steps,
    0,
  );
}

/** The trees that one request can evaluate; the longest if there are more. */
function listEvaluatedTrees(
  { trees, leaves }: Plan,
  boundParameters: BoundParameters,
): readonly { readonly steps: number }[] {
  const rows = leaves.map((_, leaf) =>
    trees.flatMap(({ steps }) =>
      steps.flatMap((step) =>
        step.kind === 'leaf' && step.leaf === leaf ? [{ values: step.values }] : [],
      ),
    ),
  );
  const costs = leaves.map(
    ({ template, parameters }, leaf) =>
      3 +
      countExprSteps([template], boundParameters, {
        parameters: listParameterSizes(parameters, rows[leaf] ?? []),
      }),
  );
  const counted = trees.map(({ rule, steps }) => ({
    rule,
    steps: steps.reduce(
      (all, step) =>
        all +
        1 +
        (step.kind === 'leaf' ? (costs[step.leaf] ?? 0) : 'count' in step ? 2 + step.count : 0),
      2,
    ),
  }));
  const maxTrees = Math.min(
    ...(['subjects', 'actions', 'resources'] as const).map((name) =>
      countMaxInScope(
        trees.map(({ rule }: { readonly rule: IrRule }) => rule.scope),
        name,
      ),
    ),
  );
  return counted.sort((a, b) => b.steps - a.steps).slice(0, maxTrees);
}

// --- constraints -----------------------------------------------------------------------------------

/** Constraints are merged if narrows can contradict each other, and again at the end; or offers are as well. */
function countConstrainingSteps(ir: IrModule, boundParameters: BoundParameters): number {
  const narrowings: readonly IrNarrowing[] = [
    ...ir.rules.flatMap(({ narrowing }) => narrowing ?? []),
    ...ir.scores.flatMap(({ bands }) => bands.flatMap(({ narrowing }) => narrowing ?? [])),
  ];
  const merged = narrowings.reduce((all, { settings, lowering }) => {
    const counted = new ExpressionSteps(boundParameters);
    const lowered = (lowering?.paths ?? []).map(({ offer, within, value }) => {
      counted.add(within);
      return { constraint: ir.offers[offer]?.constraint ?? 0, value };
    });
    const merging = [...settings, ...lowered].map(({ constraint, value }) => {
      const size = counted.add(value);
      const { rep, holds } = ir.constraints[constraint] ?? { rep: 'word', holds: 'Words' };
      if (rep === 'word' || rep === 'tri') return 1;
      if (rep === 'bytes') return 1 + costCall('startsWith', [size, size]).steps + 1;
      return 3 + costCall(`intersect${holds}`, [size, size]).steps;
    });
    return all + 8 + counted.steps + merging.reduce((sum, steps) => sum + steps, 0);
  }, 8);
  return 2 * merged + 2 * ir.reasons.length;
}

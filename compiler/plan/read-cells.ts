// Finds the cells that are read, by offset from the start of the facts: some for decisions, if the host has
// decided the atoms that it can, and others for explaining alone. A request that can be evaluated again, at
// another instant or with other tables, can be explained again as well: then all cells are for decisions.
// If no cell is for decisions, and nothing else can change, the tests of the host determine the answer.

import type { IrAddress, IrExpr } from '../ir/expressions.ts';
import type { IrModule, IrNarrowing, IrRule } from '../ir/ir.ts';
import { collectIrExprs } from '../ir/operands.ts';
import { splitCondition } from './atoms.ts';
import type { Plan } from './plan.ts';

type Reading = 'judging' | 'explaining';

export interface Readings {
  readonly of: ReadonlyMap<number, Reading>;
  /** Whether requests with the same selectors and test results always have the same answer. */
  readonly isSettledByTests: boolean;
}

export function readCells(ir: IrModule, plan: Plan, decidedIrExprs: ReadonlySet<IrExpr>): Readings {
  const judging = collectCells(collectJudgedExprs(ir, plan, decidedIrExprs));
  for (const given of [ir.facts.time, ir.facts.digest]) {
    if (given !== undefined) judging.add(given.offset);
  }
  const conditions = collectConditions(ir);
  const explained = ir.reasons.flatMap(({ condition, falls, placeholders, properties }) => [
    condition,
    ...(falls === undefined ? [] : [falls]),
    ...[...placeholders, ...properties].map(({ value }) => value),
  ]);
  const deciding = [...conditions, ...collectNarrowings(ir).flatMap(listNarrowingExprs)];
  const all = collectCells([...deciding, ...explained]);
  const changes = ir.tables.length > 0 || deciding.some(({ timeful }) => timeful);
  const classifyCell = (offset: number): Reading =>
    changes || judging.has(offset) ? 'judging' : 'explaining';
  return {
    of: new Map([...judging, ...all].map((offset) => [offset, classifyCell(offset)])),
    isSettledByTests: !changes && judging.size === 0,
  };
}

/** Direct rules and scores read atoms as bits; all others read the cells. */
function collectJudgedExprs(
  ir: IrModule,
  { direct }: Plan,
  decidedIrExprs: ReadonlySet<IrExpr>,
): readonly IrExpr[] {
  const ofBits = new Set(direct);
  return [
    ...ir.rules.flatMap((rule) => {
      const conditions = listRuleConditions(rule);
      return ofBits.has(rule) ? selectUndecided(conditions, decidedIrExprs) : conditions;
    }),
    ...selectUndecided(listScoreConditions(ir), decidedIrExprs),
    ...collectNarrowings(ir).flatMap(listNarrowingExprs),
  ];
}

function collectConditions(ir: IrModule): readonly IrExpr[] {
  return [...ir.rules.flatMap(listRuleConditions), ...listScoreConditions(ir)];
}

function listRuleConditions({ condition, inside }: IrRule): readonly IrExpr[] {
  return inside === undefined ? [condition] : [condition, inside];
}

function listScoreConditions({ scores }: IrModule): readonly IrExpr[] {
  return scores.flatMap(({ conditions }) => conditions.map(({ condition }) => condition));
}

function listNarrowingExprs({ inside, settings, lowering }: IrNarrowing): readonly IrExpr[] {
  const paths = lowering?.paths.flatMap(({ within, value }) => [within, value]) ?? [];
  const lowered = lowering === undefined ? [] : [lowering.suffices, ...paths];
  return [inside, ...settings.map(({ value }) => value), ...lowered];
}

/** The cells that rules read in addition to what is decided. */
export function collectUndecidedCells(
  rules: readonly IrRule[],
  decidedIrExprs: ReadonlySet<IrExpr>,
): Set<number> {
  return collectCells(selectUndecided(rules.flatMap(listRuleConditions), decidedIrExprs));
}

/** The offsets of the facts' cells that expressions read. */
export function collectCells(exprs: readonly IrExpr[]): Set<number> {
  return new Set([...collectIrExprs(exprs)].flatMap(listCells));
}

function selectUndecided(
  conditions: readonly IrExpr[],
  decidedIrExprs: ReadonlySet<IrExpr>,
): readonly IrExpr[] {
  return conditions.flatMap(splitCondition).filter((part) => !decidedIrExprs.has(part));
}

function collectNarrowings({ rules, scores }: IrModule): readonly IrNarrowing[] {
  const all = [
    ...rules.map(({ narrowing }) => narrowing),
    ...scores.flatMap(({ bands }) => bands.map(({ narrowing }) => narrowing)),
  ];
  return all.filter((narrowing) => narrowing !== undefined);
}

function listCells(expr: IrExpr): readonly number[] {
  switch (expr.kind) {
    case 'cell':
    case 'knownRecord': {
      const around = expr.fresh.flatMap(({ record, observed }) => [record, observed]);
      return [expr.address, ...around].flatMap(listFactOffsets);
    }
    case 'presence':
      return listFactOffsets(expr.address);
    case 'entry':
      return listFactOffsets(expr.map);
    default:
      expr.kind satisfies
        | ('set' | 'const' | 'knownCell' | 'known' | 'knownAge' | 'lookup' | 'apply')
        | ('compare' | 'compareNow' | 'compareAge' | 'inWindow' | 'calendar')
        | ('remembered' | 'and' | 'or' | 'not' | 'quantifier' | 'aggregate' | 'if')
        | 'else';
      return [];
  }
}

function listFactOffsets({ base, offset }: IrAddress): readonly number[] {
  return base === 'facts' ? [offset] : [];
}

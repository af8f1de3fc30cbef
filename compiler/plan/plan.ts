// Plans the code of rules from the IR: which rules have code of their own, and which are rows of a
// family, whose members differ only in their constants, or trees over shared leaves. Code grows with the
// number of shapes, data with the number of rules.

import { buildScalarKey } from '../ir/cells.ts';
import { groupByKey } from '../ir/group-by.ts';
import type { IrModule, IrReason, IrRule, IrScope } from '../ir/ir.ts';
import type { IrTable } from '../ir/tables.ts';
import { type Atom, collectAtoms } from './atoms.ts';
import { type Discriminator, findDiscriminator } from './discriminator.ts';
import {
  expectConstant,
  type FamilyMember,
  type Parameter,
  type ParameterValue,
} from './member.ts';
import { computeRuleShape, type Shape } from './shape.ts';
import { buildTrees, type Tree, type TreeLeaf } from './trees.ts';

export interface Plan {
  /** The rules with code of their own, in order. */
  readonly direct: readonly IrRule[];
  readonly families: readonly Family[];
  /** Rules with unique shapes, if there are many. */
  readonly trees: readonly Tree[];
  /** The leaves of the trees. */
  readonly leaves: readonly TreeLeaf[];
  /** The atoms of direct rules and of scores. */
  readonly atoms: readonly Atom[];
}

export interface Family {
  /** The rule whose code all members share, with their own values for its parameters. */
  readonly template: IrRule;
  readonly parameters: readonly Parameter[];
  readonly members: readonly FamilyMember[];
  /** How the members to evaluate are found, or `undefined` if all members are evaluated. */
  readonly discriminator: Discriminator | undefined;
}

/** The possibility form of a policy, as the rules of a policy of its own, with its plan. */
export interface PlannedPossibility {
  readonly ir: IrModule;
  readonly plan: Plan;
}

export interface PlanOptions {
  /** The minimum number of rules of one shape for a family; fewer have code of their own. */
  readonly minMembers: number;
  /** The minimum number of members of a family for an index. */
  readonly minIndexedRows: number;
  /** The maximum number of families, the largest ones; rules of other shapes become trees if possible. */
  readonly maxFamilies: number;
  /** With more rules of unique shapes than this, they become trees. */
  readonly maxUniqueShapes: number;
}

export const defaultPlan: PlanOptions = {
  minMembers: 4,
  minIndexedRows: 8,
  maxFamilies: 64,
  maxUniqueShapes: 192,
};

/** Scopes are looked up by their combinations of names; a rule with more is always evaluated. */
const maxCombinations = 1024;

export function plan(ir: IrModule, options: PlanOptions = defaultPlan): Plan {
  const tables = new Map<IrTable, number>();
  const shapedRules = ir.rules
    .filter(canBeRow)
    .map((rule) => ({ rule, shape: computeRuleShape(rule, findReason(ir, rule), tables) }));
  const alike = [...groupByKey(shapedRules, ({ shape }) => shape.key).values()]
    .filter(({ length }) => length >= options.minMembers)
    .sort((a, b) => b.length - a.length);
  const isTree = (rule: IrRule) => isConstant(findReason(ir, rule));
  const families = alike
    .filter(([first], index) => index < options.maxFamilies || (first && !isTree(first.rule)))
    .map((members) => createFamily(members, options));
  const rows = new Set(families.flatMap(({ members }) => members.map(({ rule }) => rule)));
  const others = ir.rules.filter((rule) => !rows.has(rule));
  const alone = others.filter((rule) => canBeRow(rule) && isTree(rule));
  const { trees, leaves } = buildTrees(alone.length > options.maxUniqueShapes ? alone : [], tables);
  const taken = new Set(trees.map(({ rule }) => rule));
  const direct = others.filter((rule) => !taken.has(rule));
  return { direct, families, trees, leaves, atoms: collectAtoms(ir, direct) };
}

/** `undefined` if the module only decides. */
export function planPossibility(
  ir: IrModule,
  options: PlanOptions = defaultPlan,
): PlannedPossibility | undefined {
  if (ir.possibility === undefined) return undefined;
  const form = { ...ir, ...ir.possibility, possibility: undefined };
  return { ir: form, plan: plan(form, options) };
}

export function findReason(ir: IrModule, rule: IrRule): IrReason {
  const reason = ir.reasons[rule.reason];
  if (reason === undefined) throw new Error('broken invariant: a rule without its reason');
  return reason;
}

function canBeRow({ narrowing, inside, scope }: IrRule): boolean {
  return (
    narrowing === undefined && inside === undefined && countCombinations(scope) <= maxCombinations
  );
}

/** Whether its message and its obligations contain no values of the request. */
function isConstant({ placeholders, properties }: IrReason): boolean {
  return placeholders.length + properties.length === 0;
}

function countCombinations({ subjects, actions, resources }: IrScope): number {
  return [subjects, actions, resources].reduce((all, ids) => all * (ids?.length ?? 1), 1);
}

function createFamily(
  alike: readonly { readonly rule: IrRule; readonly shape: Shape }[],
  { minIndexedRows }: PlanOptions,
): Family {
  const [first] = alike;
  if (first === undefined) throw new Error('broken invariant: a family has no members');
  const columns = alike.map(({ shape }) => shape.parameters.map(expectConstant));
  const differing = first.shape.parameters.flatMap((_, index) => {
    const keys = columns.map((values) => buildParameterKey(values[index] as ParameterValue));
    return keys.every((key) => key === keys[0]) ? [] : [index];
  });
  const parameters = differing.map((at) => first.shape.parameters[at] as Parameter);
  const members = alike.map(({ rule }, row) => ({
    rule,
    values: differing.map((at) => columns[row]?.[at] as ParameterValue),
  }));
  const isIndexed = members.length >= minIndexedRows;
  const discriminator = isIndexed
    ? findDiscriminator(first.rule.condition, parameters, members, minIndexedRows)
    : undefined;
  return { template: first.rule, parameters, members, discriminator };
}

const patternKeys = new WeakMap<object, string>();

/** A key that only equal constants share. */
function buildParameterKey(value: ParameterValue): string {
  if (typeof value === 'boolean') return `${value}`;
  if (Array.isArray(value)) return JSON.stringify(value.map(buildScalarKey));
  if (typeof value === 'object' && 'source' in value) {
    const patternKey = patternKeys.get(value) ?? JSON.stringify(value.source);
    patternKeys.set(value, patternKey);
    return patternKey;
  }
  return buildScalarKey(value as bigint | string | Uint8Array);
}

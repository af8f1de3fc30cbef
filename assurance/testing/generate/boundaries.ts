// Where the answers of a policy change: for each path of a request, the constants and the paths that it is
// compared with.

import {
  collectExprs,
  collectPolicyHistory,
  type Expr,
  listRuleExprs,
  listScoreExprs,
  listTermPatterns,
  type PolicyModel,
  spellPath,
  type Table,
} from '@nhipol/language/model';
import { collectConstants, type PolicyConstants } from './constants.ts';

export interface Boundaries {
  /** The constants of the whole policy. */
  readonly all: PolicyConstants;
  /** The constants by the paths that are compared with them. */
  readonly at: ReadonlyMap<string, PolicyConstants>;
  /** Paths that are compared with one another. */
  readonly beside: ReadonlyMap<string, ReadonlySet<string>>;
  /** Everything that is read, and the records on the way there. */
  readonly read: ReadonlySet<string>;
}

const boundariesByPolicy = new WeakMap<PolicyModel, Boundaries>();

export function collectBoundaries(policy: PolicyModel): Boundaries {
  const boundaries = boundariesByPolicy.get(policy) ?? makeBoundaries(policy);
  boundariesByPolicy.set(policy, boundaries);
  return boundaries;
}

function makeBoundaries(policy: PolicyModel): Boundaries {
  const ofEvents = collectPolicyHistory(policy).flatMap(({ term }) =>
    listTermPatterns(term).flatMap(({ condition }) => condition ?? []),
  );
  const exprs = collectExprs([
    ...policy.rules.flatMap(listRuleExprs),
    ...policy.scores.flatMap(listScoreExprs),
    ...policy.invariants.map(({ claim }) => claim),
    ...ofEvents,
  ]);
  const near = new Map<string, { readonly exprs: Set<Expr>; readonly tables: Set<Table> }>();
  const beside = new Map<string, Set<string>>();
  for (const expr of exprs) {
    if (!isComparison(expr)) continue;
    const parts = collectExprs([expr]);
    const tables = [...parts].flatMap((part) => (part.kind === 'Lookup' ? [part.table] : []));
    const paths = new Set([...parts].flatMap(listReadPaths));
    for (const path of paths) {
      const own = near.get(path) ?? { exprs: new Set(), tables: new Set() };
      near.set(path, own);
      for (const part of parts) own.exprs.add(part);
      for (const table of tables) own.tables.add(table);
      const others = beside.get(path) ?? new Set();
      beside.set(path, others);
      for (const other of paths) if (other !== path) others.add(other);
    }
  }
  return {
    all: collectConstants(exprs, policy.tables),
    at: new Map(
      [...near].map(([path, own]) => [path, collectConstants(own.exprs, [...own.tables])]),
    ),
    beside,
    read: new Set([...exprs].flatMap(listReadPaths).flatMap(listPrefixes)),
  };
}

function isComparison({ kind }: Expr): boolean {
  return ['Compare', 'Apply', 'Lookup', 'InWindow', 'Age', 'Read', 'Quantifier'].includes(kind);
}

/** The paths of a read, including those that determine its age. */
function listReadPaths(expr: Expr): readonly string[] {
  if (expr.kind === 'Selector') return [expr.which];
  if (expr.kind === 'Now') return ['context.time'];
  if (expr.kind === 'Variable') return [expr.variable.path];
  if (expr.kind !== 'Read') return [];
  const observed = expr.members.flatMap((member, index) =>
    member.fresh === undefined
      ? []
      : [`${spellPath({ ...expr, members: expr.members.slice(0, index + 1) })}.observed_at`],
  );
  return [spellPath(expr), ...observed].flatMap(listRequestValues);
}

/** The members of a decision event were members of a request. */
function listRequestValues(path: string): readonly string[] {
  if (!path.startsWith(ofEvent)) return [path];
  const member = path.slice(ofEvent.length);
  const isOfEntity = /^(?:subject|action|resource)\./.test(member);
  return [path, isOfEntity ? member : `context.${member}`];
}

const ofEvent = 'event[].';

/** `a`, `a.b`, `a.b[]` and `a.b[].c`. */
function listPrefixes(path: string): readonly string[] {
  const ends = [...path.matchAll(/\.|\[\]/g)].map(({ index }) => path.slice(0, index));
  return [...ends, path];
}

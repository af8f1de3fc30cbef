// Explains what would grant: the permits that fired and what overrides them; otherwise the nearest
// permit that applies; otherwise the scopes of all permits.

import type { Expr, PolicyModel, Rule, Scope } from '../model/model.ts';
import type { Facts } from '../request/facts.ts';
import { suggest } from '../support/suggest.ts';
import type {
  ExplainedGrant,
  MissedScope,
  NearestPermit,
  RuleRef,
  ScopeMismatch,
} from './explanation.ts';
import { type Judged, makeRuleRef } from './judged.ts';
import { explainCondition, splitConjunction } from './parts.ts';
import type { EvaluationView } from './view.ts';

/** `fails`: whether a condition of the nearest permit is shown; default: it is not true. */
export function explainGrant(
  judged: readonly Judged[],
  view: EvaluationView,
  fails: (expr: Expr) => boolean = (expr) => view.truth(expr) !== true,
): ExplainedGrant {
  const fired = judged.filter(({ contribution }) => contribution.fired);
  const refs = (which: readonly Judged[]) => which.map((each) => makeRuleRef(each, view));
  const granting = fired.filter(({ contribution }) => contribution.effect === 'permit');
  const permits = judged.flatMap(({ source }) =>
    source.kind === 'rule' && source.rule.effect === 'permit' ? [source.rule] : [],
  );
  const nearest = granting.length === 0 ? findNearestPermit(permits, view, fails) : undefined;
  return {
    fired: refs(granting),
    against: refs(fired.filter(({ contribution }) => contribution.effect !== 'permit')),
    ...(nearest === undefined ? {} : { nearest }),
    ...(permits.length > 0 ? {} : { scopes: listMissedScopes(view) }),
  };
}

interface Measured {
  readonly rule: Rule;
  readonly conditions: number;
  readonly failing: readonly Expr[];
}

function findNearestPermit(
  permits: readonly Rule[],
  view: EvaluationView,
  fails: (expr: Expr) => boolean,
): NearestPermit | undefined {
  const nearest = permits
    .map((rule): Measured => {
      const conditions = splitConjunction(rule.condition);
      const failing = conditions.filter(fails);
      return { rule, conditions: conditions.length, failing };
    })
    .reduce<Measured | undefined>(
      (best, each) =>
        best === undefined || each.failing.length < best.failing.length ? each : best,
      undefined,
    );
  if (nearest === undefined) return undefined;
  const { rule, conditions, failing } = nearest;
  const seen = new Set<Expr>();
  return {
    ...createPermitRef(rule, view),
    conditions,
    failing: failing.map((expr) => explainCondition(expr, view, seen)),
  };
}

function createPermitRef(rule: Rule, view: EvaluationView): RuleRef {
  return { id: rule.id, effect: rule.effect, at: view.spot(rule.span) };
}

// --- scopes --------------------------------------------------------------------------------------

/** One entry for each scope of a permit, in source order. */
function listMissedScopes(view: EvaluationView): readonly MissedScope[] {
  const missedScopes = new Map<string, { scope: Scope; permits: Rule[] }>();
  for (const rule of view.policy.rules) {
    if (rule.effect !== 'permit') continue;
    const { subjects, actions, resources } = rule.scope;
    const key = JSON.stringify([subjects ?? null, actions ?? null, resources ?? null]);
    const same = missedScopes.get(key) ?? { scope: rule.scope, permits: [] };
    same.permits.push(rule);
    missedScopes.set(key, same);
  }
  return [...missedScopes.values()].map(({ scope, permits }) => ({
    permits: permits.map((rule) => createPermitRef(rule, view)),
    missed: listMismatches(scope, view.policy, view.facts),
  }));
}

function listMismatches(
  { subjects, actions, resources }: Scope,
  policy: PolicyModel,
  facts: Facts,
) {
  const missed: ScopeMismatch[] = [];
  const compare = (
    selector: ScopeMismatch['selector'],
    wanted: readonly string[] | undefined,
    declared: Iterable<string>,
  ) => {
    const storedSelector = facts.selectors.get(selector);
    if (wanted === undefined || (storedSelector !== undefined && wanted.includes(storedSelector)))
      return;
    const isDeclared = storedSelector !== undefined && [...declared].includes(storedSelector);
    const close = storedSelector === undefined || isDeclared ? [] : suggest(storedSelector, wanted);
    missed.push({ selector, found: storedSelector ?? null, wanted, close });
  };
  compare('subject.type', subjects, policy.subjects.keys());
  compare('action.name', actions, policy.actions.keys());
  compare('resource.type', resources, policy.resources.keys());
  return missed;
}

// Holds what all warnings about a policy share: its rules, the reasoning about them, and the
// reporter.

import type { Reporter } from '../diagnostics/diagnostics.ts';
import type { Expr, PolicyModel, Scope } from '../model/model.ts';
import { collectReads } from '../model/reads.ts';
import type { Span } from '../support/source.ts';
import { isVocabulary } from '../vocabulary/vocabulary.ts';
import { IndependentGroups } from './reasoning/independent-groups.ts';
import { Reasoning } from './reasoning/reasoning.ts';
import { covers, ScopeIndex } from './reasoning/scopes.ts';
import {
  collectBandInfos,
  collectRuleInfos,
  isRestricting,
  listConjuncts,
  listDecidingExprs,
  Readers,
  type RuleInfo,
} from './rules.ts';

/**
 * The maximum number of other rules that are compared with one rule. Beyond it there is no warning.
 */
export const othersLimit = 32;

export class LintAnalysis {
  readonly judged: readonly RuleInfo[];
  readonly bands: readonly RuleInfo[];
  readonly permitsBy: ScopeIndex<RuleInfo>;
  readonly restrictingBy: ScopeIndex<RuleInfo>;
  readonly readers: Readers;
  /** Also finds rules by what their constraints and limits read. */
  readonly watchers: Readers;
  readonly reasoning = new Reasoning();
  readonly clusters = new IndependentGroups(this.reasoning);
  readonly reporter: Reporter;

  constructor(policy: PolicyModel, reporter: Reporter) {
    this.judged = collectRuleInfos(policy);
    this.bands = collectBandInfos(policy);
    this.permitsBy = new ScopeIndex(this.judged.filter(({ effect }) => effect === 'permit'));
    this.restrictingBy = new ScopeIndex(this.judged.filter(isRestricting));
    this.readers = new Readers(this.judged);
    this.watchers = new Readers(this.judged, (judged) =>
      judged.narrowing === undefined ? judged.reads : collectReads(listDecidingExprs(judged)),
    );
    this.reporter = reporter;
  }
}

/** The conditions of the group and of the `given`s around a rule. */
export function listGuards({ condition, when, span }: RuleInfo): readonly Expr[] {
  if (when !== undefined) {
    const operands = condition.kind === 'And' && condition !== when ? condition.operands : [];
    return operands.slice(0, Math.max(0, operands.indexOf(when))).flatMap(listConjuncts);
  }
  return listConjuncts(condition).filter(
    (part) => part.span.file === span.file && part.span.start < span.start,
  );
}

/** The related positions to show, without those in a vocabulary. */
export function omitVocabularies(
  spans: readonly { readonly span: Span; readonly message: string }[],
) {
  return spans.filter(({ span }) => !isVocabulary(span.file));
}

/** The rules that restrict everywhere in a scope, or `undefined` if there are too many. */
export function findRestrictingRules(
  scope: Scope,
  others: readonly RuleInfo[],
): readonly RuleInfo[] | undefined {
  const restrictingRules: RuleInfo[] = [];
  for (const other of others) {
    if (!isRestricting(other) || !covers(other.scope, scope)) continue;
    if (restrictingRules.length === othersLimit) return undefined;
    restrictingRules.push(other);
  }
  return restrictingRules;
}

// Warns of rules that are never among the reasons of an answer with their own effect: a narrow or a
// challenge that no permit can fire with, and a rule that a stricter one always fires with.

import type { Expr, Rule } from '../../model/model.ts';
import { type LintAnalysis, othersLimit } from '../analysis.ts';
import type { TruthClaim } from '../reasoning/assumptions.ts';
import { covers, overlap } from '../reasoning/scopes.ts';
import { anyTruth, onlyTrue } from '../reasoning/truth-set.ts';
import type { RuleInfo } from '../rules.ts';
import { Candidates, findShadowing } from './shadowing-rules.ts';

/** The rules in `dead` and `always` already have a warning because they never or always fire. */
export function warnShadowed(
  analysis: LintAnalysis,
  dead: ReadonlySet<RuleInfo>,
  always: ReadonlySet<RuleInfo>,
): void {
  const shadows = new Shadows(analysis, always);
  for (const judged of analysis.judged) {
    if (judged.rule === undefined || dead.has(judged)) continue;
    if (!warnOfLosing(analysis, judged, judged.rule)) shadows.warn(judged, judged.rule);
  }
}

// --- never-wins ----------------------------------------------------------------------------------

/** Returns whether there was something to warn of. */
function warnOfLosing(analysis: LintAnalysis, judged: RuleInfo, rule: Rule): boolean {
  if (judged.effect !== 'narrow' && judged.effect !== 'challenge') return false;
  const { found, whole } = analysis.permitsBy.meeting(judged.scope, othersLimit);
  if (!whole) return false;
  // A narrow that always denies may still offer a lower value.
  const { lowering, inside: narrows } = rule.narrowing ?? {};
  const inside = lowering?.suffices ?? narrows ?? rule.remainsChallenge;
  const ruleClaims: readonly TruthClaim[] = [
    { expr: rule.condition, wanted: judged.fires },
    ...(inside === undefined ? [] : [{ expr: inside, wanted: onlyTrue }]),
  ];
  const isEffective = found.some((permit) => {
    const scope = overlap(judged.scope, permit.scope);
    const granted = { expr: permit.condition, wanted: onlyTrue };
    return scope !== undefined && mayHold(analysis, scope, [granted, ...ruleClaims]);
  });
  if (isEffective) return false;
  const related = found
    .toSorted((a, b) => a.order - b.order)
    .slice(0, 3)
    .map(({ span }) => ({ span, message: 'this permit does not fire then' }));
  analysis.reporter.report('never-wins', judged.span, { what: judged.what }, { related });
  return true;
}

function mayHold(
  { clusters }: LintAnalysis,
  scope: RuleInfo['scope'],
  claims: readonly TruthClaim[],
): boolean {
  return clusters.holding(scope, claims) !== 'never';
}

// --- shadowed ------------------------------------------------------------------------------------

class Shadows {
  readonly #analysis: LintAnalysis;
  readonly #candidates: Candidates;

  constructor(analysis: LintAnalysis, always: ReadonlySet<RuleInfo>) {
    this.#analysis = analysis;
    this.#candidates = new Candidates(analysis.judged.filter((judged) => !always.has(judged)));
  }

  warn(judged: RuleInfo, rule: Rule): void {
    for (const other of this.#candidates.of(judged)) {
      const why = this.#same(judged, rule, other)
        ? `\`${other.id}\` is identical`
        : this.#alwaysFires(judged, other)
          ? `\`${other.id}\`, which is stricter, fires whenever it does`
          : undefined;
      if (why === undefined) continue;
      const related = [{ span: other.span, message: 'the other rule' }];
      const { what, span } = judged;
      this.#analysis.reporter.report('shadowed', span, { what, why }, { related });
      return;
    }
  }

  #alwaysFires(judged: RuleInfo, other: RuleInfo): boolean {
    const fires = findShadowing(judged, other);
    if (fires === undefined) return false;
    return !mayHold(this.#analysis, judged.scope, [
      { expr: judged.condition, wanted: judged.fires },
      { expr: other.condition, wanted: anyTruth & ~fires },
    ]);
  }

  /** Whether the other rule is identical, and this one is later or has the smaller scope. */
  #same(
    judged: RuleInfo,
    rule: Rule,
    { rule: other, scope, id, effect, fires }: RuleInfo,
  ): boolean {
    if (other === undefined || id !== judged.id || effect !== judged.effect) return false;
    const identical = (a: Rule, b: Rule) => this.#serializeContent(a) === this.#serializeContent(b);
    if (fires !== judged.fires || !identical(rule, other)) return false;
    return !covers(judged.scope, scope) || isLater(judged, other);
  }

  #serializeContent({
    condition,
    narrowing,
    remainsChallenge,
    demands,
    message,
    covers: controls,
  }: Rule): string {
    const number = (expr: Expr) => this.#analysis.reasoning.identities.of(expr);
    return JSON.stringify([
      number(condition),
      narrowing && [
        number(narrowing.inside),
        narrowing.settings.map(({ constraint, value }) => [constraint.name, number(value)]),
      ],
      remainsChallenge && number(remainsChallenge),
      demands.map(({ obligation, properties }) => [
        obligation.name,
        properties.map(({ name, value }) => [name, number(value)]),
      ]),
      message.map((part) => (typeof part === 'string' ? part : number(part))),
      controls,
    ]);
  }
}

function isLater({ span }: RuleInfo, { span: other }: Rule): boolean {
  return span.file === other.file ? span.start > other.start : span.file > other.file;
}

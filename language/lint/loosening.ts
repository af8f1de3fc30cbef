// In which ways a rule may come to restrict less, or to grant more, once something is withheld: each as
// claims of one request, of which those about what is withheld speak by the expressions that are left.

import type { Comparison, Expr, Setting } from '../model/model.ts';
import { invariant } from '../support/invariant.ts';
import { builtins } from '../types/builtins/index.ts';
import { bool } from '../types/types.ts';
import type { Claim } from './assumptions.ts';
import { withoutElse } from './lifted.ts';
import { leads } from './pairs.ts';
import type { Judged } from './rules.ts';
import { isFalse, isTrue, isUnknown } from './truth-set.ts';
import type { Withholding } from './withheld.ts';

export interface Loosening {
  /** `silent`: a restriction is lost. `stands`: a permit is won, or a narrow that was a deny. */
  readonly kind: 'silent' | 'stands' | 'value';
  /** What the answer does then, for messages. */
  readonly does: string;
  readonly claims: readonly Claim[];
  /** In which the reason is to be looked for: the part of a rule, as it is written. */
  readonly within: (judged: Judged) => Expr;
}

const isNotTrue = isFalse | isUnknown;

export function looseningsOf(judged: Judged, withholding: Withholding): readonly Loosening[] {
  return judged.effect === 'permit'
    ? granted(judged, withholding)
    : [...silenced(judged, withholding), ...unbound(judged, withholding)];
}

function conditionOf({ condition }: Judged): Expr {
  return condition;
}

/** What must hold for a narrow or a challenge to stand as it is written. */
export function insideOf({ narrowing, rule }: Judged): Expr | undefined {
  return narrowing?.inside ?? rule?.answerable;
}

/** The same rule with its conditions so that more can be told of them. */
export function lifted(judged: Judged): Judged {
  const { condition, narrowing, rule } = judged;
  return {
    ...judged,
    condition: withoutElse(condition),
    narrowing: narrowing && { ...narrowing, inside: withoutElse(narrowing.inside) },
    rule: rule && {
      ...rule,
      answerable: rule.answerable && withoutElse(rule.answerable),
    },
  };
}

function granted({ condition }: Judged, withholding: Withholding): readonly Loosening[] {
  const { after, pairs } = withholding.of(condition);
  if (!leads(pairs, isNotTrue, isTrue)) return [];
  const claims = [
    { expr: after, wanted: isTrue },
    { expr: condition, wanted: isNotTrue },
  ];
  return [{ kind: 'stands', does: 'fires', claims, within: conditionOf }];
}

function silenced(judged: Judged, withholding: Withholding): readonly Loosening[] {
  const { condition, fires, silent, matters } = judged;
  const { after, pairs } = withholding.of(condition);
  if (!matters || !leads(pairs, fires, silent)) return [];
  const claims = [
    { expr: after, wanted: silent },
    { expr: condition, wanted: fires },
  ];
  return [{ kind: 'silent', does: 'does not fire', claims, within: conditionOf }];
}

/** Of a rule that fires both before and after: not as `deny` any more, or with looser constraints. */
function unbound(judged: Judged, withholding: Withholding): readonly Loosening[] {
  const { condition, fires, narrowing } = judged;
  const inside = insideOf(judged);
  if (inside === undefined) return [];
  const firing: readonly Claim[] = [
    { expr: withholding.of(condition).after, wanted: fires },
    { expr: condition, wanted: fires },
  ];
  const found: Loosening[] = [];
  const left = withholding.of(inside);
  for (const setting of narrowing?.settings ?? []) {
    const value = withholding.of(setting.value);
    if (value.change !== 'any') continue;
    const claims = [
      ...firing,
      { expr: inside, wanted: isTrue },
      { expr: left.after, wanted: isTrue },
      { expr: withoutElse(isLooser(setting, value.after)), wanted: isTrue },
    ];
    const does = `sets a looser \`${setting.constraint.name}\``;
    found.push({ kind: 'value', does, claims, within: () => setting.value });
  }
  if (leads(left.pairs, isNotTrue, isTrue)) {
    const does =
      narrowing === undefined ? 'challenges instead of denying' : 'narrows instead of denying';
    const claims = [
      ...firing,
      { expr: left.after, wanted: isTrue },
      { expr: inside, wanted: isNotTrue },
    ];
    found.push({ kind: 'stands', does, claims, within: (own) => insideOf(own) ?? inside });
  }
  return found;
}

/** Values of a constraint that must agree have no order: any other one may avoid a conflict. */
function isLooser({ constraint, value }: Setting, after: Expr): Expr {
  const { type, span } = value;
  if (type.kind === 'Set') {
    const builtin = builtins.get('not within')?.resolve([type, type]);
    invariant(builtin !== undefined, 'sets can be compared');
    return { kind: 'Apply', builtin, args: [after, value], type: bool, span };
  }
  const operators: Readonly<Record<string, Comparison>> = {
    'must agree': 'is not',
    'largest wins': '<',
  };
  const operator = operators[constraint.merge] ?? '>';
  return { kind: 'Compare', operator, left: after, right: value, type: bool, span };
}

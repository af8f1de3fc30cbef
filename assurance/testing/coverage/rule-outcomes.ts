// Observes decisions and records for each rule and each condition of a score which values its whole condition had, and which
// of them fired. As for coverage, a decision on an invalid request is not counted.

import type { Trace } from '@nhipol/language';
import type { Expr, PolicyModel, Rule, ScoreCondition } from '@nhipol/language/model';

export interface RuleOutcome {
  readonly of: Rule | ScoreCondition;
  /** The number of decisions in which the condition was true, false and unknown. */
  readonly holds: number;
  readonly not: number;
  readonly unknown: number;
}

type Counts = { -readonly [Key in Exclude<keyof RuleOutcome, 'of'>]: number };

export class RuleOutcomes {
  readonly #byCondition = new Map<Expr, (Rule | ScoreCondition)[]>();
  readonly #counts = new Map<Rule | ScoreCondition, Counts>();
  #fired = new Set<Rule | ScoreCondition>();

  constructor(policy: PolicyModel) {
    const counted = policy.scores.flatMap(({ conditions }) => conditions);
    for (const each of [...policy.rules, ...counted]) {
      this.#counts.set(each, { holds: 0, not: 0, unknown: 0 });
      const same = this.#byCondition.get(each.condition) ?? [];
      this.#byCondition.set(each.condition, [...same, each]);
    }
  }

  /** The observer of one decision. */
  decision(): Trace {
    const values = new Map<Expr, 'holds' | 'not' | 'unknown'>();
    let isOver = false;
    return {
      expression: (expr, { value }) => {
        if (isOver || !this.#byCondition.has(expr)) return;
        values.set(expr, value === undefined ? 'unknown' : value === true ? 'holds' : 'not');
      },
      judged: (contributions, error) => {
        isOver = true;
        if (error !== undefined) return;
        for (const [expr, value] of values) this.#count(expr, value);
        for (const { by, fired } of contributions) {
          if (fired && 'id' in by) this.#fired.add(by);
        }
      },
    };
  }

  #count(expr: Expr, value: 'holds' | 'not' | 'unknown'): void {
    for (const each of this.#byCondition.get(expr) ?? []) {
      const counts = this.#counts.get(each);
      if (counts === undefined) continue;
      counts[value] += 1;
      if (!('effect' in each) && value !== 'not') this.#fired.add(each);
    }
  }

  /** The rules and conditions that fired since the last call, also as `deny`. */
  takeFired(): ReadonlySet<Rule | ScoreCondition> {
    const fired = this.#fired;
    this.#fired = new Set();
    return fired;
  }

  /** Rules first, in the order of the policy. */
  get all(): readonly RuleOutcome[] {
    return [...this.#counts].map(([of, counts]) => ({ of, ...counts }));
  }
}

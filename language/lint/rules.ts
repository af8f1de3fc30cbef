// The rules of a policy and the conditions of its scores as warnings see them: each with the values
// of its condition for which it fires, and indexed by what it reads.

import { type EffectName, strictness } from '@nhipol/runtime/abi';
import type {
  Expr,
  Narrowing,
  PolicyModel,
  Rule,
  Scope,
  Score,
  ScoreCondition,
} from '../model/model.ts';
import { collectReads, mayDowngrade } from '../model/reads.ts';
import type { Span } from '../support/source.ts';
import { bool } from '../types/types.ts';
import { anyTruth, onlyFalse, onlyTrue, possible, type TruthSet } from './reasoning/truth-set.ts';

/** A rule, or a condition or band of a score. */
export interface RuleInfo {
  /** Its index among all. */
  readonly order: number;
  readonly id: string;
  /** Its name in a message, without its id. */
  readonly what: string;
  /** Its name in a message, with its id. */
  readonly title: string;
  /** Undefined for a condition of a score that reaches no band by itself. */
  readonly effect: EffectName | undefined;
  /** One object for all rules with the same scope. */
  readonly scope: Scope;
  readonly condition: Expr;
  /** Its own condition, without those around it, or `undefined` if none is written. */
  readonly when: Expr | undefined;
  /** The paths that the condition reads; one set for all rules that read the same. */
  readonly reads: ReadonlySet<string>;
  /** The values of the condition for which it fires, and for which it does not. */
  readonly fires: TruthSet;
  readonly silent: TruthSet;
  /** The strictest effect that it can have. */
  readonly strictest: EffectName;
  readonly span: Span;
  /** Undefined for a condition of a score. */
  readonly rule: Rule | undefined;
  /** Defined for a narrow, and for a band that narrows. */
  readonly narrowing: Narrowing | undefined;
  /**
   * For a condition of a score: whether a band can be reached with its weight but not without it.
   */
  readonly matters: boolean;
}

export function collectRuleInfos(policy: PolicyModel): readonly RuleInfo[] {
  const sets = new Map<string, ReadonlySet<string>>();
  const scopes = new Map<string, Scope>();
  const all = [...policy.rules.map(indexRule), ...policy.scores.flatMap(indexScore)];
  return all.map((judged, order) => {
    const reads = collectReads([judged.condition]);
    return {
      ...judged,
      order,
      scope: internValue(scopes, JSON.stringify(judged.scope), judged.scope),
      reads: internValue(sets, [...reads].join(' '), reads),
    };
  });
}

/** Returns the first value stored for the key. */
function internValue<T>(known: Map<string, T>, key: string, value: T): T {
  const before = known.get(key);
  if (before === undefined) known.set(key, value);
  return before ?? value;
}

/** A rule or condition before it is indexed. */
type Unindexed = Omit<RuleInfo, 'order' | 'reads'>;

function indexRule(rule: Rule): Unindexed {
  const certain = rule.effect === 'permit' || rule.skipUnknown;
  const fires = certain ? onlyTrue : possible;
  const downgrades = mayDowngrade(rule) && rule.effect !== 'permit';
  return {
    id: rule.id,
    what: `this ${rule.effect}`,
    title: `the ${rule.effect} \`${rule.id}\``,
    effect: rule.effect,
    scope: rule.scope,
    condition: rule.condition,
    when: rule.when,
    fires,
    silent: anyTruth & ~fires,
    strictest: downgrades ? 'deny' : rule.effect,
    span: rule.span,
    rule,
    narrowing: rule.narrowing,
    matters: true,
  };
}

/** A condition that reaches a band by itself restricts as the band does. */
function indexScore(score: Score): readonly Unindexed[] {
  return score.conditions.map((condition) => indexCondition(score, condition));
}

/** The bands of scores that narrow, as if each were reached whenever a condition counts. */
export function collectBandInfos(policy: PolicyModel): readonly RuleInfo[] {
  return policy.scores.flatMap(({ bands, conditions, name, scope }) =>
    bands.flatMap(({ narrowing, span }): readonly RuleInfo[] => {
      if (narrowing === undefined) return [];
      const condition: Expr = {
        kind: 'Or',
        operands: conditions.map((scoreCondition) => scoreCondition.condition),
        type: bool,
        span,
      };
      return [
        {
          order: -1,
          id: name,
          what: 'this band of a score',
          title: `the narrow of the score \`${name}\``,
          effect: 'narrow',
          scope,
          condition,
          when: undefined,
          reads: new Set(),
          fires: possible,
          silent: onlyFalse,
          strictest: 'deny',
          span,
          rule: undefined,
          narrowing,
          matters: false,
        },
      ];
    }),
  );
}

/** With more sums of weights, every condition is assumed to matter. */
const sumLimit = 4_096;

/** The sums of the weights of some of the conditions, or `undefined` if there are too many. */
export function listWeightSums(
  conditions: readonly ScoreCondition[],
): readonly bigint[] | undefined {
  let sums = new Set([0n]);
  for (const { weight } of conditions) {
    sums = new Set([...sums].flatMap((sum) => [sum, sum + weight]));
    if (sums.size > sumLimit) return undefined;
  }
  return [...sums];
}

function mayReach({ bands, conditions }: Score, condition: ScoreCondition): boolean {
  const sums = listWeightSums(conditions.filter((other) => other !== condition));
  if (sums === undefined) return true;
  return sums.some((sum) => bands.some(({ from }) => sum < from && from <= sum + condition.weight));
}

function indexCondition(score: Score, condition: ScoreCondition): Unindexed {
  const { bands, scope } = score;
  const reached = bands.findLast((band) => band.from <= condition.weight);
  return {
    id: condition.id,
    what: 'this condition of a score',
    title: `the condition \`${condition.id}\` of a score`,
    effect: reached?.effect,
    scope,
    condition: condition.condition,
    when: condition.when,
    fires: possible,
    silent: onlyFalse,
    strictest: bands.at(-1)?.effect ?? 'deny',
    span: condition.span,
    rule: undefined,
    narrowing: undefined,
    matters: mayReach(score, condition),
  };
}

export function isRestricting({ effect }: RuleInfo): boolean {
  return effect !== undefined && effect !== 'permit';
}

export function isStricter(a: EffectName, b: EffectName): boolean {
  return strictness(a) > strictness(b);
}

/**
 * All expressions that decide: the condition, and what the rule needs to fire with its own effect.
 */
export function listDecidingExprs({ condition, narrowing, rule }: RuleInfo): readonly Expr[] {
  return [
    condition,
    ...(narrowing === undefined ? [] : [narrowing.inside]),
    ...(narrowing?.settings.map(({ value }) => value) ?? []),
    ...(rule?.remainsChallenge === undefined ? [] : [rule.remainsChallenge]),
  ];
}

/** The conditions joined by `and`: the conditions of the rule and of the groups around it. */
export function listConjuncts(condition: Expr): readonly Expr[] {
  if (condition.kind === 'Binding' && condition.binding.value.kind === 'And')
    return listConjuncts(condition.binding.value);
  return condition.kind === 'And' ? condition.operands.flatMap(listConjuncts) : [condition];
}

/** Finds rules by the paths that their conditions read, and by paths around or below them. */
export class Readers {
  readonly #exactly = new Map<string, RuleInfo[]>();
  readonly #below = new Map<string, RuleInfo[]>();
  readonly #found = new Map<string, readonly RuleInfo[]>();

  constructor(all: readonly RuleInfo[], reads = (judged: RuleInfo) => judged.reads) {
    for (const ruleInfo of all) {
      const paths = reads(ruleInfo);
      for (const path of paths) appendValue(this.#exactly, path, ruleInfo);
      for (const path of new Set([...paths].flatMap(listEnclosingPaths)))
        appendValue(this.#below, path, ruleInfo);
    }
  }

  of(path: string): readonly RuleInfo[] {
    const known = this.#found.get(path);
    if (known !== undefined) return known;
    const around = listEnclosingPaths(path).flatMap((outer) => this.#exactly.get(outer) ?? []);
    const ruleInfos = [...new Set([...around, ...(this.#below.get(path) ?? [])])];
    this.#found.set(path, ruleInfos);
    return ruleInfos;
  }

  /** The rules that read any of the paths, or `undefined` if there are too many. */
  ofAny(paths: ReadonlySet<string>): readonly RuleInfo[] | undefined {
    const each = [...paths].map((path) => this.of(path));
    const count = each.reduce((sum, { length }) => sum + length, 0);
    return count > readerLimit ? undefined : [...new Set(each.flat())];
  }
}

const readerLimit = 1_024;

/** Appends a value to the list of a key. */
export function appendValue<K, V>(into: Map<K, V[]>, key: K, value: V): void {
  const before = into.get(key);
  if (before === undefined) into.set(key, [value]);
  else before.push(value);
}

/** The path and the paths of the records around it. */
function listEnclosingPaths(path: string): readonly string[] {
  const ends = [...path.matchAll(/\./g)].map(({ index }) => index);
  return [...ends.map((end) => path.slice(0, end)), path];
}

/** Whether the outer path is the inner one or the path of a record around it. */
export function isEnclosingPath(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`);
}

// What warnings look at: the rules of a policy and the conditions of its scores, each with what its
// condition must be for it to fire, and found again by what it reads.

import { strictness } from '../answer.ts';
import type { EffectName, Expr, Policy, Rule, Scope, Score, ScoreCondition } from '../model.ts';
import { mayFall, readsOf } from '../reads.ts';
import type { Span } from '../source.ts';
import { isFalse, isTrue, possible, type Worth, whatever } from './worth.ts';

export interface Judged {
  /** Its place among all. */
  readonly order: number;
  readonly id: string;
  /** How it is called in a message. */
  readonly what: string;
  /** None of a condition of a score that reaches no band by itself. */
  readonly effect: EffectName | undefined;
  /** One object for all that have the same. */
  readonly scope: Scope;
  readonly condition: Expr;
  /** What the condition reads; one set for all that read the same. */
  readonly reads: ReadonlySet<string>;
  /** Whose value fires it, and whose value does not. */
  readonly fires: Worth;
  readonly silent: Worth;
  /** The strictest effect that it may have. */
  readonly strictest: EffectName;
  readonly span: Span;
  /** None of a condition of a score. */
  readonly rule: Rule | undefined;
}

export function judgedOf(policy: Policy): readonly Judged[] {
  const sets = new Map<string, ReadonlySet<string>>();
  const scopes = new Map<string, Scope>();
  const all = [...policy.rules.map(ofRule), ...policy.scores.flatMap(ofScore)];
  return all.map((judged, order) => {
    const reads = readsOf([judged.condition]);
    return {
      ...judged,
      order,
      scope: shared(scopes, JSON.stringify(judged.scope), judged.scope),
      reads: shared(sets, [...reads].join(' '), reads),
    };
  });
}

/** The first that had the key. */
function shared<T>(known: Map<string, T>, key: string, value: T): T {
  const before = known.get(key);
  if (before === undefined) known.set(key, value);
  return before ?? value;
}

/** Told of one by itself. */
type Alone = Omit<Judged, 'order' | 'reads'>;

function ofRule(rule: Rule): Alone {
  const certain = rule.effect === 'permit' || rule.skipUnknown;
  const fires = certain ? isTrue : possible;
  const falls = mayFall(rule) && rule.effect !== 'permit';
  return {
    id: rule.id,
    what: `this ${rule.effect}`,
    effect: rule.effect,
    scope: rule.scope,
    condition: rule.condition,
    fires,
    silent: whatever & ~fires,
    strictest: falls ? 'deny' : rule.effect,
    span: rule.span,
    rule,
  };
}

/** Those that reach a band by themselves restrict as it does. */
function ofScore(score: Score): readonly Alone[] {
  return score.conditions.map((condition) => ofCondition(score, condition));
}

function ofCondition({ bands, scope }: Score, condition: ScoreCondition): Alone {
  const reached = bands.findLast((band) => band.from <= condition.weight);
  return {
    id: condition.id,
    what: 'this condition of a score',
    effect: reached?.effect,
    scope,
    condition: condition.condition,
    fires: possible,
    silent: isFalse,
    strictest: bands.at(-1)?.effect ?? 'deny',
    span: condition.span,
    rule: undefined,
  };
}

export function isRestricting({ effect }: Judged): boolean {
  return effect !== undefined && effect !== 'permit';
}

export function isStricter(a: EffectName, b: EffectName): boolean {
  return strictness(a) > strictness(b);
}

/** The conditions around a rule and its own, as far as they are `and`ed. */
export function partsOf(condition: Expr): readonly Expr[] {
  if (condition.kind === 'Binding' && condition.binding.value.kind === 'And')
    return partsOf(condition.binding.value);
  return condition.kind === 'And' ? condition.operands.flatMap(partsOf) : [condition];
}

/** Finds rules by paths that their conditions read, or paths around or below them. */
export class Readers {
  readonly #exactly = new Map<string, Judged[]>();
  readonly #below = new Map<string, Judged[]>();
  readonly #found = new Map<string, readonly Judged[]>();

  constructor(all: readonly Judged[]) {
    for (const each of all) {
      for (const path of each.reads) put(this.#exactly, path, each);
      for (const path of new Set([...each.reads].flatMap(aroundOf))) put(this.#below, path, each);
    }
  }

  of(path: string): readonly Judged[] {
    const known = this.#found.get(path);
    if (known !== undefined) return known;
    const around = aroundOf(path).flatMap((outer) => this.#exactly.get(outer) ?? []);
    const found = [...new Set([...around, ...(this.#below.get(path) ?? [])])];
    this.#found.set(path, found);
    return found;
  }

  /** Those of any of the paths; undefined where they are too many to look at. */
  ofAny(paths: ReadonlySet<string>): readonly Judged[] | undefined {
    const each = [...paths].map((path) => this.of(path));
    const count = each.reduce((sum, { length }) => sum + length, 0);
    return count > readerLimit ? undefined : [...new Set(each.flat())];
  }
}

const readerLimit = 1_024;

export function put<K, V>(into: Map<K, V[]>, key: K, value: V): void {
  const before = into.get(key);
  if (before === undefined) into.set(key, [value]);
  else before.push(value);
}

/** The path and the records around it. */
function aroundOf(path: string): readonly string[] {
  const ends = [...path.matchAll(/\./g)].map(({ index }) => index);
  return [...ends.map((end) => path.slice(0, end)), path];
}

/** Whether one path is the other or a record around it. */
export function isAround(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(`${outer}.`);
}

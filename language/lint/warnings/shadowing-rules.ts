// Finds the rules that may shadow another: they have its id or are stricter, cover its scope, and
// read no more than it does. They are found by what they read and by their scopes, so that few are
// compared.

import { othersLimit } from '../analysis.ts';
import { covers, ScopeIndex } from '../reasoning/scopes.ts';
import { onlyTrue, type TruthSet } from '../reasoning/truth-set.ts';
import { appendValue, isRestricting, isStricter, type RuleInfo } from '../rules.ts';

/**
 * The maximum number of rules before and after a rule that are compared, of those that read the
 * same.
 */
const neighborLimit = 128;
/** The maximum number of sets of paths that are compared, for each path that a rule reads. */
const readSetLimit = 256;

/** Rules that read the same. */
interface SameReads {
  readonly reads: ReadonlySet<string>;
  readonly rules: ScopeIndex<RuleInfo>;
}

/** Finds the rules that may shadow a rule. */
export class Candidates {
  readonly #unconditional: ScopeIndex<RuleInfo>;
  readonly #namesakes = new Map<string, RuleInfo[]>();
  /** Rules that may be stricter than another, by the first path that they read. */
  readonly #strict = new Map<string, SameReads[]>();
  readonly #within = new Map<ReadonlySet<string>, readonly SameReads[]>();

  constructor(all: readonly RuleInfo[]) {
    const unconditional = all.filter(
      (ruleInfo) => ruleInfo.reads.size === 0 && isRestricting(ruleInfo),
    );
    this.#unconditional = new ScopeIndex(unconditional);
    const strict = new Map<ReadonlySet<string>, RuleInfo[]>();
    for (const ruleInfo of all) {
      if (ruleInfo.reads.size === 0) continue;
      appendValue(this.#namesakes, ruleInfo.id, ruleInfo);
      if (mayBeStricter(ruleInfo)) appendValue(strict, ruleInfo.reads, ruleInfo);
    }
    for (const [reads, rules] of strict) {
      const sameReads = { reads, rules: new ScopeIndex(rules) };
      appendValue(this.#strict, findFirst(reads), sameReads);
    }
  }

  /** First the rules that always fire, then the others, ordered by what they read. */
  of(judged: RuleInfo): readonly RuleInfo[] {
    const { found } = this.#unconditional.meeting(judged.scope, othersLimit);
    const always = found.filter(
      (other) =>
        other !== judged &&
        covers(other.scope, judged.scope) &&
        (other.id === judged.id || findShadowing(judged, other) !== undefined),
    );
    const readers = [...this.#listNamesakes(judged), ...this.#stricter(judged)];
    const paths = [...judged.reads];
    const rank = ({ reads }: RuleInfo) => paths.indexOf(findFirst(reads));
    const inOrder = readers.sort((a, b) => rank(a) - rank(b) || a.order - b.order);
    return [...new Set([...always, ...inOrder])].slice(0, othersLimit);
  }

  #listNamesakes(judged: RuleInfo): readonly RuleInfo[] {
    const all = this.#namesakes.get(judged.id) ?? [];
    if (all.length === 1) return [];
    return listNeighbors(judged, all).filter(
      (other) =>
        other !== judged &&
        covers(other.scope, judged.scope) &&
        isSubset(other.reads, judged.reads),
    );
  }

  #stricter(judged: RuleInfo): readonly RuleInfo[] {
    return this.#listSubsetReaders(judged.reads).flatMap(({ rules }) =>
      rules.covering(judged.scope).flatMap((list) => {
        const ruleInfos: RuleInfo[] = [];
        for (const other of listNeighbors(judged, list)) {
          if (ruleInfos.length === othersLimit) break;
          if (other !== judged && findShadowing(judged, other) !== undefined) ruleInfos.push(other);
        }
        return ruleInfos;
      }),
    );
  }

  #listSubsetReaders(reads: ReadonlySet<string>): readonly SameReads[] {
    const before = this.#within.get(reads);
    if (before !== undefined) return before;
    const foundSameReads = [...reads].flatMap((path) =>
      (this.#strict.get(path) ?? [])
        .slice(0, readSetLimit)
        .filter((sameReads) => isSubset(sameReads.reads, reads)),
    );
    this.#within.set(reads, foundSameReads);
    return foundSameReads;
  }
}

/** The values of the other rule's condition for which it is stricter than this rule can be. */
export function findShadowing(
  { effect, strictest }: RuleInfo,
  other: RuleInfo,
): TruthSet | undefined {
  const own = effect === 'permit' ? 'challenge' : strictest;
  if (other.rule === undefined || other.effect === undefined) return undefined;
  if (!isStricter(other.effect, own)) return undefined;
  // A revoke that is only possible is a deny.
  return own === 'deny' ? onlyTrue : other.fires;
}

function mayBeStricter({ rule, effect }: RuleInfo): boolean {
  return rule !== undefined && effect !== undefined && isStricter(effect, 'narrow');
}

function findFirst(reads: ReadonlySet<string>): string {
  const [first = ''] = reads;
  return first;
}

function isSubset(inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean {
  if (inner.size > outer.size) return false;
  for (const each of inner) {
    if (!outer.has(each)) return false;
  }
  return true;
}

/** The rules around a rule in a sorted list. */
function listNeighbors(to: RuleInfo, list: readonly RuleInfo[]): readonly RuleInfo[] {
  if (list.length <= 2 * neighborLimit) return list;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as RuleInfo).order < to.order) low = middle + 1;
    else high = middle;
  }
  const from = Math.max(0, low - neighborLimit);
  return list.slice(from, from + 2 * neighborLimit);
}

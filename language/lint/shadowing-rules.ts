// Which rules may shadow another: they are of its id or stricter, speak of all that it is about, and
// read no more than it does. They are found by what they read and by their scopes, so that few are
// looked at.

import { othersLimit } from './analysis.ts';
import { isRestricting, isStricter, type Judged, put } from './rules.ts';
import { covers, ScopeIndex } from './scopes.ts';
import { isTrue, type TruthSet } from './truth-set.ts';

/** So many on either side of a rule are looked at, of those that read the same. */
const nearLimit = 128;
/** More than so many ways of reading no more than a rule does are not looked at. */
const wayLimit = 256;

/** Rules that read the same. */
interface Alike {
  readonly reads: ReadonlySet<string>;
  readonly rules: ScopeIndex<Judged>;
}

export class Candidates {
  readonly #unconditional: ScopeIndex<Judged>;
  readonly #namesakes = new Map<string, Judged[]>();
  /** Those that may be stricter than another, by the first path that they read. */
  readonly #strict = new Map<string, Alike[]>();
  readonly #within = new Map<ReadonlySet<string>, readonly Alike[]>();

  constructor(all: readonly Judged[]) {
    const unconditional = all.filter((each) => each.reads.size === 0 && isRestricting(each));
    this.#unconditional = new ScopeIndex(unconditional);
    const strict = new Map<ReadonlySet<string>, Judged[]>();
    for (const each of all) {
      if (each.reads.size === 0) continue;
      put(this.#namesakes, each.id, each);
      if (mayBeStricter(each)) put(strict, each.reads, each);
    }
    for (const [reads, rules] of strict) {
      const alike = { reads, rules: new ScopeIndex(rules) };
      put(this.#strict, firstOf(reads), alike);
    }
  }

  /** First what always fires, then by what they read, in the order in which the rule does. */
  of(judged: Judged): readonly Judged[] {
    const { found } = this.#unconditional.meeting(judged.scope, othersLimit);
    const always = found.filter(
      (other) =>
        other !== judged &&
        covers(other.scope, judged.scope) &&
        (other.id === judged.id || shadowing(judged, other) !== undefined),
    );
    const readers = [...this.#namesakesOf(judged), ...this.#stricter(judged)];
    const paths = [...judged.reads];
    const rank = ({ reads }: Judged) => paths.indexOf(firstOf(reads));
    const inOrder = readers.sort((a, b) => rank(a) - rank(b) || a.order - b.order);
    return [...new Set([...always, ...inOrder])].slice(0, othersLimit);
  }

  #namesakesOf(judged: Judged): readonly Judged[] {
    const all = this.#namesakes.get(judged.id) ?? [];
    if (all.length === 1) return [];
    return near(judged, all).filter(
      (other) =>
        other !== judged &&
        covers(other.scope, judged.scope) &&
        isSubset(other.reads, judged.reads),
    );
  }

  #stricter(judged: Judged): readonly Judged[] {
    return this.#readingWithin(judged.reads).flatMap(({ rules }) =>
      rules.covering(judged.scope).flatMap((list) => {
        const found: Judged[] = [];
        for (const other of near(judged, list)) {
          if (found.length === othersLimit) break;
          if (other !== judged && shadowing(judged, other) !== undefined) found.push(other);
        }
        return found;
      }),
    );
  }

  #readingWithin(reads: ReadonlySet<string>): readonly Alike[] {
    const before = this.#within.get(reads);
    if (before !== undefined) return before;
    const found = [...reads].flatMap((path) =>
      (this.#strict.get(path) ?? [])
        .slice(0, wayLimit)
        .filter((alike) => isSubset(alike.reads, reads)),
    );
    this.#within.set(reads, found);
    return found;
  }
}

/** What the other's condition is worth where it fires more strictly than the rule may. */
export function shadowing({ effect, strictest }: Judged, other: Judged): TruthSet | undefined {
  const own = effect === 'permit' ? 'challenge' : strictest;
  if (other.rule === undefined || other.effect === undefined) return undefined;
  if (!isStricter(other.effect, own)) return undefined;
  // A revoke that is only possible is a deny.
  return own === 'deny' ? isTrue : other.fires;
}

function mayBeStricter({ rule, effect }: Judged): boolean {
  return rule !== undefined && effect !== undefined && isStricter(effect, 'narrow');
}

function firstOf(reads: ReadonlySet<string>): string {
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

/** Those around a rule, of a list that is in order. */
function near(to: Judged, list: readonly Judged[]): readonly Judged[] {
  if (list.length <= 2 * nearLimit) return list;
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as Judged).order < to.order) low = middle + 1;
    else high = middle;
  }
  const from = Math.max(0, low - nearLimit);
  return list.slice(from, from + 2 * nearLimit);
}

// Decides whether claims can hold together. Claims without a common topic cannot contradict each
// other, so they are split into independent groups, and each group is checked once for all groups
// with the same structure.

import type { Expr, Scope, Variable } from '../../model/model.ts';
import { collectExprs } from '../../model/operands.ts';
import { isConflict, type TruthClaim } from './assumptions.ts';
import { withheldVariable } from './reachable-values.ts';
import type { Reasoning } from './reasoning.ts';
import { choosers, makeScopeClaims } from './scopes.ts';
import { type Holding, searchTruths } from './search.ts';
import {
  anyTruth,
  getOperandTruths,
  isOpenJunction,
  negateTruths,
  type TruthSet,
} from './truth-set.ts';
import type { Link } from './withheld.ts';

/** A top-level member of the request with everything in it, a table, the clock, or a variable. */
type Topic = string | Variable;

/** A claim that cannot be replaced by claims about its operands. */
interface Part {
  readonly claim: TruthClaim;
  /** The same for all claims with the same structure. */
  readonly key: number;
  /** Never empty. */
  readonly topics: readonly Topic[];
}

/** Checks claims in independent groups, and caches the results. */
export class IndependentGroups {
  readonly #reasoning: Reasoning;
  readonly #topics = new Map<Expr, readonly Topic[]>();
  readonly #found = new Map<number | string, Holding>();

  constructor(reasoning: Reasoning) {
    this.#reasoning = reasoning;
  }

  /** Decides whether the claims can hold together; `empty` is a collection without elements. */
  holding(scope: Scope, claims: readonly TruthClaim[], empty?: Expr): Holding {
    return this.#all(scope, claims, (group) => this.#together(group, empty));
  }

  /** Like `holding`, but tries the cases one by one where several remain. */
  searchHolding(scope: Scope, claims: readonly TruthClaim[], links: readonly Link[]): Holding {
    return this.#all(scope, claims, (group) => this.#search(group, links));
  }

  #all(
    scope: Scope,
    claims: readonly TruthClaim[],
    together: (group: readonly Part[]) => Holding,
  ): Holding {
    let found: Holding = 'maybe';
    for (const group of groupParts(this.#splitScopedClaims(scope, claims))) {
      const holding = together(group);
      if (holding === 'never') return holding;
      if (holding === 'perhaps') found = holding;
    }
    return found;
  }

  #together(group: readonly Part[], empty: Expr | undefined): Holding {
    const emptyIdentity = empty && this.#reasoning.identities.of(empty);
    const key = makeGroupKey(group, emptyIdentity);
    const before = this.#found.get(key);
    if (before !== undefined) return before;
    const initial = this.#reasoning.begin();
    const given =
      emptyIdentity === undefined ? initial : { ...initial, empty: new Set([emptyIdentity]) };
    const assumed = this.#reasoning.assume(given, ...group.map(({ claim }) => claim));
    const found = isConflict(assumed) ? 'never' : this.#reasoning.isSpent ? 'perhaps' : 'maybe';
    this.#found.set(key, found);
    return found;
  }

  #search(group: readonly Part[], links: readonly Link[]): Holding {
    const key = `search ${makeGroupKey(group, undefined)}`;
    const before = links.length === 0 ? this.#found.get(key) : undefined;
    if (before !== undefined) return before;
    const claims = group.map(({ claim }) => claim);
    const holding = searchTruths(this.#reasoning, claims, links);
    if (links.length === 0) this.#found.set(key, holding);
    return holding;
  }

  /** The scope matters only if a claim reads the names that select rules, which is rare. */
  #splitScopedClaims(scope: Scope, claims: readonly TruthClaim[]): readonly Part[] {
    const [first] = claims;
    const parts = this.#splitClaims(claims);
    if (first === undefined || !parts.some(({ topics }) => topics.some(isChooser))) return parts;
    return this.#splitClaims([...makeScopeClaims(scope, first.expr), ...claims]);
  }

  /** Splits claims into parts, each once, however often a name refers to it. */
  #splitClaims(claims: readonly TruthClaim[]): readonly Part[] {
    const found = new Map<number, Part>();
    const named = new Set<number>();
    const pending = [...claims].reverse();
    for (let claim = pending.pop(); claim !== undefined; claim = pending.pop()) {
      const { expr, wanted } = claim;
      if (wanted === anyTruth) continue;
      if (expr.kind === 'Binding') {
        const { value } = expr.binding;
        const key = this.#makeKey(value, wanted);
        if (!named.has(key)) pending.push({ expr: value, wanted });
        named.add(key);
      } else if (expr.kind === 'Not')
        pending.push({ expr: expr.operand, wanted: negateTruths(wanted) });
      else if ((expr.kind === 'And' || expr.kind === 'Or') && isOpenJunction(expr.kind, wanted)) {
        const each = getOperandTruths(expr.kind, wanted);
        for (let index = expr.operands.length - 1; index >= 0; index -= 1)
          pending.push({ expr: expr.operands[index] as Expr, wanted: each });
      } else {
        const key = this.#makeKey(expr, wanted);
        if (!found.has(key)) found.set(key, { claim, key, topics: this.#listTopics(expr) });
      }
    }
    return [...found.values()];
  }

  #makeKey(expr: Expr, wanted: TruthSet): number {
    return this.#reasoning.identities.of(expr) * (anyTruth + 1) + wanted;
  }

  #listTopics(expr: Expr): readonly Topic[] {
    const before = this.#topics.get(expr);
    if (before !== undefined) return before;
    const topics: Topic[] = [];
    for (const part of collectExprs([expr])) {
      const topic = findTopic(part);
      if (topic !== undefined && !topics.includes(topic)) topics.push(topic);
    }
    if (topics.length === 0) topics.push('nothing');
    this.#topics.set(expr, topics);
    return topics;
  }
}

function makeGroupKey(group: readonly Part[], emptyIdentity: number | undefined): number | string {
  const [part] = group;
  if (part !== undefined && group.length === 1 && emptyIdentity === undefined) return part.key;
  const keys = group.map(({ key }) => key).join(' ');
  return emptyIdentity === undefined ? keys : `${keys} but ${emptyIdentity}`;
}

function isChooser(topic: Topic): boolean {
  return choosers.has(topic);
}

function findTopic(expr: Expr): Topic | undefined {
  switch (expr.kind) {
    case 'Read': {
      const { from, members } = expr;
      return typeof from === 'string' ? `${from}.${members[0]?.name}` : from;
    }
    case 'Selector':
      return expr.which;
    case 'Now':
      return 'context.time';
    case 'Variable':
      return expr.variable === withheldVariable ? undefined : expr.variable;
    case 'Lookup':
      return `table.${expr.table.name}`;
    default:
      expr.kind satisfies
        | ('Constant' | 'Binding' | 'Apply' | 'Compare' | 'Age' | 'InWindow')
        | ('Calendar' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence' | 'Quantifier')
        | ('Aggregate' | 'If' | 'Else' | 'Set' | 'History');
      return undefined;
  }
}

/** Groups the parts that share a topic, directly or through others, and keeps their order. */

function groupParts(parts: readonly Part[]): Iterable<readonly Part[]> {
  const parents = new Map<Topic, Topic>();
  const findRoot = (topic: Topic): Topic => {
    const next = parents.get(topic) ?? topic;
    return next === topic ? topic : findRoot(next);
  };
  for (const { topics } of parts) {
    for (const topic of topics) parents.set(findRoot(topic), findRoot(findFirst(topics)));
  }
  const groups = new Map<Topic, Part[]>();
  for (const part of parts) {
    const topic = findRoot(findFirst(part.topics));
    const before = groups.get(topic);
    if (before === undefined) groups.set(topic, [part]);
    else before.push(part);
  }
  return groups.values();
}

function findFirst(topics: readonly Topic[]): Topic {
  return topics[0] as Topic;
}

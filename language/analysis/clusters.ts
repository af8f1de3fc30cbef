// Whether claims can hold together, asked often of conditions that are much alike. Claims that speak
// of nothing in common can't contradict each other: they are looked at in clusters, and each cluster
// once for all that are built alike.

import type { Expr, Scope, Variable } from '../model.ts';
import { everyExpr } from '../operands.ts';
import { type Claim, isConflict } from './assumptions.ts';
import type { Reasoning } from './reasoning.ts';
import { choosers, claimsOf } from './scopes.ts';
import { isOpen, negated, ofOperands, type Worth, whatever } from './worth.ts';

/** `perhaps`: no contradiction was found, and there were no steps left to look further. */
export type Holding = 'never' | 'perhaps' | 'maybe';

/** Members of the request with all that is in them, tables, the clock, and variables. */
type Topic = string | Variable;

/** A claim that does not come to claims of its operands. */
interface Part {
  readonly claim: Claim;
  /** The same for all that are built alike. */
  readonly key: string;
  /** What it speaks of; never none. */
  readonly topics: readonly [Topic, ...Topic[]];
}

export class Clusters {
  readonly #reasoning: Reasoning;
  readonly #parts = new Map<Worth, Map<Expr, readonly Part[]>>();
  readonly #topics = new Map<Expr, Part['topics']>();
  readonly #found = new Map<string, Holding>();

  constructor(reasoning: Reasoning) {
    this.#reasoning = reasoning;
  }

  /** `empty`: a collection that has no element. */
  holding(scope: Scope, claims: readonly Claim[], empty?: Expr): Holding {
    const [first] = claims;
    const parts = claims.flatMap((claim) => this.#partsOf(claim));
    // What chooses the rules is spoken of by hardly any of them.
    if (
      first !== undefined &&
      parts.some(({ topics }) => topics.some((each) => choosers.has(each)))
    )
      parts.unshift(...claimsOf(scope, first.expr).flatMap((claim) => this.#partsOf(claim)));
    let found: Holding = 'maybe';
    for (const cluster of clustersOf(parts)) {
      const holding = this.#together(cluster, empty);
      if (holding === 'never') return holding;
      if (holding === 'perhaps') found = holding;
    }
    return found;
  }

  #together(cluster: readonly Part[], empty: Expr | undefined): Holding {
    const { identities } = this.#reasoning;
    const nothing = empty && identities.of(empty);
    const key =
      cluster.map((part) => part.key).join(' ') + (nothing === undefined ? '' : ` but ${nothing}`);
    const before = this.#found.get(key);
    if (before !== undefined) return before;
    const asked = this.#reasoning.ask();
    const given = nothing === undefined ? asked : { ...asked, empty: new Set([nothing]) };
    const assumed = this.#reasoning.assume(given, ...cluster.map(({ claim }) => claim));
    const found = isConflict(assumed) ? 'never' : this.#reasoning.isSpent ? 'perhaps' : 'maybe';
    this.#found.set(key, found);
    return found;
  }

  #partsOf(claim: Claim): readonly Part[] {
    const { expr, wanted } = claim;
    const known = this.#parts.get(wanted) ?? new Map<Expr, readonly Part[]>();
    this.#parts.set(wanted, known);
    const before = known.get(expr);
    if (before !== undefined) return before;
    const parts = this.#spread(claim);
    known.set(expr, parts);
    return parts;
  }

  #spread(claim: Claim): readonly Part[] {
    const { expr, wanted } = claim;
    if (wanted === whatever) return [];
    if (expr.kind === 'Binding') return this.#partsOf({ expr: expr.binding.value, wanted });
    if (expr.kind === 'Not') return this.#partsOf({ expr: expr.operand, wanted: negated(wanted) });
    if ((expr.kind === 'And' || expr.kind === 'Or') && isOpen(expr.kind, wanted)) {
      const each = ofOperands(expr.kind, wanted);
      return expr.operands.flatMap((operand) => this.#partsOf({ expr: operand, wanted: each }));
    }
    const key = `${this.#reasoning.identities.of(expr)}:${wanted}`;
    return [{ claim, key, topics: this.#topicsOf(expr) }];
  }

  #topicsOf(expr: Expr): Part['topics'] {
    const before = this.#topics.get(expr);
    if (before !== undefined) return before;
    const found = new Set<Topic>();
    for (const part of everyExpr([expr])) {
      const topic = topicOf(part);
      if (topic !== undefined) found.add(topic);
    }
    const [first = 'nothing', ...others] = found;
    const topics = [first, ...others] as const;
    this.#topics.set(expr, topics);
    return topics;
  }
}

function topicOf(expr: Expr): Topic | undefined {
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
      return expr.variable;
    case 'Lookup':
      return `table.${expr.table.name}`;
    default:
      return undefined;
  }
}

/** Those that share a topic, or are held together by others, in their order. */

function clustersOf(parts: readonly Part[]): Iterable<readonly Part[]> {
  const towards = new Map<Topic, Topic>();
  const standsFor = (topic: Topic): Topic => {
    const next = towards.get(topic) ?? topic;
    return next === topic ? topic : standsFor(next);
  };
  for (const { topics } of parts) {
    for (const topic of topics) towards.set(standsFor(topic), standsFor(topics[0]));
  }
  const clusters = new Map<Topic, Part[]>();
  for (const part of parts) {
    const topic = standsFor(part.topics[0]);
    const before = clusters.get(topic);
    if (before === undefined) clusters.set(topic, [part]);
    else before.push(part);
  }
  return clusters.values();
}

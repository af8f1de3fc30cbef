// Changes that move members in the order of their type: a higher or lower number or member of an ordered enum, a later
// or earlier instant, and sets with more or fewer elements. Each path has a literal for each direction.

import { isOrdered } from '@nhipol/language/types';
import { nameOfPlace } from '../domains/flow.ts';
import { type Literal, no } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import { createNumberValue, isHeld } from '../symbolic/algebra.ts';
import { requireExactlyOne } from '../symbolic/cardinality.ts';
import type {
  Choice,
  Finite,
  NumberItem,
  NumberSet,
  NumberValue,
  OpenNumbers,
  SetValue,
  Symbolic,
  TextSet,
} from '../symbolic/symbolic.ts';
import type { Term } from '../terms/terms.ts';
import type { Changed, Changes } from './changed-fact.ts';
import type { SymbolicEncoding } from './encoding.ts';
import type { SymbolicFact } from './fact.ts';
import type { SymbolicFacts } from './facts.ts';
import { findRange, listFiniteValues, mayBeUnusable } from './member-types.ts';

/** Where the second request has more, and where it has less: a set that it contains, or a smaller value. */
export interface Directions {
  readonly up: Literal;
  readonly down: Literal;
}

export interface Shiftable extends Directions {
  readonly type: SymbolicFact['type'];
}

export class Shifts implements Changes {
  readonly #encoding: SymbolicEncoding;
  readonly #now: Linear;
  readonly #directions = new Map<string, Shiftable>();

  constructor(facts: SymbolicFacts) {
    this.#encoding = facts.encoding;
    this.#now = facts.now;
  }

  /** The directions of each path with an order that a condition reads. */
  get paths(): ReadonlyMap<string, Shiftable> {
    this.#encoding.elements.settle();
    return this.#directions;
  }

  of(fact: SymbolicFact, path: string, before: Changed): Changed {
    if (path === 'context.time' || !hasOrder(fact)) return before;
    const { formula } = this.#encoding;
    const { up, down } = this.#findDirections(path, fact);
    // A set with elements of no use has others as well, and can lose these.
    const movable = isHeld(formula, fact.value);
    const moves = { up: formula.and(up, movable), down: formula.and(down, movable) };
    if (isObservation(path)) this.#requireNotFuture(fact, moves.down);
    return { ...before, value: this.#moveFact(fact, moves) };
  }

  #moveFact(fact: SymbolicFact, directions: Directions): Symbolic<SymbolicFact> {
    const { value } = fact;
    switch (value.kind) {
      case 'choice':
        return this.#choice(fact, value, directions);
      case 'number':
        return this.#number(fact, value, directions);
      case 'set':
        return this.#set(fact, value, directions);
      case 'numbers':
        return this.#numbers(fact, value, directions);
      case 'texts':
        return this.#texts(fact, value, directions);
      case 'open numbers':
        return this.#openNumbers(fact, value, directions);
      default:
        value.kind satisfies 'truth' | 'record' | 'text' | 'list' | 'open list';
        return value;
    }
  }

  /** An observation becomes older only if it is not from the future, since it would become usable. */
  #requireNotFuture({ value }: SymbolicFact, down: Literal): void {
    const { formula, require } = this.#encoding;
    if (value.kind !== 'number') return;
    for (const { guard, term } of value.cases)
      require(formula.or(-down, -guard, formula.atMost(term, this.#now)));
  }

  /** The member can move in any of several elements. */
  #findDirections(path: string, { type }: SymbolicFact): Directions {
    const { formula, require } = this.#encoding;
    const directions = this.#directions.get(path) ?? {
      type,
      up: formula.variable(`more ${path}`),
      down: formula.variable(`less ${path}`),
    };
    this.#directions.set(path, directions);
    if (!path.includes('[]')) {
      require(formula.or(-directions.up, -directions.down));
      return directions;
    }
    const [up, down] = ['more', 'less'].map((way) =>
      formula.variable(`an element with ${way} ${path}`),
    );
    const own = { up: up ?? no, down: down ?? no };
    require(formula.or(-own.up, -own.down));
    require(formula.implies(own.up, directions.up), formula.implies(own.down, directions.down));
    return own;
  }

  #choice(fact: SymbolicFact, { values }: Choice, { up, down }: Directions): Choice {
    const { formula, require } = this.#encoding;
    const moves = formula.or(up, down);
    const other = requireExactlyOne(
      this.#encoding,
      `another ${fact.place}`,
      listFiniteValues(fact.type),
      moves,
    );
    for (const [before, was] of values)
      for (const [after, is] of other.values) {
        const both = formula.and(was, is);
        if (after <= before) require(formula.or(-up, -both));
        if (after >= before) require(formula.or(-down, -both));
      }
    const moved = new Map<Finite, Literal>();
    for (const each of other.values.keys())
      moved.set(
        each,
        formula.or(formula.and(-moves, values.get(each) ?? no), other.values.get(each) ?? no),
      );
    return { kind: 'choice', values: moved };
  }

  #number(fact: SymbolicFact, value: NumberValue, { up, down }: Directions): NumberValue {
    const { formula, require } = this.#encoding;
    const moves = formula.or(up, down);
    const other = this.#createNumber(fact, `another ${fact.place}`);
    for (const { guard, term } of value.cases) {
      require(formula.or(-up, -guard, formula.below(term, other)));
      require(formula.or(-down, -guard, formula.below(other, term)));
    }
    const stays = value.cases.map((numberCase) => ({
      ...numberCase,
      guard: formula.and(-moves, numberCase.guard),
    }));
    return createNumberValue([...stays, { guard: moves, term: other }]);
  }

  #set(fact: SymbolicFact, value: SetValue, { up, down }: Directions): SetValue {
    const { formula, require } = this.#encoding;
    const moves = formula.or(up, down);
    const elements = new Map<Finite, Literal>();
    for (const [each, was] of value.elements) {
      const is = formula.variable(`the other set has ${each}`);
      require(formula.or(-up, -was, is), formula.or(-down, was, -is));
      elements.set(each, formula.choose(moves, is, was));
    }
    return { ...value, elements, unusable: this.#unusable(fact, value.unusable, { up, down }) };
  }

  /** Whether the other set has an element of no use. */
  #unusable({ type }: SymbolicFact, was: Literal, { up, down }: Directions): Literal {
    if (type.kind !== 'Set' || !mayBeUnusable(type.element)) return was;
    const { formula, require } = this.#encoding;
    const is = formula.variable('the other set has an unusable element');
    require(formula.or(-up, -was, is), formula.or(-down, was, -is));
    return formula.choose(formula.or(up, down), is, was);
  }

  /** A set with fewer numbers has some of them; one with more has others as well. */
  #numbers(fact: SymbolicFact, value: NumberSet, { up, down }: Directions): NumberSet {
    const { formula } = this.#encoding;
    const stay = value.items.map(
      ({ present, term }): NumberItem => ({
        present: formula.and(present, formula.or(-down, formula.variable('stays in the set'))),
        term,
      }),
    );
    const added = value.items.map(
      (_, index): NumberItem => ({
        present: formula.and(up, formula.variable('is added to the set')),
        term: this.#createNumber(fact, `another ${fact.place}[${index}]`),
      }),
    );
    const unusable = this.#unusable(fact, value.unusable, { up, down });
    return { ...value, items: [...stay, ...added], unusable };
  }

  #texts(fact: SymbolicFact, set: TextSet, directions: Directions): TextSet {
    const { formula, require, elements } = this.#encoding;
    const { up, down } = directions;
    const moves = formula.or(up, down);
    const other = elements.newSet(nameOfPlace(fact.place));
    const has = (term: Term): Literal => {
      const [was, is] = [set.has(term), elements.hasElement(other, term)];
      require(formula.or(-up, -was, is), formula.or(-down, was, -is));
      return formula.choose(moves, formula.and(set.held, is), was);
    };
    return {
      ...set,
      has,
      bases: [...set.bases, other],
      key: `${set.key} moved to ${other}`,
      unusable: this.#unusable(fact, set.unusable, directions),
    };
  }

  /** Any other numbers. */
  #openNumbers(fact: SymbolicFact, set: OpenNumbers, directions: Directions): OpenNumbers {
    const { up, down } = directions;
    const unusable = this.#unusable(fact, set.unusable, directions);
    return { ...set, unusable, key: `${set.key} moved by ${up} ${down}` };
  }

  #createNumber({ type }: SymbolicFact, name: string): Linear {
    const { min, max } = findRange(type.kind === 'Set' ? type.element : type);
    return this.#encoding.createNumber(name, min, max);
  }
}

/** Whether a member states when the record around it was observed. */
export function isObservation(path: string): boolean {
  return path.endsWith('.observed_at');
}

function hasOrder({ type }: SymbolicFact): boolean {
  return type.kind === 'Set' || isOrdered(type);
}

// Changes that leave out members: those that a valid request need not have. Each path has a literal, which is true
// where the second request has no such member.

import { isEnclosingPath } from '@nhipol/language';
import { digestPath } from '@nhipol/runtime/call-digest';
import type { Literal } from '../formula/formula.ts';
import { type Changed, type Changes, restrictToPresent } from './changed-fact.ts';
import type { SymbolicEncoding } from './encoding.ts';
import type { SymbolicFact } from './fact.ts';

export class Omissions implements Changes {
  readonly #encoding: SymbolicEncoding;
  readonly #literals = new Map<string, Literal>();

  constructor(encoding: SymbolicEncoding) {
    this.#encoding = encoding;
  }

  /** The literal of each path that can be left out and that a condition reads. */
  get paths(): ReadonlyMap<string, Literal> {
    this.#encoding.elements.settle();
    return this.#literals;
  }

  of(fact: SymbolicFact, path: string, before: Changed): Changed {
    const isEntry = fact.role === 'entry';
    const isRequired = !isEntry && fact.declared.every((each) => each.isRequired);
    // A map that conditions read as a whole has the entries that it has, as a list has its elements.
    if (isRequired || fact.role === 'element' || isGiven(path)) return before;
    const { formula, require } = this.#encoding;
    const left = this.#omitMember(path);
    if (!isEntry) {
      const requiring = fact.declared.filter((each) => each.isRequired);
      for (const { guard } of requiring)
        require(formula.implies(formula.and(left, before.present), -guard));
    }
    const present = formula.and(before.present, -left);
    return { present, value: restrictToPresent(formula, fact, present) };
  }

  /** The member can be left out of any of several elements. */
  #omitMember(path: string): Literal {
    const { formula, require } = this.#encoding;
    const literal = this.#literals.get(path) ?? formula.variable(`without ${path}`);
    this.#literals.set(path, literal);
    if (!path.includes('[]')) return literal;
    const own = formula.variable(`an element without ${path}`);
    require(formula.implies(own, literal));
    return own;
  }
}

/** An absent event has not happened, and the digest of the call is computed. */
function isGiven(path: string): boolean {
  return isEnclosingPath('context.events', path) || path === digestPath;
}

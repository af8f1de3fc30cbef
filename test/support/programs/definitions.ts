// The definitions that all groups of a generated program share: `let`s of the file, and predicates and
// functions with generated parameters and bodies.

import type { Expressions } from './expressions.ts';
import type { Kind } from './kinds.ts';
import type { Reach } from './reach.ts';

export class Definitions {
  readonly #expressions: Expressions;

  constructor(expressions: Expressions) {
    this.#expressions = expressions;
  }

  /** Declarations can be in any order, although they are generated from one another. */
  all(): readonly string[] {
    const { draw, scope, schema } = this.#expressions;
    const reach: readonly Reach[] = schema.hasAnySubject ? ['subject', 'actions'] : ['actions'];
    scope.isOutside = true;
    const items = draw.several(0, 4, () => {
      const one = () => scope.within(reach, () => this.#item());
      return draw.once(3) ? scope.permissible(one) : one();
    });
    scope.isOutside = false;
    return draw.once(2) ? items : [...items].reverse();
  }

  #item(): string {
    const kind = this.#expressions.anyKind();
    return this.#expressions.draw.once(4) ? this.#let(kind) : this.#function(kind);
  }

  #let(kind: Kind): string {
    const { draw, scope } = this.#expressions;
    const name = draw.name('shared');
    const text = `let ${name} = ${this.#expressions.of(kind, 2)}`;
    scope.share({ kind, free: !scope.isPermit, text: () => name });
    return text;
  }

  #function(kind: Kind): string {
    const { draw, scope } = this.#expressions;
    const name = draw.name('fn');
    const parameters = draw.several(0, 3, () => ({
      kind: this.#expressions.anyKind(),
      name: draw.name('a'),
    }));
    for (const parameter of parameters) scope.add(parameter.kind, parameter.name);
    const body = this.#expressions.of(kind, 2);
    scope.share({
      kind,
      free: !scope.isPermit,
      text: (depth) =>
        `${name}(${parameters.map((each) => this.#expressions.of(each.kind, depth)).join(', ')})`,
    });
    const list = parameters.map((each) => `${each.name}: ${each.kind}`).join(', ');
    return kind === 'Bool' && draw.once(2)
      ? `predicate ${name}(${list}) = ${body}`
      : `function ${name}(${list}): ${kind} = ${body}`;
  }
}

// Invariants and tests of generated programs: requests have values near the constants of invariants, and
// are varied from the requests of tests. Neither need be true.

import type { Expressions } from './expressions.ts';
import type { Rules } from './rules.ts';

export class Claims {
  readonly #expressions: Expressions;
  readonly #rules: Rules;

  constructor(expressions: Expressions, rules: Rules) {
    this.#expressions = expressions;
    this.#rules = rules;
  }

  invariant(): string {
    const { draw, scope } = this.#expressions;
    const [text, ...reach] = draw.pick(this.#rules.scopes());
    return scope.within(reach, () => {
      const answer = draw.one(
        () => `effect ${draw.pick(['is', '<', '>='])} ${draw.pick(['permit', 'deny'])}`,
        () => `${draw.pick([...this.#rules.ids])} in reasons`,
        () => 'constraints.rows <= 100',
        () => 'tell in obligations',
      );
      const claim = `${this.#expressions.condition(1)} implies ${answer}`;
      return `invariant "${draw.name('claim')}" ${text} ${claim}`;
    });
  }

  test(): string {
    return this.#expressions.draw.one(
      () => this.#steps(),
      () => this.#rows(),
    );
  }

  #rows(): string {
    const { draw, schema } = this.#expressions;
    const fixture = draw.name('fixture');
    const id = draw.pick([...this.#rules.ids]);
    return `fixture ${fixture} ${schema.request()} with { context.i = 3 }
test "${draw.name('case')}" {
  request from ${fixture}
  with { context.yes = true }
  each at, context.level, subject.scopes {
    2026-03-03T10:04:00Z, HIGH, ["a", "b"] expect deny because ${id}
    2026-03-03T12:00:00Z, missing, [] expect narrow with { rows: 5 } until 2026-03-03T12:00:00.001Z
  }
}`;
  }

  #steps(): string {
    const { draw, schema } = this.#expressions;
    const id = draw.pick([...this.#rules.ids]);
    return `test "${draw.name('case')}" {
  request ${schema.request()}
  expect permit
  then at 2026-03-03T10:04:00Z with { context.level = HIGH, context.yes = missing, subject.scopes = ["a", "b"] }
  expect deny because ${id} until 2026-03-03T12:00:00Z
  then with { context.i = -1, context.events = { "session-revoked": { at: 5.5 } } }
  expect narrow with { rows: 5 } with mark { lines: 2 }
}`;
  }
}

// Generates groups with their rules: every effect and clause, scores, `let`s and nested `given`s.

import { Clauses } from './clauses.ts';
import type { Expressions } from './expressions.ts';
import type { Reach } from './reach.ts';

const restrictions = ['challenge', 'deny', 'revoke'];

/** The scopes of groups, with the members that their requests have. */
const scopes: readonly (readonly [text: string, ...reach: readonly Reach[]])[] = [
  ['for agent', 'subject', 'agent', 'actions'],
  ['for job', 'subject', 'job', 'actions'],
  ['for agent, job', 'subject', 'actions'],
  ['for agent, job doing "act.run"', 'subject', 'run'],
  ['for agent on door', 'subject', 'agent', 'door', 'actions'],
  ['for agent on door, "big box"', 'subject', 'agent', 'actions'],
  ['for job doing "act.run", act on door', 'subject', 'job', 'door', 'actions'],
  ['for agent doing glob"act.*"', 'subject', 'agent', 'actions'],
  ['for job doing runs, "act" on doors', 'subject', 'job', 'actions'],
];

export class Rules {
  readonly #expressions: Expressions;
  readonly #clauses: Clauses;
  /** The names of rules so far. */
  readonly ids = new Set<string>();

  constructor(expressions: Expressions) {
    this.#expressions = expressions;
    this.#clauses = new Clauses(expressions);
  }

  /** The scopes with the members that their requests have. */
  scopes(): typeof scopes {
    if (!this.#expressions.schema.hasAnySubject) return [...scopes, ['for any', 'actions']];
    const others = ['for any', 'for any', 'for guest'];
    return [...scopes, ...others.map((text) => [text, 'subject', 'actions'] as const)];
  }

  group(): string {
    const { draw, scope } = this.#expressions;
    const [text, ...reach] = draw.pick(this.scopes());
    return scope.within(reach, () => {
      const condition = draw.once(4) ? ` when ${this.#permissible(2)}` : '';
      const lets = draw.several(0, 2, () => this.#let());
      const items = draw.several(1, 5, () => this.#item(2));
      const permits = draw.several(1, 2, () => this.#permit());
      return `${text}${condition} {\n${[...lets, ...items, ...permits].join('\n')}\n}`;
    });
  }

  /** Narrows whose limits can be lowered, and little else that denies: random rules seldom leave an offer. */
  lowering(): string {
    const { draw, scope } = this.#expressions;
    const [text, ...reach] = draw.pick(this.scopes());
    return scope.within(reach, () => {
      const narrows = draw.several(1, 3, () => this.#writeLower());
      const score = draw.once(4) ? [this.#score(this.#clauses.writeLower())] : [];
      const others = draw.once(3) ? [this.#item(0)] : [];
      const permit = draw.once(4)
        ? this.#permit()
        : `permit ${this.#noteName(draw.name('p'))} otherwise`;
      return `${text} {\n${[...narrows, ...score, ...others, permit].join('\n')}\n}`;
    });
  }

  #writeLower(): string {
    const { draw, scope } = this.#expressions;
    return scope.block(() => {
      const condition = draw.once(2) ? ` when ${this.#expressions.condition(1)}` : '';
      const unless = draw.once(3) ? this.#clauses.unless(1) : '';
      return `narrow ${this.#noteName(draw.name('n'))}${condition} ${this.#clauses.writeLower()}${unless}`;
    });
  }

  #noteName(name: string): string {
    this.ids.add(name);
    return name;
  }

  #permissible(depth: number): string {
    return this.#expressions.scope.permissible(() => this.#expressions.condition(depth));
  }

  #let(): string {
    const { draw, scope } = this.#expressions;
    const make = () => {
      const kind = this.#expressions.anyKind();
      const name = draw.name('v');
      const text = `let ${name} = ${this.#expressions.of(kind, 2)}`;
      scope.add(kind, name);
      return text;
    };
    return draw.once(3) ? scope.permissible(make) : make();
  }

  #item(depth: number): string {
    return this.#expressions.draw.one(
      () => this.#restriction(),
      () => this.#restriction(),
      () => this.#narrow(),
      () => this.#score(),
      () => (depth > 0 ? this.#writeGiven(depth - 1) : this.#restriction()),
    );
  }

  #permit(): string {
    const { draw, scope } = this.#expressions;
    return scope.block(() =>
      scope.permissible(() => {
        const name = this.#noteName(draw.name('p'));
        const where = this.#clauses.where();
        const condition = draw.once(3)
          ? 'otherwise'
          : `when ${this.#expressions.condition(draw.int(3))}`;
        return `permit ${name} ${condition}${this.#clauses.demands('permit')}${where}`;
      }),
    );
  }

  #restriction(): string {
    const { draw, scope } = this.#expressions;
    return scope.block(() => {
      const effect = draw.pick(restrictions);
      const name = this.#noteName(draw.pick(['r1', 'r2', draw.name('r')]));
      const where = this.#clauses.where();
      const condition = draw.once(12) ? '' : ` when ${this.#expressions.condition(3)}`;
      const skip = draw.once(6) ? ', if unknown skip' : '';
      const demands = this.#clauses.demands(effect);
      return `${effect} ${name}${condition}${skip}${this.#clauses.because()}${this.#clauses.covers()}${demands}${where}`;
    });
  }

  #narrow(): string {
    const { draw, scope } = this.#expressions;
    return scope.block(() => {
      const limit = this.#clauses.limit();
      const where = limit?.[1] ?? this.#clauses.where();
      const limits = limit === undefined ? [] : [limit[0], `half${limit[0]}`];
      const unless = this.#clauses.unless(1);
      const demands = this.#clauses.demands('narrow');
      const settings = demands === '' || draw.once(3) ? ` ${this.#clauses.settings(limits)}` : '';
      const condition = this.#expressions.condition(2);
      return `narrow ${this.#noteName(draw.name('n'))} when ${condition}${settings}${unless}${demands}${this.#clauses.covers()}${where}`;
    });
  }

  #score(settings = this.#clauses.settings()): string {
    const { draw } = this.#expressions;
    const conditions = draw.several(1, 3, () => {
      const condition = `${this.#noteName(draw.name('c'))} counts ${1 + draw.int(2)} when ${this.#expressions.condition(1)}`;
      return `  ${condition}${this.#clauses.because()}${this.#clauses.covers()}`;
    });
    const all = [
      `  from 1 narrow ${settings}${this.#clauses.unless(1)}`,
      '  from 2 challenge',
      '  from 3 deny',
      '  from 4 revoke',
    ];
    const bands = all.filter(() => !draw.once(3));
    const lines = [...conditions, ...(bands.length === 0 ? ['  from 1 deny'] : bands)];
    return `score ${draw.name('s')} {\n${lines.join('\n')}\n}`;
  }

  #writeGiven(depth: number): string {
    const { draw, scope } = this.#expressions;
    const kind = this.#expressions.anyKind();
    const name = draw.name('g');
    const value = this.#expressions.of(kind, 1);
    const inner = scope.block(() => {
      scope.add(kind, name);
      return `${this.#item(depth)}\n${this.#item(depth)}`;
    });
    const otherwise = draw.once(3) ? 'ignore' : `{ ${this.#item(0)} }`;
    return `given ${name} = ${value} {\n${inner}\n} otherwise ${otherwise}`;
  }
}

// The clauses of generated rules other than their condition: constraints, obligations, messages and
// controls.

import type { Expressions } from './expressions.ts';
import { type Kind, listLiterals, type Scalar, scalars } from './kinds.ts';

/** The controls that `covers` can name, plain and quoted, one and several. */
const controls = ['NHI1:2025', 'PR.AA-05, NHI5:2025', '"SP 800-207"', 'ASI02'];

/** The constraints that are declared `or lower`. */
const lowering = ['level', 'tags', 'breadth', 'size', 'effort', 'fee', 'wait', 'digits'];

/** The values that narrows set, by constraint. */
function createValues(limits: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return {
    level: ['LOW', 'MEDIUM'],
    tags: ['{ "a", "x" }', '{ "x" }', '{ "prod", "x" }'],
    breadth: ['{ "a", "x", "prod" }', '{ "x" }', 'context.strings'],
    size: ['3', '0', 'context.j'],
    effort: ['0', '-9', 'context.i', 'context.score'],
    fee: ['0.25', '0', 'context.price'],
    wait: ['1s', '5m'],
    digits: ['{ 1, 5 }', '{ 2 }'],
    cap: ['5', 'context.i'],
    rows: ['10', '100', 'context.j', 'context.i + 1', ...limits, ...limits],
    share: ['10', 'context.score', 'context.i', 'context.above', 'quotas[context.s]'],
    budget: ['10', '0.5', 'context.price', 'context.rate * context.j'],
    places: ['{ 1, 2 }', 'context.marks', 'context.ints', '{ context.step }'],
    pause: ['5m', '1h', 'context.d'],
    hosts: ['{ "a" }', '{ "b" }', '{ "a", "b" }', 'context.strings'],
    mode: ['"slow"', '"fast"', 'context.u'],
    egress: ['10.0.0.1', '::ffff:10.0.0.1', 'context.addr'],
    networks: ['{ 10.0.0.0/8 }', '{ ::/0, 10.0.0.0/8 }', 'context.nets'],
    most: ['LOW', 'HIGH', 'context.level'],
    same: ['{ 1, 5 }', '{ 5, 1 }', '{ 2 }', 'context.ints'],
    stop: ['2026-03-03T10:00:00Z', 'context.must', 'context.secs + 5m'],
    dry: ['true', 'context.b', 'context.i > 3'],
    worker: ['"spiffe://prod.example/ns/a"', 'context.id'],
  };
}

export class Clauses {
  readonly #expressions: Expressions;

  constructor(expressions: Expressions) {
    this.#expressions = expressions;
  }

  covers(): string {
    const { draw } = this.#expressions;
    return draw.once(8) ? ` covers ${draw.pick(controls)}` : '';
  }

  because(): string {
    return this.#expressions.draw.once(3) ? ` because "see {${this.#placeholder()}}!"` : '';
  }

  /** A placeholder in a message must not change with time. */
  #placeholder(): string {
    const kinds = scalars.filter((kind) => this.#steadyPaths(kind).length > 0);
    const paths = this.#steadyPaths(this.#expressions.draw.pick(kinds));
    return this.#expressions.draw.pick(paths.filter((path) => !path.includes('"')));
  }

  #steadyPaths(kind: Kind): readonly string[] {
    const paths = this.#expressions.scope.paths(kind);
    return paths.filter(({ isFresh }) => !isFresh).map(({ text }) => text);
  }

  /** A value that does not change with time. */
  #steady(kind: Kind): string {
    const paths = this.#steadyPaths(kind);
    return this.#expressions.draw.pick([...listLiterals(kind), ...paths, ...paths]);
  }

  #interpolate(): string {
    return this.#expressions.interpolate(({ isFresh }) => !isFresh);
  }

  /** Obligations that the effect can demand. */
  demands(effect: string): string {
    const { draw } = this.#expressions;
    if (!draw.once(3)) return '';
    const of = (kind: Kind) => this.#steady(kind);
    const choices = [
      () => `tell { to: ${of('String')}, body: "seen" }`,
      () => `tell { to: "a", body: ${of('String')} }`,
      () => `tell { to: ${this.#interpolate()}, body: ${this.#interpolate()} }`,
      () => `mark { level: ${of('Level')}, lines: ${of('Int')} }`,
      () => `mark { levels: ${of('Set<Level>')}, on: ${of('Bool')} }`,
      () => `mark { at: ${of('Timestamp')} }`,
      () => `mark { addr: ${of('Ip')} }`,
      () => `mark { nets: ${of('Set<Cidr>')} }`,
      () => 'mark',
      ...(effect === 'challenge'
        ? [
            () => `step_up { acr_value: ${of('String')} }`,
            () =>
              `step_up { acr_value: "gold", amr_values: ${of('Set<String>')}, max_age: ${of('Duration')} }`,
          ]
        : []),
      ...(effect === 'revoke' ? [() => `end { subject: ${of('String')} }`] : []),
    ];
    const chosen = draw.several(1, 2, () => draw.one(...choices));
    return ` with ${[...chosen, ...this.#accessRequest(effect)].join(', ')}`;
  }

  /** A rule makes at most one access request. */
  #accessRequest(effect: string): readonly string[] {
    const { draw } = this.#expressions;
    if (effect !== 'challenge' || !draw.once(2)) return [];
    const lasts = draw.pick(['5m', ...this.#steadyPaths('Duration')]);
    return [
      draw.pick(['ask', `ask { expires_in: ${lasts}, template: ${this.#steady('String')} }`]),
    ];
  }

  /** Constraints whose paths can be lowered. */
  writeLower(): string {
    const { draw } = this.#expressions;
    const values = createValues([]);
    const names = draw.several(1, 2, () => draw.pick(lowering));
    const chosen = [...new Set(names)].map((name) => `${name}: ${draw.pick(values[name] ?? [])}`);
    return `to { ${chosen.join(', ')} }`;
  }

  /** `limits`: names of Ints that do not change with time. */
  settings(limits: readonly string[] = []): string {
    const { draw } = this.#expressions;
    const all = createValues(limits);
    const chosen = Object.keys(all).filter(() => draw.once(6));
    const names = chosen.length === 0 ? ['rows'] : chosen;
    return `to { ${names.map((name) => `${name}: ${draw.pick(all[name] ?? [])}`).join(', ')} }`;
  }

  unless(depth: number): string {
    const { draw } = this.#expressions;
    return draw.once(4) ? ` or deny unless ${this.#expressions.condition(depth)}` : '';
  }

  /** A name for a narrow's own values. */
  limit(): readonly [name: string, where: string] | undefined {
    const { draw } = this.#expressions;
    if (!draw.once(5)) return undefined;
    const name = draw.name('w');
    return [name, ` where ${name} = ${this.#steady('Int')}, half${name} = ${name} / 2`];
  }

  /** Names for one rule alone, defined before they are used. */
  where(): string {
    const { draw, scope } = this.#expressions;
    if (!draw.once(5)) return '';
    const kinds: readonly Scalar[] = ['Bool', 'Int'];
    const names = draw.several(1, 2, () => {
      const kind = draw.once(2) ? draw.pick(kinds) : this.#expressions.anyKind();
      const name = draw.name('w');
      const text = `${name} = ${this.#expressions.of(kind, 1)}`;
      scope.add(kind, name);
      return text;
    });
    return ` where ${names.join(', ')}`;
  }
}

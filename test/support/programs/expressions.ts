// Generates expressions by the required kind. See conditions.ts for conditions.

import { Conditions } from './conditions.ts';
import type { Draw } from './draw.ts';
import type { ExpressionSource } from './expression-source.ts';
import { intCalls } from './functions.ts';
import {
  escapeString,
  getElement,
  isList,
  type Kind,
  listLiterals,
  type Scalar,
  scalars,
} from './kinds.ts';
import type { Schema } from './schema.ts';
import type { Scope } from './scope.ts';

const algebra = ['union', 'intersect', 'minus'];
const numeralLiterals = {
  int: ['"5"', '"-3"', '"05"', '"9223372036854775808"', '""'],
  quantity: ['"1Gi"', '"500m"', '"2.5"', '"-1e3"', '"1n"', '"9Ti"', '"1K"', '"."'],
} as const;

export class Expressions implements ExpressionSource {
  readonly draw: Draw;
  readonly schema: Schema;
  readonly scope: Scope;
  readonly #conditions = new Conditions(this);

  constructor(draw: Draw, schema: Schema, scope: Scope) {
    this.draw = draw;
    this.schema = schema;
    this.scope = scope;
  }

  condition(depth: number): string {
    return this.#conditions.condition(depth);
  }

  anyKind(): Kind {
    return this.draw.once(2) ? this.draw.pick(scalars) : this.draw.pick(this.schema.kinds);
  }

  element(): Scalar {
    const listed = this.schema.kinds.filter(isList);
    const chosen = this.draw.pick(listed);
    return (this.draw.once(2) ? getElement(chosen) : undefined) ?? this.draw.pick(scalars);
  }

  drawCollectionKind(element: Scalar): Kind {
    const list: Kind = `List<${element}>`;
    const hasList = this.schema.kinds.includes(list);
    return hasList && this.draw.once(2) ? list : `Set<${element}>`;
  }

  of(kind: Kind, depth: number): string {
    if (kind === 'Bool') return this.condition(depth);
    const leaf = () => this.leaf(kind);
    if (depth <= 0) return leaf();
    const inner = depth - 1;
    const operation = () => this.#operation(kind, inner);
    return this.draw.one(
      leaf,
      () => this.writeSharedUse(kind, inner) ?? leaf(),
      operation,
      operation,
      operation,
      () =>
        `(if ${this.condition(inner)} then ${this.of(kind, inner)} else ${this.of(kind, inner)})`,
      () => `(${this.of(kind, inner)} else ${this.of(kind, inner)})`,
    );
  }

  leaf(kind: Kind): string {
    const paths = this.scope.paths(kind).map(({ text }) => text);
    const names = this.scope.names(kind);
    const latest = this.scope.isPermit
      ? []
      : paths.filter((path) => path.startsWith('context.')).map((path) => `latest(${path})`);
    const choices = [...listLiterals(kind), ...paths, ...paths, ...latest, ...names, ...names];
    return this.draw.pick(choices);
  }

  interpolate(isUsable: (path: { readonly isFresh: boolean }) => boolean = () => true): string {
    const { draw } = this;
    const parts = draw.several(1, 3, () => {
      const kind = draw.pick(['String', 'String', 'Int', 'Level', 'Bool', 'SpiffeId'] as const);
      const paths = this.scope.paths(kind).filter(isUsable);
      const literal = draw.pick(['', 'a', '/', 'ä', '{{', '/a/', '-']);
      return paths.length === 0 ? literal : `${literal}{${escapeString(draw.pick(paths).text)}}`;
    });
    return `"${parts.join('')}${draw.pick(['', '/', 'x'])}"`;
  }

  writeSharedUse(kind: Kind, depth: number): string | undefined {
    const fitting = this.scope.listShared(kind);
    return fitting.length === 0 ? undefined : this.draw.pick(fitting).text(depth);
  }

  #operation(kind: Kind, depth: number): string {
    const { draw } = this;
    const of = (wanted: Kind) => this.of(wanted, depth);
    const element = getElement(kind);
    switch (kind) {
      case 'Int':
        return draw.one(
          () => `(${of('Int')} ${draw.pick(['+', '-', '*', '/'])} ${of('Int')})`,
          () => `-${of('Int')}`,
          () => `(${of('Duration')} / ${of('Duration')})`,
          () => `size(${of(this.drawCollectionKind(this.element()))})`,
          () => `(${of(draw.pick(['Ip', 'Cidr']))}).version`,
          () => `(${of('Cidr')}).prefix_length`,
          () =>
            `size(${draw.pick(['context.list', 'context.names', '(if context.b then context.list else context.list)'])})`,
          () => `length(${of('String')})`,
          () => this.numeral('int', depth),
          () => `weights[${of('String')}, ${of('Level')}]`,
          () => (this.scope.isOutside ? of('Int') : draw.pick(intCalls).text(of)),
          () => `quotas[${of('String')}]`,
          () => this.aggregate('Int', depth),
          () => this.#withinBounds(),
        );
      case 'Decimal':
        return draw.one(
          () => `(${of('Decimal')} ${draw.pick(['+', '-', '*', '/'])} ${of('Decimal')})`,
          () => `(${of('Decimal')} ${draw.pick(['*', '/'])} ${of('Int')})`,
          () => `(${of('Int')} * ${of('Decimal')})`,
          () => `(${of('Decimal')} ${draw.pick(['+', '-', '*', '/'])} ${draw.pick(['2', '3'])})`,
          () => `-${of('Decimal')}`,
          () => `decimal(${of('Int')})`,
          () => this.numeral('quantity', depth),
          () => `fees[${of('Decimal')}]`,
          () => 'decimal(context.score)',
          () => this.aggregate('Decimal', depth),
        );
      case 'Duration':
        return draw.one(
          () => `(${of('Duration')} ${draw.pick(['+', '-'])} ${of('Duration')})`,
          () => `(${of('Duration')} ${draw.pick(['*', '/'])} ${of('Int')})`,
          () => `(${of('Int')} * ${of('Duration')})`,
          () => `-${of('Duration')}`,
          () => `(${of('Timestamp')} - ${of('Timestamp')})`,
          () => `time_of_day(${of('Timestamp')}, "America/Havana")`,
          () => `slots[${of('Timestamp')}]`,
          () => this.aggregate('Duration', depth),
        );
      case 'Timestamp':
        return draw.one(
          () => `(${of('Timestamp')} ${draw.pick(['+', '-'])} ${of('Duration')})`,
          () => `(${of('Duration')} + ${of('Timestamp')})`,
          () => `ends[${of('Bool')}, ${of('Duration')}]`,
          () => this.aggregate('Timestamp', depth),
        );
      case 'String':
        return draw.one(
          () => `lower(${of('String')})`,
          () => `(${of('SpiffeId')}).trust_domain`,
          () => `(${of('SpiffeId')}).path`,
          () => `normal_path(${of('String')})`,
        );
      case 'SpiffeId':
        return draw.one(
          () => `spiffe(${of('String')})`,
          () => `homes[${of('SpiffeId')}]`,
        );
      case 'Level':
        return `grades[${of('Kind')}]`;
      case 'Ip':
        return `ip(${of('String')})`;
      case 'Cidr':
        return draw.one(
          () => `cidr(${of('String')})`,
          () => `sites[${of('Ip')}]`,
        );
      case 'Set<String>':
        return draw.one(
          () => `(${of(kind)} ${draw.pick(algebra)} ${of(kind)})`,
          () => `scopes[${of('String')}]`,
          () => `{ ${of('String')}, ${of('String')} }`,
        );
      case 'Set<Ip>':
        return draw.one(
          () => `(${of(kind)} ${draw.pick(algebra)} ${of(kind)})`,
          () => `zones[${of('Cidr')}, ${of('String')}]`,
        );
      default:
        if (element === undefined || isList(kind)) return this.leaf(kind);
        return draw.one(
          () => `(${of(kind)} ${draw.pick(algebra)} ${of(kind)})`,
          () => `{ ${of(element)} }`,
        );
    }
  }

  aggregate(kind: 'Int' | 'Decimal' | 'Duration' | 'Timestamp', depth: number): string {
    const { draw } = this;
    const form = draw.pick(kind === 'Timestamp' ? ['min', 'max'] : ['sum', 'sum', 'min', 'max']);
    const name = draw.name('x');
    const of = (wanted: Kind) => this.of(wanted, depth);
    const member = kind === 'Int' ? 'size' : kind === 'Decimal' ? 'cost' : undefined;
    if (member !== undefined && draw.once(2)) {
      const where = draw.pick([
        '',
        ` where ${name}.level is HIGH`,
        ` where ${name}.name is present`,
        ` where ${name}.name in ${of('Set<String>')} or ${this.condition(depth)}`,
      ]);
      const value = draw.pick([`${name}.${member}`, `${name}.${member} + ${of(kind)}`, of(kind)]);
      return `${form}(${value} for ${name} in context.list${where})`;
    }
    const collection = of(this.drawCollectionKind(kind));
    const value = draw.pick([name, name, `if ${this.condition(0)} then ${name} else ${of(kind)}`]);
    const where = draw.pick([
      '',
      ` where ${name} is not ${of(kind)}`,
      ` where ${this.condition(depth)}`,
    ]);
    return `${form}(${value} for ${name} in ${collection}${where})`;
  }

  /** A call that parses a string, which is often a literal that a generated string is rarely like. */
  numeral(name: 'int' | 'quantity', depth: number): string {
    const literal = this.draw.pick(numeralLiterals[name]);
    return this.draw.once(2)
      ? `${name}(${this.of('String', depth)})`
      : `${name}(if ${this.condition(depth)} then ${literal} else ${this.of('String', depth)})`;
  }

  /** An expression that cannot overflow by its types, so that the module need not check it. */
  #withinBounds(): string {
    const small = () =>
      this.draw.pick(['context.score', 'context.step', 'quotas[context.s]', '7', '(-2)']);
    return this.draw.one(
      () => `(${small()} ${this.draw.pick(['+', '-', '*'])} ${small()})`,
      () => `(${small()} / ${this.draw.pick(['3', '7'])})`,
      () => '-context.score',
    );
  }
}

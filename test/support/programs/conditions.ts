// Generates conditions: each form that results in a Bool, over operands of every kind.

import type { ExpressionSource } from './expression-source.ts';
import { boolCalls } from './functions.ts';
import { History } from './history.ts';
import { escapeString, getElement, type Kind, ordered, scalars } from './kinds.ts';
import { regexes, spiffePatterns, textPatterns } from './patterns.ts';
import { mapRecords, recordPaths } from './schema.ts';
import { windowCondition } from './windows.ts';

const relations = ['within', 'not within', 'intersects'];
const orders = ['<', '<=', '>', '>='];
const equality = ['is', 'is not'];
const interpolating = [...equality, 'starts_with', 'ends_with', 'under'];

export class Conditions {
  readonly #expressions: ExpressionSource;
  readonly #history: History;

  constructor(expressions: ExpressionSource) {
    this.#expressions = expressions;
    this.#history = new History(expressions);
  }

  condition(depth: number): string {
    const { draw, scope, schema } = this.#expressions;
    if (depth <= 0)
      return draw.one(
        () => this.#expressions.leaf('Bool'),
        () => this.#presence(),
      );
    const inner = depth - 1;
    const of = (kind: Kind) => this.#expressions.of(kind, inner);
    const own = () => this.condition(inner);
    const quantifier = () => this.#quantifier(inner);
    const windows = () => windowCondition(draw.pick, of, schema.windows);
    const membership = () => {
      const element = this.#expressions.element();
      const collection = this.#expressions.drawCollectionKind(element);
      return `(${of(element)} ${draw.pick(['in', 'not in'])} ${of(collection)})`;
    };
    return draw.one(
      () => `(${own()} ${draw.pick(['and', 'or', 'implies'])} ${own()})`,
      () => `(${own()} and ${own()} and ${own()})`,
      () => `(not ${own()})`,
      () => `(if ${own()} then ${own()} else ${own()})`,
      () => `(${own()} else ${own()})`,
      () => this.#presence(),
      () =>
        `known(${draw.one(
          () => of(this.#expressions.anyKind()),
          () => draw.pick(schema.hasMaps ? [...mapRecords, 'users[context.s]'] : recordPaths),
          () => 'age(context.at)',
        )})`,
      () => this.#comparison(inner),
      () => this.#comparison(inner),
      () => this.#comparison(inner),
      () => this.#clock(inner),
      () => this.#clock(inner),
      windows,
      windows,
      membership,
      membership,
      membership,
      () => {
        const networks = draw.pick(['Cidr', this.#expressions.drawCollectionKind('Cidr')] as const);
        return `(${of('Ip')} ${draw.pick(['in', 'not in'])} ${of(networks)})`;
      },
      () => `(${of('Cidr')} ${draw.pick(relations)} ${of('Cidr')})`,
      () => {
        const element = this.#expressions.element();
        const side = () => of(this.#expressions.drawCollectionKind(element));
        return `(${side()} ${draw.pick(relations)} ${side()})`;
      },
      () => {
        const operator = draw.pick(['starts_with', 'ends_with', 'contains', 'under']);
        return `(${of('String')} ${operator} ${of('String')})`;
      },
      () => `(${of('String')} ${draw.pick(interpolating)} ${this.#expressions.interpolate()})`,
      () => this.#interpolatePath(),
      () => this.#match(inner),
      () => this.#aboutSecret(inner),
      () => `flags[${of('Int')}]`,
      () => (scope.isOutside ? this.#presence() : this.#call(of)),
      () => this.#expressions.writeSharedUse('Bool', inner) ?? this.#presence(),
      quantifier,
      quantifier,
      () => this.#writeAggregate(inner),
      ...this.#pastEvents(inner),
    );
  }

  /** Outside of groups, a value may be a constant. */
  #pastEvents(depth: number): readonly (() => string)[] {
    const { schema } = this.#expressions;
    return schema.hasHistory ? Array(5).fill(() => this.#history.condition(depth)) : [];
  }

  #writeAggregate(depth: number): string {
    const { draw } = this.#expressions;
    const kind = draw.pick(['Int', 'Decimal', 'Duration', 'Timestamp'] as const);
    const value = this.#expressions.aggregate(kind, depth);
    return `(${value} ${draw.pick([...equality, ...orders])} ${this.#expressions.of(kind, depth)})`;
  }

  #call(of: (kind: Kind) => string): string {
    const { draw, scope } = this.#expressions;
    return draw.pick(boolCalls.filter(({ reach }) => scope.can(reach))).text(of);
  }

  /** The same values on both sides, so that it is often true. */
  #interpolatePath(): string {
    const { draw, scope } = this.#expressions;
    const path = draw.pick(scope.paths('String').map(({ text }) => text));
    const [before, after] = [draw.pick(['', 'a', '/']), draw.pick(['', '/', 'b'])];
    return `(${path} ${draw.pick(interpolating)} "${before}{${escapeString(path)}}${after}")`;
  }

  /** Some patterns match the strings of requests, with and without an edit. */
  #match(depth: number): string {
    const { draw } = this.#expressions;
    const not = draw.pick(['', 'not ']);
    const [kind, patterns, verbs] = draw.pick([
      ['String', textPatterns, ['matches']],
      ['String', regexes, ['matches', 'contains', 'contains']],
      ['SpiffeId', spiffePatterns, ['matches']],
    ] as const);
    const operand = this.#expressions.of(kind, depth);
    return `(${operand} ${not}${draw.pick(verbs)} ${draw.pick(patterns)})`;
  }

  /** A condition about a secret member. Its `Bool` is the only thing that may be used elsewhere. */
  #aboutSecret(depth: number): string {
    const { draw, schema } = this.#expressions;
    const kind = draw.pick(schema.secretKinds);
    const path = draw.pick(schema.getSecrets(kind));
    const element = getElement(kind);
    if (element !== undefined) {
      const of = () => this.#expressions.of(element, depth);
      const name = draw.name('x');
      return draw.one(
        () => `(${of()} ${draw.pick(['in', 'not in'])} ${path})`,
        () => `(size(${path}) > 1)`,
        () => `(any ${name} in ${path} satisfies ${name} is ${of()})`,
      );
    }
    const of = () => this.#expressions.of(kind, depth);
    const value = draw.one(
      () => path,
      () => `(${path} else ${of()})`,
      () => `(if ${this.condition(0)} then ${path} else ${of()})`,
      () => (kind === 'String' ? `lower(${path})` : path),
    );
    return draw.one(
      () => `(${value} ${draw.pick(equality)} ${of()})`,
      () => `(${value} in { ${of()}, ${of()} })`,
      () => `known(${path})`,
      () => `(${path} is present)`,
      () =>
        kind === 'String' ? `(${value} matches ${draw.pick(textPatterns)})` : `known(${path})`,
    );
  }

  #presence(): string {
    const { draw, schema, scope } = this.#expressions;
    const records = schema.hasMaps ? [...recordPaths, ...mapRecords] : recordPaths;
    const members = [...scope.members().map(({ text }) => text), ...records];
    return `(${draw.pick(members)} is ${draw.pick(['present', 'missing'])})`;
  }

  #comparison(depth: number): string {
    const { draw } = this.#expressions;
    const kind = draw.pick([...scalars, ...ordered]);
    const operator = draw.pick(ordered.includes(kind) ? [...equality, ...orders] : equality);
    const side = () => this.#expressions.of(kind, depth);
    return `(${side()} ${operator} ${side()})`;
  }

  /** Comparisons that change with time. */
  #clock(depth: number): string {
    const { draw } = this.#expressions;
    const operator = draw.pick([...equality, ...orders]);
    const of = (kind: Kind) => this.#expressions.of(kind, depth);
    return draw.one(
      () => `(context.time ${operator} ${of('Timestamp')})`,
      () => `(${of('Timestamp')} ${operator} context.time)`,
      () => `(context.time - ${of('Timestamp')} ${operator} ${of('Duration')})`,
      () => `(${of('Timestamp')} - context.time ${operator} ${of('Duration')})`,
      () => `(context.time + ${of('Duration')} ${operator} ${of('Timestamp')})`,
      () => `(age(${of('Timestamp')}) ${operator} ${of('Duration')})`,
      () => `(${of('Duration')} ${operator} age(${of('Timestamp')}))`,
      () => `(age(${of('Timestamp')}) + ${of('Duration')} ${operator} ${of('Duration')})`,
      () => `(${of('Duration')} - age(${of('Timestamp')}) ${operator} ${of('Duration')})`,
    );
  }

  #quantifier(depth: number): string {
    const { draw } = this.#expressions;
    if (draw.once(8)) return this.#overLists(depth);
    return draw.once(4) ? this.#overRecords(depth) : this.#overScalars(depth);
  }

  /** The lists of a list. */
  #overLists(depth: number): string {
    const { draw } = this.#expressions;
    const [row, each] = [draw.name('x'), draw.name('x')];
    const [outer, inner] = [draw.pick(['any', 'all']), draw.pick(['any', 'all'])];
    const [list, kind] = draw.pick([
      ['context.grid', 'Int'],
      ['context.words', 'String'],
    ] as const);
    const of = (wanted: Kind) => this.#expressions.of(wanted, depth);
    const body = draw.one(
      () => `${inner} ${each} in ${row} satisfies ${each} is ${of(kind)} or ${this.condition(0)}`,
      () => `size(${row}) > ${of('Int')}`,
      () => `${of(kind)} in ${row}`,
      () => `${row} within ${of(`Set<${kind}>`)}`,
      () => `known(${row})`,
    );
    return draw.one(
      () => `(${outer} ${row} in ${list} satisfies ${body})`,
      () => `(size(${list}) is ${of('Int')})`,
    );
  }

  /** The entries of a map, and a map that one of two gives. */
  #overEntries(depth: number): string {
    const { draw } = this.#expressions;
    const [name, quantifier] = [draw.name('x'), draw.pick(['any', 'all'])];
    const of = (kind: Kind) => this.#expressions.of(kind, depth);
    const body = (map: string, value: string) =>
      `(${quantifier} ${name} in ${map} satisfies ${name}.key is ${of('String')} or ${value})`;
    return draw.one(
      () => body('context.labels', `${name}.value is ${of('String')}`),
      () => body('context.limits', `${name}.value < ${of('Int')}`),
      () => body('context.risk.sizes', `${name}.value < ${of('Int')}`),
      () => body('context.limits', `${name}.value + ${of('Int')} > 2`),
      () => body('context.risk.sizes', `${of('Int')} is ${name}.value`),
      () => body('context.switches', `${name}.value`),
      () => body('context.levels_of', `${name}.value is ${of('Level')}`),
      () => body('context.owned', `context.labels[${name}.value] is ${of('String')}`),
      () => body('(context.items else context.own_items)', `${name}.value.size > ${of('Int')}`),
      () => body('context.grants', `${name}.value.risk.level is HIGH`),
      () => body('context.risk.items', `${name}.value.level <= ${of('Level')}`),
      () => body('(if context.b then context.labels else context.marked)', 'context.yes'),
      () => `(size(context.labels) > 1)`,
      () => `(size((context.marked else context.labels)) is ${of('Int')})`,
      () => `(context.limits[${of('String')}] < ${of('Int')})`,
    );
  }

  #overRecords(depth: number): string {
    const { draw, schema } = this.#expressions;
    if (schema.hasMaps && !draw.once(4)) return this.#overEntries(depth);
    const name = draw.name('x');
    const of = (kind: Kind) => this.#expressions.of(kind, depth);
    const body = draw.one(
      () => `${name}.level is HIGH`,
      () => `${name}.size > ${of('Int')}`,
      () => `${name}.cost * 2 <= ${of('Decimal')}`,
      () => `any m in ${name}.marks satisfies m < ${of('Int')}`,
      () => `any row in ${name}.rows satisfies ${of('Int')} in row`,
      () => `${name}.name in ${of('Set<String>')}`,
      () => `${name}.tags is present and size(${name}.tags union { "q" }) > 1`,
      () => `${name}.level <= ${of('Level')} or ${this.condition(depth)}`,
      () => `${name}.name is missing`,
      () => `any t in ${name}.tags satisfies t is ${of('String')}`,
    );
    const lists = draw.once(4)
      ? `context.list, (if ${this.condition(0)} then context.list else context.list)`
      : 'context.list';
    return `(${draw.pick(['any', 'all'])} ${name} in ${lists} satisfies ${body})`;
  }

  #overScalars(depth: number): string {
    const { draw } = this.#expressions;
    const element = this.#expressions.element();
    const name = draw.name('x');
    const operator = ordered.includes(element) ? draw.pick(['is', '<', '>=']) : 'is';
    const collection = () =>
      this.#expressions.of(this.#expressions.drawCollectionKind(element), depth);
    const collections = draw.once(4) ? `${collection()}, ${collection()}` : collection();
    const body = `${name} ${operator} ${this.#expressions.of(element, depth)}`;
    return `(${draw.pick(['any', 'all'])} ${name} in ${collections} satisfies ${body} or ${this.condition(0)})`;
  }
}

// Collects what conditions say about the strings and collections of each group of places: the constants, patterns and
// functions that they are compared by, and how many values and elements are enough to represent all requests.

import {
  type AggregateExpr,
  type ApplyExpr,
  type Expr,
  isEntry,
  type LookupExpr,
  operandsOf,
  type Pattern,
  type QuantifierExpr,
  type Span,
  type Type,
  type Value,
  type Variable,
} from '../../language/index.ts';
import { isOverElements } from '../../language/model/operands.ts';
import {
  elementType,
  Flow,
  groupsAround,
  hasPlace,
  isGroup,
  isNumberGroup,
  isText,
  keyPlace,
  unbound,
} from './flow.ts';
import { type Affix, isAffix } from './monitors.ts';
import { repeatedWithin } from './repeated.ts';
import { UnionFind } from './union-find.ts';

/** A reason for more values or elements, once for each combination of elements that the variables stand for. */
interface Need {
  readonly amount: number;
  readonly variables: Iterable<Variable>;
  readonly groups: readonly string[];
  readonly span: Span;
}

/** The tests that distinguish the strings of a group of places. */
export interface Distinctions {
  readonly constants: Set<string>;
  readonly kinds: Set<Type['kind']>;
  readonly patterns: Set<Pattern>;
  readonly affixes: Map<string, { readonly form: Affix; readonly text: string }>;
  readonly lengths: Set<number>;
}

/** A function of strings: the constants of its operands lead to constants of its results. */
export interface TextFunction {
  readonly apply: ApplyExpr;
  readonly from: readonly (string | undefined)[];
  readonly to: string;
}

export class Analysis {
  readonly flow: Flow;
  readonly functions: TextFunction[] = [];
  /** Sizes and lengths that are compared with constants only, with these. */
  readonly thresholds = new Map<ApplyExpr, readonly number[]>();
  /** Parts of expressions for which the counts are not enough. */
  readonly circular = new Set<Span>();

  readonly #joined = new UnionFind();
  readonly #needs = new Map<string, Need[]>();
  readonly #distinctions = new Map<string, Distinctions>();
  readonly #counts = new Map<string, number>();
  readonly #counting = new Set<string>();
  readonly #slots = new Set<string>();
  /** Quantifiers that one around them repeats, with the variables of those. */
  readonly #repeated = new Map<Expr, Set<Variable>>();
  readonly #copies: number;

  /** `copies`: the number of requests that the formula describes at once. */
  constructor(exprs: ReadonlySet<Expr>, roots: readonly Expr[], copies: number) {
    this.#copies = copies;
    this.flow = new Flow(exprs);
    this.#findThresholds(exprs, roots);
    this.#findRepeated(exprs);
    for (const expr of exprs) this.#visit(expr);
  }

  /** Joins the groups of places whose values meet. */
  join(...places: readonly (string | undefined)[]): void {
    for (const place of places) this.#joined.join(places[0], place);
  }

  /** Adds strings that are compared with those at a place. */
  addConstants(place: string, constants: Iterable<string>): void {
    const { constants: known } = this.distinctionsAt(place);
    for (const each of constants) known.add(each);
  }

  /** A string of the request at a place. */
  addSlot(place: string, kind: Type['kind'], span: Span): void {
    this.distinctionsAt(place).kinds.add(kind);
    if (this.#slots.has(place)) return;
    this.#slots.add(place);
    this.#need(place, { amount: 1, variables: [], groups: groupsAround(place), span });
  }

  /** One more element of the collections at a place for each test. */
  addNeed(place: string | undefined, amount: number, expr: Expr): void {
    if (place === undefined) return;
    const variables = this.flow.freeIn(expr);
    this.#need(place, { amount, variables, groups: [], span: expr.span });
  }

  root(place: string): string {
    return this.#joined.find(place);
  }

  /** All information about the group of a place; places must not be joined after it is used. */
  distinctionsAt(place: string): Distinctions {
    const known = this.#distinctions.get(place);
    if (known !== undefined) return known;
    const made: Distinctions = {
      constants: new Set(),
      kinds: new Set(),
      patterns: new Set(),
      affixes: new Map(),
      lengths: new Set(),
    };
    this.#distinctions.set(place, made);
    return made;
  }

  /** The places with information, by group. */
  groups(): ReadonlyMap<string, Distinctions> {
    const merged = new Map<string, Distinctions>();
    for (const [place, own] of this.#distinctions) {
      const root = this.root(place);
      const all = merged.get(root);
      if (all === undefined) {
        merged.set(root, {
          constants: new Set(own.constants),
          kinds: new Set(own.kinds),
          patterns: new Set(own.patterns),
          affixes: new Map(own.affixes),
          lengths: new Set(own.lengths),
        });
        continue;
      }
      for (const each of own.constants) all.constants.add(each);
      for (const each of own.kinds) all.kinds.add(each);
      for (const each of own.patterns) all.patterns.add(each);
      for (const [key, each] of own.affixes) all.affixes.set(key, each);
      for (const each of own.lengths) all.lengths.add(each);
    }
    return merged;
  }

  /** How many different values, or elements of each collection, are enough in a group. */
  countAt(place: string): number {
    const root = this.root(place);
    const known = this.#counts.get(root);
    if (known !== undefined) return known;
    this.#counting.add(root);
    let count = 0;
    for (const [each, needs] of this.#needs) {
      if (this.root(each) !== root) continue;
      for (const need of needs) count += this.#amountOf(need);
    }
    this.#counting.delete(root);
    const total = Math.min(maxCount, count * this.#copies);
    this.#counts.set(root, total);
    return total;
  }

  #amountOf({ amount, variables, groups, span }: Need): number {
    const factors = [
      ...[...variables].map((variable) => this.#instancesOf(variable, span)),
      ...groups.map((group) => this.#elementsAt(group, span)),
    ];
    const product = factors.reduce((a, b) => a * b, amount);
    if (product * this.#copies > maxCount) this.circular.add(span);
    return product;
  }

  /** The number of elements that a variable can stand for. */
  #instancesOf(variable: Variable, span: Span): number {
    const { type } = variable;
    if (type.kind === 'Enum') return type.members.length;
    if (type.kind === 'Bool') return 2;
    const places = this.flow.collectionsOf(variable).flatMap((each) => this.flow.placesOf(each));
    const counts = places.map((place) => this.#elementsAt(place, span));
    return Math.max(1, ...counts) + (isText(type) ? this.#constantsAt(places) : 0);
  }

  #constantsAt(places: readonly string[]): number {
    const roots = new Set(places.map((place) => this.root(place)));
    return [...this.#distinctions]
      .filter(([place]) => roots.has(this.root(place)))
      .reduce((sum, [, { constants }]) => sum + constants.size, 0);
  }

  #elementsAt(place: string, span: Span): number {
    if (this.#counting.has(this.root(place))) {
      this.circular.add(span);
      return 1;
    }
    return Math.max(1, this.countAt(place));
  }

  #need(place: string, need: Need): void {
    const known = this.#needs.get(place);
    if (known === undefined) this.#needs.set(place, [need]);
    else known.push(need);
  }

  // --- expressions -------------------------------------------------------------------------------

  #visit(expr: Expr): void {
    const places = this.flow.placesOf(expr);
    this.join(...places);
    switch (expr.kind) {
      case 'Constant':
        this.#constants(places[0], expr.type, [expr.value]);
        this.#numbers(places[0], expr, [expr.value]);
        return;
      case 'Read':
        for (const [index, step] of expr.members.entries()) {
          if (!isEntry(step)) continue;
          for (const map of this.flow.readPlaces(expr, index)) this.#key(map, step.key, expr);
        }
        for (const place of places) this.#slot(place, expr);
        this.#constants(places[0], expr.type, [expr.members.at(-1)?.default ?? []]);
        this.#numbers(places[0], expr, [expr.members.at(-1)?.default ?? []]);
        return;
      case 'Selector':
        this.addSlot(expr.which, 'String', expr.span);
        return;
      case 'Compare':
        this.join(this.flow.placeOf(expr.left), this.flow.placeOf(expr.right));
        return;
      case 'If':
        if (isGroup(expr.type)) this.addNeed(places[0], 2, expr);
        return;
      case 'Set':
        for (const element of expr.elements) this.join(places[0], this.flow.placeOf(element));
        this.#numbers(places[0], expr, [expr.elements.map(() => 0)]);
        return;
      case 'Lookup':
        this.#lookup(expr, places[0]);
        return;
      case 'History':
        for (const place of places) this.#slot(place, expr);
        return;
      case 'Apply':
        this.#apply(expr, places[0]);
        return;
      default:
        if (isOverElements(expr)) this.#overElements(expr);
    }
  }

  #slot(place: string, { type, span }: Expr): void {
    if (isText(type)) this.addSlot(place, type.kind, span);
    else if (hasPlace(type)) this.distinctionsAt(place).kinds.add(elementType(type).kind);
  }

  #constants(place: string | undefined, type: Type, values: readonly Value[]): void {
    if (place === undefined || !isText(elementType(type))) return;
    this.distinctionsAt(place).kinds.add(elementType(type).kind);
    this.addConstants(place, values.flat(2) as readonly string[]);
  }

  /** A set of numbers needs its elements in every set that it can be a part of. */
  #numbers(place: string | undefined, expr: Expr, values: readonly Value[]): void {
    if (!isNumberGroup(expr.type)) return;
    const sizes = values.map((value) => (Array.isArray(value) ? value.length : 0));
    this.addNeed(place, Math.max(0, ...sizes), expr);
  }

  /** Each read of an entry is one more entry of the map, and its key one more string. */
  #key(map: string, key: Expr, read: Expr): void {
    this.join(keyPlace(map), this.flow.placeOf(key));
    this.distinctionsAt(keyPlace(map)).kinds.add('String');
    this.addNeed(map, 1, read);
  }

  #lookup(expr: LookupExpr, place: string | undefined): void {
    const { table, keys, type } = expr;
    if (table.external) {
      if (place !== undefined) this.#slot(place, { type, span: table.span } as Expr);
      return;
    }
    for (const [index, key] of keys.entries()) {
      const column = this.flow.placeOf(key);
      this.#constants(
        column,
        key.type,
        table.rows.flatMap((row) => row.keys[index] ?? []),
      );
    }
    this.#constants(
      place,
      type,
      table.rows.map(({ value }) => value),
    );
    this.#numbers(
      place,
      expr,
      table.rows.map(({ value }) => value),
    );
  }

  #overElements(expr: QuantifierExpr | AggregateExpr): void {
    const amount = expr.kind === 'Aggregate' && expr.form === 'sum' ? 2 : 1;
    const outer = this.#repeated.get(expr) ?? new Set();
    const variables = [...this.flow.freeIn(expr)].filter((each) => !outer.has(each));
    for (const place of this.flow.placesOf(expr.collection))
      this.#need(place, { amount, variables, groups: [], span: expr.span });
  }

  #findRepeated(exprs: ReadonlySet<Expr>): void {
    for (const expr of exprs) {
      if (expr.kind !== 'Quantifier') continue;
      for (const inner of repeatedWithin(expr)) {
        const known = this.#repeated.get(inner) ?? new Set();
        this.#repeated.set(inner, known.add(expr.variable));
      }
    }
  }

  #apply(expr: ApplyExpr, place: string | undefined): void {
    const { name, pattern } = expr.builtin;
    const args = expr.args.map((arg) => this.flow.placeOf(arg));
    const [first, second] = args;
    switch (name) {
      case 'matches':
        if (first !== undefined && pattern !== undefined)
          this.distinctionsAt(first).patterns.add(pattern);
        return;
      case 'in':
      case 'not in':
        this.join(first, second);
        if (isSearched(expr)) this.addNeed(second, 1, expr);
        return;
      case 'within':
      case 'not within':
      case 'intersects':
        this.join(first, second);
        this.addNeed(first, 1, expr);
        return;
      case 'union':
      case 'intersect':
      case 'minus':
      case 'spiffe':
      case 'normal_path':
        this.join(place, ...args);
        if (place !== undefined) this.distinctionsAt(place).kinds.add(elementType(expr.type).kind);
        return;
      case 'size':
        this.addNeed(first, this.sizeLimit(expr) + 1, expr);
        return;
      case 'length':
        if (first === undefined) return;
        for (const each of this.thresholds.get(expr) ?? [])
          this.distinctionsAt(first).lengths.add(each);
        return;
      default:
        if (isAffix(name)) this.#affix(name, expr, first);
        if (place === undefined) return;
        this.#need(place, {
          amount: 1,
          variables: this.flow.freeIn(expr),
          groups: [],
          span: expr.span,
        });
        // Equal functions of equal operands have results in one list.
        this.join(`f:${name} ${args.map((arg) => arg ?? '').join(' ')}`, place);
        this.distinctionsAt(place).kinds.add(expr.type.kind);
        this.functions.push({ apply: expr, from: args, to: place });
    }
  }

  #affix(form: Affix, { args }: ApplyExpr, place: string | undefined): void {
    const part = unbound(args[1] as Expr);
    if (place === undefined || part.kind !== 'Constant') return;
    const text = part.value as string;
    this.distinctionsAt(place).affixes.set(`${form} ${text}`, { form, text });
  }

  /** The largest number of elements that a size is distinguished from. */
  sizeLimit(size: ApplyExpr): number {
    return Math.max(1, ...(this.thresholds.get(size) ?? []));
  }

  #findThresholds(exprs: ReadonlySet<Expr>, roots: readonly Expr[]): void {
    const found = new Map<ApplyExpr, number[]>();
    const others = new Set<ApplyExpr>();
    for (const root of roots) {
      const measure = measured(root);
      if (measure !== undefined) others.add(measure);
    }
    for (const expr of exprs) {
      if (expr.kind === 'Binding') continue;
      for (const operand of operandsIn(expr)) {
        const measure = measured(operand);
        if (measure === undefined) continue;
        const other =
          expr.kind === 'Compare' ? unbound(operand === expr.left ? expr.right : expr.left) : expr;
        if (other.kind !== 'Constant' || (other.value as bigint) > BigInt(maxThreshold))
          others.add(measure);
        else found.set(measure, [...(found.get(measure) ?? []), Math.max(0, Number(other.value))]);
      }
    }
    for (const [measure, values] of found)
      if (!others.has(measure)) this.thresholds.set(measure, values);
  }
}

/** Returns a size or length. */
function measured(expr: Expr): ApplyExpr | undefined {
  const own = unbound(expr);
  const isMeasure = own.kind === 'Apply' && ['size', 'length'].includes(own.builtin.name);
  return isMeasure ? own : undefined;
}

/** Whether a value is searched for in a collection of the request, and may not be in the list of its group. */
function isSearched({ args }: ApplyExpr): boolean {
  const [value, collection] = args as readonly [Expr, Expr];
  const { kind } = unbound(collection);
  if (!isGroup(collection.type) || kind === 'Constant' || kind === 'Set') return false;
  return isNumberGroup(collection.type) || value.type.kind === 'Ip';
}

function operandsIn(expr: Expr): readonly Expr[] {
  return expr.kind === 'Compare' ? [expr.left, expr.right] : operandsOf(expr);
}

/** More values would make formulas too large. */
const maxCount = 64;
/** Sizes and lengths are distinguished up to this one. */
const maxThreshold = 24;

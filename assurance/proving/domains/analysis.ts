// Collects what conditions say about the strings and collections of each group of places: the constants, patterns and
// functions that they are compared by, and how many values and elements are enough to represent all requests.

import {
  type AggregateExpr,
  type ApplyExpr,
  type EventKey,
  type Expr,
  isComparable,
  isEntry,
  isOverElements,
  type LookupExpr,
  listTermPatterns,
  type QuantifierExpr,
  type Variable,
} from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import { isBytes, type Type, type Value } from '@nhipol/language/types';
import { type Affix, isPartTest } from '../automata/monitors.ts';
import {
  compilePathProblems,
  compileSegmentProblems,
  listPathTests,
} from '../automata/path-tests.ts';
import {
  Flow,
  getElementType,
  hasPlace,
  isGroup,
  isNumberGroup,
  listGroups,
  nameKeyPlace,
  unbindExpr,
} from './flow.ts';
import { Groups } from './groups.ts';
import { Needs } from './needs.ts';
import { createPreimage } from './preimages.ts';
import { findRepeated } from './repeated.ts';
import { listThresholds } from './thresholds.ts';

/** A function of strings: the constants of its operands lead to constants of its results. */
export interface TextFunction {
  readonly apply: ApplyExpr;
  readonly from: readonly (string | undefined)[];
  readonly to: string;
}

export class DomainAnalysis {
  readonly flow: Flow;
  readonly functions: TextFunction[] = [];
  /** Sizes and lengths that are compared with constants only, with these. */
  readonly thresholds: ReadonlyMap<ApplyExpr, readonly number[]>;
  readonly groups = new Groups();
  /** Numbers that conditions compare, by their type. */
  readonly numbers = { Int: new Set<bigint>(), Decimal: new Set<bigint>() };
  /** Where strings are that conditions read as numbers. */
  readonly numerals: { readonly name: 'int' | 'quantity'; readonly from: string }[] = [];
  readonly #needs: Needs;
  readonly #slots = new Set<string>();
  /** Maps whose entries are counted or tested one by one. */
  readonly #iterated = new Set<string>();
  /** Quantifiers that one around them repeats, with the variables of those. */
  readonly #repeated = new Map<Expr, Set<Variable>>();

  /** `copies`: the number of requests that the formula describes at once. */
  constructor(exprs: ReadonlySet<Expr>, roots: readonly Expr[], copies: number) {
    this.flow = new Flow(exprs);
    this.#needs = new Needs(this.flow, this.groups, copies);
    this.thresholds = listThresholds(exprs, roots);
    this.#findRepeated(exprs);
    for (const expr of exprs) this.#visit(expr);
  }

  /** A string of the request at a place. */
  addSlot(place: string, kind: Type['kind'], span: Span): void {
    this.groups.findDistinctions(place).kinds.add(kind);
    if (this.#slots.has(place)) return;
    this.#slots.add(place);
    this.#needs.add(place, { amount: 1, variables: [], groups: listGroups(place), span });
  }

  /** One more element of the collections at a place for each test. */
  addNeed(place: string | undefined, amount: number, expr: Expr): void {
    if (place === undefined) return;
    const variables = this.flow.findFreeVariables(expr);
    this.#needs.add(place, { amount, variables, groups: [], span: expr.span });
  }

  /** Notes that the values of two expressions are compared, unless one of them is from a list of constants. */
  relate(a: Expr, b: Expr): void {
    if (isClosed(a) || isClosed(b)) return;
    for (const place of [a, b].flatMap((expr) => this.flow.listPlaces(expr)))
      this.groups.addRelation(place);
  }

  /** Notes that it matters which values of an expression are equal. */
  #mayDiffer(expr: Expr): void {
    if (isClosed(expr)) return;
    for (const place of this.flow.listPlaces(expr)) this.groups.addRelation(place);
  }

  /** How many different values, or elements of each collection, are enough in a group. */
  countDistinct(place: string): number {
    return this.#needs.countNeeds(place);
  }

  /** Parts of expressions for which the counts are not enough. */
  get circular(): ReadonlySet<Span> {
    return this.#needs.circular;
  }

  // --- expressions -------------------------------------------------------------------------------

  #visit(expr: Expr): void {
    const places = this.flow.listPlaces(expr);
    this.groups.join(...places);
    switch (expr.kind) {
      case 'Constant':
        this.#constants(places[0], expr.type, [expr.value]);
        this.#numbers(places[0], expr, [expr.value]);
        if (expr.type.kind === 'Int' || expr.type.kind === 'Decimal')
          this.numbers[expr.type.kind].add(expr.value as bigint);
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
        this.groups.join(this.flow.findPlace(expr.left), this.flow.findPlace(expr.right));
        this.relate(expr.left, expr.right);
        return;
      case 'If':
        // Where the condition is unknown, the value is known if both are equal.
        this.relate(expr.then, expr.else);
        if (isGroup(expr.type)) this.addNeed(places[0], 2, expr);
        return;
      case 'Set':
        for (const element of expr.elements)
          this.groups.join(places[0], this.flow.findPlace(element));
        // The size of a set depends on which elements are equal.
        if (expr.elements.length > 1 && !isClosed(expr)) this.relate(expr, expr);
        this.#numbers(places[0], expr, [expr.elements.map(() => 0)]);
        return;
      case 'Lookup':
        this.#lookup(expr, places[0]);
        return;
      case 'History':
        for (const place of places) this.#slot(place, expr);
        // Terms with equal keys are about the same events.
        for (const { key } of listTermPatterns(expr.term)) this.#visitKey(key);
        return;
      case 'Apply':
        this.#apply(expr, places[0]);
        return;
      default:
        expr.kind satisfies
          | ('Now' | 'Variable' | 'Binding' | 'Age' | 'InWindow' | 'Calendar' | 'And')
          | ('Or' | 'Not' | 'Known' | 'Presence' | 'Quantifier' | 'Aggregate' | 'Else');
        if (isOverElements(expr)) this.#overElements(expr);
    }
  }

  #visitKey(key: EventKey | undefined): void {
    for (const { origin, ofEvent, ofRequest } of key?.parts ?? []) {
      this.#mayDiffer(ofRequest);
      if (origin === 'per') continue;
      this.groups.join(this.flow.findPlace(ofEvent), this.flow.findPlace(ofRequest));
      this.#mayDiffer(ofEvent);
    }
  }

  #slot(place: string, { type, span }: Expr): void {
    if (isBytes(type)) this.addSlot(place, type.kind, span);
    else if (hasPlace(type))
      this.groups.findDistinctions(place).kinds.add(getElementType(type).kind);
  }

  #constants(place: string | undefined, type: Type, values: readonly Value[]): void {
    if (place === undefined || !isBytes(getElementType(type))) return;
    this.groups.findDistinctions(place).kinds.add(getElementType(type).kind);
    this.groups.addConstants(place, values.flat(2) as readonly string[]);
  }

  /** A set of numbers needs its elements in every set that it can be a part of. */
  #numbers(place: string | undefined, expr: Expr, values: readonly Value[]): void {
    if (!isNumberGroup(expr.type)) return;
    const sizes = values.map((value) => (Array.isArray(value) ? value.length : 0));
    this.addNeed(place, Math.max(0, ...sizes), expr);
  }

  /** Each read of an entry is one more entry of the map, and its key one more string. */
  #key(map: string, key: Expr, read: Expr): void {
    this.groups.join(nameKeyPlace(map), this.flow.findPlace(key));
    this.groups.addRelation(nameKeyPlace(map));
    this.groups.findDistinctions(nameKeyPlace(map)).kinds.add('String');
    this.addNeed(map, 1, read);
  }

  #lookup(expr: LookupExpr, place: string | undefined): void {
    const { table, keys, type } = expr;
    if (table.external) {
      if (place !== undefined) this.#slot(place, { type, span: table.span } as Expr);
      return;
    }
    for (const [index, key] of keys.entries()) {
      const column = this.flow.findPlace(key);
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

  /** Whether conditions are about all entries of the maps in a group. */
  isIterated(place: string): boolean {
    const root = this.groups.root(place);
    return [...this.#iterated].some((each) => this.groups.root(each) === root);
  }

  /** The keys of a map whose entries are counted or tested are strings of its own. */
  #iterate({ type, span }: Expr, places: readonly string[]): void {
    if (type.kind !== 'Map') return;
    for (const place of places) {
      this.#iterated.add(place);
      this.addSlot(nameKeyPlace(place), 'String', span);
    }
  }

  #overElements(expr: QuantifierExpr | AggregateExpr): void {
    const amount = expr.kind === 'Aggregate' && expr.form === 'sum' ? 4 : 1;
    this.#iterate(expr.collection, this.flow.listPlaces(expr.collection));
    const outer = this.#repeated.get(expr) ?? new Set();
    const variables = [...this.flow.findFreeVariables(expr)].filter(
      (freeVariable) => !outer.has(freeVariable),
    );
    for (const place of this.flow.listPlaces(expr.collection))
      this.#needs.add(place, { amount, variables, groups: [], span: expr.span });
  }

  #findRepeated(exprs: ReadonlySet<Expr>): void {
    for (const expr of exprs) {
      if (expr.kind !== 'Quantifier') continue;
      for (const inner of findRepeated(expr)) {
        const variables = this.#repeated.get(inner) ?? new Set();
        this.#repeated.set(inner, variables.add(expr.variable));
      }
    }
  }

  #apply(expr: ApplyExpr, place: string | undefined): void {
    const { name, pattern } = expr.builtin;
    const args = expr.args.map((arg) => this.flow.findPlace(arg));
    const [first, second] = args;
    const operands = expr.args as readonly [Expr, Expr];
    switch (name) {
      case 'non-empty':
        if (first !== undefined) this.groups.findDistinctions(first).constants.add('');
        this.groups.join(place, first);
        return;
      case 'segment of':
        this.#addSegmentProblems(expr, first);
        this.groups.join(place, first);
        return;
      case 'root segment of':
        this.#addSegmentProblems(expr, first);
        this.#addRootProblems(first);
        this.groups.join(place, first);
        return;
      case 'matches':
        if (first !== undefined && pattern !== undefined)
          this.groups.findDistinctions(first).patterns.add(pattern);
        return;
      case 'in':
      case 'not in':
        this.groups.join(first, second);
        this.relate(...operands);
        if (isSearched(expr)) this.addNeed(second, 1, expr);
        return;
      case 'within':
      case 'not within':
      case 'intersects':
        this.groups.join(first, second);
        this.relate(...operands);
        this.addNeed(first, 1, expr);
        return;
      case 'union':
      case 'intersect':
      case 'minus':
        this.relate(...operands);
        this.#joinResult(expr, args, place);
        return;
      case 'spiffe':
        this.#joinResult(expr, args, place);
        return;
      case 'normal_path':
        if (first !== undefined)
          this.groups.findDistinctions(first).patterns.add(compilePathProblems());
        this.#joinResult(expr, args, place);
        return;
      case 'size':
        this.#iterate(operands[0], first === undefined ? [] : [first]);
        this.addNeed(first, this.sizeLimit(expr) + 1, expr);
        return;
      case 'length':
        if (first === undefined) return;
        if (!this.thresholds.has(expr)) this.#mayDiffer(operands[0]);
        for (const each of this.thresholds.get(expr) ?? [])
          this.groups.findDistinctions(first).lengths.add(each);
        return;
      case 'int':
      case 'quantity':
        if (first !== undefined) this.numerals.push({ name, from: first });
        this.#addFunction(expr, args, place);
        return;
      case 'starts_with':
      case 'ends_with':
      case 'contains':
        this.#affix(name, expr, first);
        this.#addFunction(expr, args, place);
        return;
      case 'under':
        this.#under(operands[1], first);
        this.#addFunction(expr, args, place);
        return;
      case '+':
      case '-':
      case '*':
      case '/':
      case 'negate':
      case 'decimal':
      case 'lower':
      case 'trust_domain':
      case 'path':
      case 'ip':
      case 'cidr':
      case 'version':
      case 'prefix_length':
      case 'interpolate':
      case 'text of':
        this.#addFunction(expr, args, place);
        return;
      default:
        name satisfies never;
    }
  }

  /** For builtins whose result is one of the operands, or consists of their elements. */
  #joinResult(
    expr: ApplyExpr,
    args: readonly (string | undefined)[],
    place: string | undefined,
  ): void {
    this.groups.join(place, ...args);
    if (place !== undefined)
      this.groups.findDistinctions(place).kinds.add(getElementType(expr.type).kind);
  }

  #addFunction(
    expr: ApplyExpr,
    args: readonly (string | undefined)[],
    place: string | undefined,
  ): void {
    const { name } = expr.builtin;
    // The result is any, and the same for equal operands.
    if (!isTest(expr) && createPreimage(expr) === undefined)
      for (const operand of expr.args) this.#mayDiffer(operand);
    if (place === undefined) return;
    this.#needs.add(place, {
      amount: 1,
      variables: this.flow.findFreeVariables(expr),
      groups: [],
      span: expr.span,
    });
    // Equal functions of equal operands have results in one list.
    this.groups.join(`f:${name} ${args.map((arg) => arg ?? '').join(' ')}`, place);
    this.groups.findDistinctions(place).kinds.add(expr.type.kind);
    this.functions.push({ apply: expr, from: args, to: place });
  }

  #affix(form: Affix, { args }: ApplyExpr, place: string | undefined): void {
    const part = unbindExpr(args[1] as Expr);
    if (place === undefined || part.kind !== 'Constant') return;
    const text = part.value as string;
    this.groups.findDistinctions(place).affixes.set(`${form} ${text}`, { form, text });
  }

  /** A placeholder in a comparison is unknown if it is not one segment. */
  #addSegmentProblems(expr: ApplyExpr, place: string | undefined): void {
    if (place === undefined || !isComparable(expr)) return;
    this.groups.findDistinctions(place).patterns.add(compileSegmentProblems(expr.builtin.refused));
  }

  /** A placeholder at the begin of a path is also unknown if the path is not in normal form, or is the root. */
  #addRootProblems(place: string | undefined): void {
    if (place === undefined) return;
    const distinctions = this.groups.findDistinctions(place);
    distinctions.patterns.add(compilePathProblems());
    distinctions.constants.add('/');
    distinctions.affixes.set('starts_with /', { form: 'starts_with', text: '/' });
  }

  /** As `isUnder`: whether the path is in normal form and absolute, and what it begins with or is. */
  #under(of: Expr, place: string | undefined): void {
    const root = unbindExpr(of);
    if (place === undefined || root.kind !== 'Constant') return;
    const distinctions = this.groups.findDistinctions(place);
    for (const pathTest of listPathTests(root.value as string)) {
      if (pathTest.kind === 'pattern') distinctions.patterns.add(pathTest.pattern);
      else if (pathTest.kind === 'constant') distinctions.constants.add(pathTest.text);
      else
        distinctions.affixes.set(`starts_with ${pathTest.text}`, {
          form: 'starts_with',
          text: pathTest.text,
        });
    }
  }

  /** The largest number of elements that a size is distinguished from. */
  sizeLimit(size: ApplyExpr): number {
    return Math.max(1, ...(this.thresholds.get(size) ?? []));
  }
}

/** Whether a prefix, suffix, part or root is a constant, so that the result is a test of the string. */
function isTest({ builtin, args }: ApplyExpr): boolean {
  const [, other] = args;
  return isPartTest(builtin.name) && other !== undefined && unbindExpr(other).kind === 'Constant';
}

/** Whether the values are constants, or from a list of these. */
function isClosed(expr: Expr): boolean {
  switch (expr.kind) {
    case 'Constant':
      return true;
    case 'Binding':
      return isClosed(expr.binding.value);
    case 'Lookup':
      return !expr.table.external;
    case 'Set':
      return expr.elements.every(isClosed);
    case 'If':
      return isClosed(expr.then) && isClosed(expr.else);
    case 'Else':
      return isClosed(expr.value) && isClosed(expr.fallback);
    default:
      expr.kind satisfies
        | ('Read' | 'Selector' | 'Now' | 'Variable' | 'Apply' | 'Compare' | 'Age')
        | ('InWindow' | 'Calendar' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence')
        | ('Quantifier' | 'Aggregate' | 'History');
      return false;
  }
}

/** Whether a value is searched for in a collection of the request, and may not be in the list of its group. */
function isSearched({ args }: ApplyExpr): boolean {
  const [value, collection] = args as readonly [Expr, Expr];
  const { kind } = unbindExpr(collection);
  if (!isGroup(collection.type) || kind === 'Constant' || kind === 'Set') return false;
  return isNumberGroup(collection.type) || value.type.kind === 'Ip';
}

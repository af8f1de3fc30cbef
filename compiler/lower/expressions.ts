// Lowers expressions of the checked model to IR: paths become addresses, time becomes separate nodes, and
// expressions shared through a `let` stay shared.

import { canSubtract, locateClockUse, mayFail } from '@nhipol/language';
import {
  type AggregateExpr,
  type ApplyExpr,
  type Binding,
  collectReads,
  type Expr,
  isEntry,
  isInterpolation,
  isListCount,
  listOperands,
  type QuantifierExpr,
  type ReadExpr,
  spellPath,
  type Table,
  type Variable,
} from '@nhipol/language/model';
import { flippedComparisons, isCollection, isEquatable } from '@nhipol/language/types';
import { buildScalarKey, cellSize, chooseElementForm, chooseRep, lowerValue } from '../ir/cells.ts';
import type {
  IrAddress,
  IrApply,
  IrCell,
  IrEntry,
  IrExpr,
  IrFresh,
  IrVariable,
} from '../ir/expressions.ts';
import { findEntries } from '../ir/operands.ts';
import type { IrRecord } from '../ir/records.ts';
import type { IrTable } from '../ir/tables.ts';
import type { IrConst, IrScalar, Rep } from '../ir/values.ts';
import type { FactsLayout } from './facts.ts';
import type { HistoryLowering } from './history.ts';
import { type ElementLayout, findPlace, type MemberPlace } from './place.ts';
import { lowerTable } from './tables.ts';
import { compareParts, joinParts, partComparisons } from './texts.ts';
import { lowerWindow } from './windows.ts';

interface LoweredVariable {
  readonly ir: IrVariable;
  /** The collection that it iterates over. */
  readonly of: ElementLayout | undefined;
}

interface Followed {
  readonly address: IrAddress;
  /** Undefined for an element, and for the own strings of a request. */
  readonly place: MemberPlace | undefined;
  readonly elements: ElementLayout | undefined;
  readonly fresh: readonly IrFresh[];
}

const zero: IrConst = { kind: 'const', rep: 'word', timeful: false, value: 0n };

export class ExpressionLowering {
  readonly #layout: FactsLayout;
  readonly #history: HistoryLowering;
  readonly #bindings = new Map<Binding, IrExpr>();
  readonly #offsets = new Map<Binding, IrExpr>();
  readonly #tables = new Map<Table, IrTable>();
  readonly #cells = new Map<string, IrCell>();
  readonly #entries: IrEntry[] = [];
  readonly #variables = new Map<Variable, LoweredVariable>();

  constructor(layout: FactsLayout, history: HistoryLowering) {
    this.#layout = layout;
    this.#history = history;
  }

  table(table: Table): IrTable {
    return memoize(this.#tables, table, () => lowerTable(table));
  }

  lower(expr: Expr): IrExpr {
    if (movesWithClock(expr)) return this.#offset(expr);
    const rep = chooseRep(expr.type);
    switch (expr.kind) {
      case 'Constant':
        return lowerValue(expr.type, expr.value);
      case 'Selector': {
        const offset = this.#layout.facts.selectors[expr.which]?.offset ?? 0;
        return this.#cell({ base: 'facts', offset }, [], 'bytes', expr.which);
      }
      case 'Now':
      case 'Age':
        return zero;
      case 'InWindow': {
        const clock = movesWithClock(expr.of);
        const of = clock ? this.#offset(expr.of) : this.lower(expr.of);
        const timeful = clock || isTimeful(of);
        const [window, reads] = [lowerWindow(expr.window), [...collectReads([expr.of])]];
        return { kind: 'inWindow', rep, timeful, window, of, clock, reads };
      }
      case 'Calendar': {
        const of = this.lower(expr.of);
        const { field, zone } = expr;
        const reads = [...collectReads([expr.of])];
        return { kind: 'calendar', rep, timeful: isTimeful(of), field, zone, of, reads };
      }
      case 'Read': {
        const { address, fresh } = this.#follow(expr);
        return this.#cell(address, expr.latest ? [] : fresh, rep, spellPath(expr));
      }
      case 'Variable': {
        const variable = this.#variable(expr.variable);
        return this.#cell({ base: variable.ir, offset: 0 }, [], rep, `${expr.variable.path}[]`);
      }
      case 'Binding':
        return memoize(this.#bindings, expr.binding, () => this.lower(expr.binding.value));
      case 'Lookup': {
        const keys = expr.keys.map((key) => this.lower(key));
        const table = this.table(expr.table);
        return { kind: 'lookup', rep, timeful: keys.some(isTimeful), table, keys };
      }
      case 'Apply': {
        const parts = this.#parts(expr);
        if (parts !== undefined) return parts;
        const args = expr.args.map((arg) => this.lower(arg));
        const countsOnly = isListCount(expr);
        const { pattern } = expr.builtin;
        return {
          kind: 'apply',
          ...(pattern === undefined ? {} : { pattern }),
          rep,
          timeful: args.some(isTimeful),
          ...chooseFunction(expr),
          args,
          countsOnly,
        };
      }
      case 'Compare':
        return this.#compare(expr);
      case 'And':
      case 'Or':
        return createJunction(
          expr.kind === 'And' ? 'and' : 'or',
          expr.operands.map((operand) => this.lower(operand)),
        );
      case 'Not':
        return negateExpr(this.lower(expr.operand));
      case 'Known':
        return this.#lowerKnown(expr.operand);
      case 'Presence': {
        const { address } = this.#follow(expr.operand);
        const timeful = findEntries(address).some(isTimeful);
        return { kind: 'presence', rep: 'tri', timeful, address, present: expr.present };
      }
      case 'Quantifier':
        return this.#quantifier(expr);
      case 'Aggregate':
        return this.#aggregate(expr);
      case 'If': {
        const [condition, then, otherwise] = [expr.condition, expr.then, expr.else].map((part) =>
          this.lower(part),
        ) as [IrExpr, IrExpr, IrExpr];
        const timeful = [condition, then, otherwise].some(isTimeful);
        const elements =
          isCollection(expr.type) && !isEquatable(expr.type.element)
            ? undefined
            : chooseElementForm(expr.type);
        return { kind: 'if', rep, timeful, condition, then, else: otherwise, elements };
      }
      case 'History':
        return this.#history.lower(expr, (inner) => this.lower(inner));
      case 'Else': {
        const [value, fallback] = [this.lower(expr.value), this.lower(expr.fallback)];
        return {
          kind: 'else',
          rep,
          timeful: isTimeful(value) || isTimeful(fallback),
          value,
          fallback,
        };
      }
      case 'Set': {
        const elements = expr.elements.map((element) => this.lower(element));
        if (elements.every((element) => element.kind === 'const')) {
          const values = elements.map((element) => toScalar(element as IrConst));
          return { kind: 'const', rep: 'cells', timeful: false, value: removeDuplicates(values) };
        }
        return {
          kind: 'set',
          rep: 'cells',
          timeful: elements.some(isTimeful),
          elements,
          holds: chooseElementForm(expr.type),
        };
      }
    }
  }

  /** A string with placeholders, or a comparison with one, or `undefined` for neither. */
  #parts(expr: ApplyExpr): IrExpr | undefined {
    const lower = (part: Expr) => this.lower(part);
    if (isInterpolation(expr)) return joinParts(expr, lower);
    const [left, right] = expr.args;
    if (left === undefined || right === undefined || !isInterpolation(right)) return undefined;
    const { name } = expr.builtin;
    const compare = partComparisons[name];
    if (compare === undefined)
      throw new Error(`broken invariant: placeholders in an argument of ${name}`);
    return compare(this.lower(left), right, lower);
  }

  #cell(address: IrAddress, fresh: readonly IrFresh[], rep: Rep, path: string): IrCell {
    const make = (): IrCell => ({
      kind: 'cell',
      rep,
      timeful: fresh.length > 0 || findEntries(address).some(isTimeful),
      address,
      fresh,
      path,
    });
    if (address.base !== 'facts') return make();
    return memoize(this.#cells, `${address.offset} ${rep} ${path} ${fresh.length > 0}`, make);
  }

  #variable(variable: Variable): LoweredVariable {
    const lowered = this.#variables.get(variable);
    if (lowered === undefined)
      throw new Error(`broken invariant: variable ${variable.name} outside its quantifier`);
    return lowered;
  }

  #follow(read: ReadExpr): Followed {
    const last = read.members.findLastIndex(isEntry);
    const step = read.members[last];
    if (step === undefined || !isEntry(step)) return this.#followMembers(read);
    const { address, elements, fresh } = this.#follow({
      ...read,
      members: read.members.slice(0, last),
    });
    if (elements?.record === undefined)
      throw new Error(`broken invariant: ${spellPath(read)} is not in a map`);
    const base = this.#entry(address, this.lower(step.key), elements.record);
    let place = findNamedPlace(elements.places, 'value');
    const around: IrFresh[] = [...fresh];
    for (const { name } of read.members.slice(last + 1)) {
      around.push(...listFreshness(place, base));
      place = findNamedPlace(place.places, name);
    }
    const within = { base, offset: place.offset };
    return { address: within, place, elements: place.elements, fresh: around };
  }

  /** Look-ups of one key are one expression. */
  #entry(map: IrAddress, key: IrExpr, element: IrRecord): IrEntry {
    const { base, offset } = map;
    const existingEntry = this.#entries.find(
      (irEntry) =>
        irEntry.map.base === base && irEntry.map.offset === offset && isSameKey(irEntry.key, key),
    );
    if (existingEntry !== undefined) return existingEntry;
    const timeful = isTimeful(key) || findEntries(map).some(isTimeful);
    const made: IrEntry = { kind: 'entry', rep: 'word', timeful, map, key, element };
    this.#entries.push(made);
    return made;
  }

  #followMembers(read: ReadExpr): Followed {
    const ofEvent = typeof read.from === 'string' ? undefined : this.#history.find(read);
    if (ofEvent !== undefined) return { ...ofEvent, elements: ofEvent.place?.elements, fresh: [] };
    const fresh: IrFresh[] = [];
    const variable = typeof read.from === 'string' ? undefined : this.#variable(read.from);
    const base = variable?.ir ?? 'facts';
    let place: MemberPlace | undefined;
    for (const [index, member] of read.members.entries()) {
      if (place !== undefined) fresh.push(...listFreshness(place, base));
      const among: readonly MemberPlace[] | undefined =
        place === undefined ? variable?.of?.places : place.places;
      place =
        index === 0 && typeof read.from === 'string'
          ? this.#layout.find(read.from, member)
          : findPlace(among ?? [], member);
      if (place === undefined)
        throw new Error(`broken invariant: ${spellPath(read)} has no address`);
    }
    const elements = place === undefined ? variable?.of?.elements : place.elements;
    return { address: { base, offset: place?.offset ?? 0 }, place, elements, fresh };
  }

  // --- time --------------------------------------------------------------------------------------

  #compare(expr: Expr & { kind: 'Compare' }): IrExpr {
    const [text, parts] = isInterpolation(expr.left)
      ? [expr.right, expr.left]
      : [expr.left, expr.right];
    if (isInterpolation(parts)) {
      const same = compareParts('is', this.lower(text), parts, (part) => this.lower(part));
      return expr.operator === 'is' ? same : negateExpr(same);
    }
    const [left, right] = [locateClockUse(expr.left), locateClockUse(expr.right)];
    const nows = (left?.now ?? 0) - (right?.now ?? 0);
    const ages = (left?.ages ?? 0) - (right?.ages ?? 0);
    const sign = nows + ages;
    if (sign === 0) {
      const [a, b] = [this.#offset(expr.left), this.#offset(expr.right)];
      return {
        kind: 'compare',
        rep: 'tri',
        timeful: isTimeful(a) || isTimeful(b),
        operator: expr.operator,
        left: a,
        right: b,
      };
    }
    const [minuend, subtrahend] = sign > 0 ? [expr.right, expr.left] : [expr.left, expr.right];
    const threshold = createDifference(
      this.#offset(minuend),
      this.#offset(subtrahend),
      canSubtract(minuend, subtrahend),
    );
    const operator = sign > 0 ? expr.operator : flippedComparisons[expr.operator];
    if (nows !== 0) return { kind: 'compareNow', rep: 'tri', timeful: true, operator, threshold };
    const of = findAge(expr.left) ?? findAge(expr.right);
    if (of === undefined) throw new Error('broken invariant: an age without an instant');
    return {
      kind: 'compareAge',
      rep: 'tri',
      timeful: true,
      operator,
      threshold,
      of: this.lower(of),
      reads: [...collectReads([of])],
    };
  }

  /** The part of a time or duration that does not change with the clock. */
  #offset(expr: Expr): IrExpr {
    if (expr.kind === 'Now' || expr.kind === 'Age') return zero;
    if (expr.kind === 'Binding')
      return memoize(this.#offsets, expr.binding, () => this.#offset(expr.binding.value));
    if (expr.kind !== 'Apply' || !expr.args.some(movesWithClock)) return this.lower(expr);
    const args = expr.args.map((arg) => this.#offset(arg));
    return {
      kind: 'apply',
      rep: 'word',
      timeful: args.some(isTimeful),
      ...chooseFunction(expr),
      args,
      countsOnly: false,
    };
  }

  #lowerKnown(operand: Expr): IrExpr {
    const known = { rep: 'tri' } as const;
    if (operand.kind === 'Read') {
      const { address, place, fresh } = this.#follow(operand);
      if (operand.type.kind === 'Record') {
        const memberTerms = place === undefined ? [] : listFreshness(place, address.base);
        const all = operand.latest ? [] : [...fresh, ...memberTerms];
        const timeful = all.length > 0 || findEntries(address).some(isTimeful);
        return { kind: 'knownRecord', ...known, timeful, address, fresh: all };
      }
      const cell = this.lower(operand) as IrCell;
      return { kind: 'knownCell', ...known, timeful: cell.timeful, cell };
    }
    const age = movesWithClock(operand) ? findAge(operand) : undefined;
    if (age !== undefined) {
      return {
        kind: 'knownAge',
        ...known,
        timeful: true,
        of: this.lower(age),
        offset: this.#offset(operand),
      };
    }
    const value = this.#offset(operand);
    return { kind: 'known', ...known, timeful: isTimeful(value), operand: value };
  }

  #quantifier(expr: Expr & { kind: 'Quantifier' }): IrExpr {
    const collection = this.lower(expr.collection);
    // An empty collection has no element with an address.
    if (collection.kind === 'const' && isEmpty(collection)) {
      return lowerValue(expr.type, expr.quantifier === 'all');
    }
    const variable = this.#element(expr);
    const body = this.lower(expr.body);
    return {
      kind: 'quantifier',
      rep: 'tri',
      timeful: isTimeful(collection) || isTimeful(body),
      any: expr.quantifier === 'any',
      variable,
      collection,
      body,
      reads: [...collectReads([expr.body])],
    };
  }

  #aggregate(expr: AggregateExpr): IrExpr {
    const collection = this.lower(expr.collection);
    // An empty collection has no element with an address.
    if (expr.form === 'sum' && collection.kind === 'const' && isEmpty(collection)) return zero;
    const variable = this.#element(expr);
    const condition = expr.condition && this.lower(expr.condition);
    const body = this.lower(expr.body);
    const operands = [collection, body, ...(condition === undefined ? [] : [condition])];
    return {
      kind: 'aggregate',
      rep: 'word',
      timeful: operands.some(isTimeful),
      form: expr.form,
      variable,
      collection,
      condition,
      body,
      reads: [...collectReads(listOperands(expr))],
    };
  }

  /**
   * The variable that is bound to each element. A group's condition is lowered for each rule; a variable that it binds
   * must stay the same.
   */
  #element({ variable, collection }: QuantifierExpr | AggregateExpr): IrVariable {
    const of = this.#findElements(collection);
    const { ir } = memoize(this.#variables, variable, () => ({
      ir: { name: variable.name, stride: of?.stride ?? cellSize },
      of,
    }));
    return ir;
  }

  /** A list of records or lists, or a map, is always a member of the request or an element of one. */
  #findElements(expr: Expr): ElementLayout | undefined {
    if (expr.kind === 'Binding') return this.#findElements(expr.binding.value);
    if (expr.kind === 'Read') return this.#follow(expr).elements;
    const lists = listOperands(expr).filter(({ type }) => type.kind === expr.type.kind);
    return lists.map((list) => this.#findElements(list)).find((elements) => elements !== undefined);
  }
}

function findNamedPlace(places: readonly MemberPlace[], name: string): MemberPlace {
  const place = places.find(({ member }) => member.name === name);
  if (place === undefined) throw new Error(`broken invariant: ${name} has no address`);
  return place;
}

function isSameKey(a: IrExpr, b: IrExpr): boolean {
  return a === b || (a.kind === 'const' && b.kind === 'const' && a.value === b.value);
}

function isEmpty({ value }: IrConst): boolean {
  return Array.isArray(value) && value.length === 0;
}

export function createJunction(kind: 'and' | 'or', operands: readonly IrExpr[]): IrExpr {
  return { kind, rep: 'tri', timeful: operands.some(isTimeful), operands };
}

export function negateExpr(operand: IrExpr): IrExpr {
  return { kind: 'not', rep: 'tri', timeful: operand.timeful, operand };
}

/** The function of the library, and whether the result must be checked for failure. */
function chooseFunction(expr: ApplyExpr): Pick<IrApply, 'function' | 'mayFail'> {
  const { assembly, unchecked = assembly } = expr.builtin;
  return mayFail(expr)
    ? { function: assembly, mayFail: true }
    : { function: unchecked, mayFail: false };
}

function createDifference(minuend: IrExpr, subtrahend: IrExpr, fits: boolean): IrExpr {
  if (subtrahend === zero) return minuend;
  const args = [minuend, subtrahend];
  return {
    kind: 'apply',
    rep: 'word',
    timeful: args.some(isTimeful),
    function: fits ? 'sub' : 'subChecked',
    args,
    mayFail: !fits,
    countsOnly: false,
  };
}

function listFreshness(place: MemberPlace, base: IrAddress['base']): readonly IrFresh[] {
  const span = place.member.fresh;
  if (span === undefined) return [];
  const observed = place.places.find((candidate) => candidate.member.name === 'observed_at');
  if (observed === undefined) throw new Error('broken invariant: fresh without observed_at');
  return [
    { record: { base, offset: place.offset }, observed: { base, offset: observed.offset }, span },
  ];
}

function toScalar({ value }: IrConst): IrScalar {
  return typeof value === 'boolean' ? BigInt(value) : (value as IrScalar);
}

function removeDuplicates(values: readonly IrScalar[]): readonly IrScalar[] {
  return [...new Map(values.map((value) => [buildScalarKey(value), value])).values()];
}

function isTimeful(expr: IrExpr): boolean {
  return expr.timeful;
}

const moving = new WeakMap<Expr, boolean>();

/** Whether an expression reads the clock, even if the result does not depend on it. */
function movesWithClock(expr: Expr): boolean {
  if (expr.kind === 'Now' || expr.kind === 'Age') return true;
  if (expr.kind === 'Binding') return movesWithClock(expr.binding.value);
  if (expr.kind !== 'Apply') return false;
  const isKnown = moving.get(expr);
  if (isKnown !== undefined) return isKnown;
  const moves = expr.args.some(movesWithClock);
  moving.set(expr, moves);
  return moves;
}

function findAge(expr: Expr): Expr | undefined {
  if (expr.kind === 'Age') return expr.of;
  if (expr.kind === 'Binding') return findAge(expr.binding.value);
  return expr.kind === 'Apply' ? expr.args.map(findAge).find((of) => of !== undefined) : undefined;
}

function memoize<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}

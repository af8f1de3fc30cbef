// Where the values of expressions come from: the places of strings, sets, lists and their members in a request or in
// an expression, so that places whose values meet can be joined.

import {
  type AggregateExpr,
  type EventPattern,
  type Expr,
  isEntry,
  isOverElements,
  listOperands,
  listTermPatterns,
  type QuantifierExpr,
  type ReadExpr,
  type Variable,
} from '@nhipol/language/model';
import { isBytes, type Type } from '@nhipol/language/types';
import { isNumber } from '../symbolic/algebra.ts';

/** The type of the values at a place: of a set or list, that of its elements. */
export function getElementType(type: Type): Type {
  return type.kind === 'Set' || type.kind === 'List' ? getElementType(type.element) : type;
}

export function isGroup({ kind }: Type): boolean {
  return kind === 'Set' || kind === 'List' || kind === 'Map';
}

/** Whether values of the type have a place. */
export function hasPlace(type: Type): boolean {
  return isBytes(getElementType(type)) || isGroup(type);
}

export class Flow {
  readonly #ids = new Map<Expr | Variable, number>();
  readonly #collections = new Map<Variable, Expr[]>();
  readonly #free = new Map<Expr, ReadonlySet<Variable>>();
  readonly #events = new Map<Variable, string>();

  constructor(exprs: Iterable<Expr>) {
    for (const expr of exprs) {
      if (expr.kind === 'History')
        for (const { of, event } of listTermPatterns(expr.term))
          this.#events.set(event, nameEventPlace(of));
      if (!isOverElements(expr)) continue;
      const collections = this.#collections.get(expr.variable) ?? [];
      this.#collections.set(expr.variable, [...collections, expr.collection]);
    }
  }

  /** The collections that a variable iterates over. */
  listCollections(variable: Variable): readonly Expr[] {
    return this.#collections.get(variable) ?? [];
  }

  /** The place of a value; expressions that compute one have their own. */
  findPlace(expr: Expr): string | undefined {
    return this.listPlaces(expr)[0];
  }

  /** All places that the value can come from. */
  listPlaces(expr: Expr): readonly string[] {
    if (!hasPlace(expr.type)) return [];
    switch (expr.kind) {
      case 'Read':
        return this.readPlaces(expr, expr.members.length);
      case 'Selector':
        return [expr.which];
      case 'Variable':
        return this.elementPlaces(expr.variable);
      case 'Binding':
        return this.listPlaces(expr.binding.value);
      case 'If':
        return [...this.listPlaces(expr.then), ...this.listPlaces(expr.else)];
      case 'Else':
        return [...this.listPlaces(expr.value), ...this.listPlaces(expr.fallback)];
      default:
        expr.kind satisfies
          | ('Constant' | 'Now' | 'Lookup' | 'Apply' | 'Compare' | 'Age' | 'InWindow')
          | ('Calendar' | 'And' | 'Or' | 'Not' | 'Known' | 'Presence' | 'Quantifier')
          | ('Aggregate' | 'Set' | 'History');
        return [`e:${this.#id(expr)}`];
    }
  }

  /** The places of the first members of a read. */
  readPlaces({ from, members }: ReadExpr, length: number): readonly string[] {
    const starts = typeof from === 'string' ? [from] : this.elementPlaces(from);
    const steps = members.slice(0, length);
    return starts.map((start) => {
      const ofCall = isEventPlace(start) ? findCallPlace(steps) : undefined;
      const [first, rest] = ofCall === undefined ? [start, steps] : [ofCall.place, ofCall.rest];
      return rest.reduce(
        (place, step) =>
          isEntry(step) ? nameEntryPlace(place) : nameMemberPlace(place, step.name),
        first,
      );
    });
  }

  /** The places of the elements that a variable stands for. */
  elementPlaces(variable: Variable): readonly string[] {
    const event = this.#events.get(variable);
    if (event !== undefined) return [event];
    const isScalar = variable.type.kind !== 'Record' && !isGroup(variable.type);
    const collections = this.listCollections(variable).flatMap((collection) =>
      this.listPlaces(collection),
    );
    const places = isScalar ? collections : collections.map(nameElementPlace);
    return places.length === 0 ? [`v:${this.#id(variable)}`] : [...new Set(places)];
  }

  /** The variables that the value depends on. */
  findFreeVariables(expr: Expr): ReadonlySet<Variable> {
    const known = this.#free.get(expr);
    if (known !== undefined) return known;
    const free = new Set(
      listOperands(expr).flatMap((operand) => [...this.findFreeVariables(operand)]),
    );
    if (expr.kind === 'Variable') free.add(expr.variable);
    if (expr.kind === 'Read' && typeof expr.from !== 'string') free.add(expr.from);
    if (isOverElements(expr)) this.#bind(expr, free);
    this.#free.set(expr, free);
    return free;
  }

  #bind({ variable, collection }: QuantifierExpr | AggregateExpr, free: Set<Variable>): void {
    if (!this.findFreeVariables(collection).has(variable)) free.delete(variable);
  }

  #id(of: Expr | Variable): number {
    const id = this.#ids.get(of) ?? this.#ids.size;
    this.#ids.set(of, id);
    return id;
  }
}

/** Separates the parts of a place; no name of a policy contains it. */
const mark = '\u0000';

export function nameMemberPlace(record: string, name: string): string {
  return `${record}${mark}${name}`;
}

/** A place as a policy writes it, such as `subject.tags[].name`. Several places can have one name. */
export function nameOfPlace(place: string): string {
  return place.replaceAll(`${mark}[]`, '[]').replaceAll(mark, '.');
}

/** The place of the payloads of signals and outcomes with a name, and of decisions. */
export function nameEventPlace(of: EventPattern['of']): string {
  return of.kind === 'decision' ? `${mark}decision` : `${mark}${of.kind} ${of.name}`;
}

function isEventPlace(place: string): boolean {
  return place.startsWith(mark);
}

/** The call of an event has the places of a request. */
function findCallPlace(
  steps: ReadExpr['members'],
): { readonly place: string; readonly rest: ReadExpr['members'] } | undefined {
  const [root, own] = steps.map((step) => (isEntry(step) ? undefined : step.name));
  if (root !== 'action' && root !== 'resource') return undefined;
  const isSelector =
    own !== undefined && (root === 'action' ? ['name'] : ['type', 'id']).includes(own);
  return isSelector
    ? { place: `${root}.${own}`, rest: steps.slice(2) }
    : { place: root, rest: steps.slice(1) };
}

/** The place of the elements of a list that are records or lists, or of the entries of a map. */
export function nameElementPlace(list: string): string {
  return `${list}${mark}[]`;
}

function nameEntryPlace(map: string): string {
  return nameMemberPlace(nameElementPlace(map), 'value');
}

export function nameKeyPlace(map: string): string {
  return nameMemberPlace(nameElementPlace(map), 'key');
}

/** The places of the lists and maps that a place is in. */
export function listGroups(place: string): readonly string[] {
  const parts = place.split(mark);
  return parts.flatMap((part, index) => (part === '[]' ? [parts.slice(0, index).join(mark)] : []));
}

/** Follows names of a binding to its value. */
export function unbindExpr(expr: Expr): Expr {
  return expr.kind === 'Binding' ? unbindExpr(expr.binding.value) : expr;
}

export function isNumberGroup(type: Type): boolean {
  return (type.kind === 'Set' || type.kind === 'List') && isNumber(type.element);
}

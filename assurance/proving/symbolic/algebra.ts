// Operations on symbolic values: constants, conditions, alternatives, and whether a value is known.

import { invariant } from '@nhipol/language/support';
import type { Type, Value } from '@nhipol/language/types';
import { type Formula, type Literal, no, yes } from '../formula/formula.ts';
import { createConstantTerm, type Linear } from '../formula/linear.ts';
import { isTextKind, type TextKind } from '../terms/terms.ts';
import { buildNumbersKey } from './identity.ts';
import type {
  Choice,
  Finite,
  NumberCase,
  NumberSet,
  NumberValue,
  OpenList,
  SetValue,
  Symbolic,
  TextSet,
  TextValue,
  Truth,
} from './symbolic.ts';

const numbers: ReadonlySet<Type['kind']> = new Set(['Int', 'Decimal', 'Timestamp', 'Duration']);

export function isNumber(type: Type): boolean {
  return numbers.has(type.kind);
}

export function createTruthValue(isTrue: Literal, isFalse: Literal): Truth {
  return { kind: 'truth', yes: isTrue, no: isFalse };
}

/** A truth value that is never unknown. */
export function toTruth(literal: Literal): Truth {
  return createTruthValue(literal, -literal);
}

export function createNumberValue(cases: readonly NumberCase[]): NumberValue {
  return {
    kind: 'number',
    cases: cases.filter(({ guard }) => guard !== no),
    clock: 'none',
    sign: 0n,
  };
}

export function createChoiceValue(values: ReadonlyMap<Finite, Literal>): Choice {
  return { kind: 'choice', values: new Map([...values].filter(([, literal]) => literal !== no)) };
}

/** How texts are represented, which are strings, SPIFFE IDs, addresses and networks. */
export interface Texts {
  readonly text: (value: string) => Symbolic<never>;
  /** A set or list of texts, each of which is in it where it is known. */
  readonly texts: (
    element: TextKind,
    values: readonly Symbolic[],
    held: Literal,
    size?: Linear,
  ) => Symbolic<never>;
}

export function createTextValue(cases: TextValue['cases']): TextValue {
  return { kind: 'text', cases: cases.filter(({ guard }) => guard !== no) };
}

/** The value of a type that is always unknown. */
export function createUnknown(type: Type): Symbolic<never> {
  if (type.kind === 'Bool') return createTruthValue(no, no);
  if (isNumber(type)) return createNumberValue([]);
  if (type.kind === 'Record') return { kind: 'record', held: no };
  if (type.kind === 'Map')
    return { kind: 'list', held: no, elements: [], size: createConstantTerm(0n) };
  if (type.kind !== 'Set' && type.kind !== 'List') return createChoiceValue(new Map());
  return createEmpty(type, no);
}

function createEmpty(
  type: Type & { readonly kind: 'Set' | 'List' },
  held: Literal,
): Symbolic<never> {
  const { element } = type;
  const size = type.kind === 'List' ? createConstantTerm(0n) : undefined;
  if (isNumber(element)) return { kind: 'numbers', held, items: [], unusable: no, size };
  if (element.kind === 'Record' || element.kind === 'List' || element.kind === 'Set')
    return { kind: 'list', held, elements: [], size: createConstantTerm(0n) };
  return { kind: 'set', held, elements: new Map(), unusable: no, size };
}

export function createConstant(texts: Texts, type: Type, value: Value): Symbolic<never> {
  if (Array.isArray(value)) return createCollection(texts, type, value as readonly Value[]);
  if (type.kind === 'Bool') return toTruth(value === true ? yes : no);
  // The value of a row of a table of records; its members are tables of their own.
  if (type.kind === 'Record') return { kind: 'record', held: yes };
  if (isNumber(type))
    return createNumberValue([{ guard: yes, term: createConstantTerm(value as bigint) }]);
  if (isTextKind(type.kind)) return texts.text(value as string);
  return createChoiceValue(new Map([[value as Finite, yes]]));
}

function createCollection(texts: Texts, type: Type, values: readonly Value[]): Symbolic<never> {
  if (type.kind === 'Map') {
    invariant(values.length === 0, 'constant maps are empty');
    return { kind: 'list', held: yes, elements: [], size: createConstantTerm(0n) };
  }
  invariant(type.kind === 'Set' || type.kind === 'List', 'several values are a collection');
  const { kind } = type.element;
  const size = type.kind === 'List' ? createConstantTerm(BigInt(values.length)) : undefined;
  if (isTextKind(kind)) {
    const all = values.map((value) => texts.text(value as string));
    return texts.texts(kind, all, yes, size);
  }
  const empty = createEmpty(type, yes);
  if (values.length === 0) return empty;
  if (empty.kind === 'numbers') {
    const items = values.map((value) => ({
      present: yes,
      term: createConstantTerm(value as bigint),
    }));
    return { ...empty, items, size };
  }
  invariant(empty.kind === 'set', 'constant lists have scalar elements');
  return { ...empty, elements: new Map(values.map((value) => [value as Finite, yes])), size };
}

/** Whether there is a value: of a collection, even if an element is not usable. */
export function isHeld(formula: Formula, value: Symbolic): Literal {
  switch (value.kind) {
    case 'truth':
      return formula.or(value.yes, value.no);
    case 'choice':
      return formula.any([...value.values.values()]);
    case 'number':
    case 'text':
      return formula.any(value.cases.map(({ guard }) => guard));
    default:
      value.kind satisfies
        | ('set' | 'numbers' | 'texts' | 'open numbers' | 'record' | 'list')
        | 'open list';
      return value.held;
  }
}

/** Whether there is a value that operators can use. */
export function hasUsableValue(formula: Formula, value: Symbolic): Literal {
  const held = isHeld(formula, value);
  return 'unusable' in value ? formula.and(held, -value.unusable) : held;
}

/** The value where the literal is true, and unknown elsewhere. */
export function guardValue<V extends Symbolic>(formula: Formula, guard: Literal, value: V): V;
export function guardValue(formula: Formula, guard: Literal, value: Symbolic): Symbolic {
  if (guard === yes) return value;
  switch (value.kind) {
    case 'truth':
      return createTruthValue(formula.and(guard, value.yes), formula.and(guard, value.no));
    case 'choice':
      return createChoiceValue(
        new Map([...value.values].map(([each, literal]) => [each, formula.and(guard, literal)])),
      );
    case 'number':
      return {
        ...value,
        cases: value.cases
          .map((numberCase) => ({ ...numberCase, guard: formula.and(guard, numberCase.guard) }))
          .filter((each) => each.guard !== no),
      };
    case 'text':
      return createTextValue(
        value.cases.map((textCase) => ({ ...textCase, guard: formula.and(guard, textCase.guard) })),
      );
    default:
      value.kind satisfies
        | ('set' | 'numbers' | 'texts' | 'open numbers' | 'record' | 'list')
        | 'open list';
      return { ...value, held: formula.and(guard, value.held) };
  }
}

/** The value that is known, of values of which at most one is. */
export function mergeEither<V extends Symbolic>(encoding: Sides, a: V, b: V): V;
export function mergeEither(encoding: Sides, a: Symbolic, b: Symbolic): Symbolic {
  const { formula } = encoding;
  if (a.kind === 'truth' && b.kind === 'truth')
    return createTruthValue(formula.or(a.yes, b.yes), formula.or(a.no, b.no));
  if (a.kind === 'choice' && b.kind === 'choice') {
    const values = new Map(a.values);
    for (const [each, literal] of b.values)
      values.set(each, formula.or(values.get(each) ?? no, literal));
    return { kind: 'choice', values };
  }
  if (a.kind === 'number' && b.kind === 'number') {
    if (a.cases.length === 0) return b;
    if (b.cases.length === 0) return a;
    return { ...a, cases: [...a.cases, ...b.cases] };
  }
  if (a.kind === 'text' && b.kind === 'text') return mergeTextValues(formula, a, b);
  if (a.kind === 'set' && b.kind === 'set') return mergeSets(encoding, a, b);
  if (a.kind === 'texts' && b.kind === 'texts') return mergeTextSets(encoding, a, b);
  if (a.kind === 'numbers' && b.kind === 'numbers') return mergeNumberSets(encoding, a, b);
  if (a.kind === 'list' && b.kind === 'list') {
    const of = (list: typeof a) =>
      list.elements.map((element) => ({
        ...element,
        present: formula.and(list.held, element.present),
      }));
    const size = mergeSizes(encoding, a, b) ?? createConstantTerm(0n);
    return { kind: 'list', held: formula.or(a.held, b.held), elements: [...of(a), ...of(b)], size };
  }
  if (a.kind === 'record' && b.kind === 'record')
    return { kind: 'record', held: formula.or(a.held, b.held) };
  // A value that is never known has no representation.
  if (isHeld(formula, a) === no) return b;
  if (isHeld(formula, b) === no) return a;
  const isList = ({ kind }: Symbolic) => kind === 'list' || kind === 'open list';
  return isList(a) && isList(b) ? mergeOpenLists(encoding, a, b) : mergeOpen(encoding, a, b);
}

/** A list whose elements are not listed, and another one or none. */
function mergeOpenLists(encoding: Sides, a: Symbolic, b: Symbolic): Symbolic {
  const { formula } = encoding;
  const [one, other] = [openList(a), openList(b)];
  const pools = [one, other].flatMap(({ held, pools }) =>
    pools.map((pool) => ({ ...pool, guard: formula.and(held, pool.guard) })),
  );
  const size = mergeSizes(encoding, one, other) ?? createConstantTerm(0n);
  return { kind: 'open list', held: formula.or(one.held, other.held), pools, size };
}

function openList(value: Symbolic): OpenList<unknown> {
  if (value.kind === 'open list') return value;
  const isEmpty = value.kind === 'list' && value.elements.length === 0;
  invariant(isEmpty, `alternatives ${value.kind} and open list`);
  return { kind: 'open list', held: value.held, size: value.size, pools: [] };
}

/** Numbers in a list, and others of which nothing is known. */
function mergeOpen(encoding: Sides, a: Symbolic, b: Symbolic): Symbolic {
  const { formula } = encoding;
  invariant(
    (a.kind === 'numbers' || a.kind === 'open numbers') &&
      (b.kind === 'numbers' || b.kind === 'open numbers'),
    `alternatives ${a.kind} and ${b.kind}`,
  );
  return {
    kind: 'open numbers',
    held: formula.or(a.held, b.held),
    unusable: mergeUnusable(formula, a, b),
    size: mergeSizes(encoding, a, b),
    key: `(${a.held} ${buildNumbersKey(a)} | ${b.held} ${buildNumbersKey(b)})`,
  };
}

function mergeTextValues(formula: Formula, a: TextValue, b: TextValue): TextValue {
  const merged = new Map(a.cases.map(({ term, guard }) => [term, guard]));
  for (const { term, guard } of b.cases)
    merged.set(term, formula.or(merged.get(term) ?? no, guard));
  return createTextValue([...merged].map(([term, guard]) => ({ guard, term })));
}

function mergeTextSets(encoding: Sides, a: TextSet, b: TextSet): TextSet {
  const { formula } = encoding;
  return {
    kind: 'texts',
    held: formula.or(a.held, b.held),
    unusable: mergeUnusable(formula, a, b),
    size: mergeSizes(encoding, a, b),
    element: a.element,
    key: `(${a.held} ${a.key} | ${b.held} ${b.key})`,
    bases: [...new Set([...a.bases, ...b.bases])],
    fixed: [...new Set([...a.fixed, ...b.fixed])],
    has: (term) => formula.or(formula.and(a.held, a.has(term)), formula.and(b.held, b.has(term))),
  };
}

/** A formula with further formulas that hold for every request. */
export interface Sides {
  readonly formula: Formula;
  readonly require: (...literals: readonly Literal[]) => void;
}

function mergeSets(encoding: Sides, a: SetValue, b: SetValue): SetValue {
  const { formula } = encoding;
  const elements = new Map<Finite, Literal>();
  for (const each of new Set([...a.elements.keys(), ...b.elements.keys()])) {
    const inA = formula.and(a.held, a.elements.get(each) ?? no);
    elements.set(each, formula.or(inA, formula.and(b.held, b.elements.get(each) ?? no)));
  }
  return {
    kind: 'set',
    held: formula.or(a.held, b.held),
    elements,
    unusable: mergeUnusable(formula, a, b),
    size: mergeSizes(encoding, a, b),
  };
}

function mergeNumberSets(encoding: Sides, a: NumberSet, b: NumberSet): NumberSet {
  const { formula } = encoding;
  const of = (set: NumberSet) =>
    set.items.map((numberItem) => ({
      ...numberItem,
      present: formula.and(set.held, numberItem.present),
    }));
  return {
    kind: 'numbers',
    held: formula.or(a.held, b.held),
    items: [...of(a), ...of(b)],
    unusable: mergeUnusable(formula, a, b),
    size: mergeSizes(encoding, a, b),
  };
}

interface Collected extends Pick<SetValue, 'held' | 'unusable'> {}

function mergeUnusable(formula: Formula, a: Collected, b: Collected): Literal {
  return formula.or(formula.and(a.held, a.unusable), formula.and(b.held, b.unusable));
}

function mergeSizes(
  { formula, require }: Sides,
  a: Pick<SetValue, 'held' | 'size'>,
  b: Pick<SetValue, 'held' | 'size'>,
): SetValue['size'] {
  if (a.held === no || a.size === undefined) return b.size ?? a.size;
  if (b.held === no || b.size === undefined) return a.size;
  const size = formula.number('size of one of two lists');
  require(formula.implies(a.held, formula.equal(size, a.size)));
  require(formula.implies(b.held, formula.equal(size, b.size)));
  return size;
}

/** The same value with at most one case of a number, so that sums have few cases. */
export function joinCases({ formula, require }: Sides, value: NumberValue): NumberValue {
  if (value.cases.length <= maxCases || value.clock !== 'none') return value;
  const joined = formula.number('one of several numbers');
  for (const { guard, term } of value.cases)
    require(formula.implies(guard, formula.equal(joined, term)));
  return createNumberValue([{ guard: isHeld(formula, value), term: joined }]);
}

const maxCases = 8;

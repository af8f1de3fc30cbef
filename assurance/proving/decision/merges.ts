// The symbolic counterpart of merging the constraints of narrows: where they conflict, and their values.

import type { Constraint, Setting } from '@nhipol/language/model';
import { isCollection } from '@nhipol/language/types';
import { areEqual } from '../expressions/collections.ts';
import type { Expressions } from '../expressions/expressions.ts';
import { isCollectionValue } from '../expressions/instances.ts';
import { encodeSomeElement } from '../expressions/some.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { createUnknown, guardValue, mergeEither } from '../symbolic/algebra.ts';
import { findIdentity } from '../symbolic/identity.ts';
import type { Finite, NumberValue, Symbolic, TextSet } from '../symbolic/symbolic.ts';
import { intersectTexts } from '../symbolic/text-sets.ts';
import type { SymbolicContribution } from './contributions.ts';
import { pickBestNumber } from './extremes.ts';

/** A setting of a contribution that may fire. */
interface Set {
  readonly contribution: SymbolicContribution;
  readonly setting: Setting;
}

function listSettings(
  contributions: readonly SymbolicContribution[],
): ReadonlyMap<Constraint, readonly Set[]> {
  const settings = new Map<Constraint, Set[]>();
  for (const contribution of contributions) {
    if (contribution.effect !== 'narrow') continue;
    for (const setting of contribution.narrowing?.settings ?? []) {
      const known = settings.get(setting.constraint);
      if (known === undefined) settings.set(setting.constraint, [{ contribution, setting }]);
      else known.push({ contribution, setting });
    }
  }
  return settings;
}

/** The contributions with those whose constraints cannot be merged as `deny`. */
export function withConflicts(
  contributions: readonly SymbolicContribution[],
  expressions: Expressions,
): readonly SymbolicContribution[] {
  const { formula } = expressions.encoding;
  const conflicts = new Map<SymbolicContribution, Literal>();
  for (const [constraint, settings] of listSettings(contributions)) {
    const conflict = findConflict(constraint, settings, expressions);
    if (conflict === no) continue;
    for (const { contribution } of settings)
      conflicts.set(contribution, formula.or(conflicts.get(contribution) ?? no, conflict));
  }
  return contributions.flatMap((contribution) => {
    const conflict = conflicts.get(contribution);
    if (conflict === undefined) return [contribution];
    const { fired } = contribution;
    return [
      { ...contribution, fired: formula.and(fired, -conflict) },
      {
        ...contribution,
        effect: 'deny' as const,
        fired: formula.and(fired, conflict),
        narrowing: undefined,
        demands: [],
      },
    ];
  });
}

/** Sets without a common element, and values that must agree and do not. */
function findConflict(
  { type, merge }: Constraint,
  settings: readonly Set[],
  expressions: Expressions,
): Literal {
  const { encoding } = expressions;
  const { formula } = encoding;
  if (settings.length < 2) return no;
  const values = settings.map(({ contribution, setting }) => ({
    fired: contribution.fired,
    value: expressions.value(setting.value),
  }));
  const pairs = values.flatMap((a, index) => values.slice(0, index).map((b) => ({ a, b })));
  const both = ({ a, b }: (typeof pairs)[number]) => formula.and(a.fired, b.fired);
  if (merge === 'must agree')
    return formula.any(
      pairs.map((pair) => formula.and(both(pair), -areEqual(encoding, pair.a.value, pair.b.value))),
    );
  if (type.kind !== 'Set') return no;
  const two = formula.any(pairs.map(both));
  const texts = listTextSets(values);
  if (texts !== undefined) {
    const common = intersectTexts(formula, texts, yes);
    return formula.and(two, -encodeSomeElement(encoding, common, type.element, () => yes));
  }
  return formula.and(two, -formula.any(intersectElements(expressions, values)));
}

/** The sets of those that have one, or `undefined` if they have no terms. */
function listTextSets(
  values: readonly Fired[],
): readonly { readonly guard: Literal; readonly set: TextSet }[] | undefined {
  const sets = values.flatMap(({ fired, value }) =>
    value.kind === 'texts' ? [{ guard: fired, set: value }] : [],
  );
  return sets.length === 0 ? undefined : sets;
}

interface Fired {
  readonly fired: Literal;
  readonly value: Symbolic<SymbolicFact>;
}

/** For each possible element, whether every fired one has it. */
function intersectElements(
  { encoding }: Expressions,
  values: readonly Fired[],
): readonly Literal[] {
  const { formula } = encoding;
  const terms = values.flatMap(({ fired, value }) =>
    value.kind === 'numbers'
      ? value.items.map((item) => ({ ...item, present: formula.and(fired, item.present) }))
      : [],
  );
  const numbers = terms.map(({ present, term }) =>
    formula.and(
      present,
      ...values.map(({ fired, value }) => {
        const items = value.kind === 'numbers' ? value.items : [];
        const has = items.map((item) => formula.and(item.present, formula.equal(item.term, term)));
        return formula.or(-fired, formula.any(has));
      }),
    ),
  );
  const finite = values.flatMap(({ value }) =>
    value.kind === 'set' ? [...value.elements.keys()] : [],
  );
  const elements = [...new Set(finite)].map((each) => hasAll(encoding, values, each));
  return [...numbers, ...elements];
}

function hasAll(
  { formula }: Expressions['encoding'],
  values: readonly Fired[],
  element: Finite,
): Literal {
  return formula.all(
    values.map(({ fired, value }) => {
      const own = value.kind === 'set' ? (value.elements.get(element) ?? no) : no;
      return formula.or(-fired, own);
    }),
  );
}

/** The value of each constraint in an answer that is a narrow; unknown where no narrow sets it. */
export function mergeConstraints(
  contributions: readonly SymbolicContribution[],
  constraints: readonly Constraint[],
  expressions: Expressions,
): ReadonlyMap<string, Symbolic<SymbolicFact>> {
  const settings = listSettings(contributions);
  return new Map(
    constraints.map((constraint) => [
      constraint.name,
      mergeValues(constraint, settings.get(constraint) ?? [], expressions),
    ]),
  );
}

function mergeValues(
  { name, type, merge }: Constraint,
  settings: readonly Set[],
  expressions: Expressions,
): Symbolic<SymbolicFact> {
  const { encoding } = expressions;
  const { formula } = encoding;
  const values = settings.map(({ contribution, setting }) => ({
    fired: contribution.fired,
    value: expressions.value(setting.value),
  }));
  const held = formula.any(values.map(({ fired }) => fired));
  if (values.length === 0) return createUnknown(type);
  if (merge === 'must agree' || isCollection(type)) {
    const [first] = values;
    if (first !== undefined && isCollectionValue(first.value) && merge !== 'must agree')
      return intersectSets(encoding, type, values, held);
    return selectFirstFired(encoding, type, values);
  }
  const isLargest = merge === 'largest wins';
  const numbers = values.map(({ fired, value }) => guardValue(formula, fired, value));
  if (numbers.every((each): each is NumberValue => each.kind === 'number'))
    return pickBestNumber(encoding, name, numbers, isLargest);
  const ordinals = new Map<Finite, Literal>();
  const finite = numbers.flatMap((each) => (each.kind === 'choice' ? [each.values] : []));
  for (const each of new Set(finite.flatMap((choices) => [...choices.keys()]))) {
    const has = formula.any(finite.map((choices) => choices.get(each) ?? no));
    const isBetter = (other: Finite) => (isLargest ? other > each : other < each);
    const better = finite.flatMap((choices) =>
      [...choices].flatMap(([other, literal]) => (isBetter(other) ? [literal] : [])),
    );
    ordinals.set(each, formula.and(has, -formula.any(better)));
  }
  return { kind: 'choice', values: ordinals };
}

function intersectSets(
  encoding: Expressions['encoding'],
  type: Constraint['type'],
  values: readonly Fired[],
  held: Literal,
): Symbolic<SymbolicFact> {
  const { formula } = encoding;
  const empty = createUnknown(type);
  const texts = listTextSets(values);
  if (texts !== undefined) return intersectTexts(formula, texts, held);
  if (values.some(({ value }) => value.kind === 'open numbers')) {
    const key = `common ${values.map(({ fired, value }) => `${fired}:${findIdentity(value)}`).join(' ')}`;
    return { kind: 'open numbers', held, unusable: no, size: undefined, key };
  }
  if (empty.kind === 'set') {
    const keys = values.flatMap(({ value }) =>
      value.kind === 'set' ? [...value.elements.keys()] : [],
    );
    const elements = [...new Set(keys)].map((each): [Finite, Literal] => [
      each,
      hasAll(encoding, values, each),
    ]);
    return { ...empty, held, elements: new Map(elements) };
  }
  if (empty.kind !== 'numbers') return empty;
  const items = values.flatMap(({ fired, value }) =>
    value.kind === 'numbers'
      ? value.items.map(({ present, term }) => {
          const inAll = values.map((other) => {
            const otherItems = other.value.kind === 'numbers' ? other.value.items : [];
            const has = otherItems.map((item) =>
              formula.and(item.present, formula.equal(item.term, term)),
            );
            return formula.or(-other.fired, formula.any(has));
          });
          return { present: formula.and(fired, present, ...inAll), term };
        })
      : [],
  );
  return { ...empty, held, items };
}

/** The value of the first that fired; every fired one has the same. */
function selectFirstFired(
  encoding: Expressions['encoding'],
  type: Constraint['type'],
  values: readonly Fired[],
): Symbolic<SymbolicFact> {
  const { formula } = encoding;
  let before = no;
  let found: Symbolic<SymbolicFact> = createUnknown(type);
  for (const { fired, value } of values) {
    found = mergeEither(encoding, found, guardValue(formula, formula.and(fired, -before), value));
    before = formula.or(before, fired);
  }
  return found;
}

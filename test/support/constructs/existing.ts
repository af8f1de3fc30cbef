// The constructs that exist in the language, by the names of names.ts: from the tables of the language,
// or from lists whose completeness the types ensure.

import type { Expr, Selector } from '@nhipol/language/model';
import type { BinaryOperator, MergeRule } from '@nhipol/language/syntax';
import {
  builtins,
  type CalendarField,
  type Comparison,
  isCollection,
  isEquatable,
  isOrdered,
  type Pattern,
  type Type,
} from '@nhipol/language/types';
import { effects } from '@nhipol/runtime/abi';
import { childKeys } from '../../../language/syntax/ast.ts';
import { isAggregable } from '../../../language/types/aggregates.ts';
import type { Resolution } from '../../../language/types/builtins/builtin.ts';
import { knownObligations } from '../../../language/types/obligations.ts';
import type { PatternLanguage } from '../../../language/types/patterns/pattern-source.ts';
import type { Nth } from '../../../language/types/time/window.ts';
import { makeMapType, type ScalarKind } from '../../../language/types/types.ts';
import { describeShape, use } from './names.ts';

/** The kinds of nodes without history, which `sessionNodeKinds` lists. */
const exprKinds: Readonly<Record<Exclude<Expr['kind'], 'History'>, true>> = {
  Constant: true,
  Read: true,
  Selector: true,
  Now: true,
  Variable: true,
  Binding: true,
  Lookup: true,
  Apply: true,
  Compare: true,
  Age: true,
  InWindow: true,
  Calendar: true,
  And: true,
  Or: true,
  Not: true,
  Known: true,
  Presence: true,
  Quantifier: true,
  Aggregate: true,
  If: true,
  Else: true,
  Set: true,
};
const mergeRules: Readonly<Record<MergeRule, true>> = {
  limits: true,
  'smallest wins': true,
  'largest wins': true,
  intersects: true,
  'must agree': true,
};
const operators: Readonly<Record<BinaryOperator, true>> = {
  implies: true,
  or: true,
  and: true,
  is: true,
  'is not': true,
  '<': true,
  '<=': true,
  '>': true,
  '>=': true,
  in: true,
  'not in': true,
  within: true,
  'not within': true,
  intersects: true,
  starts_with: true,
  ends_with: true,
  contains: true,
  under: true,
  else: true,
  union: true,
  intersect: true,
  minus: true,
  '+': true,
  '-': true,
  '*': true,
  '/': true,
};
const comparisons: Readonly<Record<Comparison, true>> = {
  is: true,
  'is not': true,
  '<': true,
  '<=': true,
  '>': true,
  '>=': true,
};
const selectors: Readonly<Record<Selector, true>> = {
  'subject.type': true,
  'subject.id': true,
  'action.name': true,
  'resource.type': true,
  'resource.id': true,
};
const calendarFields: Readonly<Record<CalendarField, true>> = { weekday: true, time_of_day: true };
const patternLanguages: Readonly<Record<PatternLanguage, true>> = {
  glob: true,
  regex: true,
  spiffe: true,
};
const nths: Readonly<Record<Nth, true>> = {
  1: true,
  2: true,
  3: true,
  4: true,
  5: true,
  last: true,
};
const scalarKinds: Readonly<Record<ScalarKind, true>> = {
  Bool: true,
  Int: true,
  Decimal: true,
  String: true,
  Timestamp: true,
  Duration: true,
  SpiffeId: true,
  Ip: true,
  Cidr: true,
};

const span = { file: '', start: 0, end: 0 };
const someEnum = (ordered: boolean): Type => ({
  kind: 'Enum',
  name: 'E',
  members: ['a', 'b'],
  ordered,
  otherwise: undefined,
  span,
});
const scalars: readonly Type[] = [
  ...Object.keys(scalarKinds).map((kind) => ({ kind }) as Type),
  someEnum(true),
  someEnum(false),
];
const record: Type = { kind: 'Record', name: undefined, members: new Map(), span };
const mapped = new Set(['Int', 'String']);
const types: readonly Type[] = [
  ...scalars,
  ...scalars.flatMap((element): readonly Type[] => [
    { kind: 'Set', element },
    { kind: 'List', element },
  ]),
  record,
  { kind: 'List', element: record },
  ...scalars.filter(({ kind }) => mapped.has(kind)).map((value) => makeMapType(value, span)),
  makeMapType(record, span),
];

const names = (table: object, what: string) => Object.keys(table).map((name) => `${what} ${name}`);

/** Nodes about a session or about events between its steps, which a single request does not have. */
export const sessionNodeKinds: ReadonlySet<string> = new Set(
  ['Signals', 'History', 'Period', 'EventPattern', 'EventKey', 'StepSignal', 'Grant'].map(
    (kind) => `node ${kind}`,
  ),
);
export const nodeKinds: ReadonlySet<string> = new Set(
  names(childKeys, 'node').filter((name) => !sessionNodeKinds.has(name)),
);

interface Use {
  readonly resolution: Resolution;
  readonly operands: readonly Type[];
}

/** Each builtin for each list of operand types. */
function usesThereAre(): readonly Use[] {
  const patterns = Object.keys(patternLanguages).map(
    (language) => ({ source: { language } }) as unknown as Pattern,
  );
  return [...builtins.values()].flatMap((builtin) => {
    const firsts = types.map((type) => [type]);
    const operands =
      builtin.operands === 1
        ? firsts
        : firsts.flatMap((first) => types.map((type) => [...first, type]));
    return operands.flatMap((each) =>
      [undefined, ...patterns].flatMap((pattern) => {
        const resolution = builtin.resolve(each, pattern);
        return resolution === undefined ? [] : [{ resolution, operands: each }];
      }),
    );
  });
}

export function expressionsThereAre(): ReadonlySet<string> {
  const uses = usesThereAre().map(({ resolution, operands }) => use(resolution, operands));
  return new Set([...names(exprKinds, 'expression'), ...uses]);
}

/** The forms of expressions that are not in the table of builtins, for each operand type. */
export function variantsThereAre(): ReadonlySet<string> {
  const compared = scalars.flatMap((type) =>
    Object.keys(comparisons)
      .filter((operator) => (operator.startsWith('is') ? isEquatable(type) : isOrdered(type)))
      .map((operator) => `${describeShape(type)} ${operator}`),
  );
  const elements = types.filter(isCollection);
  const quantified = elements.flatMap((type) =>
    ['any', 'all'].map((quantifier) => `${quantifier} in ${describeShape(type)}`),
  );
  const aggregated = elements
    .filter(({ element }) => isAggregable('min', element))
    .flatMap((type) =>
      (['sum', 'min', 'max'] as const)
        .filter((form) => isAggregable(form, type.element))
        .map((form) => `${form} in ${describeShape(type)}`),
    );
  const present = ['is present', 'is missing', 'latest'];
  return new Set([
    ...compared,
    ...quantified,
    ...aggregated,
    ...present,
    ...names(selectors, 'selector'),
    ...names(calendarFields, 'calendar'),
  ]);
}

/** The functions of the library that compute them, with those for results that cannot fail. */
/** Functions for joined strings, which no builtin names. */
const ofParts: readonly string[] = [
  'afterText',
  'beforeText',
  'afterInteger',
  'beforeInteger',
  'isFound',
  'isConsumed',
  'pathAfter',
  'pathAfterInteger',
  'afterRoot',
  'afterRootInteger',
  'underParts',
  'joinText',
  'joinInteger',
];

export function functionsThereAre(): ReadonlySet<string> {
  const all = usesThereAre().flatMap(({ resolution }) => [
    resolution.assembly,
    resolution.unchecked,
  ]);
  return new Set([...all.filter((name) => name !== undefined), ...ofParts]);
}

/** Clauses, forms and declarations other than the kinds of nodes. */
export function formsThereAre(): ReadonlySet<string> {
  return new Set([
    ...effects.map((effect) => `effect ${effect}`),
    ...effects.filter((effect) => effect !== 'permit').map((effect) => `band ${effect}`),
    ...names(operators, 'operator'),
    ...names(mergeRules, 'merge'),
    ...[...knownObligations.values()].map(({ type }) => `obligation ${type}`),
    ...names(patternLanguages, 'pattern'),
    ...names(nths, 'nth'),
    ...clauses,
    ...groups,
    ...windowForms,
  ]);
}

const clauses = [
  'because',
  'covers',
  'where',
  'to',
  'unless',
  'with',
  'skip',
  'otherwise',
  'when',
  'score because',
  'score covers',
  'score unless',
  'narrow without to',
  'rule without when',
].map((name) => `clause ${name}`);
const groups = [
  'any subject',
  'listed subjects',
  'undeclared subject',
  'any action',
  'listed actions',
  'any resource',
  'listed resources',
  'condition',
  'given otherwise',
  'given ignore',
  'let of a file',
  'let of a group',
  'predicate',
  'function',
  'any declared',
  'enum else',
  'table',
  'external table',
  'transitive table',
  'table by pairs',
  'secret member',
].map((name) => `form ${name}`);
const windowForms = [
  'every day',
  'a day',
  'some days',
  'over a weekend',
  'over midnight',
  'except a day',
  'except some days',
  'during a day',
  'during some days',
  'during days over a new year',
].map((name) => `window ${name}`);

/** Each type with each presence that a declaration can give it. */
export function membersThereAre(): ReadonlySet<string> {
  const presences = ['required', 'optional', 'default', 'fresh'];
  const shapes = [
    ...new Set(types.map(describeShape)),
    'Timestamp in seconds',
    'Int within',
    'Decimal within',
  ];
  const all = shapes.flatMap((shape) => presences.map((presence) => `member ${shape} ${presence}`));
  // The default of a record is that of its members.
  return new Set(all.filter((name) => name !== 'member Record default'));
}

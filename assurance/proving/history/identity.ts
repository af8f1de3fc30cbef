// The identity of what history terms are about, so that equal terms have one value in the formula: the declarations and
// the contents that events depend on, and the keys of the present request.

import {
  collectExprs,
  type HistoryExpr,
  type HistoryTerm,
  listKeyReads,
  listTermPatterns,
  type PolicyModel,
} from '@nhipol/language/model';
import { listEventExprs } from '../domains/domains.ts';
import { asFinite } from '../expressions/collections.ts';
import type { Expressions } from '../expressions/expressions.ts';
import type { SymbolicFact } from '../facts/fact.ts';
import { type Literal, yes } from '../formula/formula.ts';
import { hasUsableValue } from '../symbolic/algebra.ts';
import { identifyValues } from '../symbolic/identity.ts';
import type { Finite, Symbolic } from '../symbolic/symbolic.ts';

/** The declarations that the events of a policy depend on. */
export function identifyDeclarations(policy: PolicyModel): string {
  const { signals, outcomes, enums, context, contexts } = policy;
  const { subjects, actions, resources, anySubject, anyAction, anyResource } = policy;
  return printValue([
    signals,
    outcomes,
    enums,
    context,
    contexts,
    subjects,
    actions,
    resources,
    anySubject,
    anyAction,
    anyResource,
  ]);
}

/** The contents of tables and windows, which a term only names. */
export function identifyContents(term: HistoryTerm): string {
  const parts = [...collectExprs(listEventExprs(term))].flatMap((expr): readonly unknown[] => {
    if (expr.kind === 'Lookup') return [expr.table];
    return expr.kind === 'InWindow' ? [expr.window] : [];
  });
  return parts.length === 0 ? '' : printValue(parts);
}

function printValue(value: unknown): string {
  return JSON.stringify(value, (name, each: unknown) => {
    if (name === 'span') return undefined;
    if (each instanceof Map || each instanceof Set) return [...each];
    return typeof each === 'bigint' ? String(each) : each;
  });
}

/** Values of the keys of a term; without an identity, they may differ from those of any other term. */
export interface Keys {
  readonly guard: Literal;
  readonly identity: string | undefined;
}

/** More values have one identity together. */
const maxSeparate = 64;

/** The values that the keys of a term can have in a request, of which at most one guard is true; a term needs no key. */
export function listKeys({ term }: HistoryExpr, expressions: Expressions): readonly Keys[] {
  const { formula, domains } = expressions.encoding;
  const reads = listTermPatterns(term).flatMap(({ key }) => listKeyReads(key));
  const values = reads.map((read) => expressions.value(read));
  const whole = {
    guard: formula.all(values.map((value) => hasUsableValue(formula, value))),
    identity: identifyValues(values),
  };
  let keys: readonly Keys[] = [{ guard: yes, identity: '' }];
  for (const [index, read] of reads.entries()) {
    const options = listOptions(values[index] as Symbolic<SymbolicFact>);
    if (options === undefined || options.size * keys.length > maxSeparate) return [whole];
    const place = domains.flow.findPlace(read);
    const list = place === undefined ? '' : domains.analysis.groups.root(place);
    keys = keys.flatMap(({ guard, identity }) =>
      [...options].map(([value, is]) => ({
        guard: formula.and(guard, is),
        identity: `${identity} ${JSON.stringify([list, value])}`,
      })),
    );
  }
  return keys;
}

function listOptions(value: Symbolic<SymbolicFact>): ReadonlyMap<Finite, Literal> | undefined {
  if (value.kind !== 'text') return asFinite(value);
  return new Map(value.cases.map(({ guard, term }) => [term, guard]));
}

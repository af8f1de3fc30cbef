// Compares scopes: for which requests rules of different groups apply together. Only the types and
// names of the request matter.

import type { Expr, Scope } from '../../model/model.ts';
import { string } from '../../types/types.ts';
import type { TruthClaim } from './assumptions.ts';
import { onlyTrue } from './truth-set.ts';

const dimensions = ['subjects', 'actions', 'resources'] as const;
const selectors = {
  subjects: 'subject.type',
  actions: 'action.name',
  resources: 'resource.type',
} as const;

/** The strings of the request that a scope can test. */
export const choosers: ReadonlySet<unknown> = new Set(Object.values(selectors));

/** Returns the scope of the requests that are in both scopes, or `undefined` if there are none. */
export function overlap(a: Scope, b: Scope): Scope | undefined {
  const both = dimensions.map((dimension) => intersectNames(a[dimension], b[dimension]));
  if (both.some((names) => names?.length === 0)) return undefined;
  const [subjects, actions, resources] = both;
  return { subjects, actions, resources };
}

function intersectNames(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
): readonly string[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a.filter((name) => b.includes(name));
}

/** Whether every request in the inner scope is in the outer one. */
export function covers(outer: Scope, inner: Scope): boolean {
  if (outer === inner) return true;
  return dimensions.every((dimension) => {
    const [wide, narrow] = [outer[dimension], inner[dimension]];
    return wide === undefined || (narrow?.every((name) => wide.includes(name)) ?? false);
  });
}

/** The maximum number of combinations of a scope that are checked. */
const combinationLimit = 32;

/** The combinations of one name for each kind; a kind that the scope does not limit stays open. */
export function splitScope(scope: Scope): readonly Scope[] {
  let scopes: readonly Scope[] = [scope];
  for (const dimension of dimensions) {
    const names = scope[dimension];
    if (names === undefined) continue;
    scopes = scopes
      .flatMap((before) => names.map((name) => ({ ...before, [dimension]: [name] })))
      .slice(0, combinationLimit);
  }
  return scopes;
}

/** The claims of a scope about the names of the request, if it has one name of a kind. */
export function makeScopeClaims(scope: Scope, at: Expr): readonly TruthClaim[] {
  return dimensions.flatMap((dimension): readonly TruthClaim[] => {
    const names = scope[dimension];
    const [name] = names ?? [];
    if (name === undefined || names?.length !== 1) return [];
    const { span } = at;
    const left: Expr = { kind: 'Selector', which: selectors[dimension], type: string, span };
    const right: Expr = { kind: 'Constant', value: name, type: string, span };
    const expr: Expr = {
      kind: 'Compare',
      operator: 'is',
      left,
      right,
      type: { kind: 'Bool' },
      span,
    };
    return [{ expr, wanted: onlyTrue }];
  });
}

/** The maximum number of groups that are searched for those that overlap a scope. */
const scopeLimit = 512;

interface Scoped {
  readonly scope: Scope;
}

/** Finds the entries that overlap a scope by one of its names, so that few are compared. */
export class ScopeIndex<T extends Scoped> {
  readonly #all: readonly Scope[];
  readonly #members = new Map<Scope, T[]>();
  readonly #covering = new Map<Scope, readonly (readonly T[])[]>();
  readonly #named: Readonly<Record<(typeof dimensions)[number], ReadonlyMap<string, Scope[]>>>;
  readonly #unlimited: Readonly<Record<(typeof dimensions)[number], readonly Scope[]>>;

  constructor(entries: readonly T[]) {
    for (const entry of entries) {
      const before = this.#members.get(entry.scope);
      if (before === undefined) this.#members.set(entry.scope, [entry]);
      else before.push(entry);
    }
    this.#all = [...this.#members.keys()];
    const findByName = (each: (typeof dimensions)[number]) => indexByName(this.#all, each);
    this.#named = {
      subjects: findByName('subjects'),
      actions: findByName('actions'),
      resources: findByName('resources'),
    };
    const listUnlimited = (each: (typeof dimensions)[number]) =>
      this.#all.filter((scope) => scope[each] === undefined);
    this.#unlimited = {
      subjects: listUnlimited('subjects'),
      actions: listUnlimited('actions'),
      resources: listUnlimited('resources'),
    };
  }

  /** Returns up to `limit` entries that overlap the scope; `whole` is true if there are no more. */
  meeting(scope: Scope, limit: number): { readonly found: readonly T[]; readonly whole: boolean } {
    const candidates = this.#candidates(scope);
    const found: T[] = [];
    for (const other of candidates.slice(0, scopeLimit)) {
      if (overlap(scope, other) === undefined) continue;
      for (const entry of this.#members.get(other) ?? []) {
        if (found.length === limit) return { found, whole: false };
        found.push(entry);
      }
    }
    return { found, whole: candidates.length <= scopeLimit };
  }

  /** The entries of each scope that covers this one. */
  covering(scope: Scope): readonly (readonly T[])[] {
    const known = this.#covering.get(scope);
    if (known !== undefined) return known;
    const candidates = this.#candidates(scope).slice(0, scopeLimit);
    const found = candidates
      .filter((other) => covers(other, scope))
      .map((other) => this.#members.get(other) ?? []);
    this.#covering.set(scope, found);
    return found;
  }

  #candidates(scope: Scope): readonly Scope[] {
    let fewest = this.#all.length;
    let found: readonly (readonly Scope[])[] = [this.#all];
    for (const dimension of dimensions) {
      const names = scope[dimension];
      if (names === undefined) continue;
      const named = names.map((name) => this.#named[dimension].get(name) ?? []);
      const count = [...named, this.#unlimited[dimension]].reduce(
        (sum, { length }) => sum + length,
        0,
      );
      if (count >= fewest) continue;
      fewest = count;
      found = [...named, this.#unlimited[dimension]];
    }
    return found.length === 1 ? this.#all : [...new Set(found.flat())];
  }
}

function indexByName(
  scopes: readonly Scope[],
  dimension: (typeof dimensions)[number],
): ReadonlyMap<string, Scope[]> {
  const found = new Map<string, Scope[]>();
  for (const scope of scopes) {
    for (const name of scope[dimension] ?? []) {
      const before = found.get(name);
      if (before === undefined) found.set(name, [scope]);
      else before.push(scope);
    }
  }
  return found;
}

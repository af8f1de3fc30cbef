// The context of a request: the members that every request has, and the members of each scoped context whose scope
// applies to the request.

import type { RecordType } from '../types/types.ts';
import type { PolicyModel, Scope, ScopedContext } from './model.ts';

/** The declarations of a policy that describe contexts. */
export type DeclaredContexts = Pick<PolicyModel, 'context' | 'contexts'>;

/** The strings of a request that select scopes, or `undefined` if they are unknown. */
export type ScopeNames = Readonly<Record<keyof Scope, string | undefined>>;

/** Some of the requests in a scope, all of which have the same context. */
export interface ContextCase {
  /**
   * The names that these requests have, of those that a context lists or the scope selects, or `undefined` for any
   * other name, or no context depends on it.
   */
  readonly names: Readonly<Record<keyof Scope, readonly string[] | undefined>>;
  /** The type of the context, or `undefined` if the policy declares none. */
  readonly type: RecordType | undefined;
}

const keys = ['subjects', 'actions', 'resources'] as const satisfies readonly (keyof Scope)[];

/** The record that a request with these names has as its context, or `undefined` if the policy declares none. */
export function findContextType(
  policy: DeclaredContexts,
  names: ScopeNames,
): RecordType | undefined {
  return joinContexts(policy.context, listAppliedContexts(policy, names));
}

/** The scoped contexts that apply to a request with these names. */
export function listAppliedContexts(
  { contexts }: Pick<DeclaredContexts, 'contexts'>,
  names: ScopeNames,
): readonly ScopedContext[] {
  return contexts.filter(({ scope }) => keys.every((key) => isListed(scope, key, names[key])));
}

/**
 * The different contexts of the requests in a scope. For each part of a request, listed names come before all others, so
 * that the first case whose names a request has is its case.
 */
export function listContextCases(policy: DeclaredContexts, scope: Scope): readonly ContextCase[] {
  let cases: readonly Selected[] = [{ names: nothingListed, contexts: policy.contexts }];
  for (const key of keys) {
    cases = cases.flatMap(({ names, contexts }) =>
      groupNames(policy.contexts, key, scope[key]).map((group) => ({
        names: { ...names, [key]: group },
        contexts: contexts.filter((context) => isListed(context.scope, key, group?.[0])),
      })),
    );
  }
  return cases.map(({ names, contexts }) => ({
    names,
    type: joinContexts(policy.context, contexts),
  }));
}

interface Selected {
  readonly names: ContextCase['names'];
  readonly contexts: readonly ScopedContext[];
}

const nothingListed: ContextCase['names'] = {
  subjects: undefined,
  actions: undefined,
  resources: undefined,
};

function isListed(scope: Scope, key: keyof Scope, name: string | undefined): boolean {
  const listed = scope[key];
  return listed === undefined || (name !== undefined && listed.includes(name));
}

/** The names that the same contexts list, and undefined for all other names. */
function groupNames(
  contexts: readonly ScopedContext[],
  key: keyof Scope,
  selected: readonly string[] | undefined,
): readonly (readonly string[] | undefined)[] {
  const listed = new Set(contexts.flatMap(({ scope }) => scope[key] ?? []));
  if (listed.size === 0) return [undefined];
  const groups = new Map<string, string[]>();
  for (const name of selected ?? listed) {
    const by = contexts.map(({ scope }) => isListed(scope, key, name)).join();
    groups.set(by, [...(groups.get(by) ?? []), name]);
  }
  return [...groups.values(), ...(selected === undefined ? [undefined] : [])];
}

/** One record of all these members. */
function joinContexts(
  context: RecordType | undefined,
  applied: readonly ScopedContext[],
): RecordType | undefined {
  if (context === undefined || applied.length === 0) return context;
  const types = [context, ...applied.map(({ type }) => type)];
  return {
    ...context,
    members: new Map(types.flatMap(({ members }) => [...members])),
    broken: new Set(types.flatMap(({ broken }) => [...(broken ?? [])])),
  };
}

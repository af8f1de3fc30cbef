// The names of subjects, actions and resources that select rules: those that a policy declares and lists in its
// scopes, and odd ones.

import type { PolicyModel, Scope } from '@nhipol/language/model';
import { collectBoundaries } from './boundaries.ts';

/** How the strings that select rules are declared, and listed in scopes. */
const choosers = {
  'subject.type': {
    declared: ({ subjects }: PolicyModel) => subjects,
    listed: ({ subjects }: Scope) => subjects,
  },
  'action.name': {
    declared: ({ actions }: PolicyModel) => actions,
    listed: ({ actions }: Scope) => actions,
  },
  'resource.type': {
    declared: ({ resources }: PolicyModel) => resources,
    listed: ({ resources }: Scope) => resources,
  },
};

export type Chooser = keyof typeof choosers;

export function isChooser(path: string): path is Chooser {
  return Object.hasOwn(choosers, path);
}

/** The names of a scope, or `undefined` for any. */
export function listSelectorNames(scope: Scope, path: Chooser): readonly string[] | undefined {
  return choosers[path].listed(scope);
}

interface SelectorNames {
  /** Each as often as the policy mentions it. */
  readonly mentioned: readonly string[];
  /** Those, and others. */
  readonly any: readonly string[];
}

/** Names are chosen from these, which are the same for each request. */
export interface Choices {
  readonly scopes: readonly Scope[];
  readonly names: Readonly<Record<Chooser, SelectorNames>>;
}

const cachedChoices = new WeakMap<PolicyModel, Choices>();

export function createChoices(policy: PolicyModel): Choices {
  const choices = cachedChoices.get(policy) ?? makeChoices(policy);
  cachedChoices.set(policy, choices);
  return choices;
}

function makeChoices(policy: PolicyModel): Choices {
  const items = [...policy.rules, ...policy.scores, ...policy.invariants];
  const scopes = items.map(({ scope }) => scope);
  const odd = ['other', ...collectBoundaries(policy).all.strings];
  const createNames = (path: Chooser): SelectorNames => {
    const declared = choosers[path].declared(policy).keys();
    const mentioned = [
      ...declared,
      ...scopes.flatMap((scope) => listSelectorNames(scope, path) ?? []),
    ];
    return { mentioned, any: [...mentioned, ...odd] };
  };
  const names = {
    'subject.type': createNames('subject.type'),
    'action.name': createNames('action.name'),
    'resource.type': createNames('resource.type'),
  };
  return { scopes, names };
}

// Prints the scope of a group or an invariant: `for`, `doing` and `on`.

import type { GroupNode, ScopeNameNode } from '../ast.ts';
import { type Doc, fillParts, indent } from './docs.ts';
import { printScopeNames } from './literals.ts';
import type { Original } from './original.ts';

type Scope = Pick<GroupNode, 'subjects' | 'actions' | 'resources'>;

export function printScope({ subjects, actions, resources }: Scope, original: Original): Doc {
  const names = (list: readonly ScopeNameNode[]) =>
    indent(fillParts(printScopeNames(list, original)));
  return [
    'for ',
    subjects ? names(subjects) : 'any',
    actions ? [' doing ', names(actions)] : '',
    resources ? [' on ', names(resources)] : '',
  ];
}

// The members that a policy declares, from the JSON Schema of its requests: which of them a module reads.

import { isMembers } from '../../json/members.ts';

export interface DeclaredMembers {
  /** The names of members of the context, or `undefined` if the policy declares none. */
  readonly context: ReadonlySet<string> | undefined;
  /** Whether the policy declares properties of subjects, of actions and of resources. */
  readonly isEachEntityDeclared: boolean;
}

export function listDeclaredMembers(schema: unknown): DeclaredMembers {
  const context = listNames(findMember(schema, 'context'));
  const entities = ['subject', 'action', 'resource'] as const;
  return {
    context,
    isEachEntityDeclared: entities.every((name) => {
      return listNames(findMember(findMember(schema, name), 'properties')) !== undefined;
    }),
  };
}

function findMember(schema: unknown, name: string): unknown {
  const { properties } = isMembers(schema) ? schema : {};
  return isMembers(properties) ? properties[name] : undefined;
}

/** The names that one of the alternatives declares, or `undefined` if none declares any. */
function listNames(schema: unknown): ReadonlySet<string> | undefined {
  const declared = listAlternatives(schema).map((each) =>
    isMembers(each) ? each.properties : undefined,
  );
  const members = declared.filter(isMembers);
  return members.length === 0 ? undefined : new Set(members.flatMap(Object.keys));
}

function listAlternatives(schema: unknown): readonly unknown[] {
  return isMembers(schema) && Array.isArray(schema.anyOf)
    ? schema.anyOf.flatMap(listAlternatives)
    : [schema];
}

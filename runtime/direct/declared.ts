// The members of a request that a policy declares, as nested names: nothing else of an object is read.

import type { EncodedEntity, EncodedMember, Encoding } from '../contract/index.ts';
import { shapeBySelector } from './steps.ts';

export interface DeclaredTree {
  /** `undefined` if it is not a record, and taken as it is. */
  readonly members: ReadonlyMap<string, DeclaredTree | undefined>;
  /** The declared `properties`, selected by the value of another member. */
  readonly properties?: {
    readonly by: string;
    readonly of: ReadonlyMap<unknown, DeclaredTree>;
    readonly others: DeclaredTree;
  };
}

export function collectDeclaredMembers(encoding: Encoding): DeclaredTree {
  const { selectors, subject, action, resource, context, contexts } = encoding;
  // With scoped contexts, all members are written; the module ignores those that the request does not have.
  const ofContext =
    contexts === undefined && context !== undefined ? declareMembers(context) : undefined;
  return {
    members: new Map([
      ['subject', declareEntity(subject, 'type', selectors.subjects)],
      ['action', declareEntity(action, 'name', selectors.actions)],
      ['resource', declareEntity(resource, 'type', selectors.resources)],
      ...(context === undefined ? [] : [['context', ofContext] as const]),
    ]),
  };
}

/** The declaration of member `name` of an entity. */
export function findDeclaredMember(
  { members, properties }: DeclaredTree,
  name: string,
  own: (name: string) => unknown,
): DeclaredTree | undefined {
  if (properties === undefined || name !== 'properties') return members.get(name);
  return properties.of.get(own(properties.by)) ?? properties.others;
}

function declareEntity(entity: EncodedEntity, by: string, names: readonly string[]): DeclaredTree {
  const shapes = entity.shapes.map(({ members }) => declareMembers(members));
  const nothing: DeclaredTree = { members: new Map() };
  const [others = nothing, ...listed] = shapeBySelector(entity, names).map(
    (shape) => shapes[shape] ?? nothing,
  );
  const of = new Map(names.map((name, index) => [name, listed[index] ?? others]));
  const own = [...Object.keys(entity.own), 'properties'];
  return { members: new Map(own.map((name) => [name, undefined])), properties: { by, of, others } };
}

function declareMembers(members: readonly EncodedMember[]): DeclaredTree {
  return {
    members: new Map(
      members.map(({ name, value }) => {
        const element = value.kind === 'Set' || value.kind === 'List' ? value.element : value;
        return [name, element.kind === 'Record' ? declareMembers(element.members) : undefined];
      }),
    ),
  };
}

// The members of a request that a policy declares, as nested names: nothing else of an object is read.

import type { EncodedEntity, EncodedMember, Encoding } from '../contract/index.ts';
import { shapeBySelector } from './steps.ts';

export interface Declared {
  /** undefined: not a record, and taken as it is. */
  readonly members: ReadonlyMap<string, Declared | undefined>;
  /** The declared `properties`, selected by the value of another member. */
  readonly properties?: {
    readonly by: string;
    readonly of: ReadonlyMap<unknown, Declared>;
    readonly others: Declared;
  };
}

export function declaredIn(encoding: Encoding): Declared {
  const { selectors, subject, action, resource, context, contexts } = encoding;
  // With scoped contexts, all members are written; the module ignores those that the request does not have.
  const ofContext =
    contexts === undefined && context !== undefined ? ofMembers(context) : undefined;
  return {
    members: new Map([
      ['subject', ofEntity(subject, 'type', selectors.subjects)],
      ['action', ofEntity(action, 'name', selectors.actions)],
      ['resource', ofEntity(resource, 'type', selectors.resources)],
      ...(context === undefined ? [] : [['context', ofContext] as const]),
    ]),
  };
}

/** The declaration of member `name` of an entity. */
export function declaredAs(
  { members, properties }: Declared,
  name: string,
  own: (name: string) => unknown,
): Declared | undefined {
  if (properties === undefined || name !== 'properties') return members.get(name);
  return properties.of.get(own(properties.by)) ?? properties.others;
}

function ofEntity(entity: EncodedEntity, by: string, names: readonly string[]): Declared {
  const shapes = entity.shapes.map(({ members }) => ofMembers(members));
  const nothing: Declared = { members: new Map() };
  const [others = nothing, ...listed] = shapeBySelector(entity, names).map(
    (shape) => shapes[shape] ?? nothing,
  );
  const of = new Map(names.map((name, at) => [name, listed[at] ?? others]));
  const own = [...Object.keys(entity.own), 'properties'];
  return { members: new Map(own.map((name) => [name, undefined])), properties: { by, of, others } };
}

function ofMembers(members: readonly EncodedMember[]): Declared {
  return {
    members: new Map(
      members.map(({ name, value }) => {
        const element = value.kind === 'Set' || value.kind === 'List' ? value.element : value;
        return [name, element.kind === 'Record' ? ofMembers(element.members) : undefined];
      }),
    ),
  };
}

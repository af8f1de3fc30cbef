// What a policy declares of a request, as names within names: nothing else of an object is looked at.

import type { EncodedEntity, EncodedMember, Encoding, Manifest } from '../abi.ts';

export interface Declared {
  /** undefined: it is no record, and is taken as it is. */
  readonly members: ReadonlyMap<string, Declared | undefined>;
  /** What `properties` are, by what another member says. */
  readonly properties?: {
    readonly by: string;
    readonly of: ReadonlyMap<unknown, Declared>;
    readonly others: Declared;
  };
}

export function declaredIn(
  { subject, action, resource, context }: Encoding,
  { selectors }: Manifest,
): Declared {
  return {
    members: new Map([
      ['subject', ofEntity(subject, 'type', selectors.subjects)],
      ['action', ofEntity(action, 'name', selectors.actions)],
      ['resource', ofEntity(resource, 'type', selectors.resources)],
      ...(context === undefined ? [] : [['context', ofMembers(context)] as const]),
    ]),
  };
}

/** What an entity says of `name`, which is among its members. */
export function declaredAs(
  { members, properties }: Declared,
  name: string,
  own: (name: string) => unknown,
): Declared | undefined {
  if (properties === undefined || name !== 'properties') return members.get(name);
  return properties.of.get(own(properties.by)) ?? properties.others;
}

function ofEntity({ own, shapes }: EncodedEntity, by: string, names: readonly string[]): Declared {
  const bySelector = new Map(
    shapes.flatMap(({ selectors, members }) => {
      const declared = ofMembers(members);
      return selectors.map((selector) => [selector, declared] as const);
    }),
  );
  const others = bySelector.get(0) ?? { members: new Map() };
  const of = new Map(names.map((name, at) => [name, bySelector.get(at + 1) ?? others]));
  const members = new Map([...Object.keys(own), 'properties'].map((name) => [name, undefined]));
  return { members, properties: { by, of, others } };
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
